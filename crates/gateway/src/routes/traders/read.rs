//! `GET /api/traders/{id}`.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::TraderId;
use views::{AsOf, Balance};

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::{Code, Problem};
use crate::reply::shown;
use crate::request::{Moment, Query, Subject};
use crate::wire::answer::TraderAnswer;

/// A trader; as of an earlier sequence or time, with the credits that it had then.
#[utoipa::path(
    get,
    path = "/api/traders/{id}",
    operation_id = "readTrader",
    tag = "traders",
    params(
        ("id" = String, Path, description = "The client's name for it."),
        ("asOf" = Option<String>, Query, description = "A sequence, or a network time: right after it. Its name is that of now.")
    ),
    responses((status = 200, description = "The trader.", body = TraderAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    mut query: Query,
    Subject(name): Subject,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let moment = query.moment("asOf");
    query.finish()?;
    let past = match moment {
        None => None,
        Some(moment) => Some(balance_at(&app, name.clone(), moment).await?),
    };
    app.render(|render| {
        let id = render.state.trader_id(&name);
        let known = id.and_then(|id| render.state.trader(id));
        let trader = known.ok_or_else(unknown)?;
        Ok(shown(render, &headers, caller.scope(), |as_of| {
            let now = render.trader_now(trader, caller.scope());
            let Some((balance, then)) = past.filter(|_| now.balance.is_some()) else {
                let as_of = past.map_or(as_of, |(_, then)| then.into());
                return TraderAnswer { as_of: Some(as_of), ..now };
            };
            TraderAnswer {
                balance: Some(balance.total().get()),
                held: Some(balance.held.get()),
                available: Some(balance.available.get()),
                as_of: Some(then.into()),
                ..now
            }
        }))
    })?
}

pub(super) fn unknown() -> Problem {
    Problem::not_found(Code::UnknownTrader, "there is no such trader")
}

/// What a trader had at an earlier time, if it was there.
async fn balance_at(app: &App, name: String, moment: Moment) -> Result<(Balance, AsOf), Problem> {
    app.blocking(move |app, views| {
        let state = views.read();
        let trader = state.trader_id(&name).and_then(|id| state.trader(id));
        let (id, created): (TraderId, _) =
            trader.map(|it| (it.id, it.created)).ok_or_else(unknown)?;
        drop(state);
        let at = app.sequence_of(moment)?;
        if at < created {
            return Err(unknown());
        }
        Ok(app.ready()?.past.books.balance_at(id, at)?)
    })
    .await
}
