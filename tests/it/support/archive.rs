//! Trees of odd files, trees told in words so that two can be compared, and tests run as a user
//! who is not root.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use rustix::fs::{XattrFlags, lgetxattr, llistxattr};

/// A tree with everything an archive must keep: empty files and folders, modes, set-uid, times
/// before 1970 and with parts of a second, links (also to nothing and out of the tree), hard
/// links, long names, names that are not UTF-8, attributes of raw bytes, ACLs, owners.
pub(crate) fn odd_tree(root: &Path) {
    fs::create_dir_all(root.join("a/b/c")).unwrap();
    fs::create_dir(root.join("empty folder")).unwrap();
    let write = |name: &str, content: &[u8]| fs::write(root.join(name), content).unwrap();
    write("empty", b"");
    write("a/one byte", b"x");
    write("a/block", &[7; 512]);
    write("a/block and one", &[8; 513]);
    write("a/b/large", &(0..5 * 1024 * 1024_u32 + 3).map(|n| (n % 251) as u8).collect::<Vec<_>>());
    write("a/b/ñandú 日本 'quoted' \"twice\"", b"utf-8");
    fs::write(root.join(OsStr::from_bytes(b"a/line\nbreak \xff\xfe.txt")), b"no utf-8").unwrap();
    write("* ? [glob]", b"glob");
    // Paths of every length around the header's room of 100 bytes, with a one-byte tail.
    for length in [94, 95, 96, 97, 98, 99, 100, 101, 150, 255] {
        write(&"n".repeat(length), length.to_string().as_bytes());
    }
    let deep = root.join(format!("{0}/{0}/{0}", "d".repeat(120)));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join(OsStr::from_bytes(b"long and \xe9 odd")), b"deep").unwrap();

    let file = File::create(root.join("sparse")).unwrap();
    file.set_len(3_000_000).unwrap();

    symlink("a/one byte", root.join("link")).unwrap();
    symlink("/nowhere/at all", root.join("link to nothing")).unwrap();
    symlink("../../..", root.join("link out")).unwrap();
    symlink("t".repeat(300), root.join("long link")).unwrap();
    symlink(OsStr::from_bytes(b"\xff\xfe"), root.join("odd link")).unwrap();
    fs::hard_link(root.join("a/block"), root.join("z hard link")).unwrap();
    fs::hard_link(root.join("a/block"), root.join("a/b/hard link")).unwrap();
    fs::hard_link(root.join("link"), root.join("z link again")).unwrap();

    let attribute = |name: &str, key: &str, value: &[u8]| {
        rustix::fs::setxattr(root.join(name), key, value, XattrFlags::empty()).unwrap();
    };
    attribute("a/one byte", "user.raw", b"\0\x01=\n\xff");
    attribute("a/one byte", "user.odd = % name", b"value");
    attribute("a", "user.on a folder", b"x");
    setfacl(&root.join("a/block and one"), &["-m", "u:12345:r,g:54321:rw"]);
    setfacl(&root.join("a/b"), &["-m", "u:12345:rx", "-d", "-m", "u:12345:rwx"]);

    let mode = |name: &str, mode: u32| fs::set_permissions(root.join(name), fs::Permissions::from_mode(mode)).unwrap();
    mode("a/one byte", 0o400);
    mode("a/block", 0o4755);
    mode("empty", 0o600);
    mode("empty folder", 0o1777);
    mode("a/b/c", 0o2750);
    if is_root() {
        std::os::unix::fs::chown(root.join("a/one byte"), Some(12345), Some(54321)).unwrap();
        std::os::unix::fs::lchown(root.join("link"), Some(3_000_000), Some(1)).unwrap();
    }

    let at = |name: &str, time: SystemTime| {
        File::open(root.join(name)).unwrap().set_modified(time).unwrap();
    };
    at("empty", SystemTime::UNIX_EPOCH - Duration::new(1_000_000, 250_000_000));
    at("a/block", SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    at("a/b/large", SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 1));
    at("a/b/c", SystemTime::UNIX_EPOCH + Duration::new(1_000_000_000, 999_999_999));
    at(".", SystemTime::UNIX_EPOCH + Duration::new(1_600_000_000, 123_456_789));
}

/// A socket and a pipe, which no archive keeps.
pub(crate) fn add_specials(root: &Path) {
    drop(UnixListener::bind(root.join("socket")).unwrap());
    rustix::fs::mknodat(
        rustix::fs::CWD,
        root.join("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
}

/// Everything a tree is, in words: by path its kind, mode, owner, time, size, content, target,
/// attributes, and the first path of the same inode.
pub(crate) fn tell(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut told = BTreeMap::new();
    let mut first_of = BTreeMap::new();
    let mut folders = vec![PathBuf::new()];
    let mut paths = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            if fs::symlink_metadata(root.join(&path)).unwrap().is_dir() {
                folders.push(path.clone());
            }
            paths.push(path);
        }
    }
    paths.sort();
    for path in paths {
        let full = root.join(&path);
        let meta = fs::symlink_metadata(&full).unwrap();
        let first = first_of.entry(meta.ino()).or_insert_with(|| path.clone()).clone();
        let content = if meta.is_file() { format!("{:?}", sum(&fs::read(&full).unwrap())) } else { String::new() };
        let target = fs::read_link(&full).unwrap_or_default();
        let size = if meta.is_dir() { 0 } else { meta.len() };
        let text = format!(
            "{:o} {}:{} {}.{:09} {size} {content} {} {:?} first {}",
            meta.mode(),
            meta.uid(),
            meta.gid(),
            meta.mtime(),
            meta.mtime_nsec(),
            target.display(),
            attributes(&full),
            first.display(),
        );
        told.insert(path, text);
    }
    told
}

/// Runs the test of this name once more as the user nobody where we are root; true where that was
/// done and has passed, false where we are that user and the test goes on. Root reads everything:
/// what cannot be read is seen only by others.
pub(crate) fn passed_as_nobody(test: &str) -> bool {
    if !is_root() {
        return false;
    }
    let program = std::env::current_exe().unwrap();
    let run = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
        .arg(program)
        .args(["--exact", test, "--nocapture"])
        .env("TMPDIR", "/tmp")
        .output()
        .unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success() && told.contains("1 passed"), "as nobody: {told}");
    true
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Runs a program and demands that it succeeds.
pub(crate) fn run(program: &str, args: &[&OsStr], input: &[u8]) {
    let mut child = Command::new(program)
        .args(args)
        .env("LC_ALL", "C.UTF-8")
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let ended = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && stderr.is_empty(), "{program}: {} {stderr}", ended.status);
}

fn setfacl(path: &Path, args: &[&str]) {
    assert!(Command::new("setfacl").args(args).arg(path).status().unwrap().success());
}

fn attributes(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut names = vec![0; 65536];
    let length = llistxattr(path, &mut names[..]).unwrap();
    let names = names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let mut found: Vec<_> = names
        .map(|name| {
            let mut value = vec![0; 65536];
            let length = lgetxattr(path, name, &mut value[..]).unwrap();
            (String::from_utf8_lossy(name).into_owned(), value[..length].to_owned())
        })
        .collect();
    found.sort();
    found
}

/// Enough to tell contents apart.
fn sum(content: &[u8]) -> u128 {
    xxhash_rust::xxh3::xxh3_128(content)
}
