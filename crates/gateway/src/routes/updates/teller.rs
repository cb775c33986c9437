//! Tells a client of a stream what comes, on the task of its connection or, when it has all there is,
//! on the thread that shows a commit to everybody: there it is written at once, where a thousand
//! tasks would have to be woken, queued and given their turn.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use parking_lot::Mutex;

use super::feed::{Feed, Item};
use crate::connections::Outlet;
use crate::render::Identity;

/// Bytes that are gathered for a client, for one write, before it goes on by its own task: a client
/// that has much to catch up with must not hold up the others. The last frame may go past it.
const GATHERED_BYTES: usize = 64 * 1024;

/// A feed whose end was lost in a panic.
#[derive(Debug)]
pub(super) struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the next frame of a stream could not be made")
    }
}

impl Error for Broken {}

/// Tells one client. It is the waker that its feed gets: woken, it writes what there is to the
/// outlet, if that is open, and else wakes the connection's task.
pub(super) struct Teller {
    state: Mutex<State>,
    /// Absent where the client gets no chunks, or by other ways.
    outlet: Option<Arc<Outlet>>,
    identity: Identity,
    /// The connection's task.
    task: AtomicWaker,
    /// Whether it was woken while its state was in use, and so found out nothing.
    missed: AtomicBool,
}

struct State {
    /// Until the body is dropped.
    feed: Option<Feed>,
    /// Whether the feed has nothing to give, and what comes may be written to the outlet.
    is_resting: bool,
    /// How it ended, which is the task's to tell.
    end: Option<End>,
}

enum End {
    Over,
    Broken,
}

impl Teller {
    pub(super) fn new(feed: Feed, identity: Identity, outlet: Option<Arc<Outlet>>) -> Arc<Self> {
        let outlet = outlet.filter(|_| !feed.is_of_levels());
        let state = Mutex::new(State { feed: Some(feed), is_resting: false, end: None });
        let (task, missed) = (AtomicWaker::new(), AtomicBool::new(false));
        Arc::new(Self { state, outlet, identity, task, missed })
    }

    /// What the task is to give; `None` at the end.
    pub(super) fn poll(self: &Arc<Self>, cx: &Context<'_>) -> Poll<Option<Result<Bytes, Broken>>> {
        self.task.register(cx.waker());
        let state = &mut *self.state.lock();
        if self.missed.swap(false, Ordering::AcqRel) {
            state.is_resting = false;
        }
        if state.is_resting {
            return Poll::Pending;
        }
        if let Some(outlet) = &self.outlet {
            outlet.shut();
        }
        match state.end.take() {
            Some(End::Over) => return Poll::Ready(None),
            Some(End::Broken) => return Poll::Ready(Some(Err(Broken))),
            None => {}
        }
        let Some(feed) = &mut state.feed else { return Poll::Ready(None) };
        let waker = Waker::from(Arc::clone(self));
        let polled = feed.poll_next(&mut Context::from_waker(&waker));
        if polled.is_pending()
            && let Some(outlet) = &self.outlet
            && feed.is_live()
        {
            state.is_resting = true;
            outlet.ask();
        }
        polled.map(|item| item.map(|item| Ok(item.frame(&self.identity))))
    }

    /// Writes what there is; `false` if the task is to go on.
    fn tell(self: &Arc<Self>, state: &mut State) -> bool {
        let Some(outlet) = self.outlet.as_ref().filter(|outlet| outlet.is_open()) else {
            return false;
        };
        let Some(feed) = &mut state.feed else { return false };
        // To look at a key is to wait for the views, in which a large commit may be folded right now:
        // the task waits for itself alone.
        if feed.is_check_due() {
            return false;
        }
        let waker = Waker::from(Arc::clone(self));
        let mut cx = Context::from_waker(&waker);
        let (mut frames, mut bytes, mut has_all) = (Vec::new(), 0, false);
        while bytes < GATHERED_BYTES {
            match feed.poll_next(&mut cx) {
                Poll::Pending => {
                    has_all = feed.is_live();
                    break;
                }
                Poll::Ready(None) => {
                    state.end = Some(End::Over);
                    break;
                }
                Poll::Ready(Some(item)) => {
                    let frame = item.frame(&self.identity);
                    bytes += frame.len();
                    frames.push(frame);
                }
            }
        }
        let is_sent = match &*frames {
            [] => true,
            [frame] => outlet.send(frame),
            frames => outlet.send(&frames.concat().into()),
        };
        is_sent && has_all
    }

    /// The body is dropped.
    pub(super) fn end(&self) {
        if let Some(outlet) = &self.outlet {
            outlet.shut();
        }
        let feed = self.state.lock().feed.take();
        // Without the lock: it leaves the hub, and lets its waker go, which may be this one.
        drop(feed);
    }
}

impl Wake for Teller {
    fn wake(self: Arc<Self>) {
        let told = self.state.try_lock().map(|mut state| {
            if !state.is_resting {
                return false;
            }
            // Whoever wakes wakes others as well, and must live.
            let told = catch_unwind(AssertUnwindSafe(|| self.tell(&mut state)));
            state.is_resting = told.unwrap_or_else(|_| {
                state.end = Some(End::Broken);
                false
            });
            state.is_resting
        });
        if told.is_none() {
            self.missed.store(true, Ordering::Release);
        }
        if told != Some(true) {
            self.task.wake();
        }
    }
}

impl Item {
    /// As Server-Sent Events.
    fn frame(self, identity: &Identity) -> Bytes {
        match self {
            Self::Events(frames) | Self::Levels(frames) => frames,
            Self::Heartbeat => Bytes::from_static(b": heartbeat\n\n"),
            Self::Snapshot(part) => {
                // JSON has no line breaks of its own.
                let mut frame = b"event: snapshot\ndata: ".to_vec();
                frame.extend_from_slice(&part);
                frame.extend_from_slice(b"\n\n");
                frame.into()
            }
            Self::Progress(position) => {
                let id = identity.event_id(position);
                let data = format!("{{\"position\":\"{id}\"}}");
                format!("event: progress\nid: {id}\ndata: {data}\n\n").into()
            }
            Self::Lagged(position) => {
                let id = identity.event_id(position);
                format!("event: lagged\ndata: {{\"resumeAfter\":\"{id}\"}}\n\n").into()
            }
        }
    }
}
