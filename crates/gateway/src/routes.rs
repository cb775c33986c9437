//! All routes: one place that makes the router and the document.
//!
//! A folder for each noun, a file for each verb. A handler reads its request, asks the executor or
//! the views, and renders.

mod alert_rules;
mod alerts;
mod analytics;
mod audit;
mod cargo;
mod commodities;
mod events;
mod health;
mod inventory;
mod keys;
mod metrics;
mod network;
mod offers;
mod session;
mod stations;
mod stream_tokens;
mod traders;
mod trades;
mod transfers;
mod updates;
mod vessels;
mod webhooks;

pub(crate) use metrics::router as metrics_router;
pub(crate) use session::{COOKIE_NAME, SessionId, Sessions, has_cookie};
pub(crate) use stream_tokens::{Redeemed, StreamTokens};
#[cfg(test)]
pub(crate) use updates::KEY_CHECK_EVERY;
pub(crate) use updates::Places;

use axum::Router;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::gateway::App;
use crate::headers::Headers;
use crate::observe::Observe;
use crate::openapi::Base;
use crate::page;
use crate::panics::CatchPanics;
use crate::problem::{Code, Problem};
use crate::rates::Limits;

/// The routes that the document describes.
pub(crate) fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Base::openapi())
        .routes(routes!(trades::create::create, trades::list::list))
        .routes(routes!(trades::read::read))
        .routes(routes!(trades::settle::settle))
        .routes(routes!(trades::void::void))
        .routes(routes!(trades::reverse::reverse))
        .routes(routes!(offers::post::post, offers::list::list))
        .routes(routes!(offers::read::read, offers::withdraw::withdraw))
        .routes(routes!(transfers::create::create))
        .routes(routes!(cargo::create::create, cargo::list::list))
        .routes(routes!(cargo::read::read))
        .routes(routes!(cargo::report::report))
        .routes(routes!(vessels::list::list))
        .routes(routes!(vessels::put::put, vessels::read::read))
        .routes(routes!(alerts::list::list))
        .routes(routes!(alerts::read::read))
        .routes(routes!(alerts::acknowledge::acknowledge))
        .routes(routes!(alert_rules::list::list))
        .routes(routes!(
            alert_rules::put::put,
            alert_rules::read::read,
            alert_rules::delete::delete
        ))
        .routes(routes!(inventory::list::list))
        .routes(routes!(inventory::read::read))
        .routes(routes!(inventory::adjust::adjust))
        .routes(routes!(stations::list::list))
        .routes(routes!(stations::put::put, stations::read::read))
        .routes(routes!(commodities::list::list))
        .routes(routes!(commodities::put::put, commodities::read::read))
        .routes(routes!(traders::list::list))
        .routes(routes!(traders::put::put, traders::read::read))
        .routes(routes!(traders::credits::change))
        .routes(routes!(traders::entries::list))
        .routes(routes!(events::ingest::ingest, events::list::list))
        .routes(routes!(updates::follow))
        .routes(routes!(webhooks::create::create, webhooks::list::list))
        .routes(routes!(webhooks::read::read, webhooks::change::change, webhooks::delete::delete))
        .routes(routes!(webhooks::rotate::rotate))
        .routes(routes!(webhooks::deliveries::deliveries))
        .routes(routes!(webhooks::replay::replay))
        .routes(routes!(webhooks::test::test))
        .routes(routes!(stream_tokens::create::create))
        .routes(routes!(keys::create::create, keys::list::list))
        .routes(routes!(keys::revoke::revoke))
        .routes(routes!(keys::rotate::rotate))
        .routes(routes!(keys::whoami::whoami))
        .routes(routes!(session::create::create, session::delete::delete))
        .routes(routes!(network::read))
        .routes(routes!(analytics::summary::read))
        .routes(routes!(analytics::series::read))
        .routes(routes!(analytics::prices::read))
        .routes(routes!(analytics::rankings::read))
        .routes(routes!(analytics::lanes::read))
        .routes(routes!(analytics::routes::read))
        .routes(routes!(audit::read))
        .routes(routes!(health::livez))
        .routes(routes!(health::readyz))
        .routes(routes!(health::openapi))
        .routes(routes!(metrics::metrics))
}

/// The paths of the routes that the document describes, as they are written here.
pub(crate) fn paths() -> Vec<String> {
    let (_, document) = documented().split_for_parts();
    document.paths.paths.into_keys().collect()
}

/// Everything that is served.
pub(crate) fn router(app: App) -> Router {
    let (router, _) = documented().split_for_parts();
    let router = router.merge(page::router());
    #[cfg(test)]
    let router = router.route("/panic", axum::routing::get(crate::tests::panic));
    router
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(unknown_route)
        .layer(CatchPanics)
        .layer(Limits(app.clone()))
        .layer(Headers(app.clone()))
        .layer(Observe(app.clone()))
        .with_state(app)
}

async fn unknown_route() -> Problem {
    Problem::plain(Code::UnknownRoute)
}

/// axum adds the `Allow` header.
async fn method_not_allowed(method: Method) -> Response {
    Problem::method_not_allowed(&method).into_response()
}
