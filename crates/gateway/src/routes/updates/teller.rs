//! Tells a client of a stream what comes, on the task of its connection or, when it has all there
//! is, on the thread that shows a commit to everybody: there it is written at once, where a
//! thousand tasks would have to be woken, queued and given their turn. Whose client wants
//! everything lends its outlet and is not even looked at: that thread writes by itself.

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

/// What is gathered for one write, about what a socket buffer takes at once: frames of which there
/// is one for each time that commits were shown. What a socket does not take stays shared by all
/// readers.
const GATHERED_BYTES_MAX: usize = 64 * 1024;
/// A filter may leave little of each frame, and looking takes its time.
const GATHERED_FRAMES_MAX: usize = 64;
/// Writes for a client before it goes on by its own task: one that has much to catch up with must
/// not hold up the others.
const SENDS_MAX: usize = 2;

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
    /// And whose turn at it this is. Absent where the client gets no chunks, or by other ways.
    outlet: Option<(Arc<Outlet>, u64)>,
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
    /// What was too much to be gathered, and comes next.
    kept: Option<Bytes>,
    /// How it ended, which is the task's to tell.
    end: Option<End>,
}

enum End {
    Over,
    Broken,
}

/// What follows what was gathered.
#[derive(Debug, PartialEq, Eq)]
enum Then {
    /// There may be more.
    More,
    /// Nothing for now.
    Wait,
    /// Nothing any more.
    End,
}

impl Teller {
    pub(super) fn new(
        mut feed: Feed,
        identity: Identity,
        outlet: Option<Arc<Outlet>>,
    ) -> Arc<Self> {
        let outlet = outlet.filter(|_| !feed.is_of_levels());
        let outlet = outlet.map(|outlet| {
            let turn = outlet.turn();
            feed.lend(outlet.clone(), turn);
            (outlet, turn)
        });
        let state =
            Mutex::new(State { feed: Some(feed), is_resting: false, kept: None, end: None });
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
        if let Some((outlet, _)) = &self.outlet {
            outlet.shut();
        }
        if let Some(kept) = state.kept.take() {
            return Poll::Ready(Some(Ok(kept)));
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
            && let Some((outlet, turn)) = &self.outlet
            && feed.is_live()
        {
            state.is_resting = true;
            outlet.ask(*turn);
        }
        polled.map(|item| item.map(|item| Ok(item.frame(&self.identity))))
    }

    /// Writes what there is; `false` if the task is to go on.
    fn tell(self: &Arc<Self>, state: &mut State) -> bool {
        let Some((outlet, _)) = self.outlet.as_ref().filter(|(outlet, _)| outlet.hold()) else {
            return false;
        };
        let is_told = self.tell_through(outlet, state);
        if is_told {
            outlet.release();
        } else {
            outlet.shut();
        }
        is_told
    }

    /// As [`Self::tell`], holding the outlet: the feed lends it as soon as it has nothing more to
    /// give, which is before that is written.
    fn tell_through(self: &Arc<Self>, outlet: &Outlet, state: &mut State) -> bool {
        let Some(feed) = &mut state.feed else { return false };
        // To look at a key is to wait for the views, in which a large commit may be folded right
        // now: the task waits for itself alone.
        if feed.is_check_due() {
            return false;
        }
        let waker = Waker::from(Arc::clone(self));
        let mut cx = Context::from_waker(&waker);
        for _ in 0..SENDS_MAX {
            let (frames, then) = gather(&mut state.kept, || {
                feed.poll_next(&mut cx).map(|item| item.map(|item| item.frame(&self.identity)))
            });
            let is_sent = frames.is_empty() || outlet.send(&frames);
            match then {
                Then::More if is_sent => {}
                Then::More => return false,
                Then::Wait => return is_sent && feed.is_live(),
                Then::End => {
                    state.end = Some(End::Over);
                    return false;
                }
            }
        }
        false
    }

    /// The body is dropped.
    pub(super) fn end(&self) {
        if let Some((outlet, _)) = &self.outlet {
            outlet.shut();
        }
        let mut state = self.state.lock();
        // Whoever wakes it late must not look at the outlet, which may be another response's.
        state.is_resting = false;
        let feed = state.feed.take();
        drop(state);
        // Without the lock: it leaves the hub, and lets its waker go, which may be this one.
        drop(feed);
    }
}

/// Takes what fits into one write, and one frame at least if there is any.
fn gather(
    kept: &mut Option<Bytes>,
    mut next: impl FnMut() -> Poll<Option<Bytes>>,
) -> (Vec<Bytes>, Then) {
    let (mut frames, mut bytes) = (Vec::new(), 0);
    while frames.len() < GATHERED_FRAMES_MAX {
        let frame = match kept.take() {
            Some(frame) => frame,
            None => match next() {
                Poll::Pending => return (frames, Then::Wait),
                Poll::Ready(None) => return (frames, Then::End),
                Poll::Ready(Some(frame)) => frame,
            },
        };
        bytes += frame.len();
        if bytes > GATHERED_BYTES_MAX && !frames.is_empty() {
            *kept = Some(frame);
            break;
        }
        frames.push(frame);
    }
    (frames, Then::More)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes of frames, as they are written.
    fn check(sizes: &[usize], end: &Poll<Option<Bytes>>, expected: &[&[usize]], then: &Then) {
        let mut frames = sizes.iter().map(|size| Bytes::from(vec![0; *size]));
        let mut next = || frames.next().map_or_else(|| end.clone(), |one| Poll::Ready(Some(one)));
        let (mut kept, mut written) = (None, Vec::new());
        loop {
            let (gathered, found) = gather(&mut kept, &mut next);
            if !gathered.is_empty() {
                written.push(gathered.iter().map(Bytes::len).collect::<Vec<_>>());
            }
            if found != Then::More {
                assert_eq!(
                    (&*written, &found),
                    (&*expected.iter().map(|one| one.to_vec()).collect::<Vec<_>>(), then)
                );
                assert_eq!(kept, None);
                return;
            }
        }
    }

    #[test]
    fn frames_are_gathered_as_far_as_they_fit() {
        let waits = Poll::Pending;
        check(&[], &waits, &[], &Then::Wait);
        check(&[100, 200], &waits, &[&[100, 200]], &Then::Wait);
        check(&[100, 200], &Poll::Ready(None), &[&[100, 200]], &Then::End);
        let most = GATHERED_BYTES_MAX;
        check(&[100, most - 100, 1], &waits, &[&[100, most - 100], &[1]], &Then::Wait);
        check(&[100, most, 100], &waits, &[&[100], &[most], &[100]], &Then::Wait);
        check(&[most * 4, most * 4], &Poll::Ready(None), &[&[most * 4], &[most * 4]], &Then::End);
        check(&[1; 70], &waits, &[&[1; 64], &[1; 6]], &Then::Wait);
    }
}
