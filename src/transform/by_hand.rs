//! Async code driven without a runtime. The codecs speak tokio's traits; what they stand on here
//! is memory and plain files, which never make them wait, so that one poll is all they need.

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, ReadBuf};

/// Polls once, with a waker that wakes nobody.
///
/// # Errors
/// What the poll ended in. It waits for nothing here, so waiting would be an error as well.
pub(super) fn at_once<T>(poll: impl FnOnce(&mut Context<'_>) -> Poll<io::Result<T>>) -> io::Result<T> {
    match poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(io::Error::other("a codec waits where nothing makes it wait")),
    }
}

/// A blocking reader where an async one is expected: always ready, because it blocks.
pub(super) struct Blocking<R>(pub(super) R);

impl<R> Unpin for Blocking<R> {}

impl<R: Read> AsyncRead for Blocking<R> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            match self.0.read(buf.initialize_unfilled()) {
                // A signal came in between; the codecs do not know to ask again.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
                Ok(read) => {
                    buf.advance(read);
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}
