//! `GET /api/whoami`.

use axum::extract;
use axum::http::StatusCode;
use axum::response::Response;
use views::State;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::json;
use crate::request::NoQuery;
use crate::wire::answer::{TokenAnswer, TokenSubjectAnswer, WhoAmI};
use crate::wire::{RoleWord, Time};

/// Who asks, and what they may do.
#[utoipa::path(
    get,
    path = "/api/whoami",
    operation_id = "whoAmI",
    tag = "access",
    responses((status = 200, description = "The caller.", body = WhoAmI<'_>))
)]
pub(crate) async fn whoami(
    extract::State(app): extract::State<App>,
    caller: Caller,
    _query: NoQuery,
) -> Result<Response, Problem> {
    answer(&app, &caller)
}

/// The token behind a caller.
fn token<'a>(state: &'a State, caller: &Caller) -> Option<TokenAnswer<'a>> {
    let hold = caller.token?;
    let key = state.keys_from(caller.key()?.index()).next()?;
    let subject = TokenSubjectAnswer::of(key.token.as_deref()?);
    Some(TokenAnswer { subject, expires_at: Time(hold.expires_at) })
}

/// Who this is, as the answer to them.
pub(crate) fn answer(app: &App, caller: &Caller) -> Result<Response, Problem> {
    app.render(|render| {
        let answer = WhoAmI {
            principal: caller.access.as_ref().map(|access| render.principal(access.principal)),
            role: RoleWord(caller.role()),
            accounts: render.traders(caller.access.as_ref().map_or(&[], |access| &access.accounts)),
            key_id: caller.key().map(|key| key.0),
            expires_at: caller.access.as_ref().and_then(|access| access.expires_at).map(Time),
            token: token(render.state, caller),
            anonymous: caller.access.is_none(),
        };
        json(StatusCode::OK, &answer)
    })
}
