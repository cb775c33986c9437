//! `POST /api/webhooks`.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use domain::Sequence;
use live::webhooks::{Created, Creation, NewWebhook, Settings};

use super::new_secret;
use crate::gateway::App;
use crate::idempotency::REPLAYED;
use crate::problem::{Code, Problem};
use crate::reply::set;
use crate::request::AskedBeside;
use crate::wire::answer::WebhookAnswer;
use crate::wire::body::NewWebhookBody;
use crate::wire::{Url, Words};

/// Subscribe: committed events are sent to a URL, in order and at least once.
///
/// Each is a `POST` of the event as a `CloudEvent` (`application/cloudevents+json`), signed as
/// Standard Webhooks asks: `webhook-id`, `webhook-timestamp`, `webhook-signature`. Any status 2xx
/// accepts it, and the next one is sent; anything else is tried again, for three days; 410 ends the
/// webhook. The secret is shown once. It delivers by the API key that made it: a token makes none.
#[utoipa::path(
    post,
    path = "/api/webhooks",
    operation_id = "createWebhook",
    tag = "webhooks",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a retry safe: the same key and the same request make one webhook, while that is there; the repeat shows no secret.")
    ),
    request_body = NewWebhookBody,
    responses((status = 201, description = "Made, and durable.", body = WebhookAnswer<'_>))
)]
pub(crate) async fn create(
    State(app): State<App>,
    asked: AskedBeside<NewWebhookBody>,
) -> Result<Response, Problem> {
    let AskedBeside { access, by_token, key, body } = asked;
    if by_token {
        let detail = "a webhook goes on for longer than a token is good: make it with an API key";
        return Err(Problem::new(Code::KeyRequired, detail));
    }
    body.check()?;
    let after = body.after.as_ref().map(|after| app.position(after)).transpose()?;
    let filter = app.kept_filter(&body.filter.unwrap_or_default())?;
    let Url(url) = body.url;
    let description =
        body.description.map_or_else(String::new, |Words(text)| text.as_str().to_owned());
    let settings = Settings { url, description, filter };
    let fingerprint = fingerprint(&settings, after);
    let secret = new_secret()?;
    let new = NewWebhook {
        principal: access.principal,
        key: access.key,
        settings,
        secret: secret.clone(),
        after,
        creation: key.map(|key| Creation { key, fingerprint }),
    };
    let (webhook, shown) = match app.ready()?.webhooks.create(new).await? {
        Created::Now(webhook) => (webhook, Some(&secret)),
        Created::Before(webhook) => (webhook, None),
    };
    let mut response = app.shown_secret(StatusCode::CREATED, &webhook, shown)?;
    if shown.is_none() {
        let name = HeaderName::from_static(REPLAYED);
        response.headers_mut().insert(name, HeaderValue::from_static("true"));
    }
    set(&mut response, LOCATION, format!("/api/webhooks/{}", webhook.id));
    Ok(response)
}

/// What tells a request from another under the same idempotency key.
fn fingerprint(settings: &Settings, after: Option<Sequence>) -> u128 {
    let mut hasher = blake3::Hasher::new();
    for part in [&settings.url, &settings.description, &settings.filter] {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    hasher.update(&after.map_or([0xff; 8], |after| after.0.to_le_bytes()));
    let digest = hasher.finalize();
    let (half, _) = digest.as_bytes().split_first_chunk().unwrap_or((&[0; 16], &[]));
    u128::from_le_bytes(*half)
}
