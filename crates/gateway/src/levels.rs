//! The latest stock and price of each commodity at each station, for readers who want states and not
//! events: what changed is rendered four times a second, once for all of them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use domain::{CommodityId, Facet, Sequence, StationId};
use live::Filter;
use tokio::sync::broadcast;
use tokio::time::{MissedTickBehavior, interval};
use views::StillParts;

use crate::gateway::App;
use crate::limits::LEVEL_READERS_MAX;
use crate::problem::{Code, Problem};
use crate::render::Render;
use crate::reply::ITEMS_AT_ONCE;

/// How often what changed is told: at most four times a second each.
pub(crate) const LEVELS_EVERY: Duration = Duration::from_millis(250);
/// Tellings that are kept for a reader who is a little behind: two seconds. Further behind, it reads
/// what changed since from the views.
const TELLINGS_KEPT: usize = 8;

/// Where readers of levels subscribe.
#[derive(Clone)]
pub(crate) struct Levels(Arc<Shared>);

struct Shared {
    sender: broadcast::Sender<Option<Arc<Telling>>>,
    /// Whether the task runs that tells; it does while somebody listens.
    is_running: Mutex<bool>,
}

/// What changed.
pub(crate) struct Telling {
    /// Everything up to here is told by this one and those before.
    pub(crate) to: Sequence,
    frames: Bytes,
    items: Box<[Item]>,
}

struct Item {
    station: StationId,
    commodity: CommodityId,
    /// Its last change.
    changed: Sequence,
    /// Where its frame ends.
    end: usize,
}

impl Default for Levels {
    fn default() -> Self {
        let (sender, _) = broadcast::channel(TELLINGS_KEPT);
        Self(Arc::new(Shared { sender, is_running: Mutex::new(false) }))
    }
}

impl Levels {
    /// What is told from here on; `None` is the end. The first telling begins at or before what the
    /// views show now.
    pub(crate) fn subscribe(
        &self,
        app: &App,
    ) -> Result<broadcast::Receiver<Option<Arc<Telling>>>, Problem> {
        let mut is_running = self.0.is_running.lock().unwrap_or_else(PoisonError::into_inner);
        if self.0.sender.receiver_count() >= LEVEL_READERS_MAX {
            let detail = format!(
                "{LEVEL_READERS_MAX} readers of levels are connected, which is the maximum"
            );
            return Err(
                Problem::new(Code::TooManyReaders, detail).with("maximum", LEVEL_READERS_MAX)
            );
        }
        let receiver = self.0.sender.subscribe();
        if !*is_running {
            let from = app.render(|render| render.state.as_of().sequence)?;
            tokio::spawn(self.clone().run(app.clone(), from));
            *is_running = true;
        }
        Ok(receiver)
    }

    async fn run(self, app: App, mut from: Sequence) {
        let mut ticks = interval(LEVELS_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if app.is_stopping() {
                let _ = self.0.sender.send(None);
            }
            {
                let mut is_running =
                    self.0.is_running.lock().unwrap_or_else(PoisonError::into_inner);
                if self.0.sender.receiver_count() == 0 || app.is_stopping() {
                    *is_running = false;
                    return;
                }
            }
            let asked = app.clone();
            let told = tokio::task::spawn_blocking(move || tell(&asked, from)).await;
            if let Ok(Ok(Some(telling))) = told {
                from = telling.to;
                let _ = self.0.sender.send(Some(Arc::new(telling)));
            }
        }
    }
}

/// What changed behind `from`, if anything did.
fn tell(app: &App, from: Sequence) -> Result<Option<Telling>, Problem> {
    let mut changes = Changes::after(app, from)?;
    let to = changes.to;
    if to == from {
        return Ok(None);
    }
    let (mut frames, mut items) = (Vec::new(), Vec::new());
    while changes.write_some(app, &Filter::default(), &mut frames, &mut items)? {}
    Ok(Some(Telling { to, frames: frames.into(), items: items.into() }))
}

impl Telling {
    /// The frames that the filter admits of what changed behind `after`.
    pub(crate) fn matching(&self, app: &App, filter: &Filter, after: Sequence) -> Bytes {
        let is_new = |item: &Item| item.changed > after;
        if filter.is_everything() && self.items.iter().all(is_new) {
            return self.frames.clone();
        }
        let mut found = Vec::new();
        let mut start = 0;
        for item in &self.items {
            if is_new(item) && wants(app, filter, item.station, item.commodity) {
                found.extend_from_slice(&self.frames[start..item.end]);
            }
            start = item.end;
        }
        found.into()
    }
}

/// Where stock or price changed, on the way to be told.
pub(crate) struct Changes {
    /// They are all those up to here.
    pub(crate) to: Sequence,
    places: Places,
}

enum Places {
    /// These.
    Known(std::vec::IntoIter<(StationId, CommodityId)>),
    /// Those of all there are, from a row on, that changed behind a sequence.
    All { still: Box<views::Still>, next: usize, after: Sequence },
}

impl Changes {
    /// What changed behind `after`. Short, but not for a thread of the runtime.
    pub(crate) fn after(app: &App, after: Sequence) -> Result<Self, Problem> {
        app.render(|render| {
            let to = render.state.as_of().sequence;
            let places = match render.state.quotes_changed(after) {
                Some(places) => Places::Known(places.into_iter().collect::<Vec<_>>().into_iter()),
                None => {
                    let parts = StillParts { quotes: true, ..StillParts::default() };
                    let still = Box::new(render.state.still(parts));
                    Places::All { still, next: 0, after }
                }
            };
            Self { to, places }
        })
    }

    /// Whether rows are kept still for it, of which the fold copies each page that it changes.
    pub(crate) fn keeps_rows(&self) -> bool {
        matches!(self.places, Places::All { .. })
    }

    /// The frames of some more of them, as many as fit into about `bytes_max`; `None` at the end.
    pub(crate) fn next_frames(
        &mut self,
        app: &App,
        filter: &Filter,
        bytes_max: usize,
    ) -> Result<Option<Bytes>, Problem> {
        let (mut frames, mut items) = (Vec::new(), Vec::new());
        let mut has_more = true;
        while has_more && frames.len() < bytes_max {
            has_more = self.write_some(app, filter, &mut frames, &mut items)?;
        }
        Ok((has_more || !frames.is_empty()).then(|| frames.into()))
    }

    /// Writes a few; whether there are more.
    fn write_some(
        &mut self,
        app: &App,
        filter: &Filter,
        frames: &mut Vec<u8>,
        items: &mut Vec<Item>,
    ) -> Result<bool, Problem> {
        let wanted = |place: &(StationId, CommodityId)| wants(app, filter, place.0, place.1);
        let mut found = Vec::with_capacity(ITEMS_AT_ONCE);
        let mut has_more = true;
        while found.len() < ITEMS_AT_ONCE && has_more {
            match &mut self.places {
                Places::Known(places) => match places.next() {
                    Some(place) => found.extend(Some(place).filter(wanted)),
                    None => has_more = false,
                },
                Places::All { still, next, after } => match still.last_change(*next) {
                    Some((station, commodity, changed)) => {
                        *next += 1;
                        let place = Some((station, commodity)).filter(|_| changed > *after);
                        found.extend(place.filter(wanted));
                    }
                    None => has_more = false,
                },
            }
        }
        app.render(|render| {
            for (station, commodity) in found {
                if let Some(changed) = write(render, (station, commodity), frames) {
                    items.push(Item { station, commodity, changed, end: frames.len() });
                }
            }
        })?;
        Ok(has_more)
    }
}

fn wants(app: &App, filter: &Filter, station: StationId, commodity: CommodityId) -> bool {
    if filter.is_everything() {
        return true;
    }
    let facets = [Facet::Station(station), Facet::Commodity(commodity)];
    let systems = if filter.systems.is_empty() {
        Vec::new()
    } else {
        app.ready().map(|ready| ready.hub.subjects().systems(&facets)).unwrap_or_default()
    };
    filter.is_about(&facets, &systems)
}

/// Writes a level as a frame of Server-Sent Events; its last change, if there is such a level.
fn write(
    render: Render<'_>,
    (station, commodity): (StationId, CommodityId),
    frames: &mut Vec<u8>,
) -> Option<Sequence> {
    let quote = render.state.quote(station, commodity)?;
    frames.extend_from_slice(b"event: level\ndata: ");
    // Writing to memory does not fail; JSON has no line breaks of its own.
    let _ = serde_json::to_writer(&mut *frames, &render.quote(&quote));
    frames.extend_from_slice(b"\n\n");
    Some(quote.changed)
}
