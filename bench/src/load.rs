//! The load generator: one thread, non-blocking sockets, one `epoll`, requests encoded before.
//!
//! There is no runtime and no HTTP library in here, because what the generator burns the server does
//! not get: they share the machine. Two ways to drive: *closed*, each connection sends its next
//! request when it has the answer to the one before; and *open*, requests are due at fixed times
//! whatever the server does, and latency counts from when a request was due, so that a server that
//! stalls cannot hide it (no coordinated omission).

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

use crate::failure::{Doing as _, Failure, Outcome};
use crate::http::AnswerBuffer;
use crate::numbers::{float, whole};
use crate::template::{Keys, Template};

/// Without any answer for so long, the run has failed.
const PATIENCE: Duration = Duration::from_secs(30);
/// The timer's place among the connections.
const TIMER: u64 = u64::MAX;

/// When requests are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pacing {
    /// Each connection when it has its answer.
    Closed,
    /// So many a second over all connections, whatever the server does.
    Open(f64),
}

/// When no more is sent; answers under way are still awaited.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Until<'a> {
    /// After so long.
    Elapsed(Duration),
    /// After so many requests.
    Requests(u64),
    /// Once this is true.
    Told(&'a AtomicBool),
}

/// What is sent where.
#[derive(Debug)]
pub(crate) struct Load<'a> {
    /// The server.
    pub(crate) address: SocketAddr,
    /// Keys for the requests.
    pub(crate) keys: &'a Keys,
    /// When each is sent.
    pub(crate) pacing: Pacing,
    /// When it ends.
    pub(crate) until: Until<'a>,
}

/// A request that was answered.
pub(crate) struct Answered<'a> {
    /// The request; whoever takes the answer counts it as acknowledged, if it is.
    pub(crate) template: &'a mut Template,
    /// The answer's status.
    pub(crate) status: u16,
    /// The answer's body.
    pub(crate) body: &'a [u8],
    /// From when it was sent, or due, until now.
    pub(crate) latency: Duration,
    /// When the answer was whole.
    pub(crate) at: Instant,
}

/// Takes each answer as it comes.
pub(crate) type OnAnswer<'a> = dyn FnMut(Answered<'_>) -> Outcome<()> + 'a;

impl Load<'_> {
    /// Drives the server with a connection for each lane, whose templates are sent in turn. Returns
    /// the time from the first request to the last answer.
    pub(crate) fn run(
        &self,
        lanes: &mut [Vec<Template>],
        on_answer: &mut OnAnswer<'_>,
    ) -> Outcome<Duration> {
        let mut run = Run::connect(self, lanes)?;
        run.drive(on_answer)
    }
}

/// A connection and what it sends.
struct Connection<'a> {
    stream: TcpStream,
    lane: &'a mut [Template],
    /// Which template is under way.
    current: usize,
    /// How much of it is sent.
    sent: usize,
    /// When it was sent, or due.
    since: Instant,
    answer: AnswerBuffer,
    waits_to_write: bool,
}

/// A load under way.
struct Run<'a> {
    load: &'a Load<'a>,
    epoll: OwnedFd,
    timer: Option<OwnedFd>,
    connections: Vec<Connection<'a>>,
    free: Vec<usize>,
    began: Instant,
    started: u64,
    in_flight: usize,
}

impl<'a> Run<'a> {
    fn connect(load: &'a Load<'a>, lanes: &'a mut [Vec<Template>]) -> Outcome<Self> {
        let doing = "preparing the load";
        let epoll = epoll::create(CreateFlags::CLOEXEC).doing(doing)?;
        let mut connections = Vec::with_capacity(lanes.len());
        let began = Instant::now();
        for (lane, number) in lanes.iter_mut().zip(0..) {
            let stream = TcpStream::connect(load.address).doing("connecting")?;
            stream.set_nodelay(true).doing(doing)?;
            stream.set_nonblocking(true).doing(doing)?;
            epoll::add(&epoll, &stream, EventData::new_u64(number), EventFlags::IN).doing(doing)?;
            connections.push(Connection {
                stream,
                lane,
                current: 0,
                sent: 0,
                since: began,
                answer: AnswerBuffer::default(),
                waits_to_write: false,
            });
        }
        let timer = match load.pacing {
            Pacing::Closed => None,
            Pacing::Open(rate) => {
                let timer = timer(rate)?;
                epoll::add(&epoll, &timer, EventData::new_u64(TIMER), EventFlags::IN)
                    .doing(doing)?;
                Some(timer)
            }
        };
        let free = (0..connections.len()).rev().collect();
        let began = Instant::now();
        Ok(Self { load, epoll, timer, connections, free, began, started: 0, in_flight: 0 })
    }

    fn drive(&mut self, on_answer: &mut OnAnswer<'_>) -> Outcome<Duration> {
        let mut events: Vec<Event> = Vec::with_capacity(256);
        let mut last_answer = Instant::now();
        loop {
            self.start_due(Instant::now())?;
            if self.in_flight == 0 && self.is_over(Instant::now()) {
                return Ok(last_answer - self.began);
            }
            // Only a guard: answers and the timer wake it long before.
            let second = Timespec { tv_sec: 1, tv_nsec: 0 };
            epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&second))
                .doing("waiting for answers")?;
            for event in events.drain(..) {
                // Copied: the kernel's structure is packed.
                let (number, flags) = (event.data.u64(), event.flags);
                if number == TIMER {
                    self.clear_timer()?;
                    continue;
                }
                let number = usize::try_from(number).unwrap_or(usize::MAX);
                if flags.contains(EventFlags::OUT) {
                    self.write(number)?;
                }
                if flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR)
                    && self.read(number, on_answer)?
                {
                    last_answer = Instant::now();
                }
            }
            if self.in_flight > 0 && last_answer.max(self.began).elapsed() > PATIENCE {
                return Err(Failure::new("driving the server", format!("silent for {PATIENCE:?}")));
            }
        }
    }

    fn is_over(&self, now: Instant) -> bool {
        match self.load.until {
            Until::Elapsed(limit) => now - self.began >= limit,
            Until::Requests(limit) => self.started >= limit,
            Until::Told(told) => told.load(Ordering::Relaxed),
        }
    }

    /// Sends what is due on the connections that are free.
    fn start_due(&mut self, now: Instant) -> Outcome<()> {
        while !self.is_over(now) {
            let since = match self.load.pacing {
                Pacing::Closed => now,
                Pacing::Open(rate) => {
                    let due = Duration::from_secs_f64(float(self.started) / rate);
                    self.began + due
                }
            };
            if since > now {
                break;
            }
            let Some(number) = self.free.pop() else { break };
            self.started += 1;
            self.in_flight += 1;
            let keys = self.load.keys;
            let connection = self.connection(number)?;
            connection.since = since;
            connection.sent = 0;
            if let Some(template) = connection.lane.get_mut(connection.current) {
                template.renew(keys);
            }
            self.write(number)?;
        }
        Ok(())
    }

    fn connection(&mut self, number: usize) -> Outcome<&mut Connection<'a>> {
        let none = || Failure::new("driving the server", "there is no such connection");
        self.connections.get_mut(number).ok_or_else(none)
    }

    fn write(&mut self, number: usize) -> Outcome<()> {
        let Some(connection) = self.connections.get_mut(number) else { return Ok(()) };
        let done = connection.write()?;
        if done == connection.waits_to_write {
            connection.waits_to_write = !done;
            let mut flags = EventFlags::IN;
            flags.set(EventFlags::OUT, !done);
            let data = EventData::new_u64(number as u64);
            epoll::modify(&self.epoll, &connection.stream, data, flags).doing("sending")?;
        }
        Ok(())
    }

    /// Reads once. Returns whether that made an answer whole.
    fn read(&mut self, number: usize, on_answer: &mut OnAnswer<'_>) -> Outcome<bool> {
        let connection = self.connection(number)?;
        if !connection.read(on_answer)? {
            return Ok(false);
        }
        connection.current = (connection.current + 1) % connection.lane.len().max(1);
        self.in_flight -= 1;
        self.free.push(number);
        // At once: this connection's turn must not wait for those that were woken with it.
        self.start_due(Instant::now())?;
        Ok(true)
    }

    fn clear_timer(&self) -> Outcome<()> {
        if let Some(timer) = &self.timer {
            // How often it went off: requests are counted by the clock, so this says nothing new.
            let mut count = [0; 8];
            rustix::io::read(timer, &mut count).doing("reading the timer")?;
        }
        Ok(())
    }
}

impl Connection<'_> {
    /// Sends what is left of the current request. Returns whether that was all.
    fn write(&mut self) -> Outcome<bool> {
        let bytes = self.lane.get(self.current).map_or(&[][..], Template::bytes);
        while let Some(rest) = bytes.get(self.sent..).filter(|rest| !rest.is_empty()) {
            match self.stream.write(rest) {
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Failure::new("sending a request", error)),
            }
        }
        Ok(true)
    }

    /// Reads once. Returns whether the answer is whole.
    fn read(&mut self, on_answer: &mut OnAnswer<'_>) -> Outcome<bool> {
        let count = match self.stream.read(self.answer.space()) {
            Ok(0) => {
                let cause = "the server closed the connection";
                return Err(Failure::new("reading an answer", cause));
            }
            Ok(count) => count,
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) =>
            {
                return Ok(false);
            }
            Err(error) => return Err(Failure::new("reading an answer", error)),
        };
        let Some((status, body)) = self.answer.filled(count)? else { return Ok(false) };
        let at = Instant::now();
        let latency = at - self.since;
        if let Some(template) = self.lane.get_mut(self.current) {
            on_answer(Answered { template, status, body, latency, at })?;
        }
        self.answer.clear();
        Ok(true)
    }
}

/// Goes off so often; made once, so that pacing costs one read for each time it went off.
fn timer(rate: f64) -> Outcome<OwnedFd> {
    let doing = "making a timer";
    let nanos = whole(1e9 / rate).max(1);
    let interval = Timespec {
        tv_sec: i64::try_from(nanos / 1_000_000_000).unwrap_or(0),
        tv_nsec: i64::try_from(nanos % 1_000_000_000).unwrap_or(0),
    };
    let timer =
        timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)
            .doing(doing)?;
    let periodic = Itimerspec { it_interval: interval, it_value: interval };
    timerfd_settime(&timer, TimerfdTimerFlags::empty(), &periodic).doing(doing)?;
    Ok(timer)
}

#[cfg(test)]
mod tests;
