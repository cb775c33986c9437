//! The state that a stream begins with: kept still at one sequence, rendered as it is written.

use std::collections::{BTreeMap, VecDeque};

use domain::{Facet, ReadError, Scope, Sequence, Shipment};
use live::Filter;
use views::{Alert, Level, Still, StillParts, shipment_seen};

use crate::auth::Caller;
use crate::gateway::App;
use crate::limits::SNAPSHOT_PART_BYTES;
use crate::problem::Problem;
use crate::rates::Turn;
use crate::render::Render;
use crate::reply::ITEMS_AT_ONCE;
use crate::routes::network::counts;
use crate::wire::SnapshotKind;
use crate::wire::answer::{AsOfAnswer, Counts};

/// A snapshot on its way to a client.
pub(super) struct Snapshot {
    still: Still,
    /// What is left of it, the one under way first.
    kinds: VecDeque<SnapshotKind>,
    /// The next row of it.
    next: usize,
    filter: Filter,
    caller: Caller,
    counts: Option<Counts>,
    /// Stock of the caller's accounts, summed over them, once that was asked for.
    sums: Option<Vec<Level>>,
    /// Free again when the snapshot is dropped.
    _turn: Turn,
}

/// Which rows of stock are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stock {
    /// Summed over all owners.
    Totals,
    /// Of owners who are asked for, each by itself.
    Entries,
    /// Summed over the caller's accounts.
    Sums,
}

impl Snapshot {
    /// Keeps the state still. Short, but not for a thread of the runtime.
    pub(super) fn take(
        app: &App,
        caller: &Caller,
        kinds: &[SnapshotKind],
        filter: Filter,
        turn: Turn,
    ) -> Result<Self, Problem> {
        let stock = stock_of(&filter, caller.scope());
        let has = |kind| kinds.contains(&kind);
        let parts = StillParts {
            totals: has(SnapshotKind::Inventory) && stock == Stock::Totals,
            entries: has(SnapshotKind::Inventory) && stock != Stock::Totals,
            shipments: has(SnapshotKind::Shipments),
            alerts: has(SnapshotKind::Alerts),
            quotes: false,
        };
        let readers = app.ready()?.hub.readers();
        let (still, counts) = app.render(|render| {
            let sees_all = caller.scope().is_network();
            (render.state.still(parts), sees_all.then(|| counts(render.state, readers)))
        })?;
        Ok(Self {
            still,
            kinds: kinds.iter().copied().collect(),
            next: 0,
            filter,
            caller: caller.clone(),
            counts,
            sums: None,
            _turn: turn,
        })
    }

    /// The sequence that it shows the state at.
    pub(super) fn sequence(&self) -> Sequence {
        self.still.as_of.sequence
    }

    /// The next message, in JSON; `None` at the end. Reads the journal.
    pub(super) fn next_part(&mut self, app: &App) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(kind) = self.kinds.front().copied() else {
            return Ok(None);
        };
        let as_of = AsOfAnswer::from(self.still.as_of);
        let mut part = format!("{{\"kind\":\"{}\",\"asOf\":", kind.word()).into_bytes();
        // Writing to memory does not fail.
        let _ = serde_json::to_writer(&mut part, &as_of);
        part.extend_from_slice(b",\"items\":[");
        let mut last = false;
        while part.len() < SNAPSHOT_PART_BYTES && !last {
            last = match kind {
                SnapshotKind::Inventory => self.levels(app, &mut part),
                SnapshotKind::Shipments => self.shipments(app, &mut part),
                SnapshotKind::Alerts => self.alerts(app, &mut part)?,
                SnapshotKind::Summary => {
                    self.counts.iter().for_each(|counts| push(&mut part, counts));
                    true
                }
            };
        }
        part.extend_from_slice(format!("],\"last\":{last}}}").as_bytes());
        if last {
            self.kinds.pop_front();
            self.next = 0;
        }
        Ok(Some(part))
    }

    /// Some more levels; `true` if there are none behind them.
    fn levels(&mut self, app: &App, part: &mut Vec<u8>) -> bool {
        let stock = stock_of(&self.filter, self.caller.scope());
        if stock == Stock::Sums && self.sums.is_none() {
            self.sums = Some(self.own_sums());
        }
        let mut found = Vec::with_capacity(ITEMS_AT_ONCE);
        let mut is_end = false;
        while found.len() < ITEMS_AT_ONCE {
            let row = match stock {
                Stock::Totals => self.still.total(self.next),
                Stock::Entries => self.still.entry(self.next),
                Stock::Sums => self.sums.as_ref().and_then(|sums| sums.get(self.next).copied()),
            };
            let Some(level) = row else {
                is_end = true;
                break;
            };
            self.next += 1;
            let is_empty = level.on_hand().get() == 0 && level.incoming.get() == 0;
            let is_shown = match level.owner {
                Some(owner) => !is_empty && self.caller.scope().sees(owner),
                None => true,
            };
            if is_shown && self.wants_level(app, &level) {
                found.push(level);
            }
        }
        show(app, part, &found, |render, level, part| push(part, &render.level(level, true)));
        is_end
    }

    fn wants_level(&self, app: &App, level: &Level) -> bool {
        let mut facets = vec![Facet::Station(level.station), Facet::Commodity(level.commodity)];
        facets.extend(level.owner.map(Facet::Trader));
        self.wants(app, &facets)
    }

    /// Whether the filter admits a thing that this is said of.
    fn wants(&self, app: &App, facets: &[Facet]) -> bool {
        if self.filter.systems.is_empty() {
            return self.filter.is_about(facets, &[]);
        }
        let systems = app.ready().map(|ready| ready.hub.subjects().systems(facets));
        self.filter.is_about(facets, &systems.unwrap_or_default())
    }

    /// Stock of the caller's accounts, summed over them.
    fn own_sums(&self) -> Vec<Level> {
        let mut sums: BTreeMap<(u32, u32), Level> = BTreeMap::new();
        let entries = (0..).map_while(|index| self.still.entry(index));
        for level in entries {
            if level.owner.is_some_and(|owner| self.caller.scope().sees(owner)) {
                let place = (level.station.0, level.commodity.0);
                let first = Level { owner: None, ..level };
                sums.entry(place).and_modify(|sum| sum.add(&level)).or_insert(first);
            }
        }
        sums.into_values().collect()
    }

    fn shipments(&mut self, app: &App, part: &mut Vec<u8>) -> bool {
        let mut found: Vec<Shipment> = Vec::new();
        let mut is_end = false;
        while found.len() < ITEMS_AT_ONCE {
            let Some(shipment) = self.still.shipment(self.next) else {
                is_end = true;
                break;
            };
            if shipment_seen(shipment, self.caller.scope())
                && (self.filter.is_everything() || self.wants(app, &shipment_facets(shipment)))
            {
                found.push(shipment.clone());
            }
            self.next += 1;
        }
        show(app, part, &found, |render, shipment, part| {
            push(part, &render.shipment_item(shipment));
        });
        is_end
    }

    fn alerts(&mut self, app: &App, part: &mut Vec<u8>) -> Result<bool, ReadError> {
        let mut found: Vec<Alert> = Vec::new();
        let mut is_end = false;
        while found.len() < ITEMS_AT_ONCE {
            let Some(alert) = self.still.alert(self.next) else {
                is_end = true;
                break;
            };
            if self.caller.scope().sees_any(&alert.subject.parties)
                && (self.filter.is_everything() || self.wants_alert(app, alert)?)
            {
                found.push(alert.clone());
            }
            self.next += 1;
        }
        let scope = self.caller.scope();
        show(app, part, &found, |render, alert, part| push(part, &render.alert(alert, scope)));
        Ok(is_end)
    }

    fn wants_alert(&self, app: &App, alert: &Alert) -> Result<bool, ReadError> {
        let Ok(ready) = app.ready() else {
            return Ok(false);
        };
        let place = (alert.id, alert.last);
        let facets = ready.hub.subjects().of_alert(place, alert.severity, alert.cause)?;
        Ok(self.wants(app, &facets))
    }
}

fn stock_of(filter: &Filter, scope: Scope<'_>) -> Stock {
    match scope {
        _ if !filter.traders.is_empty() => Stock::Entries,
        Scope::Network => Stock::Totals,
        Scope::Accounts(_) => Stock::Sums,
    }
}

/// What the booking said it is about.
fn shipment_facets(shipment: &Shipment) -> Vec<Facet> {
    let mut facets = vec![
        Facet::Shipment(shipment.id),
        Facet::Station(shipment.route.origin),
        Facet::Station(shipment.route.destination),
        Facet::Trader(shipment.route.owner),
        Facet::Trader(shipment.consignee),
        Facet::Trader(shipment.carrier),
    ];
    facets.extend(shipment.vessel.map(Facet::Vessel));
    facets.extend(shipment.lines.iter().map(|line| Facet::Commodity(line.commodity)));
    let charges = shipment.charges.iter();
    facets.extend(charges.flat_map(|charge| [charge.payer, charge.to]).map(Facet::Trader));
    facets
}

/// Writes items while the views' lock is held once.
fn show<T>(
    app: &App,
    part: &mut Vec<u8>,
    items: &[T],
    write: impl Fn(Render<'_>, &T, &mut Vec<u8>),
) {
    if items.is_empty() {
        return;
    }
    // The network is ready: the snapshot was taken of it.
    let _ = app.render(|render| {
        for item in items {
            write(render, item, part);
        }
    });
}

fn push(part: &mut Vec<u8>, item: &impl serde::Serialize) {
    if part.last() != Some(&b'[') {
        part.push(b',');
    }
    let _ = serde_json::to_writer(part, item);
}
