//! How long after its commit an event is written to, and read from, the sockets of all readers.
//!
//! `cargo run --release -p live --example fan_out -- [readers] [events a second] [seconds]
//! [µs of pause a reader]`
//!
//! Commits come one event each, at random times. Readers read in the same process, on a thread of
//! their own, so that their share of the processor is in the figures.
#![expect(clippy::print_stdout, reason = "it is a report")]

use std::io;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use domain::{
    AlertRuleId, Batch, BatchId, CommitObserver, Envelope, Epoch, Event, EventReader, Facet,
    JournalId, KeyId, PrincipalId, ReadError, Recorded, Sequence, StationId, Timestamp,
};
use live::{Encode, Hub, HubFold, HubOptions, Surroundings, System, Update};
use tokio::net::{TcpListener, TcpStream};

/// As many bytes as a one-line trade takes as an SSE frame, about.
const FRAME_BYTES: usize = 600;

struct Empty;

impl EventReader for Empty {
    fn last(&self) -> Sequence {
        Sequence::ZERO
    }

    fn read_after(&self, _: Sequence, _: usize) -> Result<Vec<Recorded>, ReadError> {
        Ok(Vec::new())
    }
}

impl Surroundings for Empty {
    fn system(&self, _: StationId) -> Option<System> {
        None
    }

    fn rule_known(
        &self,
        _: AlertRuleId,
        _: &RangeInclusive<Sequence>,
        _: &mut dyn FnMut(Facet),
    ) -> bool {
        true
    }
}

struct Stamped;

impl Encode for Stamped {
    fn encode(&self, recorded: &Recorded, out: &mut Vec<u8>) {
        out.extend(recorded.envelope.recorded_at.0.to_be_bytes());
        out.resize(out.len() + FRAME_BYTES - 8, b'.');
    }
}

/// Microseconds since the start, by event and reader.
struct Latencies {
    start: Instant,
    micros: Mutex<Vec<u32>>,
}

impl Latencies {
    fn note(&self, bytes: &[u8]) {
        let now = micros(self.start);
        let mut noted = self.micros.lock().unwrap_or_else(PoisonError::into_inner);
        for frame in bytes.chunks(FRAME_BYTES) {
            if let Some(stamp) = frame.first_chunk() {
                noted.push(u32::try_from(now - i64::from_be_bytes(*stamp)).unwrap_or(u32::MAX));
            }
        }
    }

    fn report(&self, what: &str) {
        let mut noted = self.micros.lock().unwrap_or_else(PoisonError::into_inner);
        noted.sort_unstable();
        let at = |percent: usize| {
            let index = (noted.len() * percent / 100).min(noted.len().saturating_sub(1));
            f64::from(noted.get(index).copied().unwrap_or(0)) / 1_000.0
        };
        println!(
            "{what}: {} deliveries, p50 {:.2} ms, p99 {:.2} ms, longest {:.2} ms",
            noted.len(),
            at(50),
            at(99),
            at(100)
        );
    }
}

fn micros(start: Instant) -> i64 {
    i64::try_from(start.elapsed().as_micros()).unwrap_or(i64::MAX)
}

async fn serve(hub: Hub, socket: TcpStream, written: Arc<Latencies>) -> io::Result<()> {
    let Ok(mut reader) = hub.subscribe(Sequence::ZERO) else {
        return Ok(());
    };
    loop {
        let bytes = match reader.next().await {
            Update::Events(bytes) => bytes,
            Update::Heartbeat => continue,
            _ => return Ok(()),
        };
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            match socket.try_write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    socket.writable().await?;
                }
                Err(error) => return Err(error),
            }
        }
        written.note(&bytes);
    }
}

async fn read(socket: TcpStream, read: Arc<Latencies>) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    let mut held = 0;
    loop {
        socket.readable().await?;
        match socket.try_read(&mut buffer[held..]) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                held += count;
                let whole = held / FRAME_BYTES * FRAME_BYTES;
                read.note(&buffer[..whole]);
                buffer.copy_within(whole..held, 0);
                held -= whole;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

/// Commits at random times, so many a second; answers how long a commit took at most, and all.
fn commit(mut fold: HubFold, start: Instant, rate: u64, seconds: u64) -> (Duration, Duration) {
    let (mut longest, mut all) = (Duration::ZERO, Duration::ZERO);
    let mut random = 88_172_645_463_325_252_u64;
    for sequence in 1..=rate * seconds {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // Evenly between nothing and twice the mean.
        thread::sleep(Duration::from_micros(random % (2_000_000 / rate)));
        let envelope = Envelope {
            sequence: Sequence(sequence),
            recorded_at: Timestamp(micros(start)),
            occurred_at: None,
            actor: PrincipalId::NETWORK,
            key: None,
            trace: None,
            note: None,
        };
        let event = Event::KeyRevoked { key: KeyId(0) };
        let id = BatchId { journal: JournalId(0), epoch: Epoch(1), number: sequence };
        let batch = Arc::new(Batch { id, events: vec![Recorded { envelope, event }] });
        let began = Instant::now();
        fold.committed(&batch);
        fold.answered();
        longest = longest.max(began.elapsed());
        all += began.elapsed();
    }
    (longest, all)
}

fn main() -> io::Result<()> {
    let given: Vec<u64> =
        std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let wanted = |at: usize, default| given.get(at).copied().unwrap_or(default);
    let (readers, rate, seconds) = (wanted(0, 1_000), wanted(1, 200), wanted(2, 5));
    let start = Instant::now();
    let latencies = || {
        let micros = Mutex::default();
        Arc::new(Latencies { start, micros })
    };
    let (written, received) = (latencies(), latencies());

    let server =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (hub, fold) = server.block_on(async {
        Hub::new(HubOptions::default(), Arc::new(Empty), Arc::new(Stamped), Arc::new(Empty))
    });
    let listener = server.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let accepting = (hub.clone(), Arc::clone(&written));
    server.spawn(async move {
        loop {
            match listener.accept().await {
                Ok((socket, _)) => {
                    let (hub, written) = accepting.clone();
                    tokio::spawn(serve(hub, socket, written));
                }
                Err(error) => println!("accepting failed: {error}"),
            }
        }
    });

    let reading = Arc::clone(&received);
    let clients = thread::spawn(move || -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut tasks = Vec::new();
            for _ in 0..readers {
                // One after the other: all at once would overflow the queue of the listener.
                let socket = TcpStream::connect(address).await?;
                tasks.push(tokio::spawn(read(socket, Arc::clone(&reading))));
            }
            for task in tasks {
                if let Ok(Err(error)) = task.await {
                    println!("a reader failed: {error}");
                }
            }
            Ok(())
        })
    });
    while (hub.readers() as u64) < readers {
        if start.elapsed() > Duration::from_secs(30) {
            let connected = hub.readers();
            return Err(io::Error::other(format!("only {connected} readers came")));
        }
        thread::sleep(Duration::from_millis(10));
    }
    let (longest, all) = commit(fold, start, rate, seconds);
    hub.stop();
    let _ = clients.join();
    let commits = u32::try_from(rate * seconds).unwrap_or(u32::MAX);
    println!("{readers} readers, {rate} events a second for {seconds} s");
    written.report("commit to socket");
    received.report("commit to reader");
    println!("a commit costs its thread {:?}, at most {longest:?}", all / commits);
    Ok(())
}
