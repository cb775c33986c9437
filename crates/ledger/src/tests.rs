//! The rules, tested as stories: given stock and credits, when a command, then events and levels.
//!
//! [`story`] tells them, [`asks`] names what is asked, [`audit`] holds every one of them to the
//! conservation of goods and credits. [`model`] runs a second, naive ledger beside the real one.

mod access;
mod accounts;
mod asks;
mod audit;
mod cargo;
mod inventory;
mod limits;
mod model;
mod order;
mod reference;
mod replay;
mod story;
mod tell;
mod timers;
mod trade;
mod transitions;
