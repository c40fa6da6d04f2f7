//! Keeps what a client sends, so that a session can be played again.

use std::fs::File;
use std::io::Write;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, ReadBuf};

/// Reads on, and writes all that was read to a file.
pub(crate) struct Recorded<R> {
    inner: R,
    file: Option<File>,
}

impl<R> Recorded<R> {
    /// Records what is read from `inner`, if there is a file to record to.
    pub(crate) fn new(inner: R, file: Option<File>) -> Recorded<R> {
        Recorded { inner, file }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Recorded<R> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, buf);
        if polled.is_ready()
            && let Some(file) = &mut self.file
            && let Err(error) = file.write_all(&buf.filled()[before..])
        {
            tracing::error!("the session is no longer recorded: {error}");
            self.file = None;
        }
        polled
    }
}
