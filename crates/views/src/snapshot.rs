//! The read models as a snapshot, and back.
//!
//! A snapshot belongs to the `views.db` it was made with, which holds the ended shipments: their
//! common tag and the store's position prove that nothing is missing. Without that proof the
//! snapshot is refused and the journal replayed.
//!
//! ```text
//! tag · sequence · time · network · stations · commodities · traders · keys · principals ·
//! balances · issued · retired · stock entries · stock sums · flows · open shipments · counts ·
//! trades · traded value · open holds · open offers · vessels · open alerts · resolved alerts ·
//! rules · expired holds · last changes of stock and price
//! ```

use domain::{Identifier, Offer, PartSink, Sequence, Shipment, SnapshotError, TradeRecord};
use table::{Archive, ArchiveError, Frozen, Reader, Writer};

use crate::access::Keys;
use crate::accounts::{Accounts, CreditTotals};
use crate::alerts::{Alert, Alerts, ExpiredHold, FrozenAlerts};
use crate::audit::Sums;
use crate::directory::{Directory, FrozenDirectory};
use crate::holds::Holds;
use crate::inventory::{EntryKey, Inventory, Stock, TotalKey};
use crate::offers::Offers;
use crate::promises::Promises;
use crate::quotes::{LastChange, Quotes};
use crate::saved::{read, read_paged, read_table, saved_fields, write, write_rows};
use crate::shipments::Shipments;
use crate::state::Traded;
use crate::store::Tag;
use crate::{
    ApiKey, AsOf, Balance, Commodity, Flows, ShipmentCounts, State, Station, Trader, Vessel,
};

/// Its name and the version of its layout; another version is not read, but replayed.
pub(crate) const FORMAT: (&str, u32) = ("views", 6);

saved_fields! {
    AsOf { sequence, time }
    Station { id, trader, name, details, created, created_at, changed, changed_at }
    Commodity { id, name, details, created, created_at, changed, changed_at }
    Trader { id, name, station, details, created, created_at, changed, changed_at }
    ApiKey {
        id, principal, role, accounts, digest, created, created_at, changed, expires_at, has_expired,
        revoked_at, replaces, token,
    }
    Balance { available, held }
    CreditTotals { issued, retired }
    Stock { available, reserved, unavailable, incoming, changed_at }
    Flows { produced, found, consumed, lost, expired, stolen }
    ShipmentCounts {
        booked, loading, in_transit, arrived, partially_received, received, cancelled, lost,
        returned, delayed, on_hold,
    }
    Traded { trades_settled, value }
    LastChange { changed, price, priced }
    Vessel { id, name, details, carrying, created, created_at, changed, changed_at }
    crate::Subject { station, commodity, parties }
    Alert {
        id, cause, kind, severity, subject, fired_at, changed_at, acknowledged, resolved_at, last,
    }
    crate::Rule {
        id, name, terms, created, created_at, changed, changed_at, deleted, owner_since,
    }
    ExpiredHold { trade, subject }
}

/// A [`State`] that no longer changes: pointers to its pages.
pub(crate) struct Frost {
    as_of: AsOf,
    directory: FrozenDirectory,
    keys: (Frozen<ApiKey>, Frozen<Identifier>),
    accounts: (Frozen<Balance>, CreditTotals),
    entries: Frozen<(EntryKey, Stock)>,
    totals: Frozen<(TotalKey, Stock)>,
    flows: Frozen<Flows>,
    shipments: (Frozen<(u64, Shipment)>, ShipmentCounts),
    traded: Traded,
    holds: Frozen<(u64, TradeRecord)>,
    offers: Frozen<(u64, Offer)>,
    alerts: FrozenAlerts,
    quotes: Frozen<(TotalKey, LastChange)>,
}

impl Frost {
    /// Costs a pointer per page: about a millisecond for 2 million stock entries.
    pub(crate) fn of(state: &State) -> Self {
        Self {
            as_of: state.as_of,
            directory: state.directory.freeze(),
            keys: state.keys.freeze(),
            accounts: state.accounts.freeze(),
            entries: state.inventory.freeze_entries(),
            totals: state.inventory.freeze_totals(),
            flows: state.sums.freeze(),
            shipments: state.shipments.freeze(),
            traded: state.traded,
            holds: state.holds.freeze(),
            offers: state.offers.freeze(),
            alerts: state.alerts.freeze(),
            quotes: state.quotes.freeze(),
        }
    }

    /// Writes everything, in parts.
    pub(crate) fn write(self, tag: Tag, sink: &mut PartSink<'_>) -> Result<(), SnapshotError> {
        let take = |part: &[u8]| sink(part).map_err(ArchiveError::part);
        let mut writer = Writer::new(take);
        let written = self.pass_to(tag, &mut writer);
        written
            .and_then(|()| writer.finish())
            .map(|_| ())
            .map_err(|error| failed("writing", &error))
    }

    fn pass_to<A: Archive>(&self, tag: Tag, archive: &mut A) -> Result<(), ArchiveError> {
        write(tag.0, archive)?;
        write(self.as_of, archive)?;
        write(self.directory.network, archive)?;
        write_rows(&self.directory.stations, archive)?;
        write_rows(&self.directory.commodities, archive)?;
        write_rows(&self.directory.traders, archive)?;
        write_rows(&self.keys.0, archive)?;
        write_rows(&self.keys.1, archive)?;
        write_rows(&self.accounts.0, archive)?;
        write(self.accounts.1, archive)?;
        write_rows(&self.entries, archive)?;
        write_rows(&self.totals, archive)?;
        write_rows(&self.flows, archive)?;
        write_rows(&self.shipments.0, archive)?;
        write(self.shipments.1, archive)?;
        write(self.traded, archive)?;
        write_rows(&self.holds, archive)?;
        write_rows(&self.offers, archive)?;
        write_rows(&self.directory.vessels, archive)?;
        write_rows(&self.alerts.open, archive)?;
        write(self.alerts.resolved.clone(), archive)?;
        write_rows(&self.alerts.rules, archive)?;
        write(self.alerts.expired.clone(), archive)?;
        write_rows(&self.quotes, archive)
    }
}

/// Reads what [`Frost::write`] wrote, if it is of this position and was made with this store.
pub(crate) fn read_state(
    (tag, position): (Tag, Sequence),
    parts: &mut dyn Iterator<Item = Result<Vec<u8>, SnapshotError>>,
) -> Result<State, SnapshotError> {
    let next = || parts.next().transpose().map_err(ArchiveError::part);
    let mut reader = Reader::new(next);
    let found = read(&mut reader).map_err(|error| failed("reading the tag", &error))?;
    if tag != Tag(found) {
        return Err(SnapshotError("views.db is another one".to_owned()));
    }
    let state = pass_from(&mut reader)
        .map_err(|error| failed(&format!("near byte {}", reader.position()), &error))?;
    reader.finish().map_err(|error| failed("at the end", &error))?;
    if state.as_of.sequence != position {
        let found = state.as_of.sequence;
        return Err(SnapshotError(format!("it is of sequence {found} and not of {position}")));
    }
    Ok(state)
}

fn pass_from<A: Archive>(archive: &mut A) -> Result<State, ArchiveError> {
    let as_of: AsOf = read(archive)?;
    let network = read(archive)?;
    let (stations, commodities) = (read_paged(archive)?, read_paged(archive)?);
    let mut directory = Directory::restored(network, stations, commodities, read_paged(archive)?);
    let keys = Keys::restored(read_paged(archive)?, read_paged(archive)?);
    let accounts = Accounts::restored(read_paged(archive)?, read(archive)?);
    let (stations, traders) = (directory.stations().len(), directory.traders().len());
    let (entries, totals) = (read_table(archive)?, read_table(archive)?);
    let inventory = Inventory::restored(entries, totals, stations, traders);
    let inventory = inventory
        .ok_or(ArchiveError::Invalid { wanted: "stock at a station and of a trader that exist" })?;
    let sums = Sums::restored(read_paged(archive)?);
    let shipments = Shipments::restored(read_table(archive)?, read(archive)?);
    let traded = read(archive)?;
    let holds = Holds::restored(read_table(archive)?);
    let offers = Offers::restored(read_table(archive)?);
    directory.restore_vessels(read_paged(archive)?);
    let (open, resolved) = (read_table(archive)?, read(archive)?);
    let alerts = Alerts::restored(open, resolved, read_paged(archive)?, read(archive)?);
    let quotes = Quotes::restored(read_table(archive)?, as_of.sequence);
    let promises = Promises::of_holds(holds.iter());
    Ok(State {
        as_of,
        directory,
        keys,
        accounts,
        inventory,
        shipments,
        holds,
        offers,
        alerts,
        promises,
        quotes,
        sums,
        traded,
    })
}

fn failed(doing: &str, error: &ArchiveError) -> SnapshotError {
    let cause = std::error::Error::source(error);
    let why = cause.map_or_else(String::new, |cause| format!(": {cause}"));
    SnapshotError(format!("views, {doing}: {error}{why}"))
}
