//! Subscriptions on a journal, a clock and a receiver of the tests' own: days pass in no time.

mod bounds;
mod delivery;
mod network;
mod races;
mod restart;
