//! Rows of alerts and their rules.

use std::collections::BTreeSet;

use domain::{
    AlertCause, AlertId, AlertKind, AlertRule, AlertRuleId, CommodityId, Sequence, Severity,
    ShipmentId, StationId, Timestamp, Timing, TraderId, TransactionId,
};
use table::{Archive, ArchiveError, Row, Table, read_table, through};

use super::quantity;
use crate::alerts::{AlertKey, Alerts, OpenAlert};
use crate::rules::{RuleRow, Rules};
use crate::state::Name;

/// The rules, which are those of timing at least.
pub(super) fn read_rules<A: Archive>(archive: &mut A) -> Result<Rules, ArchiveError> {
    let rows: Table<Name, RuleRow> = read_table(archive)?;
    let of_timing = Timing::ALL.iter().zip(rows.iter());
    let known = of_timing.filter(|(timing, (name, _))| timing.rule_name() == name.0.as_str());
    if known.count() < Timing::ALL.len() {
        return Err(ArchiveError::Invalid { wanted: "the rules of timing" });
    }
    Ok(Rules::of(rows))
}

pub(super) fn read_alerts<A: Archive>(archive: &mut A) -> Result<Alerts, ArchiveError> {
    let open: Table<AlertKey, OpenAlert> = read_table(archive)?;
    let mut expired = Vec::<u64>::new();
    expired.archive(archive)?;
    if !expired.is_sorted_by(|one, next| one < next) {
        return Err(ArchiveError::Invalid { wanted: "expired holds in their order" });
    }
    let expired = expired.into_iter().map(|trade| TransactionId(Sequence(trade)));
    let expired = expired.collect::<BTreeSet<_>>();
    Ok(Alerts { open, expired, ..Alerts::default() })
}

impl Row for RuleRow {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let mut form = match self.terms {
            None => 0_u32,
            Some(AlertRule::Timing { timing, .. }) => 1 + timing as u32,
            Some(AlertRule::Stock { .. }) => STOCK,
        };
        form.archive(archive)?;
        if archive.reading() {
            self.terms = blank(form)?;
        }
        match &mut self.terms {
            None => Ok(()),
            Some(AlertRule::Timing { after_seconds, critical_after_seconds, .. }) => {
                after_seconds.archive(archive)?;
                critical_after_seconds.archive(archive)
            }
            Some(AlertRule::Stock { station, owner, commodity, low, clear }) => {
                station.0.archive(archive)?;
                owner.0.archive(archive)?;
                commodity.0.archive(archive)?;
                quantity(archive, low)?;
                quantity(archive, clear)
            }
        }
    }
}

/// What stands for a rule of stock; before it stand those of timing.
const STOCK: u32 = 5;
const _: () = assert!(STOCK as usize == 1 + Timing::ALL.len());

/// A rule of this form, to be read.
fn blank(form: u32) -> Result<Option<AlertRule>, ArchiveError> {
    if form == STOCK {
        return Ok(Some(AlertRule::Stock {
            station: StationId(0),
            owner: TraderId(0),
            commodity: CommodityId(0),
            low: domain::Quantity::ZERO,
            clear: domain::Quantity::ZERO,
        }));
    }
    let Some(number) = form.checked_sub(1) else { return Ok(None) };
    let timing = Timing::ALL.get(number as usize);
    let timing = *timing.ok_or(ArchiveError::Invalid { wanted: "a rule of alerts" })?;
    Ok(Some(AlertRule::Timing { timing, after_seconds: 0, critical_after_seconds: 0 }))
}

impl Default for AlertKey {
    fn default() -> Self {
        Self(AlertId(Sequence::ZERO))
    }
}

impl Row for AlertKey {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        archive.number(&mut self.0.0.0)
    }
}

impl Default for OpenAlert {
    fn default() -> Self {
        Self {
            cause: AlertCause::Stock(AlertRuleId(0)),
            kind: AlertKind::StockLow,
            severity: Severity::Info,
            fired_at: Timestamp::default(),
            acknowledged: false,
            last: Sequence::ZERO,
            until: None,
        }
    }
}

const KINDS: [AlertKind; 6] = [
    AlertKind::ShipmentOverdue,
    AlertKind::ShipmentLate,
    AlertKind::ShipmentSilent,
    AlertKind::StockLow,
    AlertKind::StockOut,
    AlertKind::HoldExpired,
];

const SEVERITIES: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Critical];

impl Row for OpenAlert {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        through(archive, &mut self.cause, "a cause", |cause| cause_form(*cause), cause_of)?;
        let of = |form: u32| KINDS.get(form as usize).copied();
        through(archive, &mut self.kind, "a kind of alert", |kind| *kind as u32, of)?;
        let of = |form: u32| SEVERITIES.get(form as usize).copied();
        through(archive, &mut self.severity, "a severity", |severity| *severity as u32, of)?;
        self.fired_at.0.archive(archive)?;
        self.acknowledged.archive(archive)?;
        archive.number(&mut self.last.0)
    }
}

const fn cause_form(cause: AlertCause) -> (u32, u64) {
    match cause {
        AlertCause::Overdue(shipment) => (0, shipment.0.0),
        AlertCause::Late(shipment) => (1, shipment.0.0),
        AlertCause::Silent(shipment) => (2, shipment.0.0),
        AlertCause::Stock(rule) => (3, rule.0 as u64),
        AlertCause::Hold(trade) => (4, trade.0.0),
    }
}

fn cause_of((form, number): (u32, u64)) -> Option<AlertCause> {
    let sequence = Sequence(number);
    Some(match form {
        0 => AlertCause::Overdue(ShipmentId(sequence)),
        1 => AlertCause::Late(ShipmentId(sequence)),
        2 => AlertCause::Silent(ShipmentId(sequence)),
        3 => AlertCause::Stock(AlertRuleId(u32::try_from(number).ok()?)),
        4 => AlertCause::Hold(TransactionId(sequence)),
        _ => return None,
    })
}
