//! The request that a thread works for at this moment: its identifier, and when it passed which stage.
//!
//! A request's future puts itself there whenever it is polled ([`super::layer`]), so that whatever is
//! said or refused meanwhile, at any depth and in any crate, can name it; nothing is handed down.

use std::cell::RefCell;
use std::mem::swap;
use std::time::Instant;

use super::request_id::RequestId;

/// A request, and its stages so far.
#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub(crate) id: RequestId,
    pub(crate) began: Instant,
    /// Its body is here.
    pub(crate) received: Option<Instant>,
    /// Its commands are given to the executor.
    pub(crate) given: Option<Instant>,
    /// Their answers are here.
    pub(crate) answered: Option<Instant>,
}

/// What a request has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Received,
    Given,
    Answered,
}

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

impl Current {
    pub(crate) fn new(id: RequestId) -> Self {
        let began = Instant::now();
        Self { id, began, received: None, given: None, answered: None }
    }
}

/// The thread works for this request until it is dropped; what it worked for before waits in its
/// place.
pub(crate) struct Scope<'a>(&'a mut Option<Current>);

impl<'a> Scope<'a> {
    pub(crate) fn enter(request: &'a mut Option<Current>) -> Self {
        CURRENT.with_borrow_mut(|current| swap(current, request));
        Self(request)
    }
}

impl Drop for Scope<'_> {
    fn drop(&mut self) {
        CURRENT.with_borrow_mut(|current| swap(current, self.0));
    }
}

/// Notes that the request has passed a stage; the last time counts.
pub(crate) fn pass(stage: Stage) {
    CURRENT.with_borrow_mut(|current| {
        let Some(current) = current else { return };
        let now = Some(Instant::now());
        match stage {
            Stage::Received => current.received = now,
            Stage::Given => current.given = now,
            Stage::Answered => current.answered = now,
        }
    });
}

/// Lets work on another thread be done for the same request.
pub(crate) fn carried<T>(act: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let mut request = CURRENT.with_borrow(Clone::clone);
    move || {
        let _scope = Scope::enter(&mut request);
        act()
    }
}

/// The identifier of the request that this thread works for, if it works for one: for the lines of
/// a log.
pub fn with_request_id<T>(use_it: impl FnOnce(Option<&str>) -> T) -> T {
    let id = CURRENT.try_with(|current| {
        let current = current.try_borrow().ok()?;
        current.as_ref().map(|current| current.id.clone())
    });
    use_it(id.ok().flatten().as_ref().map(RequestId::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn current_id() -> Option<String> {
        with_request_id(|id| id.map(str::to_owned))
    }

    #[test]
    fn a_thread_works_for_one_request_at_a_time_and_goes_back_to_the_one_before() {
        let (mut outer, mut inner) = (Some(Current::new(RequestId::made())), None);
        assert_eq!(current_id(), None);
        let id = outer.as_ref().map(|current| current.id.as_str().to_owned());
        {
            let _outer = Scope::enter(&mut outer);
            assert_eq!(current_id(), id);
            let elsewhere = std::thread::spawn(carried(current_id)).join().unwrap();
            assert_eq!(elsewhere, id);
            {
                let _inner = Scope::enter(&mut inner);
                assert_eq!(current_id(), None);
                pass(Stage::Given);
            }
            pass(Stage::Received);
        }
        assert_eq!(current_id(), None);
        let outer = outer.unwrap();
        assert!(outer.received.is_some() && outer.given.is_none());
    }
}
