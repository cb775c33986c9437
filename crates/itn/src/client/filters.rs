//! The filters that streams, lists and exports share, as options and as parameters of a query.
//!
//! What a filter means, and which list knows it, is the server's to say: it refuses what it does not
//! know, in words. This module must not have an opinion of its own.

use form_urlencoded::Serializer;

/// What events and things are about. Several values of one, separated by commas, mean any of them;
/// several filters mean all of them.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Filters (several values of one, separated by commas: any of them)")]
pub(crate) struct Filters {
    /// Topics: the word before the dot of an event's type, such as trade,shipment
    #[arg(long, value_name = "TOPIC")]
    pub(crate) topic: Option<String>,
    /// Types of events, such as trade.settled
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) kind_of_event: Option<String>,
    /// Stations
    #[arg(long, value_name = "ID")]
    pub(crate) station: Option<String>,
    /// Systems
    #[arg(long, value_name = "ID")]
    pub(crate) system: Option<String>,
    /// Commodities
    #[arg(long, value_name = "ID")]
    pub(crate) commodity: Option<String>,
    /// Traders, in any role
    #[arg(long, value_name = "ID")]
    pub(crate) trader: Option<String>,
    /// Vessels
    #[arg(long, value_name = "ID")]
    pub(crate) vessel: Option<String>,
    /// Shipments
    #[arg(long, value_name = "ID")]
    pub(crate) shipment: Option<String>,
    /// Trades
    #[arg(long, value_name = "ID")]
    pub(crate) trade: Option<String>,
    /// Of alerts, those that are at least so bad: info, warning or critical
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) severity: Option<String>,
}

impl Filters {
    /// The parameters that were given, by their names in the API.
    pub(crate) fn given(&self) -> impl Iterator<Item = (&'static str, &str)> {
        given([
            ("topic", &self.topic),
            ("type", &self.kind_of_event),
            ("station", &self.station),
            ("system", &self.system),
            ("commodity", &self.commodity),
            ("trader", &self.trader),
            ("vessel", &self.vessel),
            ("shipment", &self.shipment),
            ("trade", &self.trade),
            ("severity", &self.severity),
        ])
    }
}

/// Those of some parameters that have a value.
pub(crate) fn given<'a, const N: usize>(
    parameters: [(&'static str, &'a Option<String>); N],
) -> impl Iterator<Item = (&'static str, &'a str)> {
    parameters.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))
}

/// A path with parameters.
pub(crate) fn query<'a>(
    path: &str,
    parameters: impl IntoIterator<Item = (&'static str, &'a str)>,
) -> String {
    let mut pairs = Serializer::new(String::new());
    let pairs = pairs.extend_pairs(parameters).finish();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{pairs}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_is_asked_for_as_it_was_written() {
        let filters = Filters {
            topic: Some("trade,alert".into()),
            station: Some("a&b=c d".into()),
            ..Filters::default()
        };
        let path = query("/api/events", filters.given());
        assert_eq!(path, "/api/events?topic=trade%2Calert&station=a%26b%3Dc+d");
        assert_eq!(query("/api/events", []), "/api/events");
    }
}
