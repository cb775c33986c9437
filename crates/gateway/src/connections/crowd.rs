//! How many connections each address has: none may take the places of all others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::client_address::{Proxies, block};

/// The connections that are open, by what counts as one client.
#[derive(Clone)]
pub(super) struct Crowd {
    maximum: usize,
    open: Arc<Mutex<HashMap<u128, usize>>>,
}

/// One of an address's connections, until it is dropped.
pub(super) struct Member {
    /// `None` if it is not counted.
    counted: Option<(Crowd, u128)>,
}

impl Crowd {
    pub(super) fn new(maximum: usize) -> Self {
        Self { maximum, open: Arc::default() }
    }

    /// Counts a connection of this address in, if there may be one more. A proxy has those of all its
    /// clients, and is not counted.
    pub(super) fn join(&self, peer: IpAddr, proxies: &Proxies) -> Option<Member> {
        if proxies.has(peer) {
            return Some(Member { counted: None });
        }
        let whose = block(peer);
        let mut open = self.open.lock();
        let count = open.entry(whose).or_default();
        if *count >= self.maximum {
            return None;
        }
        *count += 1;
        Some(Member { counted: Some((self.clone(), whose)) })
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let Some((crowd, whose)) = &self.counted else { return };
        let mut open = crowd.open.lock();
        if let Some(count) = open.get_mut(whose) {
            *count -= 1;
            if *count == 0 {
                open.remove(whose);
            }
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
        assert!(crowd.open.lock().is_empty());
    }
}
