//! Folders and files as archives: the contract, GNU tar on both sides of it, and everything a
//! tree can do while it is read or an archive can try while it is unpacked.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Cursor, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use resguardo::config::{FilesConfig, MediaConfig};
use resguardo::domain::manifest::{ArchiveFacts, Content};
use resguardo::domain::name::SourceName;
use resguardo::domain::trouble::{Outlook, Stage};
use resguardo::source::files::Files;
use resguardo::source::media::{EMPTY_FOLDER, Media};
use resguardo::source::{Dumped, Source, Target};
use rstest::rstest;
use tempfile::TempDir;
use tokio_tar::{EntryType, Header};

use crate::contract::{self, Case, Place, dump};
use crate::support::archive::{add_specials, is_root, odd_tree, passed_as_nobody, run, tell};

fn media(path: &Path) -> Media {
    media_without(path, &[])
}

fn media_without(path: &Path, exclude: &[&str]) -> Media {
    Media::new(&MediaConfig {
        name: SourceName::new("media").unwrap(),
        path: path.to_owned(),
        exclude: exclude.iter().map(|pattern| (*pattern).to_owned()).collect(),
        allow_empty: false,
        schedule: None,
    })
    .unwrap()
}

fn files(paths: &[PathBuf]) -> Files {
    let name = SourceName::new("settings").unwrap();
    Files::new(&FilesConfig { name, paths: paths.to_vec(), schedule: None }).unwrap()
}

fn facts(dumped: &Dumped) -> &ArchiveFacts {
    dumped.facts.archive.as_ref().unwrap()
}

/// Paths in an archive, as GNU tar lists them.
fn listed(raw: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.tar");
    fs::write(&file, raw).unwrap();
    let output = Command::new("tar").arg("-tf").arg(file).env("LC_ALL", "C.UTF-8").output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

struct MediaCase {
    folder: TempDir,
}

impl Case for MediaCase {
    fn source(&self) -> Arc<dyn Source> {
        Arc::new(media(&self.folder.path().join("tree")))
    }
    fn empty_target(&self) -> (Target, Arc<dyn Source>) {
        let path = tempfile::tempdir_in(self.folder.path()).unwrap().keep().join("new");
        (Target::Path(path.clone()), Arc::new(media(&path)))
    }
    fn taken_target(&self) -> Target {
        Target::Path(self.folder.path().join("tree"))
    }
    fn unreadable(&self) -> Option<Arc<dyn Source>> {
        let path = self.folder.path().join("shut");
        (!is_root()).then(|| Arc::new(media(&path)) as Arc<dyn Source>)
    }
    fn cuts(&self, raw_bytes: usize) -> Vec<usize> {
        vec![0, 1, 512, raw_bytes / 2, raw_bytes - 1024, raw_bytes - 512, raw_bytes - 1]
    }
}

/// As root, owners are kept; as nobody, something cannot be read.
#[test]
fn a_folder_keeps_the_contract() {
    passed_as_nobody("archive::a_folder_keeps_the_contract");
    let case = MediaCase { folder: tempfile::tempdir().unwrap() };
    odd_tree(&case.folder.path().join("tree"));
    let shut = case.folder.path().join("shut");
    fs::create_dir_all(shut.join("folder")).unwrap();
    for name in ["file", "folder/file"] {
        fs::write(shut.join(name), "x").unwrap();
    }
    for name in ["file", "folder"] {
        fs::set_permissions(shut.join(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    contract::check(&case);
    fs::set_permissions(shut.join("folder"), fs::Permissions::from_mode(0o700)).unwrap();
}

struct FilesCase {
    folder: TempDir,
}

impl FilesCase {
    fn files(&self) -> Files {
        let path = |name: &str| self.folder.path().join(name);
        files(&[path(".env.prod"), path("settings.py"), path("conf.d"), path("conf.d/a"), path("x/../settings.py")])
    }
}

impl Case for FilesCase {
    fn source(&self) -> Arc<dyn Source> {
        Arc::new(self.files())
    }
    fn empty_target(&self) -> (Target, Arc<dyn Source>) {
        let path = tempfile::tempdir_in(self.folder.path()).unwrap().keep().join("new");
        (Target::Path(path.clone()), Arc::new(self.files().below(&path)))
    }
    fn taken_target(&self) -> Target {
        Target::Path(self.folder.path().to_owned())
    }
    fn unreadable(&self) -> Option<Arc<dyn Source>> {
        Some(Arc::new(files(&[self.folder.path().join("settings.py"), self.folder.path().join("missing")])))
    }
}

#[test]
fn files_keep_the_contract() {
    let case = FilesCase { folder: tempfile::tempdir().unwrap() };
    let path = |name: &str| case.folder.path().join(name);
    fs::write(path(".env.prod"), "SECRET=1\n").unwrap();
    fs::write(path("real"), "A = 1\n").unwrap();
    symlink("real", path("settings.py")).unwrap();
    fs::create_dir(path("conf.d")).unwrap();
    fs::write(path("conf.d/a"), "a").unwrap();
    contract::check(&case);

    let place = Place::new();
    let (dumped, raw) = dump(&*case.source(), &place.work()).unwrap();
    assert_eq!(facts(&dumped).content.files, 3, "named twice, archived once");
    let stored = case.folder.path().to_str().unwrap().strip_prefix('/').unwrap();
    let expected: Vec<String> =
        [".env.prod", "conf.d/", "conf.d/a", "settings.py"].iter().map(|name| format!("{stored}/{name}")).collect();
    assert_eq!(listed(&raw), expected);
}

#[test]
fn gnu_tar_restores_the_same_tree() {
    let folder = tempfile::tempdir().unwrap();
    let (tree, restored) = (folder.path().join("tree"), folder.path().join("restored"));
    odd_tree(&tree);
    let place = Place::new();
    let (_, raw) = dump(&media(&tree), &place.work()).unwrap();
    fs::create_dir(&restored).unwrap();
    let args = ["--xattrs", "--xattrs-include=user.*", "--acls", "-p", "--warning=no-timestamp", "-xf", "-", "-C"]
        .map(OsStr::new);
    run("tar", &[&args[..], &[restored.as_os_str()]].concat(), &raw);
    assert_eq!(tell(&restored), tell(&tree));
}

#[test]
fn our_own_load_restores_the_same_tree() {
    let folder = tempfile::tempdir().unwrap();
    let (tree, restored) = (folder.path().join("tree"), folder.path().join("restored"));
    odd_tree(&tree);
    let place = Place::new();
    let source = media(&tree);
    let (_, raw) = dump(&source, &place.work()).unwrap();
    source.load(&mut Cursor::new(&raw), &Target::Path(restored.clone()), &place.work()).unwrap();
    assert_eq!(tell(&restored), tell(&tree));
}

#[test]
fn nothing_is_inherited_from_the_folder_that_is_loaded_into() {
    let folder = tempfile::tempdir().unwrap();
    let (tree, above) = (folder.path().join("tree"), folder.path().join("above"));
    fs::create_dir_all(tree.join("folder")).unwrap();
    fs::write(tree.join("folder/file"), "x").unwrap();
    fs::create_dir(&above).unwrap();
    let args = ["-d", "-m", "u:12345:rwx"].map(OsStr::new);
    run("setfacl", &[&args[..], &[above.as_os_str()]].concat(), b"");
    let place = Place::new();
    let source = media(&tree);
    let (_, raw) = dump(&source, &place.work()).unwrap();
    source.load(&mut Cursor::new(&raw), &Target::Path(above.join("new")), &place.work()).unwrap();
    assert_eq!(tell(&above.join("new")), tell(&tree));
}

#[rstest]
#[case("gnu")]
#[case("posix")]
#[case("ustar")]
fn an_archive_of_gnu_tar_is_read(#[case] format: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (tree, restored) = (folder.path().join("tree"), folder.path().join("restored"));
    if format == "ustar" {
        // It holds neither long names nor times before 1970.
        fs::create_dir_all(tree.join("d".repeat(90))).unwrap();
        fs::write(tree.join(format!("{}/{}", "d".repeat(90), "f".repeat(90))), "x").unwrap();
    } else {
        odd_tree(&tree);
    }
    let mut tar = Command::new("tar");
    tar.arg(format!("--format={format}")).args(["-cf", "-", "-C"]).arg(&tree).arg(".").env("LC_ALL", "C.UTF-8");
    let output = tar.output().unwrap();
    assert!(output.status.success());
    let place = Place::new();
    let source = media(&tree);
    source.load(&mut Cursor::new(&output.stdout), &Target::Path(restored.clone()), &place.work()).unwrap();
    let names = |root: &Path| tell(root).into_keys().collect::<Vec<_>>();
    assert_eq!(names(&restored), names(&tree));
    let Content::Archive(content) = source.inspect(&mut Cursor::new(&output.stdout), &place.work()).unwrap() else {
        panic!("no archive");
    };
    let (dumped, _) = dump(&source, &place.work()).unwrap();
    assert_eq!(content.files, facts(&dumped).content.files);
    assert_eq!(content.content_bytes, facts(&dumped).content.content_bytes);
}

#[test]
fn a_tree_deeper_than_any_path_may_be_long_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let name = "d".repeat(200);
    let mut at = File::open(folder.path()).unwrap();
    for _ in 0..40 {
        rustix::fs::mkdirat(&at, name.as_str(), rustix::fs::Mode::RWXU).unwrap();
        let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::DIRECTORY;
        at = rustix::fs::openat(&at, name.as_str(), flags, rustix::fs::Mode::empty()).unwrap().into();
    }
    let place = Place::new();
    let source = media(&folder.path().join(&name));
    let (dumped, raw) = dump(&source, &place.work()).unwrap();
    assert_eq!(facts(&dumped).content.directories, 40);
    let target = folder.path().join("new");
    source.load(&mut Cursor::new(&raw), &Target::Path(target.clone()), &place.work()).unwrap();
    assert_eq!(dump(&media(&target), &place.work()).unwrap().0.facts, dumped.facts);
}

#[test]
fn sockets_and_pipes_are_skipped_and_listed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    add_specials(folder.path());
    let (dumped, raw) = dump(&media(folder.path()), &Place::new().work()).unwrap();
    assert_eq!(facts(&dumped).skipped, ["./pipe", "./socket"]);
    assert_eq!(facts(&dumped).skipped_count, 2);
    assert!(dumped.complete && dumped.warnings.is_empty(), "{:?}", dumped.warnings);
    assert_eq!(listed(&raw), ["./", "./file"]);
}

#[rstest]
#[case::content_of_a_folder(&["cache/**"], &["./", "./a.tmp", "./cache/", "./sub/", "./sub/a.tmp", "./sub/cache/", "./sub/cache/y"])]
#[case::a_folder(&["cache"], &["./", "./a.tmp", "./sub/", "./sub/a.tmp", "./sub/cache/", "./sub/cache/y"])]
#[case::as_people_write_it(&["./cache/"], &["./", "./a.tmp", "./sub/", "./sub/a.tmp", "./sub/cache/", "./sub/cache/y"])]
#[case::anywhere(&["**/cache", "*.tmp"], &["./", "./sub/"])]
#[case::two(&["sub/*.tmp", "cache/x"], &["./", "./a.tmp", "./cache/", "./sub/", "./sub/cache/", "./sub/cache/y"])]
fn what_is_excluded_is_left_out(#[case] exclude: &[&str], #[case] expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    for file in ["a.tmp", "cache/x", "sub/a.tmp", "sub/cache/y"] {
        fs::create_dir_all(folder.path().join(file).parent().unwrap()).unwrap();
        fs::write(folder.path().join(file), "x").unwrap();
    }
    let (_, raw) = dump(&media_without(folder.path(), exclude), &Place::new().work()).unwrap();
    assert_eq!(listed(&raw), expected);
}

#[test]
fn an_exclusion_that_is_no_pattern_is_told() {
    let config = MediaConfig {
        name: SourceName::new("m").unwrap(),
        path: "/".into(),
        exclude: vec!["a[".to_owned()],
        allow_empty: false,
        schedule: None,
    };
    let trouble = Media::new(&config).err().unwrap();
    assert!(trouble.error.contains("`a[`"), "{trouble}");
}

#[test]
fn a_folder_that_is_missing_or_none_fails_and_an_empty_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new();
    let missing = media(&folder.path().join("missing"));
    let trouble = dump(&missing, &place.work()).unwrap_err();
    assert_eq!((trouble.stage, trouble.outlook), (Stage::Connect, Outlook::Passing));
    assert!(trouble.hint.is_some());
    assert_eq!(missing.survey(&place.work()).unwrap_err(), trouble);

    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    let trouble = dump(&media(&file), &place.work()).unwrap_err();
    assert_eq!((trouble.stage, trouble.outlook), (Stage::Connect, Outlook::Lasting));

    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let (dumped, _) = dump(&media(&empty), &place.work()).unwrap();
    assert!(dumped.complete);
    assert_eq!(dumped.warnings.iter().map(|w| w.code).collect::<Vec<_>>(), [EMPTY_FOLDER]);

    let none = files(&[folder.path().join("x"), folder.path().join("y")]);
    let trouble = dump(&none, &place.work()).unwrap_err();
    assert_eq!((trouble.stage, trouble.outlook), (Stage::Connect, Outlook::Passing));
}

#[test]
fn one_missing_file_of_several_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("here"), "x").unwrap();
    let source = files(&[folder.path().join("here"), folder.path().join("gone")]);
    let (dumped, _) = dump(&source, &Place::new().work()).unwrap();
    assert!(!dumped.complete);
    let stored = folder.path().join("gone").to_str().unwrap()[1..].to_owned();
    assert_eq!(facts(&dumped).unreadable, [stored]);
}

#[test]
fn what_nobody_may_read_is_listed_and_the_rest_is_kept() {
    if passed_as_nobody("archive::what_nobody_may_read_is_listed_and_the_rest_is_kept") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("shut")).unwrap();
    for name in ["good", "secret", "shut/inside"] {
        fs::write(path(name), "x").unwrap();
    }
    fs::set_permissions(path("secret"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(path("shut"), fs::Permissions::from_mode(0o000)).unwrap();
    let dumped = dump(&media(folder.path()), &Place::new().work());
    fs::set_permissions(path("shut"), fs::Permissions::from_mode(0o700)).unwrap();
    let (dumped, raw) = dumped.unwrap();
    assert!(!dumped.complete);
    assert_eq!(facts(&dumped).unreadable, ["./secret", "./shut"]);
    assert_eq!(dumped.warnings.iter().map(|w| w.code).collect::<Vec<_>>(), ["unreadable"]);
    assert_eq!(listed(&raw), ["./", "./good", "./shut/"]);
}

/// Takes everything, and acts once when it sees some bytes go by.
struct Meddler<F: FnMut()> {
    raw: Vec<u8>,
    when: &'static [u8],
    act: Option<F>,
}

impl<F: FnMut()> Write for Meddler<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.windows(self.when.len()).any(|window| window == self.when)
            && let Some(mut act) = self.act.take()
        {
            act();
        }
        self.raw.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Dumps, and acts when the first file, `./a`, is written.
fn dump_meddled(folder: &Path, act: impl FnMut()) -> (Dumped, Vec<u8>) {
    let place = Place::new();
    let source = media(folder);
    let mut out = Meddler { raw: Vec::new(), when: b"./a\0", act: Some(act) };
    let dumped = source.dump(&mut out, &place.work()).unwrap();
    let inspected = source.inspect(&mut Cursor::new(&out.raw), &place.work()).unwrap();
    assert_eq!(inspected, dumped.facts.content(), "the archive is whole all the same");
    (dumped, out.raw)
}

#[test]
fn what_vanishes_is_told_and_the_archive_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("c")).unwrap();
    symlink("x", path("d")).unwrap();
    for name in ["a", "b", "z"] {
        fs::write(path(name), name).unwrap();
    }
    let (dumped, raw) = dump_meddled(folder.path(), || {
        fs::remove_file(path("b")).unwrap();
        fs::remove_dir(path("c")).unwrap();
        fs::remove_file(path("d")).unwrap();
    });
    assert_eq!(facts(&dumped).vanished, ["./b", "./c", "./d"]);
    assert_eq!(dumped.warnings.iter().map(|w| w.code).collect::<Vec<_>>(), ["vanished"]);
    assert!(dumped.complete);
    assert_eq!(listed(&raw), ["./", "./a", "./z"]);
}

#[test]
fn a_link_swapped_in_does_not_lead_out_of_the_tree() {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = |name: &str| folder.path().join(name);
    fs::write(outside.path().join("inside"), "SECRET").unwrap();
    fs::write(path("a"), "a").unwrap();
    fs::write(path("file"), "mine").unwrap();
    fs::create_dir(path("folder")).unwrap();
    fs::write(path("folder/inside"), "mine").unwrap();
    let (dumped, raw) = dump_meddled(folder.path(), || {
        fs::remove_file(path("file")).unwrap();
        symlink(outside.path().join("inside"), path("file")).unwrap();
        fs::remove_dir_all(path("folder")).unwrap();
        symlink(outside.path(), path("folder")).unwrap();
    });
    assert!(!raw.windows(6).any(|window| window == b"SECRET"));
    assert_eq!(facts(&dumped).vanished, ["./file", "./folder"]);
}

#[rstest]
#[case::grown(12_000_000)]
#[case::shrunk(5_000_000)]
#[case::emptied(0)]
fn a_large_file_that_changes_is_told_and_keeps_its_size(#[case] new_length: u64) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a");
    fs::write(&file, vec![9; 9_000_000]).unwrap();
    fs::write(folder.path().join("b"), "after").unwrap();
    let (dumped, raw) = dump_meddled(folder.path(), || {
        File::options().write(true).open(&file).unwrap().set_len(new_length).unwrap();
    });
    assert_eq!(facts(&dumped).changed, ["./a"]);
    assert_eq!(dumped.warnings.iter().map(|w| w.code).collect::<Vec<_>>(), ["changed"]);
    assert!(dumped.complete);
    assert_eq!(facts(&dumped).content.content_bytes, 9_000_000 + 5);
    let nines = memchr::memchr_iter(9, &raw).count() as u64;
    assert_eq!(nines, new_length.min(9_000_000), "what is missing is zeros, nothing else");
    assert_eq!(listed(&raw), ["./", "./a", "./b"]);
}

#[test]
fn a_small_file_that_never_rests_is_told_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = File::create(folder.path().join("a")).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    let told = std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0_u64.. {
                file.set_len(2_000_000 + round % 1_000_000).unwrap();
                if done.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
            }
        });
        // A read may fall between two changes; two hundred times three will not.
        let told = (0..200).any(|_| {
            let place = Place::new();
            let source = media(folder.path());
            let (dumped, raw) = dump(&source, &place.work()).unwrap();
            assert_eq!(source.inspect(&mut Cursor::new(raw), &place.work()).unwrap(), dumped.facts.content());
            facts(&dumped).changed == ["./a"]
        });
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        told
    });
    assert!(told);
}

/// No flipped bit of a header or of content passes as the same tree.
#[test]
fn a_flipped_bit_is_found() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), [b'x'; 512]).unwrap();
    let place = Place::new();
    let source = media(folder.path());
    let (dumped, raw) = dump(&source, &place.work()).unwrap();
    for at in 0..raw.len() {
        let mut flipped = raw.clone();
        flipped[at] ^= 1 << (at % 7);
        if let Ok(content) = source.inspect(&mut Cursor::new(&flipped), &place.work()) {
            // Only zeros that fill up a block after a record may differ unseen.
            let is_filling = raw[at] == 0 && at % 512 >= 30 && raw[at - at % 512..].starts_with(b"30 mtime=");
            // A checksum may be written in several ways that say the same number.
            let is_checksum = (148..156).contains(&(at % 512));
            let is_seen = content != dumped.facts.content();
            assert!(is_seen || is_filling || is_checksum, "byte {at} flipped and nobody saw");
        }
    }
}

/// An archive of headers as a hostile hand would write them.
pub(crate) fn archive_of(entries: &[(&str, EntryType, &str)]) -> Vec<u8> {
    let mut raw = Vec::new();
    for (path, kind, link) in entries {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(0o755);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(if kind.is_file() { 4 } else { 0 });
        header.set_cksum();
        raw.extend_from_slice(header.as_bytes());
        if kind.is_file() {
            raw.extend_from_slice(b"evil");
            raw.extend_from_slice(&[0; 508]);
        }
    }
    raw.extend_from_slice(&[0; 1024]);
    raw
}

use EntryType::{Block, Char, Directory, Fifo, Link, Regular, Symlink};

#[rstest]
#[case::absolute(&[("/tmp/evil", Regular, "")], "leads out")]
#[case::climbing(&[("../evil", Regular, "")], "leads out")]
#[case::climbing_inside(&[("./a/../../evil", Regular, "")], "leads out")]
#[case::a_folder_that_climbs(&[("..", Directory, "")], "leads out")]
#[case::empty(&[("", Regular, "")], "leads out")]
#[case::through_a_link(&[("l", Symlink, "/tmp"), ("l/evil", Regular, "")], "leads through")]
#[case::a_folder_on_a_link(&[("l", Symlink, "/tmp"), ("l/", Directory, "")], "twice")]
#[case::a_file_on_a_link(&[("l", Symlink, "/tmp/evil"), ("l", Regular, "")], "twice")]
#[case::through_a_file(&[("f", Regular, ""), ("f/evil", Regular, "")], "leads through")]
#[case::hard_link_out(&[("h", Link, "../../etc/passwd")], "hard link out")]
#[case::absolute_hard_link(&[("h", Link, "/etc/passwd")], "hard link out")]
#[case::hard_link_through_a_link(&[("l", Symlink, "/etc"), ("h", Link, "l/passwd")], "leads through")]
#[case::hard_link_to_nothing(&[("h", Link, "nothing")], "nothing before it")]
#[case::a_device(&[("d", Char, "")], "no file, folder or link")]
#[case::a_block_device(&[("d", Block, "")], "no file, folder or link")]
#[case::a_pipe(&[("p", Fifo, "")], "no file, folder or link")]
#[case::twice(&[("f", Regular, ""), ("./f", Regular, "")], "twice")]
#[case::a_folder_twice(&[("d/", Directory, ""), ("d", Directory, "")], "twice")]
#[case::the_root_twice(&[("./", Directory, ""), (".", Directory, "")], "twice")]
#[case::the_root_as_a_link(&[(".", Symlink, "/tmp")], "no folder")]
fn a_hostile_entry_is_refused(#[case] entries: &[(&str, EntryType, &str)], #[case] told: &str) {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("deep/target");
    fs::create_dir(folder.path().join("deep")).unwrap();
    let raw = archive_of(entries);
    let place = Place::new();
    let trouble = media(folder.path())
        .load(&mut Cursor::new(&raw), &Target::Path(target.clone()), &place.work())
        .expect_err("hostile entries were unpacked");
    assert!(trouble.error.contains(told), "{trouble}");
    let mut outside: Vec<_> = tell(folder.path()).into_keys().filter(|path| !path.starts_with("deep/target")).collect();
    outside.sort();
    assert_eq!(outside, [Path::new(""), Path::new("deep")], "something was written outside of the target");
}

#[test]
fn a_folder_named_after_what_lies_in_it_is_no_second_one() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target");
    let raw = archive_of(&[("a/b/f", Regular, ""), ("a/b/", Directory, ""), ("a/", Directory, "")]);
    media(folder.path()).load(&mut Cursor::new(&raw), &Target::Path(target.clone()), &Place::new().work()).unwrap();
    assert_eq!(fs::read(target.join("a/b/f")).unwrap(), b"evil");
}
