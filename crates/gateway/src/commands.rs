//! The way of a write: given to the executor, and its outcome brought into the client's terms.

use domain::{Action, Command, Recorded, Rejection, Sequence, ShipmentActionKind};
use engine::Answer;

use crate::gateway::App;
use crate::idempotency::Sent;
use crate::problem::{Code, Form, Problem};
use crate::reply::{Done, unexpected};
use crate::wire::body::Wanted;

/// Where in the request a rejection of this action points to.
pub(crate) fn form(action: &Action) -> Form {
    match action {
        // The network itself is created by no request.
        Action::CreateNetwork(_) | Action::CreateKey(_) => Form::Key,
        Action::RevokeKey(_) => Form::KeyRevocation,
        Action::PutStation(_) => Form::Station,
        Action::PutCommodity(_) => Form::Commodity,
        Action::PutTrader(_) => Form::Trader,
        Action::ChangeCredits { .. } => Form::Credits,
        Action::Adjust(_) => Form::Adjustment,
        Action::Trade(_) => Form::Trade,
        Action::BookShipment(_) => Form::Booking,
        Action::ReportShipment { .. } => Form::Report,
    }
}

impl App {
    /// Does what is wanted, or says why not.
    pub(crate) async fn write(&self, sent: Sent, wanted: Wanted) -> Result<Done, Problem> {
        self.execute(sent.command(wanted)).await
    }

    /// As [`Self::write`], for a command that is made already.
    pub(crate) async fn execute(&self, command: Command) -> Result<Done, Problem> {
        let form = form(&command.action);
        match self.ready()?.executor.execute(command).await? {
            Answer::Accepted(accepted) => Ok(Done::Accepted(accepted)),
            Answer::Unchanged => Ok(Done::Unchanged),
            Answer::Replayed(first) => Ok(Done::Replayed(Box::new(self.event(first).await?))),
            Answer::KeyReused => Err(Problem::plain(Code::KeyReused)),
            Answer::Rejected(rejection) => Err(self.rejected(&rejection, form)),
            Answer::Failed => Err(Problem::plain(Code::Internal)),
        }
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

/// What is reported, if it is a report of a shipment.
pub(crate) fn report_kind(action: &Action) -> Option<ShipmentActionKind> {
    match action {
        Action::ReportShipment { action, .. } => Some(action.kind()),
        _ => None,
    }
}
