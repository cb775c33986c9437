//! What must be in the network, by what was acknowledged; and the reading back that compares.

use serde_json::Value;

use crate::client::Client;
use crate::economy::{CREDITS, Economy, STOCK, Trade, commodity, station, trader};
use crate::failure::{Failure, Outcome};
use crate::random::Random;
use crate::template::Template;

/// Stations, traders and trades that are read back and compared one by one.
const SAMPLES: u32 = 40;

/// Stock and balances as they must be.
#[derive(Debug)]
pub(crate) struct Tally {
    economy: Economy,
    /// Units more or less than at the start: station's own entry and trader's entry of each pair.
    stock: Vec<i64>,
    /// Credits more or less than at the start: stations, then traders.
    credits: Vec<i64>,
    /// Trades that were acknowledged.
    pub(crate) trades: u64,
    /// The network's last sequence before the first of them.
    pub(crate) sequence_before: u64,
    /// Trades by the identifier that was acknowledged, to be read back.
    pub(crate) samples: Vec<(String, Trade)>,
}

impl Tally {
    /// Of a network that was just filled.
    pub(crate) fn new(economy: Economy, client: &mut Client) -> Outcome<Self> {
        Ok(Self {
            economy,
            stock: vec![0; economy.entries() as usize],
            credits: vec![0; (economy.stations + economy.traders) as usize],
            trades: 0,
            sequence_before: client.sequence()?,
            samples: Vec::new(),
        })
    }

    /// Takes over what was acknowledged of each request.
    pub(crate) fn take(&mut self, lanes: &mut [Vec<Template>]) {
        for template in lanes.iter_mut().flatten() {
            let times = i64::try_from(std::mem::take(&mut template.acknowledged)).unwrap_or(0);
            for trade in template.trades.iter().filter(|_| times > 0) {
                self.add(trade, times);
            }
        }
    }

    fn add(&mut self, trade: &Trade, times: i64) {
        let sign = if trade.station_sells { -times } else { times };
        let units = sign * i64::from(trade.quantity);
        let credits = units * i64::from(trade.unit_price);
        let entry = self.entry(trade.station, trade.commodity);
        let trader = self.economy.trader_at(trade.station, trade.commodity);
        let trader = (self.economy.stations + trader) as usize;
        change(&mut self.stock, entry, units);
        change(&mut self.stock, entry + 1, -units);
        change(&mut self.credits, trade.station as usize, -credits);
        change(&mut self.credits, trader, credits);
        self.trades += times.unsigned_abs();
    }

    fn entry(&self, station: u32, commodity: u32) -> usize {
        (station * self.economy.commodities + commodity) as usize * 2
    }

    /// Reads the network back: counts, a sample of stations, traders and trades, and the proof of
    /// conservation. Returns what was compared, in words.
    pub(crate) fn compare(&self, client: &mut Client) -> Outcome<String> {
        let sequence = client.sequence()?;
        let expected = self.sequence_before + self.trades;
        equal("the network's sequence", &Value::from(sequence), &Value::from(expected))?;
        let mut random = Random::new(sequence);
        for _ in 0..SAMPLES {
            self.compare_station(client, random.below(self.economy.stations))?;
            self.compare_trader(client, random.below(self.economy.traders))?;
        }
        for (id, trade) in &self.samples {
            self.compare_trade(client, id, trade)?;
        }
        let audit = client.get("/api/audit")?;
        equal("audit: balanced", &audit["balanced"], &Value::Bool(true))?;
        let parties = u64::from(self.economy.stations + self.economy.traders);
        equal("audit: balances", &audit["credits"]["balances"], &(CREDITS * parties).into())?;
        let stock = STOCK * u64::from(self.economy.stations) * 2;
        let goods = audit["commodities"].as_array().map(Vec::as_slice).unwrap_or_default();
        for good in goods {
            equal("audit: on hand", &good["onHand"], &stock.into())?;
        }
        equal("audit: commodities", &goods.len().into(), &self.economy.commodities.into())?;
        Ok(format!(
            "sequence and count of {} trades, {SAMPLES} stations' and {SAMPLES} traders' levels, {} \
             trades by id, all {} commodities and all credits in /api/audit agree",
            self.trades,
            self.samples.len(),
            goods.len()
        ))
    }

    fn compare_station(&self, client: &mut Client, place: u32) -> Outcome<()> {
        let path = format!("/api/inventory/{}?by=owner", station(place));
        let inventory = client.get(&path)?;
        let levels = inventory["levels"].as_array().map(Vec::as_slice).unwrap_or_default();
        equal(&path, &levels.len().into(), &(self.economy.commodities * 2).into())?;
        for level in levels {
            let own = level["owner"] == station(place).as_str();
            let name = level["commodity"].as_str().unwrap_or_default();
            let number = name.strip_prefix("commodity-").and_then(|digits| digits.parse().ok());
            let number: u32 = number.ok_or_else(|| Failure::new(path.clone(), level))?;
            let entry = self.entry(place, number) + usize::from(!own);
            let change = self.stock.get(entry).copied().unwrap_or(0);
            equal(&path, &level["onHand"], &STOCK.saturating_add_signed(change).into())?;
        }
        Ok(())
    }

    fn compare_trader(&self, client: &mut Client, number: u32) -> Outcome<()> {
        let path = format!("/api/traders/{}", trader(number));
        let at = (self.economy.stations + number) as usize;
        let change = self.credits.get(at).copied().unwrap_or(0);
        let found = client.get(&path)?;
        equal(&path, &found["balance"], &CREDITS.saturating_add_signed(change).into())
    }

    fn compare_trade(&self, client: &mut Client, id: &str, trade: &Trade) -> Outcome<()> {
        let path = format!("/api/trades/{id}");
        let found = client.get(&path)?;
        let body = self.economy.trade_body(trade);
        let sent: Value = serde_json::from_str(&body).unwrap_or_default();
        for field in ["station", "buyer", "seller"] {
            equal(&path, &found[field], &sent[field])?;
        }
        let line = &found["lines"][0];
        equal(&path, &line["commodity"], &commodity(trade.commodity).into())?;
        equal(&path, &line["quantity"], &trade.quantity.into())?;
        equal(&path, &line["unitPrice"], &trade.unit_price.into())?;
        equal(&path, &found["transactionId"], &id.into())
    }
}

fn change(values: &mut [i64], at: usize, change: i64) {
    if let Some(value) = values.get_mut(at) {
        *value += change;
    }
}

fn equal(what: &str, found: &Value, expected: &Value) -> Outcome<()> {
    if found == expected {
        return Ok(());
    }
    let cause = format!("{what} is {found}, by what was acknowledged it is {expected}");
    Err(Failure::new("reading back", cause))
}
