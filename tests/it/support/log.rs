//! What the tests of the log share: a clock that stands, a stream that is read back.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use resguardo::sys::clock::Clock;

/// A clock that stands still.
pub(crate) struct StandingClock(pub(crate) DateTime<Utc>);

impl StandingClock {
    pub(crate) fn at(time: &str) -> Arc<Self> {
        Arc::new(Self(time.parse().unwrap()))
    }
}

impl Clock for StandingClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// A stream whose text can be read; all clones are one stream.
#[derive(Clone, Default)]
pub(crate) struct Screen(Arc<Mutex<Vec<u8>>>);

impl Screen {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
