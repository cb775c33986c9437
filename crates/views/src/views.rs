//! The handle that readers hold.

use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use domain::EventReader;
use parking_lot::{RwLock, RwLockReadGuard};

use crate::ended::EndedShipments;
use crate::{State, ViewsError, ViewsFold, store};

/// The read models. Cloning one gives another handle to the same.
#[derive(Clone)]
pub struct Views(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) state: RwLock<State>,
    pub(crate) ended: EndedShipments,
    pub(crate) events: Arc<dyn EventReader>,
}

/// The state at one sequence, for as long as this is held.
///
/// Hold it for microseconds: the fold waits for it, and with the fold every answer. It cannot be
/// sent to another thread or held across an `await`. Do not ask for a second one while holding it:
/// a fold that waits between the two would stop both.
pub struct StateGuard<'a>(RwLockReadGuard<'a, State>);

impl Deref for StateGuard<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}

impl Views {
    /// Opens the read models, empty: returns the handle, and the one that folds, which may first
    /// restore a snapshot. `store` is the path of `views.db`; without one, what has ended stays in
    /// memory and there are no snapshots. A damaged store is deleted and made anew.
    pub fn open(
        store: Option<&Path>,
        events: Arc<dyn EventReader>,
    ) -> Result<(Self, ViewsFold), ViewsError> {
        let ended = match store {
            None => EndedShipments::in_memory(),
            Some(path) => {
                let (writer, reader) = store::open(path)?;
                EndedShipments::stored(writer, reader)?
            }
        };
        let views = Self(Arc::new(Inner { state: RwLock::default(), ended, events }));
        Ok((views.clone(), ViewsFold::new(views)))
    }

    /// The current state.
    pub fn read(&self) -> StateGuard<'_> {
        StateGuard(self.0.state.read())
    }

    /// Why `views.db` cannot be written, while it cannot; it is tried again every second.
    pub fn store_error(&self) -> Option<String> {
        self.0.ended.error()
    }
}
