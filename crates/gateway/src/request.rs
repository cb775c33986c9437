//! Requests that change something: who asks, how it was sent, no parameter of the query
//! but `dryRun`, and a body of the right kind, size and shape; checked in this order.

mod body;
mod filter;
mod query;

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::gateway::App;
use crate::idempotency::Sent;
use crate::limits::BODY_BYTES_MAX;
use crate::openapi::document;
use crate::problem::{Code, Problem};
use crate::shape;

pub(crate) use body::{read_body, require_media_type};
pub(crate) use filter::system;
use query::is_dry_run;
pub(crate) use query::{Cursor, Lookup, NoQuery, Page, Query};

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
        let caller = Caller::of(app, &parts.headers)?;
        let access = caller.with_key()?;
        let sent = Sent::of(access.principal, &parts.headers, is_dry_run(&parts.uri)?)?;
        require_media_type(&parts.headers, "application/json")?;
        let body = read_body(app, &parts.headers, body, BODY_BYTES_MAX).await?;
        let body = shape::read(&body, &document().schemas)?;
        Ok(Self { caller, sent, body })
    }
}

/// A write without a body.
pub(crate) struct AskedPlainly {
    pub(crate) sent: Sent,
}

impl FromRequestParts<App> for AskedPlainly {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::of(app, &parts.headers)?;
        let access = caller.with_key()?;
        let sent = Sent::of(access.principal, &parts.headers, is_dry_run(&parts.uri)?)?;
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
