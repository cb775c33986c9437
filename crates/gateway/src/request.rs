//! Requests that change something: who asks, how it was sent, no parameter of the query
//! but `dryRun`, and a body of the right kind, size and shape; checked in this order.

mod body;
mod events;
mod filter;
mod query;
mod room;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use views::Access;

use crate::auth::Caller;
use crate::gateway::App;
use crate::idempotency::Sent;
use crate::limits::BODY_BYTES_MAX;
use crate::openapi::document;
use crate::problem::{Code, Problem};
use crate::shape;

pub(crate) use body::{read_body, require_media_type};
pub(crate) use events::EventParameters;
pub(crate) use filter::system;
use query::is_dry_run;
pub(crate) use query::{Cursor, Lookup, Moment, NoQuery, Page, Query};
pub(crate) use room::BodyRoom;

/// A write with a body of type `T`.
pub(crate) struct Asked<T> {
    pub(crate) caller: Caller,
    pub(crate) sent: Sent,
    pub(crate) body: T,
}

impl<T: DeserializeOwned + ToSchema> FromRequest<App> for Asked<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let caller = Caller::of(app, &parts).await?;
        let sent = Sent::of(&caller, &parts.headers, is_dry_run(&parts.uri)?)?;
        require_media_type(&parts.headers, "application/json")?;
        let body = read_body(app, &parts, body, BODY_BYTES_MAX).await?;
        caller.require_same(app)?;
        let body = shape::read(&body, &document().schemas)?;
        Ok(Self { caller, sent, body })
    }
}

/// A change, with a body of type `T`, of what is no fact of the ledger: nothing is rehearsed.
pub(crate) struct AskedBeside<T> {
    pub(crate) access: Access,
    /// Whether whoever asks came with a token, and not with a key.
    pub(crate) by_token: bool,
    /// Hash of the idempotency key, if there is one.
    pub(crate) key: Option<u128>,
    pub(crate) body: T,
}

impl<T: DeserializeOwned + ToSchema> FromRequest<App> for AskedBeside<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let caller = Caller::of(app, &parts).await?;
        let (access, by_token) = (caller.with_key()?.clone(), caller.token.is_some());
        NoQuery::of(&parts.uri)?;
        let key = Sent::of(&caller, &parts.headers, false)?.key;
        require_media_type(&parts.headers, "application/json")?;
        let body = read_body(app, &parts, body, BODY_BYTES_MAX).await?;
        caller.require_same(app)?;
        let body = shape::read(&body, &document().schemas)?;
        Ok(Self { access, by_token, key, body })
    }
}

/// A request without a body, by whoever has a key, about what is no fact of the ledger.
pub(crate) struct PlainlyBeside {
    pub(crate) access: Access,
}

impl FromRequestParts<App> for PlainlyBeside {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let access = Caller::of(app, parts).await?.with_key()?.clone();
        NoQuery::of(&parts.uri)?;
        Ok(Self { access })
    }
}

/// A write without a body.
pub(crate) struct AskedPlainly {
    pub(crate) sent: Sent,
}

impl FromRequestParts<App> for AskedPlainly {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::of(app, parts).await?;
        let sent = Sent::of(&caller, &parts.headers, is_dry_run(&parts.uri)?)?;
        Ok(Self { sent })
    }
}

/// The one parameter of a path.
pub(crate) struct Subject(pub(crate) String);

impl FromRequestParts<App> for Subject {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        // Percent-encoding that is not UTF-8 names nothing.
        path.map(|Path(text)| Self(text)).map_err(|_| Problem::plain(Code::UnknownRoute))
    }
}

impl Subject {
    /// As the name of a thing to be made or changed.
    pub(crate) fn name(&self) -> Result<domain::Identifier, Problem> {
        domain::Identifier::new(&self.0).map_err(|error| {
            let flaw = shape::Flaw::InvalidIdentifier;
            Problem::invalid(vec![shape::Fault::parameter("id", flaw, error.to_string())])
        })
    }
}
