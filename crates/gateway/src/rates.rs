//! How much, and how much at once: budgets of each key, of each address and of all, and places for
//! requests at work.
//!
//! An address and all pay when a request comes, a key as soon as it is known whose it is, bulk for
//! its lines before any of them is decided. What is not configured costs nothing.

mod at_once;
mod bucket;
mod cost;
mod layer;
mod table;

use std::fmt::Write as _;
use std::sync::Arc;

use axum::http::header::AUTHORIZATION;
use axum::http::{Extensions, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use domain::KeyId;
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::auth::Caller;
use crate::bulk::too_many_lines;
use crate::client_address::ClientAddress;
use crate::limit_options::{LimitOptions, Quota};
use crate::limits::{BUDGETS_MAX, BULK_LINES_MAX};
use crate::problem::{Code, Problem};
pub(crate) use at_once::{AtOnce, Turn};
use bucket::Standing;
use cost::BULK;
pub(crate) use layer::Limits;
use table::Table;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Who pays for a request. Also the order in which they are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Payer {
    Key,
    Address,
    All,
}

impl Payer {
    const COUNT: usize = 3;

    /// The policy's name in `RateLimit`.
    const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Address => "address",
            Self::All => "all",
        }
    }

    /// What of a cost it pays. A key is one client's, who may owe what is more than all there ever is
    /// at once; what is shared is emptied at the most, so that nobody puts the others in debt.
    fn share(self, quota: Quota, cost: u32) -> u32 {
        match self {
            Self::Key => cost,
            Self::Address | Self::All => cost.min(quota.burst),
        }
    }
}

/// Every budget there is.
pub(crate) struct Rates {
    began: Instant,
    /// By [`Payer`]; of all there is one.
    tables: [Option<Table>; Payer::COUNT],
    failures: Option<Table>,
    streams: Option<Table>,
    at_once: Arc<AtOnce>,
    /// What `RateLimit-Policy` says.
    policy: Option<HeaderValue>,
}

/// A request on its way, in its extensions: who pays, and what they have left.
#[derive(Clone)]
pub(crate) struct Visit(Arc<Mutex<State>>);

struct State {
    address: ClientAddress,
    key: Option<KeyId>,
    turn: Option<Turn>,
    /// What all together paid, and have back if it is refused for want of a key or for the key's own
    /// budgets: nobody spends what is everybody's on nothing.
    paid_by_all: u32,
    standings: [Option<Standing>; Payer::COUNT],
}

impl Rates {
    pub(crate) fn new(options: &LimitOptions) -> Self {
        let table = |quota: Option<Quota>| quota.map(|quota| Table::new(quota, BUDGETS_MAX));
        let quotas = [options.key_rate, options.address_rate, options.total_rate];
        Self {
            began: Instant::now(),
            tables: [table(quotas[0]), table(quotas[1]), quotas[2].map(|all| Table::new(all, 1))],
            failures: table(options.failure_rate),
            streams: table(options.stream_rate),
            at_once: Arc::new(AtOnce::new(options.at_once, options.at_once_of_key)),
            policy: policy(quotas),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// The budget of this payer, and whose it is; `None` if it is not limited, or not known yet.
    fn budget(&self, payer: Payer, state: &State) -> Option<(&Table, u128)> {
        let table = self.tables[payer as usize].as_ref()?;
        let whose = match payer {
            Payer::Key => state.key.map(whose_key)?,
            Payer::Address => state.address.block(),
            Payer::All => 0,
        };
        Some((table, whose))
    }

    /// Has each of these pay, or none.
    fn charge(&self, state: &mut State, payers: &[Payer], cost: u32) -> Result<(), Problem> {
        let now = self.now();
        for (at, payer) in payers.iter().enumerate() {
            let Some((table, whose)) = self.budget(*payer, state) else { continue };
            let share = payer.share(table.quota, cost);
            match table.take(whose, now, share) {
                Ok(standing) => {
                    state.standings[*payer as usize] = Some(standing);
                    if *payer == Payer::All {
                        state.paid_by_all = share;
                    }
                }
                Err(early) => {
                    if *payer == Payer::All {
                        // What they refuse themselves was a request all the same.
                        state.paid_by_all = 0;
                    }
                    for paid in payers.iter().take(at) {
                        if let Some((table, whose)) = self.budget(*paid, state) {
                            table.give_back(whose, paid.share(table.quota, cost));
                            state.standings[*paid as usize] = table.take(whose, now, 0).ok();
                        }
                    }
                    let seconds = seconds(early);
                    let left = Standing { remaining: 0, reset_seconds: seconds.into() };
                    state.standings[*payer as usize] = Some(left);
                    return Err(refused(*payer, table.quota, cost, seconds));
                }
            }
        }
        Ok(())
    }

    /// Takes in who asks: a key pays what the request costs, and the request is at work from here on.
    /// What names no key of ours is counted against its address. A good key is never refused for what
    /// others of its address tried.
    pub(crate) fn admit(
        &self,
        (extensions, is_guess): (&Extensions, bool),
        found: Result<Caller, Problem>,
    ) -> Result<Caller, Problem> {
        // Called beside the router, in process, nobody is counted.
        let Some((visit, cost)) = extensions.get::<(Visit, u32)>() else { return found };
        let mut state = visit.0.lock();
        let caller = match found {
            Ok(caller) => caller,
            Err(problem) if is_guess && is_wasted(problem.code()) => {
                return Err(self.failed(state.address).unwrap_or(problem));
            }
            Err(problem) => return Err(problem),
        };
        state.key = caller.access.as_ref().map(|access| access.key);
        if *cost == 0 {
            // Whoever looks after the server is let in where nobody else is.
            return Ok(caller);
        }
        if state.key.is_some() {
            self.charge(&mut state, &[Payer::Key], *cost)?;
        }
        state.turn = Some(self.turn(state.key)?);
        Ok(caller)
    }

    /// A place among those at work.
    fn turn(&self, key: Option<KeyId>) -> Result<Turn, Problem> {
        self.at_once.take(key).map_err(|full| full.problem("requests", "at work"))
    }

    /// Has a request at work again, whose body has come.
    pub(crate) fn resume(&self, visit: &Visit) -> Result<(), Problem> {
        let mut state = visit.0.lock();
        state.turn = Some(self.turn(state.key)?);
        Ok(())
    }

    /// Refuses whoever has sent too many keys that are none, before more is spent on them.
    pub(crate) fn refuse_guesser(&self, extensions: &Extensions) -> Result<(), Problem> {
        let Some((visit, _)) = extensions.get::<(Visit, u32)>() else { return Ok(()) };
        let Some(table) = &self.failures else { return Ok(()) };
        let (whose, now) = (visit.0.lock().address.block(), self.now());
        let Err(early) = table.take(whose, now, 1) else {
            table.give_back(whose, 1);
            return Ok(());
        };
        Err(too_many_failures(early))
    }

    /// Counts what was no key; what is said instead if there were too many.
    fn failed(&self, address: ClientAddress) -> Option<Problem> {
        let table = self.failures.as_ref()?;
        let early = table.take(address.block(), self.now(), 1).err()?;
        tracing::debug!(%address, "too many keys that are none");
        Some(too_many_failures(early))
    }

    /// Has everybody pay for the lines of a bulk body, instead of for the request: a body of more
    /// lines than there ever is at once needs all there is. One of more lines than are taken is
    /// refused before.
    pub(crate) fn charge_lines(
        &self,
        visit: Option<&Visit>,
        lines: impl FnOnce() -> usize,
    ) -> Result<(), Problem> {
        let Some(visit) = visit.filter(|_| self.policy.is_some()) else { return Ok(()) };
        let lines = lines();
        if lines > BULK_LINES_MAX {
            return Err(too_many_lines());
        }
        let cost = u32::try_from(lines).unwrap_or(u32::MAX).max(BULK);
        let payers = [Payer::Key, Payer::Address, Payer::All];
        let mut state = visit.0.lock();
        let paid = |state: &State, act: &dyn Fn(&Table, u128)| {
            for (table, whose) in payers.iter().filter_map(|payer| self.budget(*payer, state)) {
                act(table, whose);
            }
        };
        paid(&state, &|table, whose| table.give_back(whose, BULK));
        let charged = self.charge(&mut state, &payers, cost);
        if charged.is_err() {
            // A request that is refused was one all the same.
            let now = self.now();
            paid(&state, &|table, whose| {
                let _ = table.take(whose, now, BULK);
            });
        }
        charged
    }

    /// Gives all together back what they paid.
    fn forgive(&self, state: &mut State) {
        let paid = std::mem::take(&mut state.paid_by_all);
        let Some((table, whose)) = self.budget(Payer::All, state).filter(|_| paid > 0) else {
            return;
        };
        table.give_back(whose, paid);
        state.standings[Payer::All as usize] = table.take(whose, self.now(), 0).ok();
    }

    /// Has whoever opens a stream, or begins one anew, pay for that.
    pub(crate) fn charge_stream(&self, opener: &Opener) -> Result<(), Problem> {
        let Some(table) = &self.streams else { return Ok(()) };
        table.take(opener.whose, self.now(), 1).map(drop).map_err(|early| {
            let detail = format!("{} streams a second are opened, the maximum", table.quota.rate);
            Problem::new(Code::RateLimited, detail)
                .with("policy", "streams")
                .with("rate", table.quota.rate)
                .retry_after(seconds(early))
        })
    }

    /// Has whoever opened a stream pay for what it is asked there, as for the request that opened it.
    pub(crate) fn charge_message(&self, opener: &Opener) -> Result<(), Problem> {
        let Some((visit, cost)) = &opener.visit else { return Ok(()) };
        let payers = [Payer::Key, Payer::Address, Payer::All];
        self.charge(&mut visit.0.lock(), &payers, *cost)
    }

    /// Tells where whoever paid for it stands.
    fn tell(&self, visit: &Visit, response: &mut Response) {
        let mut state = visit.0.lock();
        state.turn = None;
        let Some(policy) = &self.policy else { return };
        if matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS) {
            self.forgive(&mut state);
        }
        let mut text = String::new();
        for payer in [Payer::Key, Payer::Address, Payer::All] {
            if let Some(Standing { remaining, reset_seconds }) = state.standings[payer as usize] {
                let separator = if text.is_empty() { "" } else { ", " };
                let name = payer.name();
                // Writing to memory does not fail.
                let _ = write!(text, "{separator}\"{name}\";r={remaining};t={reset_seconds}");
            }
        }
        let headers = response.headers_mut();
        if let Ok(value) = HeaderValue::try_from(text)
            && !value.is_empty()
        {
            headers.insert(RATE_LIMIT, value);
            headers.insert(RATE_LIMIT_POLICY, policy.clone());
        }
    }
}

impl Visit {
    /// Gives the place at work back while the body comes, if there is one: whoever sends slowly would
    /// take it from those who wait for nobody.
    pub(crate) fn pause(&self) -> bool {
        self.0.lock().turn.take().is_some()
    }

    /// The key that asks, once that is known.
    pub(crate) fn key(&self) -> Option<KeyId> {
        self.0.lock().key
    }
}

/// Who opened a stream, and pays for what is asked there.
#[derive(Clone)]
pub(crate) struct Opener {
    visit: Option<(Visit, u32)>,
    /// The key; without one, the address or its network.
    whose: u128,
}

impl Opener {
    pub(crate) fn of(extensions: &Extensions, caller: &Caller) -> Self {
        let key = caller.access.as_ref().map(|access| whose_key(access.key));
        let whose = key.unwrap_or_else(|| ClientAddress::in_extensions(extensions).block());
        Self { visit: extensions.get::<(Visit, u32)>().cloned(), whose }
    }
}

/// The request of a visit, so that what is known late may be charged to it.
pub(crate) fn visit(extensions: &Extensions) -> Option<Visit> {
    extensions.get::<(Visit, u32)>().map(|(visit, _)| visit.clone())
}

/// Whether anybody may ask this as often as they like.
pub(crate) fn costs_nothing(request: &axum::extract::Request) -> bool {
    cost::cost(request.method(), request.uri()) == 0
}

/// Whether a request says of itself who sends it.
pub(crate) fn is_guess(headers: &axum::http::HeaderMap) -> bool {
    headers.contains_key(AUTHORIZATION)
}

/// Whether a request was refused for what it sent to say who sends it: of a token that took verifying.
/// One that is outdated is a subject's own, who may not know of the newer one yet.
fn is_wasted(code: Code) -> bool {
    matches!(code, Code::Unauthenticated | Code::NoAccess)
}

/// A key among addresses: networks of IPv6 are zero in their lower 64 bits, and addresses of IPv4 have
/// 16 bits set above their own.
fn whose_key(key: KeyId) -> u128 {
    u128::from(key.0) | 1 << 32
}

fn too_many_failures(early: u64) -> Problem {
    let detail = "too many keys that are none came from this address";
    Problem::new(Code::TooManyFailures, detail).retry_after(seconds(early)).closing()
}

fn seconds(nanoseconds: u64) -> u32 {
    u32::try_from(nanoseconds.div_ceil(1_000_000_000)).unwrap_or(u32::MAX).max(1)
}

fn refused(payer: Payer, quota: Quota, cost: u32, retry_after: u32) -> Problem {
    let whose = match payer {
        Payer::Key => "the key",
        Payer::Address => "the address",
        Payer::All => "all together",
    };
    let Quota { rate, burst } = quota;
    let detail = format!(
        "this costs {cost}, and {whose} may cost {rate} a second, {burst} at once after a rest"
    );
    Problem::new(Code::RateLimited, detail)
        .with("policy", payer.name())
        .with("cost", cost)
        .with("rate", rate)
        .retry_after(retry_after)
}

/// `RateLimit-Policy`: the quota, and the window in which it comes back.
fn policy(quotas: [Option<Quota>; Payer::COUNT]) -> Option<HeaderValue> {
    let payers = [Payer::Key, Payer::Address, Payer::All];
    let items: Vec<_> = payers
        .iter()
        .filter_map(|payer| {
            let quota = quotas[*payer as usize]?;
            let window = quota.window_seconds();
            Some(format!("\"{}\";q={};w={window}", payer.name(), quota.burst))
        })
        .collect();
    if items.is_empty() { None } else { HeaderValue::try_from(items.join(", ")).ok() }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::client_address::block;

    #[test]
    fn no_key_has_the_budget_of_an_address() {
        let addresses =
            ["::1", "::", "0.0.0.0", "0.0.0.1", "127.0.0.1", "255.255.255.255", "::2:0:0:0:0"];
        for address in addresses.map(|text| text.parse::<IpAddr>().unwrap()) {
            for key in [0, 1, 0x7f00_0001, u32::MAX] {
                assert_ne!(whose_key(KeyId(key)), block(address), "{address} {key}");
            }
        }
    }
}
