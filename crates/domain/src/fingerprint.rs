//! Stable hashes: of an idempotency key, and of the command it came with.
//!
//! They are recorded, so they must be the same on every platform and for ever. `std::hash::Hash`
//! feeds the command's fields; this hasher fixes the width and order of what it is fed, and a test
//! pins the results, so that a toolchain that feeds otherwise fails the build.

use std::hash::{Hash, Hasher};

use siphasher::sip::SipHasher13;
use siphasher::sip128::{Hasher128, SipHasher13 as SipHasher13x128};

use crate::{Command, PrincipalId};

/// Feeds every integer as little-endian bytes of a fixed width.
struct Fixed<H>(H);

macro_rules! fixed {
    ($($write:ident($kind:ty as $wide:ty)),*) => {
        $(fn $write(&mut self, value: $kind) {
            #[allow(clippy::cast_lossless, clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "only the bits count")]
            self.0.write(&(value as $wide).to_le_bytes());
        })*
    };
}

impl<H: Hasher> Hasher for Fixed<H> {
    fn finish(&self) -> u64 {
        self.0.finish()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    fixed!(
        write_u8(u8 as u8),
        write_u16(u16 as u16),
        write_u32(u32 as u32),
        write_u64(u64 as u64),
        write_u128(u128 as u128),
        write_usize(usize as u64),
        write_i8(i8 as i8),
        write_i16(i16 as i16),
        write_i32(i32 as i32),
        write_i64(i64 as i64),
        write_i128(i128 as i128),
        write_isize(isize as i64)
    );
}

/// Hash of a principal's idempotency key. Keys of two principals never meet but by a chance of
/// one in 2^128, and a principal who seeks a collision only finds its own keys.
pub fn key_hash(principal: PrincipalId, key: &str) -> u128 {
    let mut hasher = SipHasher13x128::new();
    hasher.write(&principal.0.to_le_bytes());
    hasher.write(key.as_bytes());
    hasher.finish128().as_u128()
}

/// Hash of a name that a client chose, for tables to find it by. Unlike faster ones it gives whoever
/// chooses names no cheap way to make many that meet; nothing that is recorded depends on it.
pub fn name_hash(name: &str) -> u64 {
    let mut hasher = SipHasher13::new();
    hasher.write(name.as_bytes());
    hasher.finish()
}

/// Hash of what a command asks: its action, its time and its note, and nothing of how it was sent.
pub fn fingerprint(command: &Command) -> u64 {
    let mut hasher = Fixed(SipHasher13::new());
    command.action.hash(&mut hasher);
    command.occurred_at.hash(&mut hasher);
    command.note.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::*;

    fn trade(quantity: u64) -> Command {
        let name = |text| Identifier::new(text).unwrap();
        let line = TradeLineWanted {
            commodity: name("water-ice"),
            quantity: Quantity::new(quantity).unwrap(),
            unit_price: Credits::new(12).unwrap(),
        };
        let metadata = [(Text::new("run").unwrap(), Text::new("7").unwrap())].into();
        Command {
            actor: PrincipalId(1),
            occurred_at: Some(Timestamp(7)),
            key: None,
            trace: Some(TraceId(9)),
            note: Note::new(Text::new("PO-1234").ok(), metadata).unwrap(),
            action: Action::Trade(Trade {
                station: name("ceres"),
                buyer: name("acme"),
                seller: name("belt-mining"),
                lines: Lines::new(vec![line]).unwrap(),
                terms: Added::default(),
            }),
            past: None,
            api_key: Some(KeyId(3)),
            granted: Some(Sequence(5)),
        }
    }

    #[test]
    fn fingerprints_are_the_same_for_ever() {
        assert_eq!(
            fingerprint(&trade(500)),
            17_571_638_840_720_314_058,
            "recorded in journals: must never change"
        );
        assert_eq!(
            key_hash(PrincipalId(1), "a-1"),
            125_360_039_946_422_517_277_659_418_086_366_616_771,
            "recorded in journals: must never change"
        );
    }

    fn with(action: Action) -> u64 {
        fingerprint(&Command { action, occurred_at: None, note: None, ..trade(1) })
    }

    #[test]
    fn fields_added_since_leave_older_fingerprints_as_they_were() {
        let name = |text| Identifier::new(text).unwrap();
        let five = Quantity::new(5).unwrap();
        let report = |action| Action::ReportShipment { shipment: ShipmentId(Sequence(9)), action };
        let key = NewKey {
            principal: name("clerk"),
            role: Role::Operator,
            digest: [7; 32],
            accounts: Added::default(),
            lifetime: Added::default(),
        };
        let booking = Booking {
            origin: name("ceres"),
            destination: name("mars"),
            owner: name("belt"),
            consignee: None,
            carrier: Some(name("acme")),
            lines: Lines::new(vec![BookingLine { commodity: name("ice"), quantity: five }])
                .unwrap(),
            schedule: Schedule::new(Timestamp(1), Timestamp(2)).unwrap(),
            terms: Added::default(),
        };
        let lost = ShipmentAction::Lost { reason: None, loss: Added::default() };
        let (departure, arrival) = (None, Some(Timestamp(5)));
        let code = Added::default();
        let estimated = ShipmentAction::Estimated { departure, arrival, reason: None, code };
        let line = ReceiptLineWanted {
            commodity: name("ice"),
            accepted: five,
            rejected: Quantity::ZERO,
            short: Added::default(),
        };
        let received = ShipmentAction::Received(Lines::new(vec![line]).unwrap());
        // What the first released ledger recorded for them.
        assert_eq!(with(Action::CreateKey(key)), 13_167_652_875_260_643_480);
        assert_eq!(with(Action::BookShipment(booking)), 4_715_115_302_169_541_238);
        assert_eq!(with(report(lost)), 10_919_801_842_041_266_347);
        assert_eq!(with(report(estimated)), 2_244_507_881_181_271_344);
        assert_eq!(with(report(received)), 17_791_024_205_808_011_246);
    }

    #[test]
    fn what_a_trade_has_beside_its_lines_is_part_of_what_is_asked() {
        let with_terms = |terms: Option<TradeTermsWanted>| {
            let Action::Trade(plain) = trade(500).action else { unreachable!() };
            with(Action::Trade(Trade { terms: terms.into(), ..plain }))
        };
        let name = |text| Identifier::new(text).unwrap();
        let hold = TradeTermsWanted { hold: Lifetime::new(60).ok(), ..Default::default() };
        let longer = TradeTermsWanted { hold: Lifetime::new(61).ok(), ..Default::default() };
        let charge = ChargeWanted {
            payer: name("acme"),
            to: name("ceres"),
            amount: Credits::new(1).unwrap(),
            kind: ChargeKind::Tax,
        };
        let charges = Charges::new(vec![charge]).unwrap();
        let taxed = TradeTermsWanted { charges, ..Default::default() };
        let offers = [(0, OfferId(Sequence(7)))].into();
        let taking = TradeTermsWanted { offers, ..Default::default() };
        let all = [None, Some(hold), Some(longer), Some(taxed), Some(taking)];
        let mut prints = all.map(with_terms);
        prints.sort_unstable();
        assert!(prints.windows(2).all(|pair| pair[0] != pair[1]), "{prints:?}");
    }

    #[test]
    fn what_is_known_of_a_past_trade_is_no_part_of_what_is_asked() {
        let (plain, mut informed) = (trade(500), trade(500));
        let envelope = Envelope {
            sequence: Sequence(7),
            recorded_at: Timestamp(7),
            occurred_at: None,
            actor: PrincipalId(1),
            key: None,
            trace: None,
            note: None,
        };
        let settled = TradeSettled {
            station: StationId(0),
            buyer: TraderId(0),
            seller: TraderId(1),
            lines: Box::default(),
            total: Credits::ZERO,
            terms: None,
        };
        let record = TradeRecord::settled(&envelope, &settled);
        informed.past = Some(Box::new(PastTrade { record, as_of: Sequence(9) }));
        assert_eq!(fingerprint(&plain), fingerprint(&informed));
    }

    #[test]
    fn a_fingerprint_covers_what_is_asked_and_not_how_it_came() {
        let mut retried = trade(500);
        retried.trace = None;
        (retried.api_key, retried.granted) = (None, None);
        assert_eq!(fingerprint(&trade(500)), fingerprint(&retried));
        assert_ne!(fingerprint(&trade(500)), fingerprint(&trade(501)));
        let mut later = trade(500);
        later.occurred_at = None;
        assert_ne!(fingerprint(&trade(500)), fingerprint(&later));
    }

    #[test]
    fn keys_are_scoped_to_the_principal() {
        assert_ne!(key_hash(PrincipalId(1), "a-1"), key_hash(PrincipalId(2), "a-1"));
    }
}
