//! End to end: the real process over HTTP, with bad input and bad luck.
//!
//! One binary, so that it links once. Each module starts servers of its own, on free ports and
//! temporary folders, and so runs beside the others.

mod analytics;
mod backup;
mod bad_bulk;
mod bad_input;
mod bad_wire;
mod clients;
mod damage;
mod demo;
mod demo_story;
mod dependencies;
mod docs;
mod docs_page;
mod document;
mod export;
mod import;
mod js_client;
mod keys;
mod kill;
mod limits;
mod live;
mod live_snapshot;
mod observing;
mod packaging;
mod page;
mod races;
mod rust_client;
mod session;
mod startup;
mod story;
mod stream;
mod sync;
mod tokens;
mod tools;
mod watch;
mod webhooks;
mod websocket;
