//! The words of alerts and of their rules.

use std::borrow::Cow;

use domain::{AlertKind, Severity, Timing};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::wire::scalar::{TextScalar, component, read_from_text};

words! {
    /// What an alert says.
    AlertKindWord(AlertKind) as "AlertKind": "the kind of an alert" {
        AlertKind::ShipmentOverdue => "shipment_overdue",
        AlertKind::ShipmentLate => "shipment_late",
        AlertKind::ShipmentSilent => "shipment_silent",
        AlertKind::StockLow => "stock_low",
        AlertKind::StockOut => "stock_out",
        AlertKind::HoldExpired => "hold_expired",
    }
}

words! {
    /// How bad it is.
    SeverityWord(Severity) as "Severity": "info, warning or critical" {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    }
}

/// Whether an alert is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AlertStatus {
    Firing,
    Resolved,
}

words! {
    /// Whether an alert is open.
    AlertStatusWord(AlertStatus) as "AlertStatus": "firing or resolved" {
        AlertStatus::Firing => "firing",
        AlertStatus::Resolved => "resolved",
    }
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RuleKind {
    ShipmentOverdue,
    ShipmentLate,
    ShipmentSilent,
    HoldExpired,
    Stock,
}

words! {
    /// What a rule of alerts is about.
    RuleKindWord(RuleKind) as "AlertRuleKind": "the kind of a rule of alerts" {
        RuleKind::ShipmentOverdue => "shipment_overdue",
        RuleKind::ShipmentLate => "shipment_late",
        RuleKind::ShipmentSilent => "shipment_silent",
        RuleKind::HoldExpired => "hold_expired",
        RuleKind::Stock => "stock",
    }
}

impl RuleKind {
    /// Which timing, if it is about one.
    pub(crate) const fn timing(self) -> Option<Timing> {
        match self {
            Self::ShipmentOverdue => Some(Timing::ShipmentOverdue),
            Self::ShipmentLate => Some(Timing::ShipmentLate),
            Self::ShipmentSilent => Some(Timing::ShipmentSilent),
            Self::HoldExpired => Some(Timing::HoldExpired),
            Self::Stock => None,
        }
    }
}

impl From<Timing> for RuleKind {
    fn from(timing: Timing) -> Self {
        match timing {
            Timing::ShipmentOverdue => Self::ShipmentOverdue,
            Timing::ShipmentLate => Self::ShipmentLate,
            Timing::ShipmentSilent => Self::ShipmentSilent,
            Timing::HoldExpired => Self::HoldExpired,
        }
    }
}
