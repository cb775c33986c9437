//! The second ledger: slow and obvious, written from the design and not from the rules.
//!
//! Names are strings and amounts are 128 bits wide. It knows no event and no number of the real
//! one: it asks of every command for all the reasons there are to refuse it, and takes the first.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Accounts, Action, Adjustment, CreditChange, KeyId, PrincipalId, PutStation, Source, StockChange,
};

use super::keys::Key;
use super::offers::Posting;
use super::roles::Principal;
use super::rules::{Craft, Rule};
use super::shipment::Cargo;
use super::trading::Deal;
use crate::tests::order::codes;

pub(super) const MOST: u128 = (1 << 53) - 1;

/// Where, whose, what.
pub(super) type Place = (String, String, String);
/// The codes of the reasons to refuse a command.
pub(super) type Reasons = BTreeSet<&'static str>;

#[derive(Default)]
pub(super) struct Network {
    pub(super) created: bool,
    pub(super) principals: BTreeMap<String, Principal>,
    pub(super) keys: Vec<Key>,
    /// By name: all there is to say of it.
    pub(super) stations: BTreeMap<String, String>,
    pub(super) traders: BTreeMap<String, String>,
    pub(super) commodities: BTreeMap<String, String>,
    /// By commodity: the mass and the volume of a unit, as far as they are known.
    pub(super) units: BTreeMap<String, [u128; 2]>,
    pub(super) vessels: BTreeMap<String, Craft>,
    pub(super) rules: BTreeMap<String, Rule>,
    /// By the sequence of the event that fired them: whether they have been seen.
    pub(super) alerts: BTreeMap<u64, bool>,
    pub(super) balances: BTreeMap<String, u128>,
    pub(super) held: BTreeMap<String, u128>,
    /// By the sequence of the event that made them: all trades there ever were, and open offers.
    pub(super) deals: BTreeMap<u64, Deal>,
    pub(super) offers: BTreeMap<u64, Posting>,
    pub(super) issued: u128,
    pub(super) retired: u128,
    pub(super) stock: BTreeMap<Place, Level>,
    /// By commodity and reason: ever produced, found, consumed, lost, expired, stolen.
    pub(super) totals: BTreeMap<(String, String), u128>,
    /// By the sequence of their booking: those that have not ended, and those that are lost.
    pub(super) shipments: BTreeMap<u64, Cargo>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) available: u128,
    pub(super) reserved: u128,
    pub(super) unavailable: u128,
    pub(super) incoming: u128,
}

impl Level {
    pub(super) fn on_hand(&self) -> u128 {
        self.available + self.reserved + self.unavailable
    }
}

/// When a command is recorded, when it is said to have happened, and under which sequence.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) recorded: i64,
    pub(super) occurred: i64,
    /// The same, if the command itself says so.
    pub(super) said: Option<i64>,
    pub(super) sequence: u64,
}

impl Network {
    /// Does what is asked and says whether that changed anything, or why it is refused.
    pub(super) fn ask(
        &mut self,
        (actor, api_key): (PrincipalId, Option<KeyId>),
        moment: Moment,
        action: &Action,
    ) -> Result<bool, &'static str> {
        let mut reasons = self.reasons(actor, moment, action);
        reasons
            .extend(one_if(api_key.is_some_and(|key| !self.is_good_key(key)), "unauthenticated"));
        match codes().into_iter().find(|code| reasons.contains(code)) {
            Some(code) => Err(code),
            None => Ok(self.perform(actor, moment, action)),
        }
    }

    pub(super) fn level(&self, station: &str, owner: &str, commodity: &str) -> Level {
        let place = (station.to_owned(), owner.to_owned(), commodity.to_owned());
        self.stock.get(&place).cloned().unwrap_or_default()
    }

    pub(super) fn balance(&self, trader: &str) -> u128 {
        self.balances.get(trader).copied().unwrap_or_default()
    }

    pub(super) fn total(&self, commodity: &str, reason: &str) -> u128 {
        let account = (commodity.to_owned(), reason.to_owned());
        self.totals.get(&account).copied().unwrap_or_default()
    }

    pub(super) fn sourced(&self, commodity: &str) -> u128 {
        self.total(commodity, "Produced") + self.total(commodity, "Found")
    }

    /// A station is a trader, too.
    pub(super) fn is_trader(&self, name: &str) -> bool {
        self.traders.contains_key(name) || self.stations.contains_key(name)
    }

    pub(super) fn entry(&mut self, station: &str, owner: &str, commodity: &str) -> &mut Level {
        let place = (station.to_owned(), owner.to_owned(), commodity.to_owned());
        self.stock.entry(place).or_default()
    }

    pub(super) fn add_total(&mut self, commodity: &str, reason: String, more: u128) {
        *self.totals.entry((commodity.to_owned(), reason)).or_default() += more;
    }

    fn reasons(&self, actor: PrincipalId, moment: Moment, action: &Action) -> Reasons {
        let mut reasons = match action {
            Action::CreateNetwork(_) => one_if(self.created, "already_exists"),
            Action::CreateKey(key) => {
                let accounts = names(key.accounts.get());
                let differs = |known: &Principal| {
                    known.token.is_some() || known.role != key.role || known.accounts != accounts
                };
                let name = key.principal.as_str();
                let taken = match self.principals.get(name) {
                    Some(known) => differs(known),
                    None => ["network", "oidc.", "oidc-"].iter().any(|it| name.starts_with(it)),
                };
                let mut reasons = one_if(taken, "already_exists");
                reasons.extend(self.reasons_of_accounts(&accounts));
                reasons
            }
            Action::GrantToken(grant) => self.reasons_of_grant(grant),
            Action::RevokeKey(key) => self.reasons_of_revocation(*key),
            Action::RotateKey(rotation) => self.reasons_of_rotation(rotation),
            Action::PutStation(put) => self.reasons_of_station(put),
            Action::PutCommodity(_) => Reasons::new(),
            Action::PutTrader(put) => {
                one_if(self.stations.contains_key(put.id.as_str()), "already_exists")
            }
            Action::ChangeCredits { trader, change } => {
                let mut reasons = one_if(!self.is_trader(trader.as_str()), "unknown_trader");
                reasons.extend(match change {
                    CreditChange::Issue(amount) => {
                        let sum = self.issued + u128::from(amount.get());
                        one_if(sum > MOST, "amount_overflow")
                    }
                    CreditChange::Retire(amount) => {
                        let balance = self.balance(trader.as_str());
                        one_if(u128::from(amount.get()) > balance, "insufficient_credits")
                    }
                });
                reasons
            }
            Action::Adjust(adjustment) => self.reasons_of_adjustment(adjustment),
            Action::Trade(trade) => self.reasons_of_trade(actor, moment, trade),
            Action::PostOffer(post) => self.reasons_of_posting(moment, post),
            Action::WithdrawOffer(offer) => {
                one_if(!self.offers.contains_key(&offer.0.0), "offer_closed")
            }
            Action::SettleTrade(settlement) => self.reasons_of_settlement(moment, settlement),
            Action::VoidTrade { trade, .. } => self.reasons_of_end(moment, trade.0.0, "voided"),
            Action::ReverseTrade { trade, .. } => self.reasons_of_reversal(moment, trade.0.0),
            Action::Transfer(transfer) => self.reasons_of_transfer(transfer),
            Action::BookShipment(booking) => self.reasons_of_booking(booking),
            Action::ReportShipment { shipment, action } => {
                self.reasons_of_report(moment, shipment.0.0, action)
            }
            Action::PutVessel(put) => self.reasons_of_vessel(put),
            Action::PutAlertRule(put) => self.reasons_of_rule(put),
            Action::DeleteAlertRule(id) => {
                one_if(!self.rules.contains_key(id.as_str()), "unknown_alert_rule")
            }
            Action::AcknowledgeAlert(alert) => {
                one_if(!self.alerts.contains_key(&alert.0.0), "unknown_alert")
            }
        };
        if !self.permits(actor, action) {
            reasons.insert("not_permitted");
        }
        reasons
    }

    fn reasons_of_station(&self, put: &PutStation) -> Reasons {
        let mut reasons = one_if(self.traders.contains_key(put.id.as_str()), "already_exists");
        let owner = put.owner.as_ref().unwrap_or(&put.id);
        let known = owner == &put.id || self.is_trader(owner.as_str());
        reasons.extend(one_if(!known, "unknown_trader"));
        reasons
    }

    fn reasons_of_adjustment(&self, adjustment: &Adjustment) -> Reasons {
        let station = adjustment.station.as_str();
        let owner = adjustment.owner.as_ref().unwrap_or(&adjustment.station);
        let mut reasons = one_if(!self.stations.contains_key(station), "unknown_station");
        reasons.extend(one_if(!self.is_trader(owner.as_str()), "unknown_trader"));
        for line in &adjustment.lines {
            let commodity = line.commodity.as_str();
            reasons.extend(self.unknown_commodity(commodity));
            let level = self.level(station, owner.as_str(), commodity);
            let (more, taken, held) = match line.change {
                StockChange::In(_, quantity) => (quantity.get(), 0, 0),
                StockChange::Out(_, quantity) | StockChange::Damaged(quantity) => {
                    (0, quantity.get(), level.available)
                }
                StockChange::Repaired(quantity) => (0, quantity.get(), level.unavailable),
                StockChange::Counted { expected, count } => {
                    let (expected, count) = (expected.get(), count.get());
                    let stale = u128::from(expected) != level.on_hand();
                    reasons.extend(one_if(stale, "count_stale"));
                    let (more, less) =
                        (count.max(expected) - expected, expected.max(count) - count);
                    (more, less, level.available)
                }
            };
            let sum = self.sourced(commodity) + u128::from(more);
            reasons.extend(one_if(more > 0 && sum > MOST, "amount_overflow"));
            reasons.extend(one_if(u128::from(taken) > held, "insufficient_stock"));
        }
        reasons
    }

    pub(super) fn unknown_commodity(&self, commodity: &str) -> Reasons {
        one_if(!self.commodities.contains_key(commodity), "unknown_commodity")
    }

    fn perform(&mut self, actor: PrincipalId, moment: Moment, action: &Action) -> bool {
        match action {
            Action::CreateNetwork(_) => {
                self.created = true;
                self.first_rules();
            }
            Action::CreateKey(key) => {
                let number = u32::try_from(self.principals.len()).unwrap() + 1;
                let principal = key.principal.as_str().to_owned();
                let accounts = names(key.accounts.get());
                let new = Principal { number, role: key.role, accounts, token: None };
                self.principals.entry(principal).or_insert(new);
                self.keep_key(moment, key);
            }
            Action::RevokeKey(key) => {
                return !std::mem::replace(&mut self.keys[key.index()].ended, true);
            }
            Action::RotateKey(rotation) => self.rotate_key(moment, rotation),
            Action::GrantToken(grant) => return self.grant(moment, grant),
            Action::PutStation(put) => {
                let owner = put.owner.clone().unwrap_or(put.id.clone());
                let rest = (&put.name, put.kind, &put.system, put.position, owner);
                return replace(&mut self.stations, put.id.as_str(), format!("{rest:?}"));
            }
            Action::PutCommodity(put) => {
                let units = [put.unit_mass_grams, put.unit_volume_millilitres];
                let units = units.map(|unit| unit.map_or(0, |unit| u128::from(unit.get())));
                self.units.insert(put.id.as_str().to_owned(), units);
                return replace(&mut self.commodities, put.id.as_str(), format!("{put:?}"));
            }
            Action::PutTrader(put) => {
                return replace(&mut self.traders, put.id.as_str(), format!("{put:?}"));
            }
            Action::ChangeCredits { trader, change } => {
                let balance = self.balances.entry(trader.as_str().to_owned()).or_default();
                match change {
                    CreditChange::Issue(amount) => {
                        *balance += u128::from(amount.get());
                        self.issued += u128::from(amount.get());
                    }
                    CreditChange::Retire(amount) => {
                        *balance -= u128::from(amount.get());
                        self.retired += u128::from(amount.get());
                    }
                }
            }
            Action::Adjust(adjustment) => self.adjust(adjustment),
            Action::Trade(trade) => self.trade(actor, moment, trade),
            Action::PostOffer(post) => return self.post(moment, post),
            Action::WithdrawOffer(offer) => self.withdraw(offer.0.0),
            Action::SettleTrade(settlement) => self.settle(settlement),
            Action::VoidTrade { trade, .. } => self.call_off(trade.0.0, "voided"),
            Action::ReverseTrade { trade, .. } => self.reverse(trade.0.0),
            Action::Transfer(transfer) => self.transfer(transfer),
            Action::BookShipment(booking) => self.book(moment, booking),
            Action::ReportShipment { shipment, action } => {
                return self.report(moment, shipment.0.0, action);
            }
            Action::PutVessel(put) => return self.put_vessel(put),
            Action::PutAlertRule(put) => return self.put_rule(put),
            Action::DeleteAlertRule(id) => drop(self.rules.remove(id.as_str())),
            Action::AcknowledgeAlert(alert) => {
                return !std::mem::replace(self.alerts.get_mut(&alert.0.0).unwrap(), true);
            }
        }
        true
    }

    fn adjust(&mut self, adjustment: &Adjustment) {
        let station = adjustment.station.as_str();
        let owner = adjustment.owner.as_ref().unwrap_or(&adjustment.station);
        for line in &adjustment.lines {
            let commodity = line.commodity.as_str();
            let level = self.entry(station, owner.as_str(), commodity);
            let (reason, quantity) = match line.change {
                StockChange::In(source, quantity) => {
                    level.available += u128::from(quantity.get());
                    (format!("{source:?}"), u128::from(quantity.get()))
                }
                StockChange::Out(sink, quantity) => {
                    level.available -= u128::from(quantity.get());
                    (format!("{sink:?}"), u128::from(quantity.get()))
                }
                StockChange::Damaged(quantity) => {
                    level.available -= u128::from(quantity.get());
                    level.unavailable += u128::from(quantity.get());
                    continue;
                }
                StockChange::Repaired(quantity) => {
                    level.unavailable -= u128::from(quantity.get());
                    level.available += u128::from(quantity.get());
                    continue;
                }
                StockChange::Counted { count, .. } => {
                    let (before, now) = (level.on_hand(), u128::from(count.get()));
                    level.available = level.available + now - before;
                    if now > before {
                        (format!("{:?}", Source::Found), now - before)
                    } else {
                        ("Lost".to_owned(), before - now)
                    }
                }
            };
            self.add_total(commodity, reason, quantity);
        }
    }
}

pub(super) fn one_if(applies: bool, code: &'static str) -> Reasons {
    applies.then_some(code).into_iter().collect()
}

pub(super) fn names(accounts: Option<&Accounts>) -> Vec<String> {
    accounts.into_iter().flatten().map(|account| account.as_str().to_owned()).collect()
}

/// Whether there was not the same already.
fn replace(all: &mut BTreeMap<String, String>, name: &str, value: String) -> bool {
    all.insert(name.to_owned(), value.clone()) != Some(value)
}
