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

/// Since when a connection rests that has a request under way, or was told to leave.
const AT_WORK: u64 = u64::MAX;
const LEAVING: u64 = u64::MAX - 1;

/// The connections that are open, by what counts as one client.
#[derive(Clone)]
pub(super) struct Crowd {
    maximum: usize,
    began: Instant,
    open: Arc<Mutex<Open>>,
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
    /// Milliseconds after the crowd began, [`AT_WORK`] or [`LEAVING`].
    rests_since: AtomicU64,
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
        Self { maximum, began: Instant::now(), open: Arc::default() }
    }

    /// Counts a connection of this address in, if there may be one more. A proxy has those of all its
    /// clients: they are not counted, and none has to leave.
    pub(super) fn join(&self, peer: IpAddr, proxies: &Proxies) -> Option<Member> {
        if proxies.has(peer) {
            return Some(Member { counted: None });
        }
        let whose = block(peer);
        let open = &mut *self.open.lock();
        let count = open.counts.entry(whose).or_default();
        if count.load(Ordering::Relaxed) >= self.maximum {
            return None;
        }
        count.fetch_add(1, Ordering::Relaxed);
        let seat = Arc::new(Seat {
            count: Arc::clone(count),
            rests_since: AtomicU64::new(self.now()),
            leave: Notify::new(),
        });
        let at = open.free.pop().unwrap_or(open.seats.len());
        if at == open.seats.len() {
            open.seats.push(None);
        }
        open.seats[at] = Some(Arc::clone(&seat));
        Some(Member { counted: Some(Counted { crowd: self.clone(), whose, at, seat }) })
    }

    /// Has connections leave that have rested for long: first of the address that has most, never of
    /// one that has fewer than the newcomer's. Says whether there are any.
    pub(super) fn make_room(&self, newcomer: &Member) -> bool {
        let own = newcomer.counted.as_ref().map_or(1, |own| own.seat.count());
        let minimum = u64::try_from(REST_BEFORE_LEAVING.as_millis()).unwrap_or(u64::MAX);
        let Some(latest) = self.now().checked_sub(minimum) else { return false };
        let open = self.open.lock();
        let resting = open.seats.iter().flatten().filter_map(|seat| {
            let since = seat.rests_since.load(Ordering::Relaxed);
            let count = seat.count();
            (since <= latest && count >= own).then_some((Reverse(count), since, seat))
        });
        let mut resting: Vec<_> = resting.collect();
        if resting.len() > LEAVING_AT_ONCE {
            let order = |(count, since, _): &(_, _, _)| (*count, *since);
            resting.select_nth_unstable_by_key(LEAVING_AT_ONCE, order);
            resting.truncate(LEAVING_AT_ONCE);
        }
        let has_left = |(_, since, seat): &(_, u64, &Arc<Seat>)| {
            let left = seat.rests_since.compare_exchange(
                *since,
                LEAVING,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            left.is_ok().then(|| seat.leave.notify_one()).is_some()
        };
        // All of them: those who come next need room, too.
        resting.iter().filter(|one| has_left(one)).count() > 0
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(AT_WORK - 1)
    }
}

impl Seat {
    fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

impl Member {
    /// A request has come.
    pub(super) fn works(&self) {
        if let Some(Counted { seat, .. }) = &self.counted {
            seat.rests_since.store(AT_WORK, Ordering::Relaxed);
        }
    }

    /// It is answered, and nothing is under way.
    pub(super) fn rests(&self) {
        if let Some(Counted { seat, crowd, .. }) = &self.counted {
            seat.rests_since.store(crowd.now(), Ordering::Relaxed);
        }
    }

    /// Completes when the connection is to make room for another, and has no request under way.
    pub(super) async fn told_to_leave(&self) {
        let Some(Counted { seat, .. }) = &self.counted else { return std::future::pending().await };
        loop {
            seat.leave.notified().await;
            if seat.rests_since.load(Ordering::Relaxed) == LEAVING {
                return;
            }
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
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

    fn is_leaving(member: &Member) -> bool {
        let seat = &member.counted.as_ref().unwrap().seat;
        seat.rests_since.load(Ordering::Relaxed) == LEAVING
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
        assert!(!crowd.make_room(&join(3)), "nobody has rested for long");
        tokio::time::advance(REST_BEFORE_LEAVING).await;
        let late: Vec<_> = (0..3).map(|_| join(2)).collect();
        tokio::time::advance(REST_BEFORE_LEAVING).await;

        assert!(crowd.make_room(&join(3)));
        assert!(early.iter().all(|(_, member)| is_leaving(member)));
        assert!(!working.iter().any(|(_, member)| is_leaving(member)));
        assert!(!few.iter().chain(&late).any(is_leaving));
        // What comes now is heard first.
        early[0].1.works();
        assert!(!is_leaving(&early[0].1));

        assert!(crowd.make_room(&join(3)));
        assert!(few.iter().chain(&late).all(is_leaving), "they are fewer than may leave at once");
        assert!(!crowd.make_room(&join(3)), "all others are at work");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_leaves_for_an_address_that_has_more() {
        let crowd = Crowd::new(100);
        let join = |last: u8| crowd.join([192, 0, 2, last].into(), &Proxies::default()).unwrap();
        let few = [join(1), join(1)];
        let many: Vec<_> = (0..3).map(|_| join(2)).collect();
        for member in &many {
            member.works();
        }
        tokio::time::advance(REST_BEFORE_LEAVING).await;
        assert!(!crowd.make_room(&many[0]));
        assert!(crowd.make_room(&join(3)));
        assert!(few.iter().all(is_leaving));
    }
}
