//! Looking ahead: what a run of commands will read is asked of the memory all at once.
//!
//! With millions of stock entries nearly every look-up of a trade misses the processor's caches, one
//! after the other. Reading the same places for many commands before any is decided lets those
//! misses overlap. Nothing is decided here, and nothing depends on it but time.

use std::hint::black_box;

use domain::{Action, Command, Event, Recorded, Trade, TradeLine, name_hash};
use table::Key;

use crate::state::{State, StockKey};

/// Commands looked at together: their entries fit the first caches, and are not yet driven out of
/// them when they are decided.
pub const WARM_COMMANDS: usize = 64;

/// Stock entries that a trade will touch: the seller's and the buyer's of each line.
type Keys = Vec<StockKey>;

/// Reads what deciding and applying these commands will read; `keys` is kept to be used again.
pub fn warm<'a>(
    state: &State,
    commands: impl Iterator<Item = &'a Command> + Clone,
    keys: &mut Warm,
) {
    let keys = &mut keys.0;
    keys.clear();
    let mut read = 0;
    for (at, command) in commands.clone().enumerate() {
        if let Some(key) = command.key {
            read ^= state.window.touch(key.hash) ^ state.window.touch_forgotten(at);
        }
        if let Action::Trade(trade) = &command.action {
            for name in [&trade.station, &trade.buyer, &trade.seller] {
                read ^= state.traders.touch(name_hash(name.as_str()));
            }
        }
    }
    for command in commands {
        if let Action::Trade(trade) = &command.action {
            add_keys(state, trade, keys);
        }
    }
    black_box(read ^ touch_stock(state, keys));
}

/// The same before a run of events is applied.
pub fn warm_events(state: &State, events: &[Recorded], keys: &mut Warm) {
    let keys = &mut keys.0;
    keys.clear();
    let mut read = 0;
    for (at, recorded) in events.iter().enumerate() {
        if let Some(key) = recorded.envelope.key {
            read ^= state.window.touch(key.hash) ^ state.window.touch_forgotten(at);
        }
        if let Event::TradeSettled(trade) = &recorded.event {
            for TradeLine { commodity, .. } in &trade.lines {
                let (station, commodity) = (trade.station, *commodity);
                let key = |owner| StockKey { station, owner, commodity };
                keys.extend([trade.seller, trade.buyer].map(key));
            }
        }
    }
    black_box(read ^ touch_stock(state, keys));
}

fn touch_stock(state: &State, keys: &[StockKey]) -> u64 {
    let mut read = 0;
    for key in keys {
        read ^= state.stock.touch(key.hash());
    }
    for key in keys {
        if let Some(slot) = state.stock.find(key) {
            read ^= state.stock.at(slot).available.get() ^ state.stock.touch_page(slot) as u64;
        }
    }
    read
}

/// What [`warm`] keeps between its calls.
#[derive(Debug, Default)]
pub struct Warm(Keys);

fn add_keys(state: &State, trade: &Trade, keys: &mut Keys) {
    let (Some(station), Some(seller), Some(buyer)) =
        (state.station(&trade.station), state.trader(&trade.seller), state.trader(&trade.buyer))
    else {
        return;
    };
    for line in &trade.lines {
        let Some(commodity) = state.commodity(&line.commodity) else { return };
        keys.extend([seller, buyer].map(|owner| StockKey { station, owner, commodity }));
    }
}
