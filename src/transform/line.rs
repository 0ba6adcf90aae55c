//! The line blocks travel along: filled by one thread, packed by several, written by one, in the
//! order in which they were filled, and used again.
//!
//! Memory is bounded by the blocks there are: packers + 4 on the way (one being filled, one being
//! written, two between so that neither side waits for the other's every hiccup) and one in each
//! packer's hands, of about 1 MiB each; at 8 packers 20 MiB, however long the stream. Who fills
//! waits for a free block when the rest is behind.
//!
//! Nothing is ever skipped: each block's place in the order is taken before it is packed, and a
//! packer that dies leaves its place empty, which ends the line with an error.

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};

/// Large enough that a fresh window of 32 KiB at its start costs gzip nothing to speak of; small
/// enough that a few of them fit anywhere.
pub(super) const BLOCK_BYTES: usize = 1 << 20;

/// Room for what packing may add to bytes that do not compress: headers of stored pieces.
const ROOM_BYTES: usize = BLOCK_BYTES + 4096;

/// Blocks on the way beyond one for each packer.
const BLOCKS_BETWEEN: usize = 4;

/// Packs the first bytes into the second and says how many they became.
pub(super) type Packer = Box<dyn FnMut(&[u8], &mut [u8]) -> io::Result<usize> + Send>;

/// Some bytes, raw or packed, in a buffer that is used again and again.
pub(super) struct Block {
    room: Box<[u8]>,
    len: usize,
}

impl Block {
    fn new() -> Self {
        Self { room: vec![0; ROOM_BYTES].into_boxed_slice(), len: 0 }
    }

    /// Takes as many bytes as there is place for and returns the rest.
    pub(super) fn fill<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (now, rest) = bytes.split_at(bytes.len().min(BLOCK_BYTES - self.len));
        self.room[self.len..self.len + now.len()].copy_from_slice(now);
        self.len += now.len();
        rest
    }

    pub(super) fn is_full(&self) -> bool {
        self.len == BLOCK_BYTES
    }

    fn bytes(&self) -> &[u8] {
        &self.room[..self.len]
    }
}

/// The place of one block in the order: its packed form arrives here.
type Place = Receiver<io::Result<Block>>;

/// A block to be packed, and where to.
struct Order {
    block: Block,
    done: Sender<io::Result<Block>>,
}

/// A running line that ends in `W`. Dropped, it gives up what is still on the way and waits for
/// its threads.
pub(super) struct Line<W> {
    free: Receiver<Block>,
    /// `None` where nothing packs, and once the line is closed.
    orders: Option<Sender<Order>>,
    places: Option<Sender<Place>>,
    packers: Vec<JoinHandle<()>>,
    writer: Option<JoinHandle<io::Result<W>>>,
    given_up: Arc<AtomicBool>,
}

impl<W: Write + Send + 'static> Line<W> {
    /// Starts a thread for each packer and one that writes to `out`. Without packers blocks are
    /// written as they are.
    ///
    /// # Errors
    /// Where a thread cannot be started; those that were are ended.
    pub(super) fn start(packers: Vec<Packer>, out: W) -> io::Result<Self> {
        let blocks = packers.len() + BLOCKS_BETWEEN;
        // Each channel has room for every block there is: only `free` is ever waited for.
        let (to_free, free) = bounded(blocks);
        for _ in 0..blocks {
            let _room_for_all = to_free.try_send(Block::new());
        }
        let (to_writer, places) = bounded(blocks);
        let (to_packers, orders) = bounded(blocks);
        let given_up = Arc::new(AtomicBool::new(false));
        let mut line = Self {
            free,
            orders: (!packers.is_empty()).then_some(to_packers),
            places: Some(to_writer),
            packers: Vec::new(),
            writer: None,
            given_up: given_up.clone(),
        };
        let gone = given_up.clone();
        line.writer = Some(start("seal-write", move || write(&places, &to_free, out, &gone))?);
        for packer in packers {
            let (orders, gone) = (orders.clone(), given_up.clone());
            line.packers.push(start("seal-pack", move || pack(&orders, packer, &gone))?);
        }
        Ok(line)
    }

    /// An empty block to fill; waits until there is one.
    ///
    /// # Errors
    /// What ended the line.
    pub(super) fn free_block(&mut self) -> io::Result<Block> {
        match self.free.recv() {
            Ok(mut block) => {
                block.len = 0;
                Ok(block)
            }
            Err(_) => Err(self.failure()),
        }
    }

    /// Sends a block on its way.
    ///
    /// # Errors
    /// What ended the line.
    pub(super) fn put(&mut self, block: Block) -> io::Result<()> {
        let (done, place) = bounded(1);
        let placed = self.places.as_ref().is_some_and(|places| places.send(place).is_ok());
        let sent = match &self.orders {
            Some(orders) => orders.send(Order { block, done }).is_ok(),
            None => done.send(Ok(block)).is_ok(),
        };
        if placed && sent { Ok(()) } else { Err(self.failure()) }
    }

    /// Lets everything on the way arrive, and gives back what it was written to.
    ///
    /// # Errors
    /// What ended the line early.
    pub(super) fn close(&mut self) -> io::Result<W> {
        self.orders = None;
        self.places = None;
        for packer in self.packers.drain(..) {
            // One that panicked left a place empty: the writer tells of it.
            let _panicked = packer.join();
        }
        match self.writer.take().map(JoinHandle::join) {
            Some(Ok(written)) => written,
            Some(Err(_)) => Err(io::Error::other("the writing thread panicked")),
            None => Err(io::Error::other("written to after its end")),
        }
    }

    /// Why the line ended before it was closed.
    fn failure(&mut self) -> io::Error {
        self.close().err().unwrap_or_else(|| io::Error::other("the writing thread ended early"))
    }
}

impl<W> Drop for Line<W> {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::Relaxed);
        self.orders = None;
        self.places = None;
        for packer in self.packers.drain(..) {
            let _panicked = packer.join();
        }
        let _unfinished = self.writer.take().map(JoinHandle::join);
    }
}

/// A packer's life. It keeps one block in hand to pack into, and gives that away for the one it
/// has emptied.
fn pack(orders: &Receiver<Order>, mut pack_into: Packer, given_up: &AtomicBool) {
    let mut spare = Block::new();
    for Order { mut block, done } in orders {
        if given_up.load(Ordering::Relaxed) {
            return;
        }
        let result = pack_into(block.bytes(), &mut spare.room).map(|len| {
            spare.len = len;
            mem::swap(&mut block, &mut spare);
            block
        });
        // Nobody waits for it where the line has ended.
        let _ended = done.send(result);
    }
}

/// The writer's life: one place after the other.
fn write<W: Write>(
    places: &Receiver<Place>,
    to_free: &Sender<Block>,
    mut out: W,
    given_up: &AtomicBool,
) -> io::Result<W> {
    for place in places {
        let block = place.recv().map_err(|_| io::Error::other("a packing thread ended early"))??;
        if given_up.load(Ordering::Relaxed) {
            return Err(io::Error::other("given up"));
        }
        out.write_all(block.bytes())?;
        let _nobody_fills = to_free.send(block);
    }
    Ok(out)
}

fn start<T: Send + 'static>(name: &str, life: impl FnOnce() -> T + Send + 'static) -> io::Result<JoinHandle<T>> {
    thread::Builder::new().name(name.to_owned()).spawn(life)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copier() -> Packer {
        Box::new(|raw, room| {
            room[..raw.len()].copy_from_slice(raw);
            Ok(raw.len())
        })
    }

    /// A packer that ends in `fate` at the block that begins with 7.
    fn fails_at_seven(fate: fn() -> io::Result<usize>) -> Packer {
        let mut copy = copier();
        Box::new(move |raw, room| if raw[0] == 7 { fate() } else { copy(raw, room) })
    }

    /// Sends `count` blocks of one byte each along a line.
    fn run(packers: Vec<Packer>, count: u8) -> io::Result<Vec<u8>> {
        let mut line = Line::start(packers, Vec::new())?;
        for number in 0..count {
            let mut block = line.free_block()?;
            block.fill(&[number]);
            line.put(block)?;
        }
        line.close()
    }

    #[test]
    fn blocks_arrive_whole_and_in_order() {
        let expected: Vec<u8> = (0..200).collect();
        assert_eq!(run(Vec::new(), 200).unwrap(), expected);
        assert_eq!(run(vec![copier()], 200).unwrap(), expected);
        assert_eq!(run((0..8).map(|_| copier()).collect(), 200).unwrap(), expected);
    }

    #[test]
    fn a_packer_that_panics_or_fails_ends_the_line_with_an_error() {
        // The last block, one in the middle of many, and one whose loss fills the line.
        for count in [8, 30, 200] {
            for packers in [1, 3] {
                let with = |fate| run((0..packers).map(|_| fails_at_seven(fate)).collect(), count);
                let panicked = with(|| panic!("planted"));
                assert_eq!(panicked.unwrap_err().to_string(), "a packing thread ended early");
                let failed = with(|| Err(io::Error::other("planted")));
                assert_eq!(failed.unwrap_err().to_string(), "planted");
            }
        }
    }

    #[test]
    fn a_writer_that_panics_ends_the_line_with_an_error() {
        struct Panics;
        impl Write for Panics {
            fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
                panic!("planted")
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut line = Line::start(vec![copier()], Panics).unwrap();
        let error = loop {
            let put = line.free_block().and_then(|mut block| {
                block.fill(b"x");
                line.put(block)
            });
            if let Err(error) = put {
                break error;
            }
        };
        assert_eq!(error.to_string(), "the writing thread panicked");
        assert_eq!(line.close().err().unwrap().to_string(), "written to after its end");
    }

    #[test]
    fn a_line_given_up_writes_nothing_more() {
        use std::sync::Mutex;

        /// Waits in its first write until the test has given up the line.
        struct Slow(Receiver<()>, Arc<Mutex<usize>>);
        impl Write for Slow {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let _given_up = self.0.recv();
                *self.1.lock().unwrap() += 1;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (go_on, wait) = bounded(0);
        let writes = Arc::new(Mutex::new(0));
        let mut line = Line::start(vec![copier()], Slow(wait, writes.clone())).unwrap();
        let given_up = line.given_up.clone();
        for _ in 0..4 {
            let mut block = line.free_block().unwrap();
            block.fill(b"x");
            line.put(block).unwrap();
        }
        let dropper = thread::spawn(move || drop(line));
        while !given_up.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        drop(go_on);
        dropper.join().unwrap();
        assert!(*writes.lock().unwrap() <= 1);
        assert_eq!(Arc::strong_count(&writes), 1, "the writer was waited for");
    }
}
