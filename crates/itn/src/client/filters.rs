//! The filters that streams, lists and exports share, as options and as parameters of a query.
//!
//! What a filter means, and which list knows it, is the server's to say: it refuses what it does not
//! know, in words. This module must not have an opinion of its own.

use itn_client::FollowEventsQuery;

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

    /// What a stream is asked for: the values as they were written.
    pub(crate) fn of_stream(&self) -> FollowEventsQuery {
        FollowEventsQuery {
            topic: values(self.topic.as_deref()),
            kind: values(self.kind_of_event.as_deref()),
            station: values(self.station.as_deref()),
            system: values(self.system.as_deref()),
            commodity: values(self.commodity.as_deref()),
            trader: values(self.trader.as_deref()),
            vessel: values(self.vessel.as_deref()),
            shipment: values(self.shipment.as_deref()),
            trade: values(self.trade.as_deref()),
            severity: self.severity.as_deref().map(Into::into),
            ..FollowEventsQuery::default()
        }
    }
}

fn values<'a, T: From<&'a str>>(given: Option<&'a str>) -> Vec<T> {
    given.into_iter().flat_map(|values| values.split(',')).map(Into::into).collect()
}

/// Those of some parameters that have a value.
pub(crate) fn given<'a, const N: usize>(
    parameters: [(&'static str, &'a Option<String>); N],
) -> impl Iterator<Item = (&'static str, &'a str)> {
    parameters.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)))
}

#[cfg(test)]
mod tests {
    use itn_client::address;

    use super::*;

    #[test]
    fn what_is_given_is_asked_for_as_it_was_written() {
        let filters = Filters {
            topic: Some("trade,alert,tomorrow's".into()),
            station: Some("a&b=c d".into()),
            severity: Some("bad".into()),
            ..Filters::default()
        };
        let expected = "/s?topic=trade%2Calert%2Ctomorrow%27s&station=a%26b%3Dc+d&severity=bad";
        let given: Vec<_> = filters.given().collect();
        assert_eq!(address("/s", given.as_slice()), expected);
        assert_eq!(address("/s", &filters.of_stream()), expected);
    }
}
