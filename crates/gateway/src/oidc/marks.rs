//! When the newest token of each subject was issued that was shown since the start: an older one that
//! says otherwise changes nothing, also where the newer one changed nothing, or gives nothing.
//!
//! In memory alone: after a restart the ledger still knows the token that made the last change.

use std::collections::HashMap;

use domain::{KeyId, Timestamp};
use parking_lot::Mutex;

/// By the keys of subjects, of which there are no more than keys.
#[derive(Default)]
pub(super) struct Marks(Mutex<HashMap<KeyId, Mark>>);

/// Of tokens of one subject, all verified.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// When the newest of all was issued.
    newest: Timestamp,
    /// When the newest was issued that gives nothing here.
    nothing: Timestamp,
}

impl Mark {
    const NONE: Self = Self { newest: Timestamp(i64::MIN), nothing: Timestamp(i64::MIN) };
}

impl Marks {
    /// Whether a token may still give something, which is what its subject has or something else;
    /// from then on no older one gives something else.
    pub(super) fn admit(&self, key: KeyId, issued_at: Timestamp, is_other: bool) -> bool {
        let mut marks = self.0.lock();
        let mark = marks.entry(key).or_insert(Mark::NONE);
        if issued_at < mark.nothing || (is_other && issued_at < mark.newest) {
            return false;
        }
        mark.newest = mark.newest.max(issued_at);
        true
    }

    /// A token gives nothing: no older one gives anything from then on.
    pub(super) fn end_older(&self, key: KeyId, issued_at: Timestamp) {
        let mut marks = self.0.lock();
        let mark = marks.entry(key).or_insert(Mark::NONE);
        mark.newest = mark.newest.max(issued_at);
        mark.nothing = mark.nothing.max(issued_at);
    }

    /// Whether a newer token gives nothing.
    pub(super) fn has_ended(&self, key: KeyId, issued_at: Timestamp) -> bool {
        self.0.lock().get(&key).is_some_and(|mark| issued_at < mark.nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_tokens_change_nothing_and_give_nothing_after_one_that_does_not() {
        let (marks, ann, bob) = (Marks::default(), KeyId(1), KeyId(2));
        let admit = |at, is_other| marks.admit(ann, Timestamp(at), is_other);
        assert!(admit(20, false));
        assert!(!admit(10, true));
        // The same token twice at once, and an older one that says the same.
        assert!(admit(20, true) && admit(20, true) && admit(10, false));
        assert!(!marks.has_ended(ann, Timestamp(10)));
        marks.end_older(ann, Timestamp(30));
        assert!(!admit(29, false) && !admit(29, true) && admit(30, true) && admit(40, false));
        assert!(marks.has_ended(ann, Timestamp(29)) && !marks.has_ended(ann, Timestamp(30)));
        // An older one that gives nothing takes nothing back.
        marks.end_older(ann, Timestamp(25));
        assert!(marks.has_ended(ann, Timestamp(29)) && !admit(39, true));
        assert!(!marks.has_ended(bob, Timestamp(1)) && marks.admit(bob, Timestamp(1), true));
    }
}
