//! What the rules refuse, in the client's names: numbers become names, lines become pointers.

use domain::{Rejection, Scope, ShipmentId};
use serde_json::Value;
use views::State;

use super::described::{Names, describe};
use super::{Code, Problem};
use crate::shape::{Fault, Place};

/// Which request was refused: tells where in it a rejection points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Trade,
    Adjustment,
    Booking,
    Report,
    Station,
    Commodity,
    Trader,
    Credits,
    Key,
    KeyRevocation,
    KeyRotation,
    Settlement,
    Void,
    Reversal,
    Offer,
    OfferWithdrawal,
    Transfer,
    /// A report of goods that are lost, or found again.
    Loss,
    Vessel,
    AlertRule,
    AlertRuleDeletion,
    Acknowledgement,
}

impl Form {
    /// The field that names what the request is about, if it stands outside the body.
    const fn subject(self) -> Option<&'static str> {
        match self {
            Self::Trade | Self::Booking | Self::Key | Self::Offer | Self::Transfer => None,
            Self::Settlement | Self::Void | Self::Reversal => Some("trade"),
            Self::OfferWithdrawal => Some("offer"),
            Self::Adjustment => Some("station"),
            Self::Report | Self::Loss => Some("shipment"),
            Self::Credits => Some("trader"),
            Self::Station
            | Self::Commodity
            | Self::Trader
            | Self::Vessel
            | Self::AlertRule
            | Self::AlertRuleDeletion => Some("id"),
            Self::Acknowledgement => Some("alert"),
            Self::KeyRevocation | Self::KeyRotation => Some("key"),
        }
    }

    /// What that field is called beside a body in bulk.
    pub(super) const fn subject_in_bulk(self) -> Option<&'static str> {
        match self {
            Self::Report | Self::Loss => Some("shipmentId"),
            Self::Settlement | Self::Void | Self::Reversal | Self::OfferWithdrawal => Some("id"),
            _ => self.subject(),
        }
    }

    /// The field of a line that says how much.
    const fn amount(self) -> &'static str {
        match self {
            Self::Adjustment => "change",
            Self::Report => "accepted",
            Self::Trade
            | Self::Booking
            | Self::Station
            | Self::Commodity
            | Self::Trader
            | Self::Credits
            | Self::Key
            | Self::KeyRevocation
            | Self::KeyRotation
            | Self::Settlement
            | Self::Void
            | Self::Reversal
            | Self::Offer
            | Self::OfferWithdrawal
            | Self::Transfer
            | Self::Loss
            | Self::Vessel
            | Self::AlertRule
            | Self::AlertRuleDeletion
            | Self::Acknowledgement => "quantity",
        }
    }
}

impl Problem {
    /// As `form` was refused.
    pub(crate) fn rejected(rejection: &Rejection, form: Form, state: &State) -> Self {
        let problem = describe(rejection, form, &Names(state));
        let code = problem.0.code.row().code;
        debug_assert_eq!(code, rejection.code(), "one code for one reason");
        match place(rejection, form) {
            Blame::Nothing => problem,
            Blame::Subject => problem.elsewhere(),
            Blame::Pointer(pointer) => {
                let detail = problem.0.detail.clone().into();
                let place = Place::Pointer(pointer);
                problem.with_errors(vec![Fault { place, code, detail }])
            }
        }
    }
}

impl Problem {
    /// Without the shipment that keeps a vessel busy, for whoever may not see that.
    pub(crate) fn shown_to(mut self, scope: Scope<'_>, state: &State) -> Self {
        if self.0.code == Code::VesselBusy {
            let shipment = |(name, value): &(&str, Value)| {
                let id = value.as_str().filter(|_| *name == "shipmentId")?;
                ShipmentId::parse(id)
            };
            let shipment = self.0.members.iter().find_map(shipment);
            if shipment.and_then(|shipment| state.open_shipment(shipment, scope)).is_none() {
                self.0.members.retain(|(name, _)| *name != "shipmentId");
                Code::VesselBusy.row().title.clone_into(&mut self.0.detail);
            }
        }
        self
    }
}

/// What of the request is to blame.
enum Blame {
    /// No part of it.
    Nothing,
    /// What the path names.
    Subject,
    /// This part of the body.
    Pointer(String),
}

fn place(rejection: &Rejection, form: Form) -> Blame {
    let line = |line: usize, field: &str| Blame::Pointer(format!("/lines/{line}/{field}"));
    let named = |field: &str| {
        // An adjustment's owner, left out, is its station.
        if form.subject() == Some(field) {
            Blame::Subject
        } else {
            Blame::Pointer(format!("/{field}"))
        }
    };
    match rejection {
        Rejection::Unauthenticated
        | Rejection::NotPermitted { .. }
        | Rejection::KeyEnded
        | Rejection::AlreadyRotated { .. }
        | Rejection::TokenKey
        | Rejection::TokenOutdated
        | Rejection::LastAdminKey
        | Rejection::AlreadyExists { .. }
        | Rejection::InvalidTransition { .. }
        | Rejection::InvalidTradeTransition { .. }
        | Rejection::AlreadySettled { .. }
        | Rejection::AlreadyReversed { .. }
        | Rejection::HoldExpired { .. }
        | Rejection::OnHold { .. }
        | Rejection::VesselBusy { .. }
        | Rejection::AmountOverflow { line: None }
        | Rejection::InsufficientCredits { .. }
        | Rejection::LimitReached { .. } => Blame::Nothing,
        Rejection::SameParty => match form {
            Form::Booking => Blame::Pointer("/destination".to_owned()),
            Form::Transfer => Blame::Pointer("/to".to_owned()),
            _ => Blame::Pointer("/seller".to_owned()),
        },
        Rejection::UnknownStation { field, .. } | Rejection::UnknownTrader { field, .. } => {
            named(field)
        }
        Rejection::UnknownCommodity { line: at, .. }
        | Rejection::NotInShipment { line: at, .. }
        | Rejection::NotInTrade { line: at, .. } => match form {
            // What is posted is one commodity, without lines.
            Form::Offer | Form::OfferWithdrawal | Form::AlertRule => {
                Blame::Pointer("/commodity".to_owned())
            }
            _ => line(*at, "commodity"),
        },
        Rejection::UnknownVessel { .. } => named("vessel"),
        Rejection::OverCapacity { .. } => Blame::Pointer("/vessel".to_owned()),
        Rejection::UnknownShipment { .. }
        | Rejection::UnknownTrade { .. }
        | Rejection::UnknownAlert
        | Rejection::UnknownAlertRule
        | Rejection::UnknownKey
        | Rejection::OfferClosed { line: None, .. } => Blame::Subject,
        Rejection::OfferClosed { line: Some(at), .. }
        | Rejection::OfferMismatch { line: at, .. } => line(*at, "offer"),
        Rejection::PriceMoved { line: at, .. } => line(*at, "limitPrice"),
        Rejection::OfferExceeded { line: at, .. } | Rejection::OverSettlement { line: at, .. } => {
            line(*at, "quantity")
        }
        Rejection::OverReceipt { line: at, .. } => line(*at, form.amount()),
        Rejection::CountStale { line: at, .. } => line(*at, "expected"),
        Rejection::AmountOverflow { line: Some(at) }
        | Rejection::InsufficientStock { line: at, .. } => match form {
            Form::Offer => Blame::Pointer("/quantity".to_owned()),
            // It moves back what it had moved: no part of the body says how much.
            Form::Reversal => Blame::Nothing,
            _ => line(*at, form.amount()),
        },
    }
}

/// No shipment of this identifier can be reported of or shown.
pub(crate) fn unknown_shipment(shipment: domain::ShipmentId) -> Problem {
    let id = shipment.to_string();
    Problem::not_found(Code::UnknownShipment, format!("there is no shipment {id}"))
        .with("shipmentId", id)
}
