//! A proxy on the way to a server that loses connections: before a request has come through, in the middle of it,
//! after it was acted on, in the middle of the answer, as chance has it.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::random::Random;

/// A proxy. It listens until the test ends.
#[derive(Debug)]
pub struct Lossy {
    address: SocketAddr,
    cuts: Arc<AtomicU64>,
}

impl Lossy {
    /// Passes on to `target`; of each connection no more than a random number of bytes, up to `bytes_max` in all,
    /// comes through.
    pub fn new(target: SocketAddr, mut random: Random, bytes_max: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let cuts = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&cuts);
        thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                let left = random.below(bytes_max);
                // The server may be away: then the connection ends as it began.
                let Ok(server) = TcpStream::connect(target) else { continue };
                pass(client, server, left, &counted);
            }
        });
        Self { address, cuts }
    }

    /// `http://` and where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections it has cut.
    pub fn cuts(&self) -> u64 {
        self.cuts.load(Ordering::Relaxed)
    }
}

fn pass(client: TcpStream, server: TcpStream, left: u64, cuts: &Arc<AtomicU64>) {
    let left = Arc::new(AtomicU64::new(left));
    let ways = [(client.try_clone(), server.try_clone()), (Ok(server), Ok(client))];
    for (from, to) in ways {
        let (Ok(mut from), Ok(mut to)) = (from, to) else { return };
        let (left, cuts) = (Arc::clone(&left), Arc::clone(cuts));
        thread::spawn(move || {
            let mut bytes = [0; 16 * 1024];
            while let Ok(count @ 1..) = from.read(&mut bytes) {
                let before = left.load(Ordering::Relaxed);
                let passed = before.min(count as u64);
                left.store(before - passed, Ordering::Relaxed);
                if to.write_all(&bytes[..usize::try_from(passed).unwrap()]).is_err() {
                    break;
                }
                if passed < count as u64 {
                    cuts.fetch_add(1, Ordering::Relaxed);
                    break;
                }
            }
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
        });
    }
}
