//! `GET /api/audit`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use views::CommodityAudit;

use crate::auth::Caller;
use crate::gateway::App;
use crate::problem::Problem;
use crate::reply::{json, snapshot, unexpected};
use crate::request::NoQuery;
use crate::wire::answer::{AuditAnswer, CommodityFlows, CreditFlows, Wide};

/// The proof that goods and credits only move: everything that came into being is somewhere.
///
/// For keys that see the whole network.
#[utoipa::path(
    get,
    path = "/api/audit",
    operation_id = "audit",
    tag = "network",
    responses((status = 200, description = "The sums, at one sequence.", body = AuditAnswer<'_>))
)]
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    _query: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.blocking(move |app, views| {
        caller.require_network()?;
        let audit = views.audit(caller.scope()).ok_or_else(unexpected)?;
        app.render(|render| {
            let flows = |of: &CommodityAudit| CommodityFlows {
                commodity: render.commodity(of.commodity),
                produced: of.flows.produced.get(),
                found: of.flows.found.get(),
                consumed: of.flows.consumed.get(),
                lost: of.flows.lost.get(),
                expired: of.flows.expired.get(),
                stolen: of.flows.stolen.get(),
                on_hand: Wide(of.on_hand()),
                available: Wide(of.available),
                reserved: Wide(of.reserved),
                unavailable: Wide(of.unavailable),
                in_transit: Wide(of.in_transit),
                balanced: of.balanced(),
            };
            snapshot(&headers, (audit.as_of, caller.scope()), render.identity, || {
                let answer = AuditAnswer {
                    as_of: audit.as_of.into(),
                    balanced: audit.balanced,
                    credits: CreditFlows {
                        issued: Wide(audit.credits.issued),
                        retired: Wide(audit.credits.retired),
                        balances: Wide(audit.credits.balances()),
                        available: Wide(audit.credits.available),
                        held: Wide(audit.credits.held),
                        balanced: audit.credits.balanced(),
                    },
                    commodities: audit.commodities.iter().map(flows).collect(),
                };
                json(StatusCode::OK, &answer)
            })
        })
    })
    .await
}
