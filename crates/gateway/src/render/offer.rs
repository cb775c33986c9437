//! Answers about offers and gifts.

use domain::{
    CreditsTransferred, Envelope, Offer, OfferId, OfferOpened, OfferRest, OfferStatus,
    StockTransferred, Text, TransactionId,
};

use super::Render;
use crate::wire::answer::{
    EnvelopeFields, ExpiredData, FilledData, Listed, OfferAnswer, OfferRestAnswer, OpenedData,
    TransferAnswer, WithdrawnData,
};
use crate::wire::{OfferStatusWord, SideWord, Time};

impl<'a> Render<'a> {
    /// An open offer in a list.
    pub(crate) fn offer_item(self, offer: &Offer) -> OfferAnswer<'a> {
        OfferAnswer {
            offer_id: offer.id.to_string(),
            status: OfferStatusWord(OfferStatus::Open),
            station: self.station(offer.station),
            trader: self.trader(offer.trader),
            side: SideWord(offer.side),
            commodity: self.commodity(offer.commodity),
            unit_price: offer.unit_price.get(),
            quantity: offer.quantity.get(),
            remaining: offer.remaining.get(),
            expires_at: offer.expires_at.map(Time),
            envelope: None,
            listed: Some(Listed { recorded_at: Time(offer.opened_at), sequence: offer.last.0 }),
        }
    }

    /// An open offer with the envelope of its posting.
    pub(crate) fn offer(self, posting: &'a Envelope, offer: &Offer) -> OfferAnswer<'a> {
        let envelope = EnvelopeFields { sequence: offer.last.0, ..self.envelope(posting) };
        OfferAnswer { envelope: Some(envelope), listed: None, ..self.offer_item(offer) }
    }

    /// An offer just posted.
    pub(crate) fn opened(self, envelope: &'a Envelope, opened: &OfferOpened) -> OfferAnswer<'a> {
        self.offer(envelope, &Offer::opened(envelope, opened))
    }

    /// An offer that an event withdrew, with the envelope of its posting.
    pub(crate) fn withdrawn(
        self,
        posting: (&'a Envelope, &OfferOpened),
        withdrawal: &Envelope,
        rest: &OfferRest,
    ) -> OfferAnswer<'a> {
        let (envelope, opened) = posting;
        let mut offer = Offer::opened(envelope, opened);
        (offer.remaining, offer.last) = (rest.quantity, withdrawal.sequence);
        let status = OfferStatusWord(OfferStatus::Withdrawn);
        OfferAnswer { status, ..self.offer(envelope, &offer) }
    }

    fn rest(self, rest: &OfferRest, status: OfferStatus) -> OfferRestAnswer<'a> {
        OfferRestAnswer {
            offer_id: rest.offer.to_string(),
            status: OfferStatusWord(status),
            station: self.station(rest.station),
            trader: self.trader(rest.trader),
            side: SideWord(rest.side),
            commodity: self.commodity(rest.commodity),
            unit_price: rest.unit_price.get(),
            remaining: rest.quantity.get(),
        }
    }

    fn rests(self, rests: &[OfferRest]) -> Vec<OfferRestAnswer<'a>> {
        rests.iter().map(|rest| self.rest(rest, OfferStatus::Withdrawn)).collect()
    }

    /// A posting, as an event.
    pub(super) fn opened_data(
        self,
        envelope: &'a Envelope,
        opened: &OfferOpened,
    ) -> OpenedData<'a> {
        OpenedData { offer: self.opened(envelope, opened), replaced: self.rests(&opened.replaced) }
    }

    /// A withdrawal, as an event.
    pub(super) fn withdrawn_data(
        self,
        envelope: &'a Envelope,
        rests: &[OfferRest],
    ) -> WithdrawnData<'a> {
        WithdrawnData { offers: self.rests(rests), envelope: self.envelope(envelope) }
    }

    /// The end of an offer by its deadline, as an event.
    pub(super) fn expired_data(self, envelope: &'a Envelope, rest: &OfferRest) -> ExpiredData<'a> {
        let offer = self.rest(rest, OfferStatus::Expired);
        ExpiredData { offer, envelope: self.envelope(envelope) }
    }

    /// The end of an offer by a trade, as an event.
    pub(super) fn filled_data(
        self,
        envelope: &'a Envelope,
        offer: OfferId,
        trade: TransactionId,
    ) -> FilledData<'a> {
        FilledData {
            offer_id: offer.to_string(),
            status: OfferStatusWord(OfferStatus::Filled),
            transaction_id: trade.to_string(),
            envelope: self.envelope(envelope),
        }
    }

    pub(crate) fn credits_given(
        self,
        envelope: &'a Envelope,
        given: &'a CreditsTransferred,
    ) -> TransferAnswer<'a> {
        TransferAnswer {
            from: self.trader(given.from),
            to: self.trader(given.to),
            credits: Some(given.amount.get()),
            station: None,
            lines: None,
            reason: given.reason.as_ref().map(Text::as_str),
            envelope: self.envelope(envelope),
        }
    }

    pub(crate) fn goods_given(
        self,
        envelope: &'a Envelope,
        given: &'a StockTransferred,
    ) -> TransferAnswer<'a> {
        TransferAnswer {
            from: self.trader(given.from),
            to: self.trader(given.to),
            credits: None,
            station: Some(self.station(given.station)),
            lines: Some(self.goods_lines(&given.lines)),
            reason: given.reason.as_ref().map(Text::as_str),
            envelope: self.envelope(envelope),
        }
    }
}
