//! The read models, driven by events alone and read through their public handle.

mod alerts;
mod books;
mod fold;
mod history;
mod holds;
mod journal;
mod model;
mod offers;
mod properties;
mod scope;
mod shipments;
mod snapshots;
mod threads;
mod trades;
mod vessels;
