//! A stream that waits for a client that does not read, but not for ever.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Buf;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Place;
use super::outlet::{Chunk, Outlet};

/// Fails a write that has made no progress for too long.
pub(super) struct Patient {
    stream: Arc<TcpStream>,
    outlet: Arc<Outlet>,
    /// The connection's; absent in tests.
    place: Option<Arc<Place>>,
    /// What the outlet left, and what comes before anything of hyper's.
    left: Option<Box<Chunk>>,
    patience: Duration,
    /// When patience ends, while a write waits. Boxed and made once: most connections never wait.
    deadline: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

impl Patient {
    pub(super) fn new(
        stream: TcpStream,
        (outlet, place): (Arc<Outlet>, Option<Arc<Place>>),
        patience: Duration,
    ) -> Self {
        Self {
            stream: Arc::new(stream),
            outlet,
            place,
            left: None,
            patience,
            deadline: None,
            is_waiting: false,
        }
    }

    fn watch<T>(
        &mut self,
        cx: &mut Context<'_>,
        progress: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.is_waiting = false;
            return progress;
        }
        let until = Instant::now() + self.patience;
        let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if !self.is_waiting {
            self.is_waiting = true;
            deadline.as_mut().reset(until);
        }
        match deadline.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Writes what the outlet left.
    fn poll_left(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.left.is_none() {
            self.left = self.outlet.take_left();
        }
        while let Some(chunk) = &mut self.left {
            let progress = poll_write(&self.stream, cx, chunk.chunk());
            let written = ready!(self.watch(cx, progress))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.left.as_mut().expect("it is there").advance(written);
            self.left.take_if(|chunk| !chunk.has_remaining());
        }
        Poll::Ready(Ok(()))
    }
}

/// As the stream would itself, which wants to be the only one to do it.
fn poll_write(stream: &TcpStream, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
    loop {
        ready!(stream.poll_write_ready(cx))?;
        match stream.try_write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            result => return Poll::Ready(result),
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(stream) = Arc::get_mut(&mut self.stream) {
            return Pin::new(stream).poll_read(cx, buffer);
        }
        loop {
            ready!(self.stream.poll_read_ready(cx))?;
            match self.stream.try_read_buf(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result.map(drop)),
            }
        }
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_left(cx))?;
        let progress = poll_write(&self.stream, cx, bytes);
        self.watch(cx, progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_left(cx))?;
        let progress = loop {
            if self.stream.poll_write_ready(cx)?.is_pending() {
                break Poll::Pending;
            }
            match self.stream.try_write_vectored(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => break Poll::Ready(result),
            }
        };
        self.watch(cx, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_left(cx))?;
        // A socket has no buffer of ours, and hyper flushes it when it has emptied its own.
        self.outlet.flushed(&self.stream);
        if let Some(place) = &self.place {
            place.member.flushed();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_left(cx))?;
        self.outlet.close();
        match Arc::get_mut(&mut self.stream) {
            Some(stream) => {
                let progress = Pin::new(stream).poll_shutdown(cx);
                self.watch(cx, progress)
            }
            // Nobody else keeps it for longer than a write, and it is closed with the last of them.
            None => Poll::Ready(Ok(())),
        }
    }
}

impl Drop for Patient {
    fn drop(&mut self) {
        self.outlet.close();
    }
}
