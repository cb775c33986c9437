//! The read models, driven by events alone and read through their public handle.

mod fold;
mod journal;
mod model;
mod properties;
mod shipments;
mod snapshots;
mod threads;
mod trades;
