//! Proving an archive: unpacked by the restore's own rules, then walked anew from disk and held
//! against what the archive said of each entry, and both against the manifest.
//!
//! While it is unpacked each entry is noted in a file, in the order of the walk that packed it; so
//! the walk over the unpacked tree meets the same entries one by one, and nothing is held that
//! grows with their number. Owners that only root can set are taken from the note, and told; so is,
//! silently, the mode of what shut us out.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::digest::{decoded, encoded};
use super::entry::{Entry, What};
use super::inspect::Count;
use super::load::{load_into, new_root};
use super::only::Only;
use super::terms::{ENTRY_BYTES, Terms};
use super::unpack::Spot;
use super::{Exclude, Packer, inside, open_root, shut};
use crate::domain::difference;
use crate::domain::drill::{Proof, What as Looked};
use crate::domain::manifest::{ArchiveContent, Content};
use crate::domain::name::SourceName;
use crate::domain::progress::{Event, Unseen};
use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};
use crate::source::Work;
use crate::source::proofs::{self, Heard};
use crate::source::prove::{Evidence, Material, Prove, unpacked};
use crate::source::restore::Bytes;
use crate::sys::fault;
use crate::sys::files::{WriteFile, parent};

/// So many entries that differ are named.
const NAMED_MAX: usize = 5;
/// Of the notes: an entry takes one or two hundred bytes and its path.
const NOTE_BYTES: u64 = 512;
const NOTES: &str = "entries";
const SHUT: u32 = 0o700;

/// Proves archives of folders and of single files.
pub struct ArchiveDrill;

impl Prove for ArchiveDrill {
    fn ready(&self, _material: &Material, _work: &Work) -> Result<(), Trouble> {
        Ok(())
    }

    fn room_bytes(&self, material: &Material) -> u64 {
        match &material.facts.archive {
            Some(facts) => {
                let content = &facts.content;
                let entries = content.files + content.directories + content.links + content.hard_links;
                content.content_bytes + (ENTRY_BYTES + NOTE_BYTES) * entries
            }
            None => material.raw_bytes.unwrap_or(0),
        }
    }

    fn prove(&self, bytes: Bytes<'_>, material: &Material, scratch: &Path, work: &Work) -> Result<Evidence, Trouble> {
        let (source, stated) = (&material.source, material.facts.archive.as_ref().map(|facts| &facts.content));
        let stage = |stage| {
            let expected_bytes = material.raw_bytes;
            work.progress.event(Event::Stage { source: Some(source.clone()), stage, expected_bytes });
        };
        stage("load");
        let tree = unpacked(scratch);
        let notes = parent(&tree).join(NOTES);
        work.sys.files.make_folder(parent(&tree), SHUT).map_err(|e| fault::trouble(Stage::SetUp, &e))?;
        let (began, mut heard) = (Instant::now(), Heard::new(bytes.raw));
        let mut evidence = Evidence::default();
        let archived = match unpack(&mut heard, &tree, &notes, stated, work) {
            Err(trouble) if heard.is_at_fault(&trouble) => {
                return Ok(proofs::of_failed_load(trouble.error, &[Looked::Tree], material));
            }
            unpacked => unpacked?,
        };
        evidence.restore_seconds = Some(began.elapsed().as_secs_f64());
        evidence.proofs.push(proofs::passed(Looked::Load, &told("proof-archive", &archived)));
        stage("compare");
        evidence.proofs.push(match stated {
            None => proofs::not_stated(Looked::Tree),
            Some(stated) => judged(stated, &archived, walk(&tree, &notes, source, work)?),
        });
        work.progress.event(Event::StageEnded { source: source.clone() });
        Ok(evidence)
    }
}

/// Unpacks all, noting every entry; returns what the archive says it holds.
fn unpack(
    heard: &mut Heard<'_>,
    tree: &Path,
    notes: &Path,
    stated: Option<&ArchiveContent>,
    work: &Work,
) -> Result<ArchiveContent, Trouble> {
    let written = |error: &io::Error| work.write_trouble(error);
    let mut notes = Notes::new(work.sys.files.create_new(notes, 0o600).map_err(|e| written(&e))?);
    let mut each = |entry: &Entry, content: &[u8; 32]| notes.add(entry, content);
    let root = new_root(tree, work)?;
    let mut spot = |path: PathBuf| Some(Spot { root: 0, path });
    load_into(heard, vec![root], &mut spot, &mut Only::all(), Terms::of_drill(stated, &mut each), work)?;
    notes.finish().map_err(|e| written(&e))
}

/// Every entry of the archive as it passes.
struct Notes {
    file: BufWriter<WriteFile>,
    count: Count<'static>,
    written: io::Result<()>,
}

impl Notes {
    fn new(file: WriteFile) -> Self {
        Self { file: BufWriter::new(file), count: Count::default(), written: Ok(()) }
    }

    fn add(&mut self, entry: &Entry, content: &[u8; 32]) {
        self.count.add(entry, content);
        if self.written.is_ok() {
            self.written = self.file.write_all(&encoded(entry, content));
        }
    }

    fn finish(mut self) -> io::Result<ArchiveContent> {
        self.written?;
        self.file.flush()?;
        Ok(self.count.content())
    }
}

/// Walks the unpacked tree as a backup would.
fn walk(tree: &Path, notes: &Path, source: &SourceName, work: &Work) -> Result<Walked, Trouble> {
    let unread = |error: &io::Error| fault::trouble(Stage::Dump, error).while_doing("read what was unpacked");
    let all = || File::open(notes).map(BufReader::new).map_err(|e| unread(&e));
    shut::open(tree, &mut all()?, work)?;
    let mut meeting = Meeting { notes: all()?, noted: None, walked: Walked::default(), read: Ok(()) };
    meeting.next();
    let root = open_root(tree).map_err(|e| unread(&e))?;
    let mut sink = io::sink();
    let quiet = Work { progress: Arc::new(Unseen), ..work.clone() };
    let mut each = |entry: &Entry, content: &[u8; 32]| meeting.meet(entry, content);
    let mut packer = Packer::new(&mut sink, &quiet, source).showing(&mut each);
    packer.tree(root, b".", &Exclude::new(&[])?)?;
    packer.finish()?;
    meeting.finish().map_err(|e| unread(&e))
}

/// What was met on disk.
#[derive(Default)]
struct Walked {
    count: Count<'static>,
    /// Entries that are not as the archive says, or on one side alone.
    differing: u64,
    named: Vec<String>,
    /// Entries whose owner the system did not let us set.
    unowned: u64,
}

/// The walk and the notes, side by side.
struct Meeting {
    notes: BufReader<File>,
    noted: Option<(Entry, [u8; 32])>,
    walked: Walked,
    read: io::Result<()>,
}

impl Meeting {
    fn next(&mut self) {
        self.noted = decoded(&mut self.notes).unwrap_or_else(|error| {
            self.read = Err(error);
            None
        });
    }

    fn meet(&mut self, entry: &Entry, content: &[u8; 32]) {
        let path = plain(&entry.path);
        loop {
            let Some((noted, noted_content)) = self.noted.take() else { return self.not_archived(entry) };
            match plain(&noted.path).cmp(&path) {
                Ordering::Less => {
                    self.walked.differ(&noted.path, "missing");
                    self.next();
                }
                Ordering::Greater => {
                    self.noted = Some((noted, noted_content));
                    return self.not_archived(entry);
                }
                Ordering::Equal => {
                    self.walked.compare((&noted, &noted_content), (entry, content));
                    return self.next();
                }
            }
        }
    }

    /// The folders above single files are made on the way; their archive does not hold them.
    fn not_archived(&mut self, entry: &Entry) {
        let is_above = |(noted, _): &(Entry, _)| plain(&noted.path).starts_with(plain(&entry.path));
        if entry.what != What::Folder || !self.noted.as_ref().is_some_and(is_above) {
            self.walked.differ(&entry.path, "not in the archive");
        }
    }

    fn finish(mut self) -> io::Result<Walked> {
        while let Some((noted, _)) = self.noted.take() {
            self.walked.differ(&noted.path, "missing");
            self.next();
        }
        self.read.map(|()| self.walked)
    }
}

impl Walked {
    fn compare(&mut self, (noted, noted_content): (&Entry, &[u8; 32]), (met, content): (&Entry, &[u8; 32])) {
        let is_owned = (met.uid, met.gid) == (noted.uid, noted.gid);
        let owner_is_theirs = is_owned || !rustix::process::geteuid().is_root();
        self.unowned += u64::from(!is_owned && owner_is_theirs);
        let wrong = [
            ("another kind", met.what != noted.what),
            ("other content", met.size_bytes != noted.size_bytes || content != noted_content),
            ("another target", met.what == What::Link && met.link != noted.link),
            ("linked to another", met.what == What::HardLink && plain(&met.link) != plain(&noted.link)),
            ("another mode", met.mode != noted.mode && met.mode != shut::opened(noted)),
            ("another owner", !owner_is_theirs),
            ("another time", met.mtime != noted.mtime),
        ];
        let wrong: Vec<&str> = wrong.iter().filter_map(|(what, is_so)| is_so.then_some(*what)).collect();
        if !wrong.is_empty() {
            self.differ(&noted.path, &wrong.join(", "));
        }
        // As it was met, under the names that the archive gave.
        let (path, link) = (noted.path.clone(), if wrong.is_empty() { &noted.link } else { &met.link }.clone());
        let (uid, gid) = if owner_is_theirs { (noted.uid, noted.gid) } else { (met.uid, met.gid) };
        let mode = if met.mode == shut::opened(noted) { noted.mode } else { met.mode };
        self.count.add(&Entry { path, mode, uid, gid, link, ..met.clone() }, content);
    }

    fn differ(&mut self, path: &[u8], how: &str) {
        self.differing += 1;
        if self.named.len() < NAMED_MAX {
            self.named.push(format!("{}: {how}", String::from_utf8_lossy(path)));
        }
    }
}

/// The path below the tree: the archive of a folder and one of single files name it differently.
fn plain(path: &[u8]) -> PathBuf {
    inside(path).unwrap_or_else(|| PathBuf::from(OsStr::from_bytes(path)))
}

fn judged(stated: &ArchiveContent, archived: &ArchiveContent, walked: Walked) -> Proof {
    let Walked { count, differing, mut named, unowned } = walked;
    let between = |found: &ArchiveContent| {
        difference::between(&Content::Archive(stated.clone()), &Content::Archive(found.clone()))
    };
    let on_disk = count.content();
    if differing > named.len() as u64 {
        named.push(format!("{} more", differing - named.len() as u64));
    }
    let differs = if differing > 0 {
        Some(format!("unpacked otherwise than the archive says: {}", named.join("; ")))
    } else {
        between(archived).or_else(|| between(&on_disk))
    };
    let looked_at = match unowned {
        0 => told("proof-tree", &on_disk),
        _ => told("proof-tree-unowned", &on_disk).with("unowned", unowned),
    };
    proofs::judged(Looked::Tree, differs, &looked_at)
}

fn told(key: &'static str, content: &ArchiveContent) -> Saying {
    let ArchiveContent { files, directories, links, hard_links, content_bytes, .. } = content;
    let told = Saying::new(key).with("files", files).with("folders", directories).with("links", links + hard_links);
    told.with("content_bytes", content_bytes)
}
