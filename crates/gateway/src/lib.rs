//! HTTP: routes, authentication, limits, problems, the `OpenAPI` document and the dashboard's files.
//!
//! A request becomes a command of `domain`, an event becomes an answer; JSON is known here and
//! nowhere else. Nothing is decided here: rules are the ledger's, and what is shown is the views'.
//! Nothing here may assume a local file or a single journal.

mod auth;
mod bulk;
mod client_address;
mod commands;
mod connections;
mod cors;
mod deliveries;
mod executor;
mod gateway;
mod headers;
mod idempotency;
mod last_use;
mod levels;
mod limit_options;
mod limits;
mod observe;
mod oidc;
mod openapi;
mod page;
mod panics;
mod problem;
mod rates;
mod render;
mod reply;
mod request;
mod routes;
mod shape;
mod surroundings;
mod wire;

pub use auth::Secret;
pub use client_address::{Proxies, ProxyHeader};
pub use cors::{Origin, OriginError};
pub use deliveries::webhook_content;
pub use executor::{Execute, Executing, Executor};
pub use gateway::{Gateway, GatewayOptions, Services};
pub use limit_options::{LimitOptions, Quota, QuotaError};
pub use observe::{AskMachine, Machine, ObserveOptions, with_request_id};
pub use oidc::{Algorithm, ClaimPath, KeysFrom, OidcOptions, RoleClaims, count_issuer_keys};
pub use render::stream_encoder;
pub use surroundings::surroundings;

#[cfg(test)]
mod tests;
