//! Rows of holds and offers, and what is derived from them.

use domain::{
    Charge, ChargeKind, CommodityId, Credits, Offer, OfferId, OfferTaken, Quantity, Sequence, Side,
    StationId, Timestamp, TradeRecord, TradeRecordLine, TradeStatus, TradeTerms, TraderId,
    TransactionId,
};
use table::{Archive, ArchiveError, Row, through};

use super::{credits, quantity, time};
use crate::holds::promised_entries;
use crate::state::{Hold, HoldKey, OfferKey, OpenOffer, State};

impl State {
    /// What the rows of holds and offers say beside themselves.
    pub(super) fn derive_trading(&mut self) {
        self.alike = self.offers.iter().map(|(_, offer)| offer.alike()).collect();
        self.promised_entries = self.holds.iter().map(|(_, hold)| promised_entries(&hold.0)).sum();
    }
}

impl Default for HoldKey {
    fn default() -> Self {
        Self(TransactionId(Sequence::ZERO))
    }
}

impl Row for HoldKey {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        archive.number(&mut self.0.0.0)
    }
}

impl Default for OfferKey {
    fn default() -> Self {
        Self(OfferId(Sequence::ZERO))
    }
}

impl Row for OfferKey {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        archive.number(&mut self.0.0.0)
    }
}

impl Default for Hold {
    fn default() -> Self {
        Self(TradeRecord {
            id: TransactionId(Sequence::ZERO),
            station: StationId(0),
            buyer: TraderId(0),
            seller: TraderId(0),
            status: TradeStatus::Pending,
            lines: Box::default(),
            total: Credits::ZERO,
            terms: None,
            charges_paid: false,
            proposed_by: None,
            unreserved: None,
            expires_at: None,
            settled_at: None,
            reason: None,
            last: Sequence::ZERO,
            event_count: 0,
        })
    }
}

impl Row for Hold {
    /// Its status is pending, its charges are not paid, and there is no reason for its end yet.
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let it = &mut self.0;
        archive.number(&mut it.id.0.0)?;
        it.station.0.archive(archive)?;
        it.buyer.0.archive(archive)?;
        it.seller.0.archive(archive)?;
        list(archive, &mut it.lines, LineRow, |row| row.0)?;
        credits(archive, &mut it.total)?;
        let mut terms = it.terms.take().map(|terms| TermsRow(*terms));
        terms.archive(archive)?;
        it.terms = terms.map(|row| Box::new(row.0));
        side(archive, &mut it.proposed_by)?;
        side(archive, &mut it.unreserved)?;
        time(archive, &mut it.expires_at)?;
        time(archive, &mut it.settled_at)?;
        archive.number(&mut it.last.0)?;
        it.event_count.archive(archive)
    }
}

impl Default for OpenOffer {
    fn default() -> Self {
        Self(Offer {
            id: OfferId(Sequence::ZERO),
            station: StationId(0),
            trader: TraderId(0),
            side: Side::Sell,
            commodity: CommodityId(0),
            unit_price: Credits::ZERO,
            quantity: Quantity::ZERO,
            remaining: Quantity::ZERO,
            expires_at: None,
            opened_at: Timestamp::default(),
            last: Sequence::ZERO,
        })
    }
}

impl Row for OpenOffer {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        let it = &mut self.0;
        archive.number(&mut it.id.0.0)?;
        it.station.0.archive(archive)?;
        it.trader.0.archive(archive)?;
        one_side(archive, &mut it.side)?;
        it.commodity.0.archive(archive)?;
        credits(archive, &mut it.unit_price)?;
        quantity(archive, &mut it.quantity)?;
        quantity(archive, &mut it.remaining)?;
        time(archive, &mut it.expires_at)?;
        it.opened_at.0.archive(archive)?;
        archive.number(&mut it.last.0)
    }
}

/// A trade's line, for it is of another crate.
struct LineRow(TradeRecordLine);

impl Default for LineRow {
    fn default() -> Self {
        Self(TradeRecordLine {
            commodity: CommodityId(0),
            quantity: Quantity::ZERO,
            unit_price: Credits::ZERO,
            settled: Quantity::ZERO,
        })
    }
}

impl Row for LineRow {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        self.0.commodity.0.archive(archive)?;
        quantity(archive, &mut self.0.quantity)?;
        credits(archive, &mut self.0.unit_price)?;
        quantity(archive, &mut self.0.settled)
    }
}

#[derive(Default)]
struct TermsRow(TradeTerms);

impl Row for TermsRow {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        list(archive, &mut self.0.offers, TakenRow, |row| row.0)?;
        charges(archive, &mut self.0.charges)
    }
}

struct TakenRow(OfferTaken);

impl Default for TakenRow {
    fn default() -> Self {
        let (offer, previous) = (OfferId(Sequence::ZERO), Sequence::ZERO);
        Self(OfferTaken { line: 0, offer, side: Side::Sell, previous })
    }
}

impl Row for TakenRow {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        self.0.line.archive(archive)?;
        archive.number(&mut self.0.offer.0.0)?;
        one_side(archive, &mut self.0.side)?;
        archive.number(&mut self.0.previous.0)
    }
}

struct ChargeRow(Charge);

impl Default for ChargeRow {
    fn default() -> Self {
        let (payer, to) = (TraderId(0), TraderId(0));
        Self(Charge { payer, to, amount: Credits::ZERO, kind: ChargeKind::Other })
    }
}

impl Row for ChargeRow {
    fn archive<A: Archive>(&mut self, archive: &mut A) -> Result<(), ArchiveError> {
        self.0.payer.0.archive(archive)?;
        self.0.to.0.archive(archive)?;
        credits(archive, &mut self.0.amount)?;
        let form = |kind: &ChargeKind| match kind {
            ChargeKind::Tax => 0_u32,
            ChargeKind::Docking => 1,
            ChargeKind::Freight => 2,
            ChargeKind::Insurance => 3,
            ChargeKind::Other => 4,
        };
        through(archive, &mut self.0.kind, "a kind of charge", form, |form| match form {
            0 => Some(ChargeKind::Tax),
            1 => Some(ChargeKind::Docking),
            2 => Some(ChargeKind::Freight),
            3 => Some(ChargeKind::Insurance),
            4 => Some(ChargeKind::Other),
            _ => None,
        })
    }
}

/// The charges of a trade or a shipment.
pub(super) fn charges<A: Archive>(
    archive: &mut A,
    charges: &mut Box<[Charge]>,
) -> Result<(), ArchiveError> {
    list(archive, charges, ChargeRow, |row| row.0)
}

/// Values of another crate, each in the form of a row of this one.
fn list<A: Archive, T, R: Row + Default>(
    archive: &mut A,
    values: &mut Box<[T]>,
    to_row: impl Fn(T) -> R,
    of_row: impl Fn(R) -> T,
) -> Result<(), ArchiveError> {
    let values_before = std::mem::take(values).into_vec();
    let mut rows = values_before.into_iter().map(to_row).collect::<Vec<_>>();
    rows.archive(archive)?;
    *values = rows.into_iter().map(of_row).collect();
    Ok(())
}

fn one_side<A: Archive>(archive: &mut A, value: &mut Side) -> Result<(), ArchiveError> {
    let form = |side: &Side| *side == Side::Buy;
    through(archive, value, "a side", form, |is_buy| Some(side_of(is_buy)))
}

fn side<A: Archive>(archive: &mut A, value: &mut Option<Side>) -> Result<(), ArchiveError> {
    let form = |side: &Option<Side>| side.map(|side| side == Side::Buy);
    let of_form = |form: Option<bool>| Some(form.map(side_of));
    through(archive, value, "a side", form, of_form)
}

const fn side_of(is_buy: bool) -> Side {
    if is_buy { Side::Buy } else { Side::Sell }
}
