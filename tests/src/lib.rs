//! What the end-to-end tests share: the real process, started, killed and restarted; a client that
//! never retries; readers of the event stream; bodies with defaults; and bad luck made to order.
//!
//! Nothing here knows the code of the product: only its binary, its HTTP interface and its folder.

pub mod bodies;
pub mod browser;
pub mod client;
pub mod disk;
pub mod given;
pub mod load;
pub mod lossy;
pub mod node;
pub mod process;
pub mod random;
pub mod readme;
pub mod receiver;
pub mod server;
pub mod skip;
pub mod stream;
pub mod wait;
pub mod websocket;
pub mod wire;

pub use client::{Client, Response};
pub use server::{Folder, Server};
