//! `/api/webhooks`.
//!
//! A webhook is seen and changed by its principal and by administrators; for others it is not there.

pub(super) mod change;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod deliveries;
pub(super) mod list;
pub(super) mod read;
pub(super) mod replay;
pub(super) mod rotate;
pub(super) mod test;

use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use domain::{Role, Sequence};
use live::webhooks::{SigningSecret, Webhook, WebhookError, WebhookId};
use views::Access;

use super::events::list::{position, unknown_position};
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::json;
use crate::wire::Words;
use crate::wire::answer::Shown;
use crate::wire::body::FilterBody;

impl App {
    /// The webhook of this name, if it is there for whoever asks.
    fn webhook(&self, access: &Access, name: &str) -> Result<Webhook, Problem> {
        let webhooks = &self.ready()?.webhooks;
        let known = WebhookId::parse(name).and_then(|id| webhooks.get(id));
        let own = known.filter(|webhook| is_seen(webhook, access));
        own.ok_or_else(|| WebhookError::Unknown.into())
    }

    /// The webhook as an answer.
    fn shown_webhook(&self, status: StatusCode, webhook: &Webhook) -> Result<Response, Problem> {
        self.render(|render| json(status, &render.webhook(webhook)))
    }

    /// The webhook with its new secret, or with the word that it was shown before.
    fn shown_secret(
        &self,
        status: StatusCode,
        webhook: &Webhook,
        secret: Option<&SigningSecret>,
    ) -> Result<Response, Problem> {
        let text = secret.map(SigningSecret::to_text);
        self.render(|render| {
            let mut answer = render.webhook(webhook);
            answer.secret = text.as_deref().map_or(Shown::Before, Shown::Secret);
            let mut response = json(status, &answer);
            // Nobody on the way may keep the secret.
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        })
    }

    /// A filter as it is kept: its names are known now, and names last for ever.
    fn kept_filter(&self, filter: &FilterBody) -> Result<String, Problem> {
        let known = self.render(|render| filter.filter(render.state))?;
        known.map_err(|problem| problem.in_body("/filter"))?;
        serde_json::to_string(filter).map_err(|error| {
            tracing::error!(%error, "a filter could not be written");
            Problem::plain(Code::Internal)
        })
    }

    /// The sequence of a position in a body.
    fn position(&self, Words(text): &Words) -> Result<Sequence, Problem> {
        position(text.as_str(), self.identity()).ok_or_else(unknown_position)
    }
}

/// Whether it is there for whoever asks.
fn is_seen(webhook: &Webhook, access: &Access) -> bool {
    access.role == Role::Admin || webhook.principal == access.principal
}

fn new_secret() -> Result<SigningSecret, Problem> {
    SigningSecret::random().map_err(|error| {
        tracing::error!(%error, "the system gives no random bytes");
        Problem::plain(Code::Internal)
    })
}
