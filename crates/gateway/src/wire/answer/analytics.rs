//! Figures of what happened. Sums are exact integers, and may pass 2^53-1 in a very long time.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use views::analytics::{Cargo, Flow, Histogram};

use super::network::OpenAlerts;
use super::{AsOfAnswer, Wide};
use crate::wire::{Coordinate, Time};

/// How long, in whole seconds rounded up: of so many hundredths, no longer than this. Each is at most
/// a sixteenth above the exact one. Null if nothing was counted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quantiles)]
pub(crate) struct QuantilesAnswer {
    #[schema(required)]
    p50: Option<u64>,
    #[schema(required)]
    p90: Option<u64>,
    #[schema(required)]
    p99: Option<u64>,
}

impl From<&Histogram> for QuantilesAnswer {
    fn from(durations: &Histogram) -> Self {
        Self {
            p50: durations.quantile(500),
            p90: durations.quantile(900),
            p99: durations.quantile(990),
        }
    }
}

/// What was shipped.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CargoFigures)]
pub(crate) struct CargoAnswer {
    /// Shipments booked from here.
    bookings: u64,
    /// Shipments that left here.
    departures: u64,
    /// Units that left here.
    #[schema(value_type = u64)]
    shipped_units: Wide,
    /// Shipments that arrived here.
    arrivals: u64,
    /// Of those, how many not after their planned arrival.
    on_time: u64,
    /// onTime ÷ arrivals; null if nothing arrived.
    #[schema(required)]
    on_time_share: Option<f64>,
    /// Seconds after the planned arrival, of all arrivals together.
    #[schema(value_type = u64)]
    delay_seconds: Wide,
    /// The same of each: 0 of what was on time.
    delay: QuantilesAnswer,
}

impl From<&Cargo> for CargoAnswer {
    fn from(cargo: &Cargo) -> Self {
        Self {
            bookings: cargo.bookings,
            departures: cargo.departures,
            shipped_units: Wide(cargo.units),
            arrivals: cargo.arrivals,
            on_time: cargo.on_time,
            on_time_share: (cargo.arrivals > 0)
                .then(|| ratio(cargo.on_time.into(), cargo.arrivals)),
            delay_seconds: Wide(cargo.delay_seconds),
            delay: (&cargo.delays).into(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share and a rate are told as numbers are")]
fn ratio(part: u128, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// What was traded and shipped.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Figures)]
pub(crate) struct FlowAnswer {
    /// Trades that settled; of a commodity, lines that did.
    trades: u64,
    /// Credits paid for goods.
    #[schema(value_type = u64)]
    value: Wide,
    /// Units that changed owner.
    #[schema(value_type = u64)]
    units: Wide,
    /// Trades that were reversed; of a commodity, their lines. Not taken off the above.
    reversals: u64,
    /// Credits paid back for them.
    #[schema(value_type = u64)]
    reversed_value: Wide,
    /// Null for keys that see some accounts alone.
    #[schema(required)]
    cargo: Option<CargoAnswer>,
}

impl FlowAnswer {
    pub(crate) fn of(flow: &Flow, with_cargo: bool) -> Self {
        Self {
            trades: flow.trades,
            value: Wide(flow.value),
            units: Wide(flow.units),
            reversals: flow.reversals,
            reversed_value: Wide(flow.reversed_value),
            cargo: with_cargo.then(|| flow.cargo().into()),
        }
    }
}

/// The figures of a span of time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Window)]
pub(crate) struct WindowAnswer {
    pub(crate) from: Time,
    pub(crate) to: Time,
    /// trades ÷ seconds.
    pub(crate) trades_per_second: f64,
    /// value ÷ seconds.
    pub(crate) value_per_second: f64,
    #[serde(flatten)]
    pub(crate) figures: FlowAnswer,
}

impl WindowAnswer {
    pub(crate) fn of(flow: &Flow, (from, to): (Time, Time), with_cargo: bool) -> Self {
        let seconds = u64::try_from((to.0.0 - from.0.0) / 1_000_000).unwrap_or(1);
        Self {
            from,
            to,
            trades_per_second: ratio(flow.trades.into(), seconds),
            value_per_second: ratio(flow.value, seconds),
            figures: FlowAnswer::of(flow, with_cargo),
        }
    }
}

/// What is so now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Current)]
pub(crate) struct CurrentAnswer {
    /// Shipments of each status: those under way now, and those ever ended.
    #[schema(value_type = HashMap<String, u64>)]
    pub(crate) shipments: BTreeMap<&'static str, u64>,
    /// Open shipments that are late.
    pub(crate) delayed_shipments: u64,
    /// Open shipments that are stopped.
    pub(crate) on_hold_shipments: u64,
    pub(crate) open_alerts: OpenAlerts,
    /// How far this has seen.
    pub(crate) as_of: AsOfAnswer,
}

/// How many arrivals were so late.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DelayBucket)]
pub(crate) struct DelayBucketAnswer {
    /// At most so many seconds, and more than the bucket before.
    seconds: u64,
    count: u64,
}

/// The network at a glance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Summary)]
pub(crate) struct SummaryAnswer {
    /// Network time now.
    pub(crate) time: Time,
    /// The last whole minute.
    pub(crate) minute: WindowAnswer,
    /// The last 60 whole minutes.
    pub(crate) hour: WindowAnswer,
    /// The last 1,440 whole minutes.
    pub(crate) day: WindowAnswer,
    /// Since the first event.
    pub(crate) total: FlowAnswer,
    /// How late everything arrived that ever did; null for keys that see some accounts alone.
    #[schema(required)]
    pub(crate) delays: Option<Vec<DelayBucketAnswer>>,
    /// Null for keys that see some accounts alone.
    #[schema(required)]
    pub(crate) current: Option<CurrentAnswer>,
    pub(crate) as_of: AsOfAnswer,
}

pub(crate) fn delay_buckets(delays: &Histogram) -> Vec<DelayBucketAnswer> {
    delays.buckets().map(|(seconds, count)| DelayBucketAnswer { seconds, count }).collect()
}

/// A figure in buckets of time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Series)]
pub(crate) struct SeriesAnswer<'a> {
    pub(crate) metric: &'static str,
    pub(crate) by: &'static str,
    /// Of which one; null of the whole network.
    #[schema(required)]
    pub(crate) id: Option<&'a str>,
    pub(crate) interval: &'static str,
    /// When the first bucket begins.
    pub(crate) from: Time,
    /// When the last bucket ends.
    pub(crate) to: Time,
    /// All of them, the oldest first.
    pub(crate) buckets: Vec<BucketAnswer>,
    pub(crate) as_of: AsOfAnswer,
}

/// A bucket of time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Bucket)]
pub(crate) struct BucketAnswer {
    /// When it begins.
    pub(crate) at: Time,
    /// Whether it has not ended.
    pub(crate) is_open: bool,
    #[schema(value_type = u64)]
    pub(crate) value: Wide,
}

/// The prices of a commodity at a station.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Prices)]
pub(crate) struct PricesAnswer<'a> {
    pub(crate) station: &'a str,
    pub(crate) commodity: &'a str,
    pub(crate) interval: &'static str,
    /// When the first bucket begins.
    pub(crate) from: Time,
    /// When the last bucket ends.
    pub(crate) to: Time,
    /// What was last paid, whenever that was; null if it never was traded here.
    #[schema(required)]
    pub(crate) last: Option<LastPriceAnswer>,
    /// All buckets, the oldest first.
    pub(crate) candles: Vec<CandleAnswer>,
    pub(crate) as_of: AsOfAnswer,
}

/// A price, and when it was paid.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LastPrice)]
pub(crate) struct LastPriceAnswer {
    /// Credits a unit.
    pub(crate) price: u64,
    pub(crate) at: Time,
}

/// Prices in a bucket of time, in credits a unit; null if nothing was traded. First and last are by
/// sequence.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Candle)]
pub(crate) struct CandleAnswer {
    /// When the bucket begins.
    pub(crate) at: Time,
    /// Whether the bucket has not ended.
    pub(crate) is_open: bool,
    /// Lines of trades that settled.
    pub(crate) trades: u64,
    #[schema(required)]
    pub(crate) open: Option<u64>,
    #[schema(required)]
    pub(crate) high: Option<u64>,
    #[schema(required)]
    pub(crate) low: Option<u64>,
    #[schema(required)]
    pub(crate) close: Option<u64>,
    /// Units that changed owner.
    #[schema(value_type = u64)]
    pub(crate) units: Wide,
    /// Credits paid for them.
    #[schema(value_type = u64)]
    pub(crate) value: Wide,
}

/// The first of a ranking.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Ranking)]
pub(crate) struct RankingAnswer<'a> {
    pub(crate) of: &'static str,
    pub(crate) by: &'static str,
    /// The hours that are counted: those that were asked for, or the days around them.
    pub(crate) from: Time,
    pub(crate) to: Time,
    pub(crate) items: Vec<RankedItem<'a>>,
    pub(crate) as_of: AsOfAnswer,
}

/// One of a ranking.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum RankedItem<'a> {
    /// A station, a commodity or a trader; what a trader shipped is what it carried.
    Thing {
        id: &'a str,
        #[serde(flatten)]
        figures: FlowAnswer,
    },
    /// From where to where.
    Lane(LaneAnswer<'a>),
}

/// What went from one station to another.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Lane)]
pub(crate) struct LaneAnswer<'a> {
    pub(crate) origin: &'a str,
    pub(crate) destination: &'a str,
    /// What left, at the price last paid at the origin for each commodity when it left; 0 for what
    /// never was traded there.
    #[schema(value_type = u64)]
    pub(crate) value: Wide,
    /// From departure to arrival.
    pub(crate) transit: QuantilesAnswer,
    #[serde(flatten)]
    pub(crate) cargo: CargoAnswer,
}

/// Flows of cargo.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Lanes)]
pub(crate) struct LanesAnswer<'a> {
    /// The hours that are counted: those that were asked for, or the days around them.
    pub(crate) from: Time,
    pub(crate) to: Time,
    /// The lane with the most units first.
    pub(crate) items: Vec<LaneAnswer<'a>>,
    pub(crate) as_of: AsOfAnswer,
}

/// Where to buy and where to sell.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TradeRoutes)]
pub(crate) struct RoutesAnswer<'a> {
    /// Network time now.
    pub(crate) time: Time,
    /// Between two open offers first, then with one, then between prices last paid; each by profit
    /// a unit, then by distance.
    pub(crate) items: Vec<RouteAnswer<'a>>,
    /// Whether all prices and pairs were looked at; false where there are too many.
    pub(crate) is_complete: bool,
    /// How far the prices last paid have seen; offers are those of now.
    pub(crate) as_of: AsOfAnswer,
}

/// Buy here, sell there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TradeRoute)]
pub(crate) struct RouteAnswer<'a> {
    pub(crate) commodity: &'a str,
    pub(crate) buy: QuoteAnswer<'a>,
    pub(crate) sell: QuoteAnswer<'a>,
    /// Credits a unit.
    pub(crate) unit_profit: u64,
    /// How much can be had and sold, as far as offers say; null if none does.
    #[schema(required)]
    pub(crate) quantity: Option<u64>,
    /// Light-years in a straight line, in thousandths, rounded down.
    pub(crate) distance: Coordinate,
}

/// A price at a station.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Quote)]
pub(crate) struct QuoteAnswer<'a> {
    pub(crate) station: &'a str,
    /// Credits a unit.
    pub(crate) price: u64,
    /// `offer` if it is an open offer's, `trade` if it is what was last paid.
    pub(crate) source: &'static str,
    /// What is left of the offers of this price; null if it is what was last paid.
    #[schema(required)]
    pub(crate) quantity: Option<u64>,
    /// When the offer was posted, or the price was paid.
    pub(crate) at: Time,
    /// Whole seconds of network time since then.
    pub(crate) age_seconds: u64,
}
