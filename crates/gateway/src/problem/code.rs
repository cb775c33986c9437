//! The one table of codes: HTTP status, whether the same request may do better later, and when.
//!
//! A code, once given, keeps its meaning for ever.

/// What a code means over HTTP.
pub(crate) struct Row {
    /// The stable code.
    pub(crate) code: &'static str,
    /// The status.
    pub(crate) status: u16,
    /// The status when it is about the path or a header, and not about the body.
    pub(crate) status_elsewhere: u16,
    /// The code in words.
    pub(crate) title: &'static str,
    /// Whether the same request, unchanged, may do better by itself later. With an idempotency key
    /// it then acts once, whatever became of the first one.
    pub(crate) retryable: bool,
    /// How long to wait before that.
    pub(crate) retry_after_seconds: Option<u32>,
}

const fn row(code: &'static str, status: u16, title: &'static str) -> Row {
    Row {
        code,
        status,
        status_elsewhere: status,
        title,
        retryable: false,
        retry_after_seconds: None,
    }
}

/// What does not exist: 422 in a body, 404 in a path.
const fn unknown(code: &'static str, title: &'static str) -> Row {
    Row { status_elsewhere: 404, ..row(code, 422, title) }
}

/// What is over, or never was: 409 in a body, 404 in a path.
const fn ended(code: &'static str, title: &'static str) -> Row {
    Row { status_elsewhere: 404, ..row(code, 409, title) }
}

/// What waiting mends.
const fn passing(code: &'static str, status: u16, title: &'static str, seconds: u32) -> Row {
    Row { retryable: true, retry_after_seconds: Some(seconds), ..row(code, status, title) }
}

macro_rules! codes {
    ($($code:ident => $row:expr,)*) => {
        /// Every code that an answer can have.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Code {
            $($code,)*
        }

        impl Code {
            /// All of them, for the document.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// The code's row of the table.
            pub(crate) const fn row(self) -> Row {
                match self {
                    $(Self::$code => $row,)*
                }
            }
        }
    };
}

codes! {
    // The request itself.
    MalformedJson => row("malformed_json", 400, "The body is not JSON"),
    Unauthenticated => row("unauthenticated", 401, "An API key is required"),
    NotPermitted => row("not_permitted", 403, "The role may not do this"),
    TokenOutdated => row("token_outdated", 401, "A newer token says otherwise"),
    NoAccess => row("no_access", 403, "The token gives no access here"),
    KeyRequired => row("key_required", 403, "This takes an API key, not a token"),
    ForeignOrigin => row("foreign_origin", 403, "A page of another origin may not do this"),
    UnknownRoute => row("unknown_route", 404, "There is nothing at this path"),
    MethodNotAllowed => row("method_not_allowed", 405, "The path does not know this method"),
    MalformedEncoding => row("malformed_encoding", 400, "The body is not what its coding says"),
    RateLimited => passing("rate_limited", 429, "Too much was asked", 1),
    TooManyFailures => passing("too_many_failures", 429, "Too many keys that are none", 1),
    TooManyAtOnce => passing("too_many_at_once", 429, "Too many requests at once", 1),
    RequestTimeout => passing("request_timeout", 408, "The request took too long to arrive", 1),
    BodyTooLarge => row("body_too_large", 413, "The body is too large"),
    UnsupportedMediaType => row("unsupported_media_type", 415, "The body's media type is not known"),
    InvalidRequest => row("invalid_request", 422, "The request is invalid"),
    NotSupported => Row {
        status_elsewhere: 400,
        ..row("not_supported", 422, "This is not supported yet")
    },
    KeyReused => row("key_reused", 422, "The idempotency key was used for another command"),
    UnknownPosition => row("unknown_position", 409, "There is no such position in this journal"),

    // What the rules refuse, in the order of their checks.
    SameParty => row("same_party", 422, "Both sides are the same"),
    UnknownStation => unknown("unknown_station", "There is no such station"),
    UnknownSystem => unknown("unknown_system", "No station lies in this system"),
    UnknownTrader => unknown("unknown_trader", "There is no such trader"),
    UnknownCommodity => unknown("unknown_commodity", "There is no such commodity"),
    UnknownTrade => unknown("unknown_trade", "There is no such trade"),
    UnknownShipment => unknown("unknown_shipment", "There is no such shipment"),
    UnknownAlert => unknown("unknown_alert", "There is no such open alert"),
    UnknownAlertRule => unknown("unknown_alert_rule", "There is no such rule of alerts"),
    UnknownEvent => unknown("unknown_event", "There is no such event"),
    UnknownWebhook => unknown("unknown_webhook", "There is no such webhook"),
    UnknownKey => unknown("unknown_key", "There is no such key"),
    KeyEnded => row("key_ended", 409, "The key was revoked or has expired"),
    AlreadyRotated => row("already_rotated", 409, "Another key has taken its place already"),
    TokenKey => row("token_key", 409, "The key is one of tokens, and has no secret"),
    LastAdminKey => row("last_admin_key", 409, "It is the last lasting key of an administrator"),
    AlreadySettled => row("already_settled", 409, "The trade is settled already"),
    AlreadyReversed => row("already_reversed", 409, "The trade is reversed already"),
    HoldExpired => row("hold_expired", 409, "The hold has run out"),
    OnHold => row("on_hold", 409, "The shipment is stopped"),
    UnknownVessel => unknown("unknown_vessel", "There is no such vessel"),
    AlreadyExists => row("already_exists", 409, "The name is taken"),
    InvalidTransition => row("invalid_transition", 409, "The status does not allow this"),
    NotInShipment => row("not_in_shipment", 422, "The commodity is not in the shipment"),
    NotInTrade => row("not_in_trade", 422, "The commodity is not in the trade"),
    OfferClosed => ended("offer_closed", "There is no such open offer"),
    OfferMismatch => row("offer_mismatch", 409, "The offer is of something else"),
    PriceMoved => row("price_moved", 409, "The offer's price is worse than the limit"),
    OfferExceeded => row("offer_exceeded", 409, "Less is left of the offer"),
    OverSettlement => row("over_settlement", 409, "Less is left of the hold"),
    OverCapacity => row("over_capacity", 409, "The vessel cannot carry so much"),
    VesselBusy => row("vessel_busy", 409, "The vessel carries another shipment"),
    OverReceipt => row("over_receipt", 409, "More was counted than is outstanding"),
    CountStale => row("count_stale", 409, "The stock changed since it was looked at"),
    AmountOverflow => row("amount_overflow", 422, "An amount would pass 2^53-1"),
    InsufficientStock => row("insufficient_stock", 409, "There is not enough stock"),
    InsufficientCredits => row("insufficient_credits", 409, "There are not enough credits"),
    UrlRefused => row("url_refused", 422, "Nothing is sent to this URL"),
    KeyRevoked => row("key_revoked", 409, "The key that it delivers by was revoked"),
    LimitReached => row("limit_reached", 409, "A bound of the network is reached"),

    // The server.
    Internal => row("internal", 500, "The server failed on this request"),
    Overloaded => passing("overloaded", 503, "The server is overloaded", 1),
    TooManyConnections => passing("too_many_connections", 503, "Too many connections", 5),
    TooManyReaders => passing("too_many_readers", 503, "Too many live readers", 5),
    TooManyTokens => passing("too_many_stream_tokens", 503, "Too many stream tokens", 60),
    Recovering => passing("recovering", 503, "The server is starting", 1),
    IssuerUnavailable => passing("issuer_unavailable", 503, "The keys of the tokens' issuer are not known yet", 5),
    HistoryRebuilding => passing("history_rebuilding", 503, "The past is being read anew", 1),
    AnalyticsRebuilding => passing("analytics_rebuilding", 503, "The figures are being counted anew", 5),
    LowSpace => passing("low_space", 503, "The server's disk is nearly full", 60),
    Stopping => passing("stopping", 503, "The server is stopping", 5),
    OutcomeUnknown => passing("outcome_unknown", 504, "The outcome is unknown", 5),
}

impl Code {
    /// Whether it is given because too much is asked: asking again at once makes it worse.
    pub(crate) const fn is_of_load(self) -> bool {
        matches!(self, Self::RateLimited | Self::TooManyAtOnce | Self::Overloaded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_codes_are_the_same() {
        let mut codes: Vec<_> = Code::ALL.iter().map(|code| code.row().code).collect();
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }

    #[test]
    fn what_waiting_mends_says_how_long_to_wait() {
        for row in Code::ALL.iter().map(|code| code.row()) {
            assert_eq!(row.retryable, row.retry_after_seconds.is_some(), "{}", row.code);
            assert!(row.retryable == matches!(row.status, 408 | 429 | 503 | 504), "{}", row.code);
        }
    }
}
