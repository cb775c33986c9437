//! The rules, tested as stories: given stock and credits, when a command, then events and levels.
//!
//! [`story`] tells them, [`asks`] names what is asked, [`audit`] holds every one of them to the
//! conservation of goods and credits. [`model`] runs a second, naive ledger beside the real one.

mod access;
mod accounts;
mod alerts;
mod asks;
mod asks_cargo;
mod asks_trading;
mod audit;
mod audit_alerts;
mod audit_trading;
mod cargo;
mod charges;
mod consent;
mod holds;
mod inventory;
mod limits;
mod losses;
mod model;
mod offers;
mod open;
mod order;
mod order_cargo;
mod peers;
mod peers_cargo;
mod receipts;
mod reference;
mod replay;
mod reversal;
mod story;
mod tell;
mod timers;
mod trade;
mod transfers;
mod transitions;
mod vessels;
