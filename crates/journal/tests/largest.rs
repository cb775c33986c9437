//! The largest events there can be fit a row, and the largest command fits a batch.

#![allow(clippy::unwrap_used, reason = "tests panic")]

mod common;

use common::{name, recorded, text};
use domain::limits::{
    ACCOUNTS_MAX, BATCH_BYTES_MAX, CHARGES_MAX, LINES_MAX, METADATA_ENTRIES_MAX, OFFERS_ALIKE_MAX,
    ROW_BYTES_MAX, TEXT_BYTES_MAX, TOLERANCE_PERMILLE_MAX,
};
use domain::*;
use journal::BATCH_EVENTS_BYTES_MAX;
use journal::encoding::encoded_len_bound;
use journal::row::{Row, first_chain, seal};

const ID: BatchId =
    BatchId { journal: JournalId(u128::MAX), epoch: Epoch(u64::MAX), number: u64::MAX };
const STATION: StationId = StationId(u32::MAX);
const TRADER: TraderId = TraderId(u32::MAX);
const COMMODITY: CommodityId = CommodityId(u32::MAX);
const LAST: Sequence = Sequence(AMOUNT_MAX);
const TRADE: TransactionId = TransactionId(LAST);
const ROUTE: Route = Route { origin: STATION, destination: STATION, owner: TRADER };

fn longest_text() -> Text {
    text(&"x".repeat(TEXT_BYTES_MAX))
}

fn charges() -> Box<[Charge]> {
    let (payer, to, amount, kind) = (TRADER, TRADER, Credits::MAX, ChargeKind::Other);
    vec![Charge { payer, to, amount, kind }; CHARGES_MAX].into()
}

fn lines() -> Box<[TradeLine]> {
    let (quantity, unit_price) = (Quantity::MAX, Credits::MAX);
    vec![TradeLine { commodity: COMMODITY, quantity, unit_price }; LINES_MAX].into()
}

fn goods() -> Box<[GoodsLine]> {
    vec![GoodsLine { commodity: COMMODITY, quantity: Quantity::MAX }; LINES_MAX].into()
}

fn terms() -> TradeTerms {
    let (offer, side, previous) = (OfferId(LAST), Side::Buy, LAST);
    let lines = 0..u32::try_from(LINES_MAX).unwrap();
    let offers = lines.map(|line| OfferTaken { line, offer, side, previous }).collect();
    TradeTerms { offers, charges: charges() }
}

fn rest() -> HoldRest {
    HoldRest { goods: goods(), credits: Credits::MAX, charges: charges() }
}

fn rests() -> Box<[OfferRest]> {
    let rest = OfferRest {
        offer: OfferId(LAST),
        previous: LAST,
        station: STATION,
        trader: TRADER,
        side: Side::Buy,
        commodity: COMMODITY,
        unit_price: Credits::MAX,
        quantity: Quantity::MAX,
    };
    vec![rest; OFFERS_ALIKE_MAX].into()
}

fn largest_trade() -> TradeSettled {
    TradeSettled {
        station: STATION,
        buyer: TRADER,
        seller: TRADER,
        lines: lines(),
        total: Credits::MAX,
        terms: Some(terms().into()),
    }
}

fn largest_of_trades() -> Vec<Event> {
    let (station, buyer, seller, total) = (STATION, TRADER, TRADER, Credits::MAX);
    let (trade, previous, side) = (TRADE, LAST, Some(Side::Buy));
    vec![
        Event::TradeSettled(largest_trade()),
        Event::TradeHeld(Box::new(TradeHeld {
            station,
            buyer,
            seller,
            lines: lines(),
            total,
            terms: Some(terms().into()),
            expires_at: Timestamp::MIN,
            proposed_by: side,
            unreserved: side,
        })),
        Event::HoldSettled(Box::new(HoldSettled {
            trade,
            previous,
            station,
            buyer,
            seller,
            unreserved: side,
            lines: lines(),
            total,
            rest: Some(rest()),
        })),
        Event::TradeVoided(Box::new(HoldReleased {
            trade,
            previous,
            station,
            buyer,
            seller,
            rest: rest(),
            reason: Some(longest_text()),
        })),
        Event::TradeReversed(Box::new(TradeReversed {
            trade,
            previous,
            station,
            buyer,
            seller,
            lines: lines(),
            total,
            charges: charges(),
            reason: longest_text(),
        })),
        Event::StockTransferred(Box::new(StockTransferred {
            station,
            from: buyer,
            to: seller,
            lines: goods(),
            reason: Some(longest_text()),
        })),
    ]
}

fn largest_of_offers() -> Vec<Event> {
    let opened = OfferOpened {
        station: STATION,
        trader: TRADER,
        side: Side::Buy,
        commodity: COMMODITY,
        unit_price: Credits::MAX,
        quantity: Quantity::MAX,
        expires_at: Some(Timestamp::MIN),
        replaced: rests(),
    };
    vec![Event::OfferOpened(Box::new(opened)), Event::OffersWithdrawn(rests())]
}

fn largest_of_shipments() -> Vec<Event> {
    let booked = ShipmentBooked {
        route: ROUTE,
        consignee: TRADER,
        carrier: TRADER,
        lines: goods(),
        schedule: Schedule::new(Timestamp::MIN, Timestamp::MAX).unwrap(),
        vessel: Some(VesselId(u32::MAX)),
        charges: charges(),
        tolerance: Tolerance::new(TOLERANCE_PERMILLE_MAX).unwrap(),
    };
    let receipt = ReceiptLine {
        commodity: COMMODITY,
        accepted: Quantity::MAX,
        rejected: Quantity::MAX,
        found: Quantity::MAX,
        short: Quantity::MAX,
    };
    let reason = Some(longest_text());
    let reports = [
        ShipmentChange::Received { lines: vec![receipt; LINES_MAX].into(), complete: true },
        ShipmentChange::Lost { lines: goods(), cause: LossCause::Stolen, reason: reason.clone() },
        ShipmentChange::Returned { lines: goods(), reason },
    ];
    let changed = |change| {
        let (shipment, charges) = (ShipmentId(LAST), ChargesEnd::Paid(charges()));
        let changed = ShipmentChanged { shipment, previous: LAST, route: ROUTE, change, charges };
        Event::ShipmentChanged(Box::new(changed))
    };
    let mut events = vec![Event::ShipmentBooked(Box::new(booked))];
    events.extend(reports.map(changed));
    events
}

fn largest_key() -> Event {
    let last = u32::MAX - u32::try_from(ACCOUNTS_MAX).unwrap();
    let details = KeyDetails {
        principal: PrincipalId(u32::MAX),
        name: name(&"x".repeat(64)),
        role: Role::Carrier,
        digest: [0xff; 32],
        accounts: (last..u32::MAX).map(TraderId).collect(),
        expires_at: Some(Timestamp::MIN),
        replaces: Some(KeyId(u32::MAX)),
        token: Some(TokenSubject {
            issuer: longest_text(),
            subject: longest_text(),
            issued_at: Timestamp::MIN,
        }),
    };
    Event::KeyCreated { key: KeyId(u32::MAX), details: Box::new(details) }
}

/// The event with everything in its envelope that a client can make it carry.
fn annotated(event: Event) -> Recorded {
    let mut full = recorded(1, event);
    let key =
        |at: usize| text(&char::from(b'a' + u8::try_from(at).unwrap()).to_string().repeat(256));
    let metadata = (0..METADATA_ENTRIES_MAX).map(|at| (key(at), longest_text())).collect();
    full.envelope.note = Some(Box::new(Note { reference: Some(longest_text()), metadata }));
    full.envelope.actor = PrincipalId(u32::MAX);
    full.envelope.occurred_at = Some(Timestamp::MIN);
    full.envelope.key = Some(KeyBinding { hash: u128::MAX, fingerprint: u64::MAX });
    full.envelope.trace = Some(TraceId(u128::MAX));
    full
}

#[test]
fn the_largest_event_of_each_kind_fits_a_row() {
    let mut largest = largest_of_trades();
    largest.extend(largest_of_offers());
    largest.extend(largest_of_shipments());
    largest.push(largest_key());
    for event in largest {
        let kind = event.kind();
        let batch = Batch { id: ID, events: vec![annotated(event)] };
        let (rows, _) = seal(&batch, first_chain(ID.journal)).unwrap();
        let bytes = &rows[0].bytes;
        assert_eq!(rows.len(), 1);
        assert!(bytes.len() <= ROW_BYTES_MAX, "{kind}: {} bytes", bytes.len());
        let row = Row::parse(bytes).unwrap();
        assert_eq!(row.event(Sequence(1)).unwrap().unwrap(), batch.events[0], "{kind}");
    }
}

/// A trade that takes the last of a hundred offers: each has an event of its own.
#[test]
fn the_largest_command_fits_a_batch() {
    let mut events = vec![annotated(Event::TradeSettled(largest_trade()))];
    for sequence in 2..=101 {
        let filled = Event::OfferFilled { offer: OfferId(LAST), trade: TRADE };
        let mut recorded = recorded(sequence, filled);
        // The note and the key are on a command's first event alone, the rest on each.
        recorded.envelope.actor = PrincipalId(u32::MAX);
        recorded.envelope.occurred_at = Some(Timestamp::MIN);
        recorded.envelope.trace = Some(TraceId(u128::MAX));
        events.push(recorded);
    }
    assert_eq!(events.len(), 1 + LINES_MAX);
    let bound: usize = events.iter().map(encoded_len_bound).sum();
    assert!(bound <= BATCH_EVENTS_BYTES_MAX / 10, "{bound} bytes: not even near");
    let (rows, _) = seal(&Batch { id: ID, events }, first_chain(ID.journal)).unwrap();
    assert!(rows.iter().map(|row| row.bytes.len()).sum::<usize>() <= BATCH_BYTES_MAX);
}
