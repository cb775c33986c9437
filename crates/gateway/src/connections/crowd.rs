//! Who has how many connections, and which of those rest: none may take the places of all others,
//! and who only sits there makes room for whoever comes.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::client_address::{Proxies, block};
use crate::limits::{LEAVING_AT_ONCE, REST_BEFORE_LEAVING};

/// Since when a connection rests that has a request under way, whose answer is not sent yet, or that
/// was told to leave.
const AT_WORK: u64 = u64::MAX;
const ANSWERED: u64 = u64::MAX - 1;
const LEAVING: u64 = u64::MAX - 2;
/// How long nobody is looked for after nobody was found, in milliseconds.
const NOBODY_RESTS_FOR: u64 = 20;

/// The connections that are open, by what counts as one client.
#[derive(Clone)]
pub(super) struct Crowd {
    maximum: usize,
    began: Instant,
    open: Arc<Mutex<Open>>,
    /// How many were told to leave and have not left.
    leaving: Arc<AtomicUsize>,
    /// Until when nobody is looked for, in milliseconds after the crowd began.
    nobody_until: Arc<AtomicU64>,
}

#[derive(Default)]
struct Open {
    /// How many each address has.
    counts: HashMap<u128, Arc<AtomicUsize>>,
    seats: Vec<Option<Arc<Seat>>>,
    free: Vec<usize>,
}

struct Seat {
    /// How many its address has.
    count: Arc<AtomicUsize>,
    /// Milliseconds after the crowd began, or one of the above.
    rests_since: AtomicU64,
    /// What that is once the answer is sent.
    rests_next: AtomicU64,
    leave: Notify,
}

/// One of the crowd's connections, until it is dropped.
pub(super) struct Member {
    /// `None` if it is not counted.
    counted: Option<Counted>,
}

struct Counted {
    crowd: Crowd,
    whose: u128,
    at: usize,
    seat: Arc<Seat>,
}

impl Crowd {
    pub(super) fn new(maximum: usize) -> Self {
        Self {
            maximum,
            began: Instant::now(),
            open: Arc::default(),
            leaving: Arc::default(),
            nobody_until: Arc::default(),
        }
    }

    /// Counts a connection of this address in, if there may be one more. A proxy has those of all its
    /// clients: they are not counted, and none has to leave.
    pub(super) fn join(&self, peer: IpAddr, proxies: &Proxies) -> Option<Member> {
        if proxies.has(peer) {
            return Some(Member { counted: None });
        }
        let whose = block(peer);
        let open = &mut *self.open.lock();
        let count = open.counts.get(&whose).map_or(0, |count| count.load(Ordering::Relaxed));
        if count >= self.maximum {
            return None;
        }
        let count = open.counts.entry(whose).or_default();
        count.fetch_add(1, Ordering::Relaxed);
        let seat = Arc::new(Seat {
            count: Arc::clone(count),
            rests_since: AtomicU64::new(self.now()),
            rests_next: AtomicU64::new(0),
            leave: Notify::new(),
        });
        let at = open.free.pop().unwrap_or(open.seats.len());
        if at == open.seats.len() {
            open.seats.push(None);
        }
        open.seats[at] = Some(Arc::clone(&seat));
        Some(Member { counted: Some(Counted { crowd: self.clone(), whose, at, seat }) })
    }

    /// Has connections leave that have rested for long, first of the address that has most, and none
    /// of one that would have fewer than the newcomer's. Says whether a place comes free for one more
    /// than already wait for one.
    pub(super) fn make_room(&self, newcomer: &Member, waiting: usize) -> bool {
        if self.leaving.load(Ordering::Relaxed) > waiting {
            return true;
        }
        let now = self.now();
        if now < self.nobody_until.load(Ordering::Relaxed) {
            return false;
        }
        let own = newcomer.counted.as_ref().map_or(1, |own| own.seat.count());
        let minimum = u64::try_from(REST_BEFORE_LEAVING.as_millis()).unwrap_or(u64::MAX);
        let latest = now.checked_sub(minimum);
        let open = self.open.lock();
        let resting = open.seats.iter().flatten().filter_map(|seat| {
            let since = seat.rests_since.load(Ordering::Relaxed);
            let count = seat.count();
            (Some(since) <= latest && count >= own).then_some((Reverse(count), since, seat))
        });
        let mut resting: Vec<_> = resting.collect();
        let order = |(count, since, _): &(_, _, _)| (*count, *since);
        if resting.len() > LEAVING_AT_ONCE {
            resting.select_nth_unstable_by_key(LEAVING_AT_ONCE, order);
            resting.truncate(LEAVING_AT_ONCE);
        }
        resting.sort_unstable_by_key(order);
        let mut left_of: HashMap<*const AtomicUsize, usize> = HashMap::new();
        for (Reverse(count), since, seat) in resting {
            let left = left_of.entry(Arc::as_ptr(&seat.count)).or_default();
            if *left <= count - own && self.send_off(seat, since) {
                *left += 1;
            }
        }
        let is_enough = self.leaving.load(Ordering::Relaxed) > waiting;
        if !is_enough {
            self.nobody_until.store(now + NOBODY_RESTS_FOR, Ordering::Relaxed);
        }
        is_enough
    }

    /// Tells one to leave that has rested since then, unless a request has come meanwhile.
    fn send_off(&self, seat: &Seat, since: u64) -> bool {
        let rested = &seat.rests_since;
        let goes =
            rested.compare_exchange(since, LEAVING, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if goes {
            self.leaving.fetch_add(1, Ordering::Relaxed);
            seat.leave.notify_one();
        }
        goes
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(LEAVING - 1)
    }
}

impl Seat {
    fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

impl Member {
    /// A request has come. Returns since when the connection had rested, if it had.
    pub(super) fn works(&self) -> Option<u64> {
        let Counted { seat, crowd, .. } = self.counted.as_ref()?;
        let before = seat.rests_since.swap(AT_WORK, Ordering::Relaxed);
        if before == LEAVING {
            crowd.leaving.fetch_sub(1, Ordering::Relaxed);
        }
        (before < LEAVING).then_some(before)
    }

    /// The request has its answer, and nothing is under way once that is sent. It was no work if the
    /// connection is to have rested since before.
    pub(super) fn answered(&self, rested_since: Option<u64>) {
        if let Some(Counted { seat, crowd, .. }) = &self.counted {
            let since = rested_since.unwrap_or_else(|| crowd.now());
            seat.rests_next.store(since, Ordering::Relaxed);
            seat.rests_since.store(ANSWERED, Ordering::Relaxed);
        }
    }

    /// All that there was to send is sent.
    pub(super) fn flushed(&self) {
        if let Some(Counted { seat, .. }) = &self.counted
            && seat.rests_since.load(Ordering::Relaxed) == ANSWERED
        {
            let since = seat.rests_next.load(Ordering::Relaxed);
            seat.rests_since.store(since, Ordering::Relaxed);
        }
    }

    /// Whether it was told to leave, and no request has come since.
    pub(super) fn is_leaving(&self) -> bool {
        let since = |own: &Counted| own.seat.rests_since.load(Ordering::Relaxed);
        self.counted.as_ref().is_some_and(|own| since(own) == LEAVING)
    }

    /// Completes when the connection is to make room for another, and has no request under way.
    pub(super) async fn told_to_leave(&self) {
        let Some(Counted { seat, .. }) = &self.counted else { return std::future::pending().await };
        loop {
            seat.leave.notified().await;
            if self.is_leaving() {
                return;
            }
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if self.seat.rests_since.swap(AT_WORK, Ordering::Relaxed) == LEAVING {
            self.crowd.leaving.fetch_sub(1, Ordering::Relaxed);
        }
        let open = &mut *self.crowd.open.lock();
        open.seats[self.at] = None;
        open.free.push(self.at);
        if self.seat.count.fetch_sub(1, Ordering::Relaxed) == 1 {
            open.counts.remove(&self.whose);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_address_has_so_many_and_gets_them_back() {
        let proxies = Proxies { networks: vec!["10.0.0.1".parse().unwrap()], ..Proxies::default() };
        let crowd = Crowd::new(2);
        let join = |peer: &str| crowd.join(peer.parse().unwrap(), &proxies);
        let first = join("2001:db8::1").unwrap();
        let second = join("2001:db8::2").unwrap();
        assert!(join("2001:db8::3").is_none(), "the same network of 64 bits");
        let other = join("2001:db8:0:1::1").unwrap();
        drop(first);
        let third = join("2001:db8::3").unwrap();
        let proxy: Vec<_> = (0..10).map(|_| join("10.0.0.1").unwrap()).collect();
        drop((second, third, other, proxy));
        let open = crowd.open.lock();
        assert!(open.counts.is_empty());
        assert!(open.seats.iter().all(Option::is_none));
        assert_eq!(open.free.len(), open.seats.len());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_rests_longest_of_the_largest_makes_room() {
        let crowd = Crowd::new(LEAVING_AT_ONCE * 4);
        let join = |last: u8| crowd.join([192, 0, 2, last].into(), &Proxies::default()).unwrap();
        let few = [join(1), join(1)];
        let (working, early): (Vec<_>, Vec<_>) =
            (0..LEAVING_AT_ONCE * 2).map(|_| join(2)).enumerate().partition(|(at, _)| at % 2 > 0);
        for (_, member) in &working {
            member.works();
        }
        assert!(!crowd.make_room(&join(3), 0), "nobody has rested for long");
        tokio::time::advance(REST_BEFORE_LEAVING).await;
        let late: Vec<_> = (0..3).map(|_| join(2)).collect();
        tokio::time::advance(REST_BEFORE_LEAVING).await;

        assert!(crowd.make_room(&join(3), 0));
        assert!(early.iter().all(|(_, member)| member.is_leaving()));
        assert!(!working.iter().any(|(_, member)| member.is_leaving()));
        assert!(!few.iter().chain(&late).any(Member::is_leaving));
        // What comes now is heard first.
        early[0].1.works();
        assert!(!early[0].1.is_leaving());

        // As many as are leaving are enough for as many.
        assert!(crowd.make_room(&join(3), LEAVING_AT_ONCE - 2));
        assert!(!few.iter().chain(&late).any(Member::is_leaving));
        assert!(crowd.make_room(&join(3), LEAVING_AT_ONCE - 1));
        assert!(few.iter().chain(&late).all(Member::is_leaving));
        let leaving = crowd.leaving.load(Ordering::Relaxed);
        assert!(!crowd.make_room(&join(3), leaving), "all others are at work");
        drop((few, late, early));
        assert_eq!(crowd.leaving.load(Ordering::Relaxed), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_leaves_for_an_address_that_has_more() {
        let crowd = Crowd::new(100);
        let join = |last: u8| crowd.join([192, 0, 2, last].into(), &Proxies::default()).unwrap();
        let few: Vec<_> = (0..4).map(|_| join(1)).collect();
        let many: Vec<_> = (0..5).map(|_| join(2)).collect();
        for member in &many {
            member.works();
        }
        tokio::time::advance(REST_BEFORE_LEAVING).await;
        assert!(!crowd.make_room(&many[0], 0));
        tokio::time::advance(Duration::from_millis(NOBODY_RESTS_FOR)).await;
        let newcomers = [join(3), join(3), join(3)];
        assert!(crowd.make_room(&newcomers[0], 0));
        // Neither has fewer than the other then.
        assert_eq!(few.iter().filter(|member| member.is_leaving()).count(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_rests_whose_answer_is_not_sent_or_was_none() {
        let crowd = Crowd::new(100);
        let join = |last: u8| crowd.join([192, 0, 2, last].into(), &Proxies::default()).unwrap();
        let member = join(1);
        member.works();
        member.answered(None);
        tokio::time::advance(REST_BEFORE_LEAVING).await;
        assert!(!crowd.make_room(&join(2), 0), "it is still being sent");
        member.flushed();
        tokio::time::advance(REST_BEFORE_LEAVING / 2).await;
        // What costs nothing keeps nobody a place.
        let before = member.works();
        member.answered(before);
        member.flushed();
        tokio::time::advance(Duration::from_millis(NOBODY_RESTS_FOR)).await;
        assert!(crowd.make_room(&join(2), 0));
        assert!(member.is_leaving());
    }
}
