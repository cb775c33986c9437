//! Every bound of the network, in one place, each with its reason.
//!
//! They are constants and not settings: a journal must replay the same everywhere.

/// Bytes of a client's name; also the greatest file name part most systems take without surprise.
pub const IDENTIFIER_BYTES_MAX: usize = 64;
/// Bytes of a free text: a name, a reference, a reason, a metadata key or value.
pub const TEXT_BYTES_MAX: usize = 256;
/// Metadata entries of a command: with the bound of a text, a command stays within one journal row.
pub const METADATA_ENTRIES_MAX: usize = 16;
/// Bytes of an idempotency key: room for two UUIDs and words; only its hash is kept.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;
/// Lines of a trade, an adjustment, a shipment or a receipt: bounds what one command can cost.
pub const LINES_MAX: usize = 100;

/// Accepted keys that are remembered, evicted oldest first: 32 bytes each, 128 MiB.
pub const KEY_WINDOW: u32 = 4_194_304;
/// Stations of a network: twenty times the reference network.
pub const STATIONS_MAX: usize = 100_000;
/// Commodities of a network.
pub const COMMODITIES_MAX: usize = 10_000;
/// Traders of a network, stations included.
pub const TRADERS_MAX: usize = 1_000_000;
/// Stock entries (station, owner, commodity) that are not empty: about 80 bytes each, twice.
pub const STOCK_ENTRIES_MAX: usize = 8_000_000;
/// Shipments that have not ended.
pub const SHIPMENTS_OPEN_MAX: usize = 1_000_000;
/// Lines of shipments that have not ended: four each where there are as many as may be. 56 bytes
/// each, in the ledger and again in the views: 450 MB.
pub const SHIPMENT_LINES_OPEN_MAX: usize = 4_000_000;
/// Lines of shipments of one owner's goods that have not ended: half as many as there may be
/// shipments, and an eighth of the lines, so that no owner alone takes either. It is no tenth, as of
/// offers, for all goods of a network may be one owner's, and each line has a unit of them reserved.
pub const SHIPMENT_LINES_OF_OWNER_MAX: usize = 500_000;
/// Events of one shipment: a reader walks them one by one.
pub const SHIPMENT_EVENTS_MAX: u32 = 4_096;
/// Charges of a trade or a shipment.
pub const CHARGES_MAX: usize = 10;
/// Accounts that the keys of one principal may act for.
pub const ACCOUNTS_MAX: usize = 100;
/// Vessels of a network.
pub const VESSELS_MAX: usize = 100_000;
/// Holds that are pending.
pub const HOLDS_OPEN_MAX: usize = 1_000_000;
/// Lines of holds that are pending: four each where there are as many as may be. 32 bytes each, 24
/// more where it takes an offer, in the ledger and again in the views, and some 45 in the views'
/// index of promises: 430 to 630 MB.
pub const HOLD_LINES_OPEN_MAX: usize = 4_000_000;
/// Holds that one trader proposes and the other side has yet to accept: a hundredth of all, and with
/// as many lines as may be a quarter of theirs. A proposal to buy for nothing costs nothing.
pub const PROPOSALS_OF_TRADER_MAX: usize = 10_000;
/// Settlements of one hold: a reader walks them one by one.
pub const HOLD_EVENTS_MAX: u32 = 1_024;
/// Offers that are open.
pub const OFFERS_OPEN_MAX: usize = 1_000_000;
/// Open offers of one trader: a tenth of all, and five times as many as a station that buys and
/// sells every commodity there may be has, one of each. An offer to buy for nothing costs nothing.
pub const OFFERS_OF_TRADER_MAX: usize = 100_000;
/// Open offers of one trader, side and commodity at one station: what one posting may replace.
pub const OFFERS_ALIKE_MAX: usize = 100;
/// Reversals that are remembered to be refused a second time while readers catch up with them; older
/// ones are known from the events themselves.
pub const REVERSAL_WINDOW: u32 = 65_536;
/// Seconds of network time that a hold or an offer may last: ten years.
pub const DEADLINE_SECONDS_MAX: u32 = 315_360_000;
/// Lost shipments that may still be found, oldest forgotten first: at most 370 MB of lines, in the
/// ledger alone.
pub const LOST_SHIPMENTS_MAX: usize = 65_536;
/// Positions that the track of a shipment shows: the latest ones.
pub const TRACK_POSITIONS_MAX: usize = 100;
/// How far receipts may go beyond what was shipped, in thousandths: as much again.
pub const TOLERANCE_PERMILLE_MAX: u16 = 1_000;
/// Rules of alerts ever made, deleted ones included.
pub const ALERT_RULES_MAX: usize = 100_000;
/// Alerts of expired holds that are open, oldest resolved first.
pub const HOLD_ALERTS_MAX: usize = 10_000;
/// API keys ever made, revoked ones included.
pub const KEYS_MAX: usize = 65_536;
/// The last of them, which only administrators get: whatever the others used up, somebody can still
/// administer, and change over to another key.
pub const ADMIN_KEYS_RESERVED: usize = 1_024;

/// Encoded bytes of a batch: it must fit one message of a replicated log.
pub const BATCH_BYTES_MAX: usize = 512 * 1024;
/// Encoded bytes of a journal row: reading one old event reads no more than this.
pub const ROW_BYTES_MAX: usize = 16 * 1024;
/// Bytes of one part of a snapshot: it must fit one message of a replicated log.
pub const SNAPSHOT_PART_BYTES_MAX: usize = 1024 * 1024;

/// How fast network time may run against wall time: a year in about five minutes.
pub const SPEED_MAX: u32 = 100_000;
