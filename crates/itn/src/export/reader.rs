//! Items by the page, in an order that does not change while new ones come.

use std::collections::VecDeque;

use domain::{AlertId, Sequence, ShipmentId, TransactionId};
use itn_client::{Answer, Request, address, path};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{ExportError, ExportOptions, What};
use crate::client::{Client, ClientError};

/// A part of a list, its items as the very bytes that the server sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    items: Vec<Box<RawValue>>,
    /// None at the end.
    next_cursor: Option<String>,
    as_of: AsOf,
}

/// How far a read has seen, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct AsOf {
    pub(super) sequence: u64,
    pub(super) time: String,
}

/// Items of one page.
pub(super) struct Batch {
    pub(super) items: Vec<Box<RawValue>>,
    pub(super) as_of: AsOf,
    /// How far it has come, of how far it goes: in sequences, or in stations; not always known.
    pub(super) progress: Option<(u64, u64)>,
}

/// Reads what is asked for, page by page.
pub(super) enum Reader {
    List(List),
    Stations(Stations),
}

impl Reader {
    pub(super) fn new(options: &ExportOptions) -> Self {
        let given = options.parameters().map(|(name, value)| (name, value.to_owned()));
        let parameters = given.collect();
        if options.what == What::Levels && options.is_by_station() {
            Self::Stations(Stations::new(parameters))
        } else {
            Self::List(List::new(options.what, parameters))
        }
    }

    /// The next items; none at the end.
    pub(super) async fn next(&mut self, client: &Client) -> Result<Option<Batch>, ExportError> {
        match self {
            Self::List(list) => list.next(client).await,
            Self::Stations(stations) => stations.next(client).await,
        }
    }
}

/// One list, as far as it goes when its first page is read: what comes later is for the next export,
/// so that an export of a busy network ends.
pub(super) struct List {
    what: What,
    parameters: Parameters,
    next: Next,
    /// What the first page had seen.
    up_to: u64,
    is_oldest_first: bool,
}

type Parameters = Vec<(&'static str, String)>;

enum Next {
    First,
    Path(String),
    Nothing,
}

impl List {
    fn new(what: What, parameters: Parameters) -> Self {
        Self { what, parameters, next: Next::First, up_to: 0, is_oldest_first: false }
    }

    async fn next(&mut self, client: &Client) -> Result<Option<Batch>, ExportError> {
        let (page, path) = match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Nothing => return Ok(None),
            Next::First => {
                let (page, path) = self.first(client).await?;
                self.up_to = page.as_of.sequence;
                (page, path)
            }
            Next::Path(path) => page(client, path).await?,
        };
        let mut items = page.items;
        let mut place = items.last().map_or(0, |item| self.place(item));
        if self.is_oldest_first && place > self.up_to {
            items.retain(|item| self.place(item) <= self.up_to);
            place = self.up_to;
        } else {
            self.next = path.map_or(Next::Nothing, Next::Path);
        }
        let progress = (place > 0).then(|| {
            let left = self.up_to.saturating_sub(place);
            (if self.is_oldest_first { place } else { left }, self.up_to)
        });
        if self.what == What::Levels {
            items = told(&items, &page.as_of, None)?;
        }
        Ok(Some(Batch { items, as_of: page.as_of, progress }))
    }

    /// The first page, oldest first where the server has that order.
    async fn first(&mut self, client: &Client) -> Result<(Page, Option<String>), ExportError> {
        let listed = match self.what {
            What::Trades => "/api/trades",
            What::Shipments => "/api/cargo",
            What::Levels => "/api/inventory",
            What::Events => "/api/events",
            What::Alerts => "/api/alerts",
        };
        let asked = |order: Option<&'static str>| {
            let given = self.parameters.iter().map(|(name, value)| (*name, value.as_str()));
            let order = order.map(|order| ("order", order));
            let asked: Vec<_> = given.chain(order).chain([("limit", PAGE_ITEMS)]).collect();
            address(listed, asked.as_slice())
        };
        // Levels are listed by station.
        if self.what != What::Levels {
            match page(client, asked(Some("oldest"))).await {
                Err(ExportError::Server(error))
                    if error.refusal().is_some_and(|problem| problem.knows_no("order")) => {}
                other => {
                    self.is_oldest_first = true;
                    return other;
                }
            }
        }
        self.is_oldest_first = self.what == What::Events;
        page(client, asked(None)).await
    }

    /// The sequence that an item began with; 0 of what has none.
    fn place(&self, item: &RawValue) -> u64 {
        let begun: Begun = serde_json::from_str(item.get()).unwrap_or_default();
        let id = |id: &Option<String>, parse: fn(&str) -> Option<Sequence>| {
            id.as_deref().and_then(parse).map(|Sequence(sequence)| sequence)
        };
        let place = match self.what {
            What::Trades => id(&begun.transaction_id, |id| TransactionId::parse(id).map(|id| id.0)),
            What::Shipments => id(&begun.shipment_id, |id| ShipmentId::parse(id).map(|id| id.0)),
            What::Alerts => id(&begun.alert_id, |id| AlertId::parse(id).map(|id| id.0)),
            What::Events => id(&begun.id, |id| {
                let (digits, _) = id.split_once('-')?;
                digits.parse().ok().map(Sequence)
            }),
            What::Levels => None,
        };
        place.unwrap_or_default()
    }
}

/// What an item begins with.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Begun {
    transaction_id: Option<String>,
    shipment_id: Option<String>,
    alert_id: Option<String>,
    id: Option<String>,
}

/// The most that a page may have.
const PAGE_ITEMS: &str = "1000";

async fn asked(client: &Client, address: String) -> Result<Answer, ClientError> {
    Ok(client.send(&Request::get(address)).await?.accepted()?)
}

/// A page, and where the next one is.
async fn page(client: &Client, path: String) -> Result<(Page, Option<String>), ExportError> {
    let answer = asked(client, path).await?;
    let page: Page = answer.json().map_err(ClientError::from)?;
    // The link has all that was asked, whatever the parameter is called that goes on.
    let next = page.next_cursor.is_some().then(|| answer.next_page()).flatten();
    if page.next_cursor.is_some() && next.is_none() {
        return Err(ExportError::NoLink);
    }
    Ok((page, next))
}

/// Levels station by station: those that were asked for, or all.
pub(super) struct Stations {
    parameters: Parameters,
    waiting: VecDeque<String>,
    /// Where more stations are listed.
    more: Option<String>,
    done: u64,
    total: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inventory {
    as_of: AsOf,
    levels: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Station {
    id: String,
}

impl Stations {
    fn new(mut parameters: Parameters) -> Self {
        let at = parameters.iter().position(|(name, _)| *name == "station");
        let asked = at.map(|at| parameters.remove(at).1);
        let waiting: VecDeque<_> =
            asked.iter().flat_map(|ids| ids.split(',')).map(str::to_owned).collect();
        let more =
            asked.is_none().then(|| address("/api/stations", [("limit", PAGE_ITEMS)].as_slice()));
        Self { parameters, total: waiting.len() as u64, waiting, more, done: 0 }
    }

    async fn next(&mut self, client: &Client) -> Result<Option<Batch>, ExportError> {
        while let (true, Some(path)) = (self.waiting.is_empty(), self.more.take()) {
            let (listed, more) = page(client, path).await?;
            self.more = more;
            self.total += listed.items.len() as u64;
            for item in &listed.items {
                let station: Station =
                    serde_json::from_str(item.get()).map_err(ExportError::NotUnderstood)?;
                self.waiting.push_back(station.id);
            }
        }
        let Some(station) = self.waiting.pop_front() else {
            return Ok(None);
        };
        let given = self.parameters.iter().map(|(name, value)| (*name, value.as_str()));
        let given: Vec<_> = given.collect();
        let address = address(&path("/api/inventory/{}", &[&station]), given.as_slice());
        let inventory: Inventory =
            asked(client, address).await?.json().map_err(ClientError::from)?;
        self.done += 1;
        let items = told(&inventory.levels, &inventory.as_of, Some(&station))?;
        let progress = Some((self.done, self.total));
        Ok(Some(Batch { items, as_of: inventory.as_of, progress }))
    }
}

/// Levels, each with what its page says once: when it was so, and where if it does not say.
fn told(
    levels: &[Box<RawValue>],
    as_of: &AsOf,
    station: Option<&str>,
) -> Result<Vec<Box<RawValue>>, ExportError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Told<'a> {
        as_of: &'a AsOf,
        #[serde(skip_serializing_if = "Option::is_none")]
        station: Option<&'a str>,
    }
    let told =
        serde_json::to_string(&Told { as_of, station }).map_err(ExportError::NotUnderstood)?;
    let told = told.strip_suffix('}').unwrap_or_default();
    let told_of = |level: &RawValue| {
        let members = level.get().trim_start_matches([' ', '{']);
        RawValue::from_string(format!("{told},{members}")).map_err(ExportError::NotUnderstood)
    };
    levels.iter().map(|level| told_of(level)).collect()
}

#[cfg(test)]
mod tests;
