//! An offer through its life, as its events make it.

use super::*;
use crate::PrincipalId;

fn envelope(sequence: u64) -> Envelope {
    Envelope {
        sequence: Sequence(sequence),
        recorded_at: Timestamp(70),
        occurred_at: Some(Timestamp(1)),
        actor: PrincipalId(1),
        key: None,
        trace: None,
        note: None,
    }
}

fn units(count: u64) -> Quantity {
    Quantity::new(count).unwrap()
}

#[test]
fn an_offer_is_taken_in_parts_and_what_is_left_is_what_its_end_releases() {
    let opened = OfferOpened {
        station: StationId(3),
        trader: TraderId(4),
        side: Side::Buy,
        commodity: CommodityId(5),
        unit_price: Credits::new(6).unwrap(),
        quantity: units(40),
        expires_at: Some(Timestamp(99)),
        replaced: Box::default(),
    };
    let mut offer = Offer::opened(&envelope(7), &opened);
    assert_eq!((offer.id.0, offer.last), (Sequence(7), Sequence(7)));
    // In network time, whatever the client says.
    assert_eq!((offer.opened_at, offer.expires_at), (Timestamp(70), Some(Timestamp(99))));
    assert_eq!((offer.quantity, offer.remaining), (units(40), units(40)));

    offer.take(&envelope(8), units(15));
    offer.take(&envelope(9), units(5));
    assert_eq!((offer.quantity, offer.remaining), (units(40), units(20)));
    let rest = OfferRest {
        offer: OfferId(Sequence(7)),
        previous: Sequence(9),
        station: StationId(3),
        trader: TraderId(4),
        side: Side::Buy,
        commodity: CommodityId(5),
        unit_price: Credits::new(6).unwrap(),
        quantity: units(20),
    };
    assert_eq!(offer.rest(), rest);
}
