//! What clients send, one file per family. Each body is turned into what is wanted of the network,
//! or into everything that is wrong with it that its schema cannot say.

mod adjustment;
mod alert;
mod cargo;
mod charges;
mod credits;
mod filter;
mod hold;
mod key;
mod offer;
mod reference;
mod report;
mod session;
mod trade;
mod transfer;
mod vessel;
mod webhook;

use domain::{Action, Command, KeyBinding, Line, Lines, LinesError, Note, Timestamp, TraceId};

use super::{Metadata, Time, Words};
use crate::idempotency::By;
use crate::shape::{Fault, Flaw};

pub(crate) use adjustment::AdjustmentBody;
pub(crate) use alert::AlertRuleBody;
pub(crate) use cargo::{BookingBody, PositionBody};
pub(crate) use credits::CreditsBody;
pub(crate) use filter::FilterBody;
pub(crate) use hold::{ReversalBody, SettlementBody, VoidBody};
pub(crate) use key::{KeyBody, RotationBody};
pub(crate) use offer::{OfferBody, WithdrawalBody};
pub(crate) use reference::{CommodityBody, StationBody, TraderBody};
pub(crate) use report::ReportBody;
pub(crate) use session::SessionBody;
pub(crate) use trade::TradeBody;
pub(crate) use transfer::TransferBody;
pub(crate) use vessel::VesselBody;
pub(crate) use webhook::{NewWebhookBody, Replay, ReplayBody, SecretBody, WebhookBody};

/// What a body asks for; who asks, and with which key, comes from elsewhere.
#[derive(Debug, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) action: Action,
    pub(crate) note: Option<Box<Note>>,
    pub(crate) occurred_at: Option<Timestamp>,
}

impl Wanted {
    /// Only what is asked, without words of the client's own.
    pub(crate) fn plain(action: Action) -> Self {
        Self { action, note: None, occurred_at: None }
    }

    /// As a command.
    pub(crate) fn command(
        self,
        by: By,
        key: Option<KeyBinding>,
        trace: Option<TraceId>,
    ) -> Command {
        Command {
            actor: by.principal,
            occurred_at: self.occurred_at,
            key,
            trace,
            note: self.note,
            action: self.action,
            past: None,
            api_key: by.api_key,
            granted: by.granted,
        }
    }
}

/// The fields that every body may have.
struct Tail {
    reference: Option<Words>,
    metadata: Option<Metadata>,
    at: Option<Time>,
}

impl Tail {
    fn with(self, action: Action) -> Wanted {
        let metadata = self.metadata.unwrap_or_default().0;
        // Fails only for too many entries, of which `Metadata` takes none.
        let note = Note::new(self.reference.map(|Words(text)| text), metadata);
        Wanted { action, note: note.ok().flatten(), occurred_at: self.at.map(|Time(at)| at) }
    }
}

/// Checks the lines; their faults join the others.
fn checked_lines<T: Line>(lines: Vec<T>, faults: &mut Vec<Fault>) -> Option<Lines<T>> {
    match Lines::new(lines) {
        Ok(lines) => Some(lines),
        Err(error @ LinesError::Count) => {
            faults.push(Fault::new("/lines".to_owned(), Flaw::LineCount, error.to_string()));
            None
        }
        Err(error @ LinesError::Duplicate(line)) => {
            let pointer = format!("/lines/{line}/commodity");
            faults.push(Fault::new(pointer, Flaw::DuplicateCommodity, error.to_string()));
            None
        }
    }
}
