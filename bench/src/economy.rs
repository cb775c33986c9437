//! The network that every row trades in: who and what there is, and an endless supply of trades that
//! the rules accept.
//!
//! Each pair of a station and a commodity has two stock entries: the station's own, and that of one
//! trader. A trade moves goods between the two, either way, so the number of entries stays what it
//! was and no entry runs dry: it begins with far more than a run can move. The reference network has
//! 5,000 stations, 200 commodities, 10,000 traders, and so 2 million stock entries.

use std::fmt::Write as _;

use crate::random::Random;

/// Units on hand in each stock entry at the start.
pub(crate) const STOCK: u64 = 1_000_000;
/// Credits of each trader and station at the start.
pub(crate) const CREDITS: u64 = 10_000_000_000;

const QUANTITY_MAX: u32 = 9;
const UNIT_PRICE_MAX: u32 = 99;
/// Lines of one adjustment that fills stock; the contract allows 100.
const ADJUSTMENT_LINES: u32 = 100;

/// How many of each there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Economy {
    /// Stations.
    pub(crate) stations: u32,
    /// Commodities.
    pub(crate) commodities: u32,
    /// Traders that are no stations: two for each station.
    pub(crate) traders: u32,
}

/// Which way a trade goes, and how much of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trade {
    /// Where.
    pub(crate) station: u32,
    /// What.
    pub(crate) commodity: u32,
    /// Whether the station sells; else it buys.
    pub(crate) station_sells: bool,
    /// Units.
    pub(crate) quantity: u32,
    /// Credits a unit.
    pub(crate) unit_price: u32,
}

impl Economy {
    /// What the design's figures are about.
    pub(crate) const REFERENCE: Self = Self { stations: 5_000, commodities: 200, traders: 10_000 };
    /// Small enough to be filled in a moment.
    pub(crate) const SMALL: Self = Self { stations: 500, commodities: 200, traders: 1_000 };

    /// Stock entries.
    pub(crate) const fn entries(self) -> u32 {
        self.stations * self.commodities * 2
    }

    /// The trader that has stock of this commodity at this station: one for each half of the
    /// commodities, spread so that neighbours here are none in the server's tables.
    pub(crate) fn trader_at(self, station: u32, commodity: u32) -> u32 {
        let pair = u64::from(station * 2 + commodity * 2 / self.commodities);
        // A prime that divides no power of ten, so that every trader is met.
        u32::try_from(pair * 7_919 % u64::from(self.traders)).unwrap_or(0)
    }

    /// Any trade.
    pub(crate) fn trade(self, random: &mut Random) -> Trade {
        Trade {
            station: random.below(self.stations),
            commodity: random.below(self.commodities),
            station_sells: random.below(2) == 0,
            quantity: 1 + random.below(QUANTITY_MAX),
            unit_price: 1 + random.below(UNIT_PRICE_MAX),
        }
    }

    /// The body of `POST /api/trades`.
    pub(crate) fn trade_body(self, trade: &Trade) -> String {
        let station = station(trade.station);
        let trader = trader(self.trader_at(trade.station, trade.commodity));
        let (buyer, seller) =
            if trade.station_sells { (&trader, &station) } else { (&station, &trader) };
        format!(
            "{{\"station\":\"{station}\",\"buyer\":\"{buyer}\",\"seller\":\"{seller}\",\
             \"lines\":[{{\"commodity\":\"{}\",\"quantity\":{},\"unitPrice\":{}}}]}}",
            commodity(trade.commodity),
            trade.quantity,
            trade.unit_price,
        )
    }

    /// The lines of `POST /api/events` that make it all, in an order in which they can be taken.
    pub(crate) fn setup(self) -> impl Iterator<Item = String> {
        let places = (0..self.stations).map(|number| {
            let (x, y, z) = (number % 100, number / 100 % 100, number / 10_000);
            format!(
                "{{\"type\":\"station\",\"id\":\"{}\",\"data\":{{\"name\":\"Station {number}\",\
                 \"kind\":\"station\",\"system\":\"sol\",\
                 \"position\":{{\"x\":{x},\"y\":{y},\"z\":{z}}}}}}}\n",
                station(number)
            )
        });
        let goods = (0..self.commodities).map(|number| {
            format!(
                "{{\"type\":\"commodity\",\"id\":\"{}\",\
                 \"data\":{{\"name\":\"Commodity {number}\",\"category\":\"raw\"}}}}\n",
                commodity(number)
            )
        });
        let parties = (0..self.traders).map(|number| {
            let id = trader(number);
            format!(
                "{{\"type\":\"trader\",\"id\":\"{id}\",\"data\":{{\"name\":\"Trader {number}\"}}}}\n"
            )
        });
        let rich = (0..self.stations).map(station).chain((0..self.traders).map(trader));
        let credits = rich.map(|id| {
            format!(
                "{{\"type\":\"credits\",\"trader\":\"{id}\",\
                 \"data\":{{\"change\":{CREDITS},\"reason\":\"issued\"}}}}\n"
            )
        });
        places.chain(goods).chain(parties).chain(credits).chain(self.stock())
    }

    /// The adjustments that fill every stock entry.
    fn stock(self) -> impl Iterator<Item = String> {
        // A trader has stock of half the commodities, so an adjustment stays within a half.
        let half = self.commodities.div_ceil(2).min(ADJUSTMENT_LINES);
        let firsts = move || (0..self.commodities).step_by(half.max(1) as usize);
        (0..self.stations).flat_map(move |place| {
            firsts().flat_map(move |first| {
                let owner = trader(self.trader_at(place, first));
                [station(place), owner].map(|owner| self.fill(place, &owner, first, half))
            })
        })
    }

    fn fill(self, place: u32, owner: &str, first: u32, count: u32) -> String {
        let mut line = format!(
            "{{\"type\":\"adjustment\",\"station\":\"{}\",\"data\":{{\"owner\":\"{owner}\",\"lines\":[",
            station(place)
        );
        for number in first..(first + count).min(self.commodities) {
            let comma = if number == first { "" } else { "," };
            let id = commodity(number);
            // Writing to a string cannot fail.
            let _ = write!(
                line,
                "{comma}{{\"commodity\":\"{id}\",\"change\":{STOCK},\"reason\":\"produced\"}}"
            );
        }
        line.push_str("]}}\n");
        line
    }
}

/// A station's identifier.
pub(crate) fn station(number: u32) -> String {
    format!("station-{number:04}")
}

/// A commodity's identifier.
pub(crate) fn commodity(number: u32) -> String {
    format!("commodity-{number:03}")
}

/// A trader's identifier.
pub(crate) fn trader(number: u32) -> String {
    format!("trader-{number:05}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_setup_fills_every_stock_entry_once() {
        for economy in [Economy::SMALL, Economy { stations: 3, commodities: 7, traders: 6 }] {
            let mut entries = BTreeSet::new();
            for line in economy.setup() {
                let line: serde_json::Value = serde_json::from_str(&line).unwrap();
                if line["type"] == "adjustment" {
                    let (station, owner) = (&line["station"], &line["data"]["owner"]);
                    for entry in line["data"]["lines"].as_array().unwrap() {
                        let entry = format!("{station}{owner}{}", entry["commodity"]);
                        assert!(entries.insert(entry));
                    }
                }
            }
            assert_eq!(entries.len(), economy.entries() as usize);
        }
    }

    #[test]
    fn a_trade_is_between_the_two_that_have_stock_there() {
        let economy = Economy::SMALL;
        let mut random = Random::new(1);
        for _ in 0..1_000 {
            let trade = economy.trade(&mut random);
            let body: serde_json::Value =
                serde_json::from_str(&economy.trade_body(&trade)).unwrap();
            let trader = trader(economy.trader_at(trade.station, trade.commodity));
            let parties = BTreeSet::from([
                body["buyer"].as_str().unwrap().to_owned(),
                body["seller"].as_str().unwrap().to_owned(),
            ]);
            assert_eq!(parties, BTreeSet::from([station(trade.station), trader]));
        }
    }
}
