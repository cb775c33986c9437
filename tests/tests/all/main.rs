//! End to end: the real process over HTTP, with bad input and bad luck.
//!
//! One binary, so that it links once. Each module starts servers of its own, on free ports and
//! temporary folders, and so runs beside the others.

mod analytics;
mod bad_bulk;
mod bad_input;
mod bad_wire;
mod clients;
mod damage;
mod demo;
mod demo_story;
mod dependencies;
mod export;
mod import;
mod kill;
mod live;
mod live_snapshot;
mod packaging;
mod page;
mod races;
mod session;
mod startup;
mod story;
mod stream;
mod sync;
mod watch;
mod webhooks;
mod websocket;
