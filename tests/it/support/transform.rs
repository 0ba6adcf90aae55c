//! What the tests of sealing share: seeded data of three tempers, a disk that fails at a given
//! act, and the public tools that must read what we write.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use resguardo::domain::artifact::Compression;
use resguardo::sys::files::Files;
use resguardo::sys::gate::{Act, Gate, Open};
use resguardo::sys::stop::Stop;
use resguardo::transform::{Recipe, Sealed, Sealer};

/// A folder of the test's own, and files sealed in it.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("sealed")
    }

    /// A sealer into the folder's one file, through `gate`.
    pub(crate) fn sealer(&self, recipe: Recipe, gate: Arc<dyn Gate>, stop: &Stop) -> io::Result<Sealer> {
        Sealer::start(Files::new(gate).create(&self.path(), 0o640)?, recipe, stop)
    }

    /// Seals `bytes`, written in pieces of `piece_bytes`.
    pub(crate) fn seal(&self, recipe: Recipe, bytes: &[u8], piece_bytes: usize) -> Sealed {
        let mut sealer = self.sealer(recipe, Arc::new(Open), &Stop::new()).unwrap();
        for piece in bytes.chunks(piece_bytes) {
            sealer.write_all(piece).unwrap();
        }
        sealer.finish().unwrap()
    }

    pub(crate) fn stored(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap()
    }
}

pub(crate) fn recipe(compression: Compression, threads: usize) -> Recipe {
    let level = if compression == Compression::Zstd { 3 } else { 4 };
    Recipe { compression, level, threads }
}

/// Reads stored bytes through our own `open`.
pub(crate) fn opened(stored: &[u8], compression: Compression) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    resguardo::transform::open(stored, compression).read_to_end(&mut raw).map(|_| raw)
}

/// What a program prints for a file on its standard input; fails where the program does.
pub(crate) fn tool(program: &str, args: &[&str], file: &Path) -> Vec<u8> {
    let file = std::fs::File::open(file).unwrap();
    let output = Command::new(program).args(args).stdin(file).stderr(Stdio::piped()).output().unwrap();
    assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Seeded numbers (xorshift64*): the same on every machine.
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
}

/// Rows as a dump has them: numbers, names, prose, hex, dates, JSON.
pub(crate) fn text(bytes: usize) -> Vec<u8> {
    const SYLLABLES: [&str; 16] =
        ["pu", "no", "ma", "ni", "qui", "spe", "ar", "es", "to", "re", "lla", "in", "ve", "cion", "do", "ta"];
    let mut seeded = Seeded::new(7);
    let mut out = Vec::with_capacity(bytes + 512);
    let mut id = 0;
    while out.len() < bytes {
        id += 1;
        let n = seeded.next();
        write!(out, "{id}\t{n:016x}\t20{:02}-{:02}-{:02}\t", n % 25, n % 12 + 1, n % 28 + 1).unwrap();
        for _ in 0..n % 20 {
            // Few words are common and many are rare, as in any language.
            let rank = seeded.next() % (1 << (seeded.next() % 12));
            for place in 0..=rank % 3 {
                let syllable = rank.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (60 - place * 4);
                out.extend_from_slice(SYLLABLES[usize::try_from(syllable % 16).unwrap()].as_bytes());
            }
            out.push(b' ');
        }
        writeln!(out, "\t{{\"value\": {}, \"owner\": \"user{}\"}}", seeded.next() % 100_000, n % 997).unwrap();
    }
    out.truncate(bytes);
    out
}

/// Bytes that nothing compresses.
pub(crate) fn noise(bytes: usize) -> Vec<u8> {
    let mut seeded = Seeded::new(11);
    let mut out: Vec<u8> = (0..bytes.div_ceil(8)).flat_map(|_| seeded.next().to_le_bytes()).collect();
    out.truncate(bytes);
    out
}

/// Text and noise in turns of 300 kB, as photos lie among papers.
pub(crate) fn mixed(bytes: usize) -> Vec<u8> {
    let (text, noise) = (text(bytes), noise(bytes));
    (0..bytes).map(|at| if at / 300_000 % 2 == 0 { text[at] } else { noise[at] }).collect()
}

/// A disk that fails once, at the `nth` act of one kind (counted from 0), and counts them all.
pub(crate) struct FailsAt {
    act: Act,
    nth: usize,
    errno: i32,
    seen: AtomicUsize,
}

impl FailsAt {
    pub(crate) fn new(act: Act, nth: usize, errno: i32) -> Arc<Self> {
        Arc::new(Self { act, nth, errno, seen: AtomicUsize::new(0) })
    }

    pub(crate) fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

impl Gate for FailsAt {
    fn pass(&self, act: Act, _path: &Path) -> io::Result<()> {
        if act == self.act && self.seen.fetch_add(1, Ordering::SeqCst) == self.nth {
            return Err(io::Error::from_raw_os_error(self.errno));
        }
        Ok(())
    }
}

/// Runs a test's own code in a process of its own, where its threads and memory can be counted:
/// `None` in the parent, once the child has passed; the case in the child.
pub(crate) fn in_a_process_of_its_own(test: &str, case: &str) -> Option<String> {
    const CASE: &str = "RESGUARDO_TEST_CASE";
    if let Ok(case) = std::env::var(CASE) {
        return Some(case);
    }
    let child = std::env::current_exe().unwrap();
    let output = Command::new(child).args(["--exact", test, "--nocapture"]).env(CASE, case).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{test} {case}: {said}");
    None
}
