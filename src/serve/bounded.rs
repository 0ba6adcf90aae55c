//! A listener that takes only so many connections at once and ends each after a while, whatever
//! the other side does: one that sends a byte a minute, or never reads its answer, holds its
//! place for seconds and no longer, and one that does not ask gives it up to the next who comes.
//! Never: looks at more of what is sent than where a question ends.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, Sleep};

/// Connections at one time: a hundred probes that come in one breath with room to spare; the next wait
/// in the system's queue. Each may buffer 400 KB of request head, though none of ours has more than one.
const CONNECTIONS_MAX: usize = 128;
/// For so long nobody's place is taken away, however many come: whoever asks has asked by then, and in
/// the crowd of those who do not a probe waits for no longer.
const UNDISTURBED: Duration = Duration::from_millis(250);
/// From accepting a connection to its end: one question, its turn, its answer.
const CONNECTION_LASTS: Duration = Duration::from_secs(20);
/// From accepting a connection to the end of its question: a probe asks in one breath.
const QUESTION_LASTS: Duration = Duration::from_secs(5);

/// The listener.
pub(super) struct Bounded {
    listener: TcpListener,
    places: Arc<Semaphore>,
    /// Those that have not asked yet, oldest first; each gives up its place when it is told to.
    /// Who has asked, or is gone, is deaf to it.
    asking: VecDeque<Asking>,
}

/// One that has not asked yet, as far as is known.
struct Asking {
    since: Instant,
    give_up: oneshot::Sender<()>,
}

/// One connection, with its end and its place.
pub(super) struct Connection {
    stream: TcpStream,
    began: Instant,
    end: Pin<Box<Sleep>>,
    /// Resolves when its place is needed for another; `None` once the question has come.
    give_up: Option<oneshot::Receiver<()>>,
    gave_up: bool,
    question: Question,
    _place: Option<OwnedSemaphorePermit>,
}

impl Bounded {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener, places: Arc::new(Semaphore::new(CONNECTIONS_MAX)), asking: VecDeque::new() }
    }

    /// A place, at the latest when the next connection ends. Where none becomes free, the one that has
    /// kept its own the longest without asking loses it.
    async fn place(&mut self) -> Option<OwnedSemaphorePermit> {
        loop {
            self.asking.retain(|asking| !asking.give_up.is_closed());
            let undisturbed_until = self.asking.front().map(|oldest| oldest.since + UNDISTURBED);
            let undisturbed = async {
                match undisturbed_until {
                    Some(until) => tokio::time::sleep_until(until).await,
                    // All have asked, and are gone once they are answered.
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                // The semaphore is never closed: a place always comes.
                place = self.places.clone().acquire_owned() => return place.ok(),
                () = undisturbed => {}
            }
            // Where it has asked just now, another is the oldest, and has its time as well.
            if self.asking.pop_front().is_some_and(|oldest| oldest.give_up.send(()).is_ok()) {
                return self.places.clone().acquire_owned().await.ok();
            }
        }
    }
}

impl Listener for Bounded {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let place = self.place().await;
        let (tell, give_up) = oneshot::channel();
        let began = Instant::now();
        self.asking.push_back(Asking { since: began, give_up: tell });
        let connection = Connection {
            stream,
            began,
            end: Box::pin(tokio::time::sleep(QUESTION_LASTS)),
            give_up: Some(give_up),
            gave_up: false,
            question: Question::Empty,
            _place: place,
        };
        (connection, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Connection {
    /// The stream, while it lasts.
    fn stream(&mut self, context: &mut Context<'_>) -> io::Result<Pin<&mut TcpStream>> {
        if let Some(told) = &mut self.give_up
            && let Poll::Ready(told) = Pin::new(told).poll(context)
        {
            // A listener that is gone tells nobody anything.
            (self.give_up, self.gave_up) = (None, told.is_ok());
        }
        if self.gave_up || self.end.as_mut().poll(context).is_ready() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(Pin::new(&mut self.stream))
    }

    /// Takes note of what was read; a question that is whole has earned its answer.
    fn note(&mut self, bytes: &[u8]) {
        self.question = bytes.iter().fold(self.question, |question, byte| question.then(*byte));
        if self.question == Question::Whole && self.give_up.take().is_some() {
            self.end.as_mut().reset(self.began + CONNECTION_LASTS);
        }
    }
}

/// How far a question has come: it ends with an empty line after others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Empty,
    InLine,
    AtLineStart,
    Whole,
}

impl Question {
    fn then(self, byte: u8) -> Self {
        match (self, byte) {
            (Question::Whole, _) | (Question::AtLineStart, b'\n') => Question::Whole,
            (Question::Empty | Question::AtLineStart, b'\r') | (Question::Empty, b'\n') => self,
            (_, b'\n') => Question::AtLineStart,
            _ => Question::InLine,
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = self.stream(cx)?.poll_read(cx, buf);
        self.note(&buf.filled()[before..]);
        polled
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.stream(cx)?.poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream(cx)?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream(cx)?.poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn who_has_not_asked_loses_his_place_to_the_next_and_who_has_keeps_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let places = Arc::new(Semaphore::new(2));
        let mut bounded = Bounded { listener, places: places.clone(), asking: VecDeque::new() };
        let mut asks = TcpStream::connect(address).await.unwrap();
        asks.write_all(b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let _silent = TcpStream::connect(address).await.unwrap();
        let _next = TcpStream::connect(address).await.unwrap();

        let (mut first, _) = Listener::accept(&mut bounded).await;
        let mut question = [0; 64];
        assert_eq!(first.read(&mut question).await.unwrap(), 29);
        let (mut second, _) = Listener::accept(&mut bounded).await;
        assert_eq!(places.available_permits(), 0);
        // What the server does with each connection: reads, and lets go of it when that fails.
        let reading = tokio::spawn(async move { second.read_u8().await.unwrap_err().kind() });
        let third = tokio::time::timeout(QUESTION_LASTS / 2, Listener::accept(&mut bounded)).await;
        assert_eq!(reading.await.unwrap(), io::ErrorKind::TimedOut);
        let (_third, _) = third.unwrap();
        first.write_all(b"an answer").await.unwrap();
        assert_eq!(places.available_permits(), 0);
    }

    #[test]
    fn a_question_ends_with_an_empty_line_after_others() {
        let after = |text: &str| text.bytes().fold(Question::Empty, Question::then);
        assert_eq!(after("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Question::Whole);
        assert_eq!(after("GET / HTTP/1.1\nHost: x\n\n"), Question::Whole);
        for open in ["", "\r\n\r\n\n", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r", "\n\nGET /\r\rx"] {
            assert_ne!(after(open), Question::Whole, "{open:?}");
        }
    }
}
