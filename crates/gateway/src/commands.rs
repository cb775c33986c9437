//! The way of a write: given to the executor, and its outcome brought into the client's terms.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use axum::http::StatusCode;
use axum::response::Response;
use domain::{
    Action, Command, ReadError, Recorded, Rejection, Scope, Sequence, ShipmentAction,
    ShipmentActionKind, ShipmentId, TransactionId,
};
use engine::Answer;
use views::Views;

use crate::auth::Caller;
use crate::gateway::App;
use crate::idempotency::Sent;
use crate::problem::{Code, Form, Problem};
use crate::reply::{Done, json, unexpected};
use crate::wire::answer::RehearsalAnswer;
use crate::wire::body::Wanted;

/// Where in the request a rejection of this action points to.
pub(crate) fn form(action: &Action) -> Form {
    match action {
        // The network itself is created by no request, nor does one ask what a token gives.
        Action::CreateNetwork(_) | Action::CreateKey(_) | Action::GrantToken(_) => Form::Key,
        Action::RevokeKey(_) => Form::KeyRevocation,
        Action::RotateKey(_) => Form::KeyRotation,
        Action::PutStation(_) => Form::Station,
        Action::PutCommodity(_) => Form::Commodity,
        Action::PutTrader(_) => Form::Trader,
        Action::ChangeCredits { .. } => Form::Credits,
        Action::Adjust(_) => Form::Adjustment,
        Action::Trade(_) => Form::Trade,
        Action::BookShipment(_) => Form::Booking,
        Action::ReportShipment {
            action: ShipmentAction::Lost { .. } | ShipmentAction::Found { .. },
            ..
        } => Form::Loss,
        Action::ReportShipment { .. } => Form::Report,
        Action::PutVessel(_) => Form::Vessel,
        Action::PutAlertRule(_) => Form::AlertRule,
        Action::DeleteAlertRule(_) => Form::AlertRuleDeletion,
        Action::AcknowledgeAlert(_) => Form::Acknowledgement,
        Action::PostOffer(_) => Form::Offer,
        Action::WithdrawOffer(_) => Form::OfferWithdrawal,
        Action::SettleTrade(_) => Form::Settlement,
        Action::VoidTrade { .. } => Form::Void,
        Action::ReverseTrade { .. } => Form::Reversal,
        Action::Transfer(_) => Form::Transfer,
    }
}

impl App {
    /// Does what is wanted, or says why not; or what would happen, if that was asked.
    pub(crate) async fn write(&self, sent: Sent, wanted: Wanted) -> Result<Done, Problem> {
        self.execute(sent.command(wanted), sent.is_dry_run).await
    }

    /// As [`Self::write`], of a trade or a shipment that the caller names. What it may not see is not
    /// there for it: that it may not touch it would tell it of what strangers do.
    pub(crate) async fn write_of(
        &self,
        caller: &Caller,
        sent: Sent,
        wanted: Wanted,
    ) -> Result<Done, Problem> {
        let (form, named) = (form(&wanted.action), Named::by(&wanted.action));
        let problem = match self.write(sent, wanted).await {
            Err(problem) if !caller.scope().is_network() => problem,
            done => return done,
        };
        let Some(named) = named.filter(|_| problem.code() == Code::NotPermitted) else {
            return Err(self.render(|render| problem.shown_to(caller.scope(), render.state))?);
        };
        let caller = caller.clone();
        let hidden = self.blocking(move |app, views| {
            let unknown = named.unless_seen(views, caller.scope())?;
            let rejected = |rejection| app.rejected(&rejection, form);
            Ok(unknown.map(rejected))
        });
        Err(hidden.await?.unwrap_or(problem))
    }

    /// As [`Self::write`], for a command that is made already.
    pub(crate) async fn execute(
        &self,
        mut command: Command,
        is_dry_run: bool,
    ) -> Result<Done, Problem> {
        let form = form(&command.action);
        if command.action.earlier_trade().is_some() {
            command = self.with_past(vec![command]).await?.pop().ok_or_else(unexpected)?;
        }
        let executor = &self.ready()?.executor;
        let answer = if is_dry_run {
            executor.dry_run(vec![command]).await?.pop().ok_or_else(unexpected)?
        } else {
            executor.execute(command).await?
        };
        match answer {
            Answer::Accepted(accepted) => Ok(Done::Accepted(accepted)),
            // Nothing would be recorded.
            Answer::Unchanged | Answer::Replayed(_) if is_dry_run => {
                Ok(Done::Rehearsed(Box::default()))
            }
            Answer::Unchanged => Ok(Done::Unchanged),
            Answer::Replayed(first) => Ok(Done::Replayed(Box::new(self.event(first).await?))),
            Answer::WouldAccept(events) => Ok(Done::Rehearsed(events)),
            Answer::KeyReused => Err(Problem::plain(Code::KeyReused)),
            Answer::Rejected(rejection) => Err(self.rejected(&rejection, form)),
            Answer::Failed => Err(Problem::plain(Code::Internal)),
        }
    }

    /// The answer of a dry run, if it was one.
    pub(crate) fn rehearsed(&self, done: &Done) -> Result<Option<Response>, Problem> {
        let Done::Rehearsed(events) = done else {
            return Ok(None);
        };
        self.render(|render| {
            let events = events.iter().map(|recorded| render.rehearsed(recorded)).collect();
            Some(json(StatusCode::OK, &RehearsalAnswer { dry_run: true, events }))
        })
    }

    /// Loads the trades that these commands are about: the ledger remembers only those that are
    /// pending.
    pub(crate) async fn with_past(
        &self,
        mut commands: Vec<Command>,
    ) -> Result<Vec<Command>, Problem> {
        self.blocking(move |_, views| {
            let mut known = HashMap::new();
            for command in &mut commands {
                let Some(trade) = command.action.earlier_trade() else {
                    continue;
                };
                let past = match known.entry(trade) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => new.insert(views.past_trade(trade)?.map(Box::new)),
                };
                command.past.clone_from(past);
            }
            Ok(commands)
        })
        .await
    }

    fn rejected(&self, rejection: &Rejection, form: Form) -> Problem {
        let problem = self.render(|render| Problem::rejected(rejection, form, render.state));
        problem.unwrap_or_else(|recovering| recovering)
    }

    /// An event that was answered before. Whoever may act may see what they did.
    async fn event(&self, sequence: Sequence) -> Result<Recorded, Problem> {
        self.blocking(move |_, views| {
            let before = Sequence(sequence.0.saturating_sub(1));
            let found = views.events(before, 1, domain::Scope::Network)?.into_iter().next();
            found.ok_or_else(unexpected)
        })
        .await
    }
}

/// The ledger forgets shipments that have ended; their reports are refused for that reason.
pub(crate) fn ended(
    views: &Views,
    shipment: ShipmentId,
    report: ShipmentActionKind,
    scope: Scope<'_>,
) -> Result<Option<Rejection>, ReadError> {
    let from = views.ended_status(shipment, scope)?;
    Ok(from.map(|from| Rejection::InvalidTransition { from, report, not_before: None }))
}

/// What a command names that not everybody may see.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Named {
    Trade(TransactionId),
    Shipment(ShipmentId),
}

impl Named {
    fn by(action: &Action) -> Option<Self> {
        match action {
            Action::ReportShipment { shipment, .. } => Some(Self::Shipment(*shipment)),
            action => action.earlier_trade().map(Self::Trade),
        }
    }

    /// That there is no such thing, for whoever may not see it.
    pub(crate) fn unless_seen(
        self,
        views: &Views,
        scope: Scope<'_>,
    ) -> Result<Option<Rejection>, ReadError> {
        match self {
            Self::Trade(trade) => {
                let unseen = views.trade(trade, scope)?.is_none();
                Ok(unseen.then_some(Rejection::UnknownTrade { trade }))
            }
            Self::Shipment(shipment) => {
                let open = views.read().open_shipment(shipment, scope).is_some();
                let seen = open || views.ended_status(shipment, scope)?.is_some();
                Ok((!seen).then_some(Rejection::UnknownShipment { shipment }))
            }
        }
    }
}

/// What is reported, if it is a report of a shipment.
pub(crate) fn report_kind(action: &Action) -> Option<ShipmentActionKind> {
    match action {
        Action::ReportShipment { action, .. } => Some(action.kind()),
        _ => None,
    }
}
