//! Room for what is sent by request: so much for all, and less for each, so that nobody takes all.

use domain::PrincipalId;
use parking_lot::Mutex;

/// Room for what is sent by request.
pub(super) struct Rooms {
    max: usize,
    per_principal_max: usize,
    /// Whose it is, of each that is sent right now: a handful.
    taken: Mutex<Vec<PrincipalId>>,
}

/// Room that was taken; given back when dropped.
pub(super) struct Room<'a> {
    rooms: &'a Rooms,
    principal: PrincipalId,
}

impl Rooms {
    pub(super) fn new(max: usize, per_principal_max: usize) -> Self {
        Self {
            max: max.max(1),
            per_principal_max: per_principal_max.max(1),
            taken: Mutex::default(),
        }
    }

    /// Takes room, if there is some for this principal.
    pub(super) fn take(&self, principal: PrincipalId) -> Option<Room<'_>> {
        let mut taken = self.taken.lock();
        let own = taken.iter().filter(|other| **other == principal).count();
        if taken.len() >= self.max || own >= self.per_principal_max {
            return None;
        }
        taken.push(principal);
        Some(Room { rooms: self, principal })
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        let mut taken = self.rooms.taken.lock();
        if let Some(at) = taken.iter().position(|other| *other == self.principal) {
            taken.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_the_room_of_all() {
        let rooms = Rooms::new(3, 2);
        let take = |principal| rooms.take(PrincipalId(principal));
        let first = take(1).unwrap();
        let _second = take(1).unwrap();
        assert!(take(1).is_none(), "its own room is taken");
        let other = take(2).unwrap();
        assert!(take(3).is_none(), "all is taken");
        drop(other);
        assert!(take(1).is_none());
        let _third = take(3).unwrap();
        drop(first);
        let _again = take(1).unwrap();
        assert!(take(1).is_none());
    }
}
