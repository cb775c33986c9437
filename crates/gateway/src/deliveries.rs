//! What webhooks deliver: the same `CloudEvents` that every reader gets, and by whose eyes.

use std::sync::Arc;

use domain::{KeyId, Lineage, Recorded, Sequence};
use live::webhooks::{Content, NoInterest};
use live::{Filter, Interest};
use views::Views;

use crate::render::{Identity, Render};
use crate::wire::body::FilterBody;

/// What deliveries are made of, with the names that the views have. The views must have folded an
/// event before it is delivered.
pub fn webhook_content(views: &Views, journal: impl Into<Lineage>) -> Arc<dyn Content> {
    Arc::new(CloudEvents { views: views.clone(), identity: Identity::of(&journal.into()) })
}

struct CloudEvents {
    views: Views,
    identity: Identity,
}

impl Content for CloudEvents {
    fn interest(&self, key: KeyId, filter: Option<&str>) -> Result<Interest, NoInterest> {
        let state = self.views.read();
        let known = state.keys_from(key.index()).next().filter(|key| !key.has_ended());
        let known = known.ok_or(NoInterest::KeyRevoked)?;
        let filter = match filter {
            None => Filter::default(),
            Some(text) => {
                let body: FilterBody =
                    serde_json::from_str(text).map_err(|_| NoInterest::Filter)?;
                body.filter_then(&state).map_err(|_| NoInterest::Filter)?
            }
        };
        Ok(Interest::new(filter, known.role.scope(&known.accounts)))
    }

    fn is_good(&self, key: KeyId) -> bool {
        let state = self.views.read();
        state.keys_from(key.index()).next().is_some_and(|key| !key.has_ended())
    }

    fn event_id(&self, sequence: Sequence) -> String {
        self.identity.event_id(sequence)
    }

    fn write(&self, recorded: &Recorded, out: &mut Vec<u8>) {
        let state = self.views.read();
        let render = Render { state: &state, identity: &self.identity };
        // Writing to memory does not fail.
        let _ = serde_json::to_writer(out, &render.cloud_event(recorded));
    }

    fn content_type(&self) -> &'static str {
        "application/cloudevents+json"
    }
}
