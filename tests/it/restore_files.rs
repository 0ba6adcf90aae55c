//! Folders and settings restored: round trips, undo and redo, single files, mount points, a kill
//! at every door, hostile archives; at every moment the old data or the new stands whole.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Cursor};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use resguardo::config::{FilesConfig, MediaConfig};
use resguardo::domain::artifact::Kind;
use resguardo::domain::manifest::{ArchiveContent, ArchiveFacts, Facts};
use resguardo::domain::name::SourceName;
use resguardo::domain::trouble::Trouble;
use resguardo::source::files::Files;
use resguardo::source::files::restore::FilesRestore;
use resguardo::source::media::Media;
use resguardo::source::media::restore::FolderRestore;
use resguardo::source::restore::{Bytes, Restore, Stands, To, Wish};
use resguardo::sys::gate::{Act, Gate};
use rstest::rstest;
use rustix::io::Errno;
use tempfile::TempDir;
use tokio_tar::EntryType::{self, Block, Char, Directory, Fifo, Link, Regular, Symlink};
use tokio_tar::Header;

use crate::archive::archive_of;
use crate::contract::Place;
use crate::support::archive::{odd_tree, passed_as_nobody, tell};
use crate::support::folder;
use crate::support::gate::{Fault, FaultGate};
use crate::support::store::{id, names};
use crate::support::way_back::{
    Artifact, FIRST, NoExchange, SECOND, THIRD, copy, entries, mount, passed_among_own_mounts, paths, told, undo,
};

fn media_config(path: &Path) -> MediaConfig {
    MediaConfig {
        name: SourceName::new("media").unwrap(),
        path: path.to_owned(),
        exclude: Vec::new(),
        allow_empty: true,
        schedule: None,
    }
}

fn media(path: &Path) -> Media {
    Media::new(&media_config(path)).unwrap()
}

fn beside(path: &Path) -> FolderRestore {
    FolderRestore::new(&media_config(path))
}

fn inside(path: &Path) -> FolderRestore {
    beside(path).inside()
}

fn files_config(paths: &[PathBuf]) -> FilesConfig {
    FilesConfig { name: SourceName::new("settings").unwrap(), paths: paths.to_vec(), schedule: None }
}

/// What an application has made of the folder since it was archived.
fn later_tree(root: &Path) {
    fs::create_dir_all(root.join("a/new")).unwrap();
    fs::write(root.join("a/new/photo"), "since").unwrap();
    fs::write(root.join("empty"), "no longer").unwrap();
    symlink("a/new", root.join("link")).unwrap();
    fs::set_permissions(root, fs::Permissions::from_mode(0o2775)).unwrap();
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(root, Some(1000), Some(1001)).unwrap();
    }
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::new(1_650_000_000, 5);
    File::open(root).unwrap().set_modified(time).unwrap();
}

/// A folder whose archive is older than what stands there.
struct Scene {
    folder: TempDir,
    live: PathBuf,
    artifact: Artifact,
}

impl Scene {
    fn of(tree: fn(&Path)) -> Self {
        let folder = folder::in_memory();
        Self::at(folder, "media", tree)
    }

    fn at(folder: TempDir, name: &str, tree: fn(&Path)) -> Self {
        let first = folder.path().join("first");
        fs::create_dir(&first).unwrap();
        tree(&first);
        let artifact = Artifact::of(&media(&first));
        fs::rename(&first, folder.path().join("as archived")).unwrap();
        let live = folder.path().join(name);
        fs::create_dir_all(&live).unwrap();
        later_tree(&live);
        Self { folder, live, artifact }
    }

    fn archived(&self) -> PathBuf {
        self.folder.path().join("as archived")
    }
}

fn small_tree(root: &Path) {
    fs::create_dir_all(root.join("a/b")).unwrap();
    fs::write(root.join("a/b/photo"), "a photo").unwrap();
    fs::write(root.join("empty"), "").unwrap();
    fs::write(root.join("other"), "other").unwrap();
    symlink("a", root.join("link")).unwrap();
}

#[rstest]
#[case::beside(beside, "media_before_20241112_030000", "media_undone_20241112_040000")]
#[case::inside(inside, "media/.resguardo-before-20241112_030000", "media/.resguardo-undone-20241112_040000")]
fn a_folder_comes_back_and_the_way_back_can_be_taken_back(
    #[case] way: fn(&Path) -> FolderRestore,
    #[case] kept: &str,
    #[case] undone: &str,
) {
    let scene = Scene::of(odd_tree);
    let (archived, later) = (told(&scene.archived()), without_own_time(told(&scene.live)));
    let (restore, wish, place) = (way(&scene.live), scene.artifact.wish(), Place::new());
    let exchanges = scene.artifact.prepare(&restore, &wish, &place.work()).unwrap();
    assert_eq!(entries(&scene.live).len(), later.len() - 1, "nothing live is touched before the swap");
    restore.swap(&exchanges, &place.work()).unwrap();
    assert_eq!(told(&scene.live), archived);
    assert_eq!(without_own_time(tell(&scene.folder.path().join(kept))), later);
    assert_eq!(restore.settle(&exchanges, &place.work()).unwrap(), Stands::New);
    restore.swap(&exchanges, &place.work()).expect_err("what is made cannot be made again");
    assert_eq!(told(&scene.live), archived);

    let back = undo(&restore, &exchanges, SECOND);
    assert_eq!(without_own_time(told(&scene.live)), later);
    assert_eq!(tell(&scene.folder.path().join(undone)), archived);
    assert!(!scene.folder.path().join(kept).exists());
    let again = undo(&restore, &back, THIRD);
    assert_eq!(told(&scene.live), archived);

    let freed = restore.clean(&again, &place.work()).unwrap();
    assert!(freed.is_some_and(|bytes| bytes > 0), "{freed:?}");
    assert_eq!(told(&scene.live).len(), archived.len());
    let left: Vec<PathBuf> = paths(scene.folder.path()).into_iter().filter(|path| is_ours(path)).collect();
    assert_eq!(left, Vec::<PathBuf>::new());
    assert_eq!(restore.clean(&again, &place.work()).unwrap(), Some(0), "cleaned twice");
}

/// Within a folder that stays, what is brought there changes its time.
fn without_own_time(mut told: Told) -> Told {
    let own = without_time(&told).swap_remove(0);
    told.insert(own.0, own.1);
    told
}

fn is_ours(path: &Path) -> bool {
    let path = path.to_string_lossy();
    [".resguardo-", "_before_", "_undone_"].iter().any(|ours| path.contains(ours))
}

#[test]
fn where_nothing_stands_the_folder_is_put_there() {
    let scene = Scene::of(odd_tree);
    fs::remove_dir_all(&scene.live).unwrap();
    let restore = beside(&scene.live);
    let done = scene.artifact.restore(&restore, &scene.artifact.wish());
    assert_eq!(told(&scene.live), told(&scene.archived()));
    assert_eq!(restore.reversed(&done, &id(SECOND)), []);
    let missing = beside(&scene.folder.path().join("no/such/media"));
    refused(&scene.artifact, &missing, &scene.artifact.wish(), "No such file", "hint-restore-no-folder");
}

#[test]
fn a_link_to_the_folder_is_followed_and_stays() {
    let scene = Scene::of(small_tree);
    let link = scene.folder.path().join("link to media");
    symlink(&scene.live, &link).unwrap();
    scene.artifact.restore(&beside(&link), &scene.artifact.wish());
    assert!(link.is_symlink());
    assert_eq!(told(&scene.live), told(&scene.archived()));
    assert!(scene.folder.path().join(format!("media_before_{FIRST}")).is_dir());
}

#[test]
fn a_prepared_restore_that_is_given_up_leaves_nothing() {
    for way in [beside, inside] {
        let scene = Scene::of(odd_tree);
        let before = tell(scene.folder.path());
        let (restore, place) = (way(&scene.live), Place::new());
        let exchanges = scene.artifact.prepare(&restore, &scene.artifact.wish(), &place.work()).unwrap();
        assert_ne!(paths(scene.folder.path()).len(), before.len());
        for _ in 0..2 {
            restore.discard(&exchanges, &place.work()).unwrap();
        }
        let folder_of_live = |path: &Path| path.as_os_str().is_empty() || path == Path::new("media");
        let mut after = tell(scene.folder.path());
        after.retain(|path, _| !folder_of_live(path));
        assert!(before.into_iter().filter(|(path, _)| !folder_of_live(path)).eq(after));
    }
}

/// A tree in words.
type Told = BTreeMap<PathBuf, String>;

/// How a restore's own acts are broken.
#[derive(Debug, Clone, Copy)]
enum Way {
    Beside,
    /// On a file system that cannot exchange two names.
    WithoutExchange,
    Inside,
    Single,
}

impl Way {
    fn restore(self, live: &Path) -> FolderRestore {
        if matches!(self, Way::Inside) { inside(live) } else { beside(live) }
    }

    fn wish(self, artifact: &Artifact) -> Wish {
        match self {
            Way::Single => artifact.wish_only(&["a/**", "empty", "other"]),
            _ => artifact.wish(),
        }
    }

    fn gate(self, live: &Path, gate: Arc<FaultGate>) -> Arc<dyn Gate> {
        match self {
            Way::WithoutExchange => {
                Arc::new(NoExchange { live: live.to_owned(), refused: AtomicBool::new(false), then: gate })
            }
            _ => gate,
        }
    }
}

/// The swap of a restore, or of its undo, broken at every act by `fault`, each time on a copy.
fn broken_at_every_door(way: Way, undone: bool, fault: fn(usize) -> Fault, check: &dyn Fn(&Broken<'_>)) {
    let scene = Scene::of(small_tree);
    let (restore, wish, place) = (way.restore(&scene.live), way.wish(&scene.artifact), Place::new());
    let mut exchanges = scene.artifact.prepare(&restore, &wish, &place.work()).unwrap();
    if undone {
        restore.swap(&exchanges, &place.work()).unwrap();
        exchanges = restore.reversed(&exchanges, &id(SECOND));
    }
    let (root, spare) = (scene.folder.path().to_owned(), folder::in_memory());
    let start = spare.path().join("start");
    copy(&root, &start);
    let old = told(&scene.live);
    let counting = FaultGate::counting();
    restore.swap(&exchanges, &place.work_through(way.gate(&scene.live, counting.clone()))).unwrap();
    let new = told(&scene.live);
    assert_ne!(old, new);
    assert!(counting.count() >= 4, "{:?}", counting.seen());
    for nth in 1..=counting.count() {
        reset(&start, &root);
        let gate = way.gate(&scene.live, FaultGate::at(nth, fault(nth)));
        let swapped = restore.swap(&exchanges, &place.work_through(gate));
        check(&Broken { nth, swapped, old: &old, new: &new, live: &scene.live });
        let stands = restore.settle(&exchanges, &place.work()).unwrap();
        let expected = if stands == Stands::Old { &old } else { &new };
        assert_eq!(without_time(&told(&scene.live)), without_time(expected), "{way:?} {nth}: {stands:?} is not whole");
        assert_eq!(restore.settle(&exchanges, &place.work()).unwrap(), stands, "{way:?} {nth}: settled twice");
        if stands == Stands::Old {
            // It can be given up, or done again.
            restore.swap(&exchanges, &place.work()).unwrap();
            assert_eq!(without_time(&told(&scene.live)), without_time(&new), "{way:?} {nth}: done again");
        }
        let left = paths(&root);
        assert!(!left.iter().any(|path| path.to_string_lossy().contains("resguardo-new")), "{way:?} {nth}: {left:?}");
        assert!(!left.iter().any(|path| path.to_string_lossy().contains("swapping")), "{way:?} {nth}: {left:?}");
        let back = restore.reversed(&exchanges, &id(THIRD));
        restore.swap(&back, &place.work()).unwrap();
        let kept_back = told(&scene.live);
        if !matches!(way, Way::Single) {
            assert_eq!(without_time(&kept_back), without_time(&old), "{way:?} {nth}: the old copy is whole");
        }
    }
}

struct Broken<'a> {
    nth: usize,
    swapped: Result<(), Trouble>,
    old: &'a Told,
    new: &'a Told,
    live: &'a Path,
}

/// Times of folders change when a crash is put right; what lies in them must not.
fn without_time(told: &Told) -> Vec<(PathBuf, String)> {
    let plain = |text: &String| {
        let is_folder = text.starts_with('4');
        let words = text.split(' ').enumerate().filter(|(nth, _)| !(is_folder && *nth == 2));
        words.map(|(_, word)| word).collect::<Vec<_>>().join(" ")
    };
    told.iter().map(|(path, text)| (path.clone(), plain(text))).collect()
}

fn reset(from: &Path, to: &Path) {
    for name in names(to) {
        let path = to.join(name);
        if path.is_dir() && !path.is_symlink() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
    }
    for name in names(from) {
        copy(&from.join(&name), &to.join(&name));
    }
}

/// Every later act fails as well, so that the disk is left as a kill at this act leaves it.
#[rstest]
#[case(Way::Beside, false)]
#[case(Way::Beside, true)]
#[case(Way::WithoutExchange, false)]
#[case(Way::Inside, false)]
#[case(Way::Inside, true)]
#[case(Way::Single, false)]
#[case(Way::Single, true)]
fn a_swap_cut_short_at_any_door_is_ended_by_the_next_start(#[case] way: Way, #[case] undone: bool) {
    broken_at_every_door(way, undone, |_| Fault::ErrorFromThere(Errno::IO), &|_either| {});
}

#[rstest]
#[case(Way::Beside)]
#[case(Way::WithoutExchange)]
#[case(Way::Inside)]
#[case(Way::Single)]
fn a_swap_that_fails_at_any_door_leaves_the_old_data_live(#[case] way: Way) {
    // The second is what a file system answers that knows no second names.
    let faults: [fn(usize) -> Fault; 2] = [|_| Fault::Error(Errno::IO), |_| Fault::Error(Errno::NOTSUP)];
    for fault in faults {
        broken_at_every_door(way, false, fault, &|broken| {
            let (expected, what) = match &broken.swapped {
                Ok(()) => (broken.new, "new"),
                Err(_) => (broken.old, "old"),
            };
            let standing = without_time(&told(broken.live));
            assert_eq!(standing, without_time(expected), "{way:?} {}: {what} is not whole", broken.nth);
        });
    }
}

/// The first file system that knows no second names, then the one that does.
#[test]
fn a_file_that_can_have_no_second_name_is_renamed() {
    let scene = Scene::of(small_tree);
    let (restore, place) = (beside(&scene.live), Place::new());
    let exchanges = scene.artifact.prepare(&restore, &scene.artifact.wish_only(&["empty"]), &place.work()).unwrap();
    let gate = FaultGate::never(Act::Create, Errno::NOTSUP);
    restore.swap(&exchanges, &place.work_through(gate)).unwrap();
    assert_eq!(fs::read(scene.live.join("empty")).unwrap(), b"");
    assert_eq!(fs::read(scene.live.join(format!("empty_before_{FIRST}"))).unwrap(), b"no longer");
}

/// No instant without the folder, or with half of it, for whoever looks in a loop.
#[test]
fn whoever_looks_sees_old_or_new_and_nothing_else() {
    let scene = Scene::of(small_tree);
    let restore = beside(&scene.live);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let folder = File::open(&scene.live).unwrap();
                let mut names: Vec<_> = rustix::fs::Dir::read_from(&folder)
                    .unwrap()
                    .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
                    .filter(|name| !name.starts_with('.'))
                    .collect();
                names.sort();
                assert!(names == ["a", "empty", "link"] || names == ["a", "empty", "link", "other"], "{names:?}");
            }
        });
        let mut exchanges = scene.artifact.restore(&restore, &scene.artifact.wish());
        for n in 0..50 {
            exchanges = undo(&restore, &exchanges, &format!("20241113_0400{n:02}"));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn what_is_under_way_is_not_removed() {
    for way in [Way::Beside, Way::Inside] {
        let scene = Scene::of(small_tree);
        let (restore, place) = (way.restore(&scene.live), Place::new());
        let exchanges = scene.artifact.prepare(&restore, &scene.artifact.wish(), &place.work()).unwrap();
        let all = told(&scene.live).len();
        let counting = FaultGate::counting();
        let last_rename = {
            let spare = folder::in_memory();
            let start = spare.path().join("start");
            copy(scene.folder.path(), &start);
            restore.swap(&exchanges, &place.work_through(counting.clone())).unwrap();
            reset(&start, scene.folder.path());
            let is_rename = |(act, _): &(Act, PathBuf)| *act == Act::Rename;
            counting.seen().iter().rposition(is_rename).unwrap() + 1
        };
        let gate = FaultGate::at(last_rename, Fault::ErrorFromThere(Errno::IO));
        restore.swap(&exchanges, &place.work_through(gate)).unwrap_err();
        let trouble = restore.discard(&exchanges, &place.work()).unwrap_err();
        assert_eq!(trouble.hint.unwrap().key, "hint-unsettled", "{way:?}");
        assert_eq!(restore.settle(&exchanges, &place.work()).unwrap(), Stands::New, "{way:?}");
        let back = undo(&restore, &exchanges, SECOND);
        assert_eq!(told(&scene.live).len(), all);
        // What was taken back is kept: nothing a prepare made is named by it.
        restore.discard(&back, &place.work()).unwrap();
        assert!(Path::new(back[0].old.as_ref().unwrap()).exists());
    }
}

/// Broken at any act, also so that the way back is broken with it, a prepare leaves nothing that a
/// discard does not remove.
#[rstest]
#[case(Way::Beside)]
#[case(Way::Inside)]
#[case(Way::Single)]
fn a_prepare_broken_at_any_door_leaves_nothing(#[case] way: Way) {
    let scene = Scene::of(small_tree);
    let (restore, wish, place) = (way.restore(&scene.live), way.wish(&scene.artifact), Place::new());
    let before = without_time(&tell(scene.folder.path()));
    let exchanges = scene.artifact.look(&restore, &wish).unwrap().exchanges;
    let prepare = |gate: Arc<dyn Gate>| {
        let bytes = Bytes { raw: &mut Cursor::new(&scene.artifact.raw), file: None };
        restore.prepare(&exchanges, bytes, &wish, &place.work_through(gate))
    };
    let counting = FaultGate::counting();
    prepare(counting.clone()).unwrap();
    restore.discard(&exchanges, &place.work()).unwrap();
    for nth in 1..=counting.count() {
        prepare(FaultGate::at(nth, Fault::Error(Errno::IO))).unwrap_err();
        assert_eq!(without_time(&tell(scene.folder.path())), before, "{way:?} {nth} of {:?}", counting.seen());
        prepare(FaultGate::at(nth, Fault::ErrorFromThere(Errno::IO))).unwrap_err();
        restore.discard(&exchanges, &place.work()).unwrap();
        assert_eq!(without_time(&tell(scene.folder.path())), before, "{way:?} {nth} of {:?}", counting.seen());
    }
}

#[test]
fn a_mount_point_changes_its_entries_and_stays() {
    if passed_among_own_mounts("restore_files::a_mount_point_changes_its_entries_and_stays") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    mount(&["-t", "tmpfs", "-o", "size=64m", "tmpfs"], &folder.path().join("media"));
    let scene = Scene::at(folder, "media", odd_tree);
    fs::create_dir(scene.live.join("lost+found")).unwrap();
    File::open(&scene.live).unwrap().set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    let device = fs::metadata(&scene.live).unwrap().dev();
    let without = |folder: &Path| {
        let mut told = told(folder);
        told.remove(Path::new("lost+found"));
        without_own_time(told)
    };
    let (archived, later) = (without(&scene.archived()), without(&scene.live));
    let restore = beside(&scene.live);
    let prospect = scene.artifact.look(&restore, &scene.artifact.wish()).unwrap();
    assert!(prospect.says.iter().any(|saying| saying.key == "restore-folder-inside"), "{prospect:?}");
    let done = scene.artifact.restore(&restore, &scene.artifact.wish());
    assert_eq!(without(&scene.live), archived);
    let back = undo(&restore, &done, SECOND);
    assert_eq!(without(&scene.live), later);
    undo(&restore, &back, THIRD);
    assert_eq!(without(&scene.live), archived);
    assert!(scene.live.join("lost+found").is_dir());
    assert_eq!(fs::metadata(&scene.live).unwrap().dev(), device);

    // Of a volume below, a rename of the folder would take it along.
    mount(&["-t", "tmpfs", "tmpfs"], &scene.live.join("below"));
    refused(&scene.artifact, &restore, &scene.artifact.wish(), "is mounted at", "hint-mount-below");
}

#[test]
fn a_disk_that_fills_up_leaves_the_old_folder() {
    if passed_among_own_mounts("restore_files::a_disk_that_fills_up_leaves_the_old_folder") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    mount(&["-t", "tmpfs", "-o", "size=24m", "tmpfs"], &disk);
    let scene = Scene::at(folder, "disk/media", odd_tree);
    let (restore, wish) = (beside(&scene.live), scene.artifact.wish());
    // Looked at when there was room, unpacked when there is none.
    let exchanges = scene.artifact.look(&restore, &wish).unwrap().exchanges;
    let free = rustix::fs::statvfs(&disk).map(|stat| stat.f_bavail * stat.f_frsize).unwrap();
    fs::write(disk.join("filler"), vec![1; usize::try_from(free - 1_000_000).unwrap()]).unwrap();
    refused(&scene.artifact, &restore, &wish, "are needed", "hint-restore-room");
    let before = paths(&disk);
    for to in [To::Home, To::Folder(disk.join("copy"))] {
        let wish = Wish { to, ..wish.clone() };
        let bytes = Bytes { raw: &mut Cursor::new(&scene.artifact.raw), file: None };
        let trouble = restore.prepare(&exchanges, bytes, &wish, &Place::new().work()).unwrap_err();
        assert!(trouble.error.contains("No space left"), "{trouble}");
        assert_eq!(trouble.hint.unwrap().key, "hint-disk-full");
        assert_eq!(paths(&disk), before);
    }
}

#[track_caller]
fn refused(artifact: &Artifact, restore: &dyn Restore, wish: &Wish, told: &str, hint: &str) {
    let trouble = artifact.look(restore, wish).expect_err("it was not refused");
    assert!(trouble.error.contains(told), "{trouble}");
    assert_eq!(trouble.hint.map(|hint| hint.key), Some(hint), "{}", trouble.error);
}

/// Nothing but the staging folder is touched, and that is gone.
#[track_caller]
fn refused_whole(scene: &Scene, artifact: &Artifact, only: &[&str], told: &str) {
    let outside = tell(scene.folder.path());
    for way in [beside, inside] {
        let restore = way(&scene.live);
        for wish in
            [artifact.wish_only(only), Wish { to: To::Folder(scene.folder.path().join("x")), ..artifact.wish() }]
        {
            let trouble = artifact.prepare(&restore, &wish, &Place::new().work()).expect_err("it was taken");
            assert!(trouble.error.contains(told), "{trouble}");
            let after = tell(scene.folder.path());
            assert_eq!(without_time(&after), without_time(&outside), "something was left, or touched");
        }
    }
}

#[rstest]
#[case::absolute(&[("/tmp/evil", Regular, "")], "leads out")]
#[case::climbing(&[("./a/../../evil", Regular, "")], "leads out")]
#[case::a_folder_that_climbs(&[("..", Directory, "")], "leads out")]
#[case::empty(&[("", Regular, "")], "leads out")]
#[case::through_a_link(&[("l", Symlink, "/tmp"), ("l/evil", Regular, "")], "leads through")]
#[case::a_file_on_a_link(&[("l", Symlink, "/tmp/evil"), ("l", Regular, "")], "twice")]
#[case::hard_link_out(&[("h", Link, "../../etc/passwd")], "hard link out")]
#[case::absolute_hard_link(&[("h", Link, "/etc/passwd")], "hard link out")]
#[case::hard_link_through_a_link(&[("l", Symlink, "/etc"), ("h", Link, "l/passwd")], "leads through")]
#[case::hard_link_to_nothing(&[("h", Link, "nothing")], "nothing before it")]
#[case::a_device(&[("d", Char, "")], "no file, folder or link")]
#[case::a_block_device(&[("d", Block, "")], "no file, folder or link")]
#[case::a_pipe(&[("p", Fifo, "")], "no file, folder or link")]
#[case::twice(&[("f", Regular, ""), ("./f", Regular, "")], "twice")]
#[case::the_root_twice(&[("./", Directory, ""), (".", Directory, "")], "twice")]
fn a_hostile_archive_is_refused(#[case] entries: &[(&str, EntryType, &str)], #[case] told: &str) {
    let scene = Scene::of(small_tree);
    refused_whole(&scene, &Artifact::adopted(archive_of(entries)), &[], told);
}

#[rstest]
#[case::through_a_link_of_the_archive(&[("l", Symlink, "/tmp"), ("l/evil", Regular, "")], &["l", "l/evil"], "leads through")]
#[case::through_a_link_that_stands_there(&[("link/evil", Regular, "")], &["link/evil"], "a link or file stands on the way")]
#[case::over_a_folder(&[("a", Regular, "")], &["a"], "a folder stands there")]
#[case::hard_link_elsewhere(&[("f", Regular, ""), ("h", Link, "f")], &["h"], "a hard link to `f`, which is not asked for")]
#[case::twice(&[("f", Regular, ""), ("./f", Regular, "")], &["f"], "twice")]
fn a_hostile_entry_among_those_asked_for_is_refused(
    #[case] entries: &[(&str, EntryType, &str)],
    #[case] only: &[&str],
    #[case] told: &str,
) {
    let scene = Scene::of(small_tree);
    let before = tell(scene.folder.path());
    let artifact = Artifact::adopted(archive_of(entries));
    let wish = artifact.wish_only(only);
    let trouble = artifact.prepare(&beside(&scene.live), &wish, &Place::new().work()).unwrap_err();
    assert!(trouble.error.contains(told), "{trouble}");
    assert_eq!(without_time(&tell(scene.folder.path())), without_time(&before));
}

/// One header as a hostile hand would write it, and no content.
fn header(path: &str, mode: u32, size_bytes: u64) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_entry_type(Regular);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size_bytes);
    header.set_cksum();
    header.as_bytes().to_vec()
}

#[test]
fn bombs_and_more_than_was_stored_are_refused() {
    let scene = Scene::of(small_tree);
    let bomb = Artifact::adopted(header("bomb", 0o644, 1 << 50));
    refused_whole(&scene, &bomb, &[], "more than there is room for");
    let set_id = Artifact::adopted([header("tool", 0o4755, 0), vec![0; 1024]].concat());
    refused_whole(&scene, &set_id, &[], "runs with its owner's rights");

    let stated = scene.artifact.facts.clone();
    let swapped = |entries: &[(&str, EntryType, &str)]| Artifact { raw: archive_of(entries), facts: stated.clone() };
    refused_whole(&scene, &swapped(&[("f", Regular, "")]), &[], "does not hold what its manifest says");
    let many: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), Directory, "")).collect();
    refused_whole(&scene, &swapped(&many), &[], "holds more than its manifest says");
    let large = Artifact { raw: header("large", 0o644, 1 << 50), facts: stated };
    refused_whole(&scene, &large, &[], "holds more than its manifest says");

    // The same mended is accepted.
    let mended = Artifact::adopted([header("tool", 0o755, 0), vec![0; 1024]].concat());
    mended.restore(&beside(&scene.live), &mended.wish());
    assert_eq!(names(&scene.live), ["tool"]);
}

#[test]
fn an_archive_cut_or_flipped_is_refused() {
    let scene = Scene::of(small_tree);
    let (raw, facts) = (scene.artifact.raw.clone(), scene.artifact.facts.clone());
    for percent in [1, 50, 99] {
        let cut = Artifact { raw: raw[..raw.len() * percent / 100].to_vec(), facts: facts.clone() };
        refused_whole(&scene, &cut, &[], "");
    }
    let at = memchr::memmem::find(&raw, b"a photo").unwrap();
    let mut flipped = raw;
    flipped[at] ^= 1;
    refused_whole(&scene, &Artifact { raw: flipped, facts }, &[], "does not hold what its manifest says");
}

#[test]
fn single_files_come_back_and_nothing_else_is_touched() {
    let scene = Scene::of(odd_tree);
    let before = tell(&scene.live);
    let restore = beside(&scene.live);
    let wish = scene.artifact.wish_only(&["a/one byte", "empty", "a/b/*", "link", "nnnn*", "empty folder"]);
    let prospect = scene.artifact.look(&restore, &wish).unwrap();
    assert!(prospect.says.iter().any(|saying| saying.key == "restore-single-kept"), "{prospect:?}");
    let done = scene.artifact.restore(&restore, &wish);
    let (archived, after) = (tell(&scene.archived()), tell(&scene.live));
    for path in ["a/one byte", "empty", "a/b/large", "a/b", "a/b/c", "link", "empty folder", &"n".repeat(255)] {
        let plain = |told: &str| told.split(" first ").next().unwrap().to_owned();
        assert_eq!(plain(&after[Path::new(path)]), plain(&archived[Path::new(path)]), "{path}");
    }
    assert_eq!(after[Path::new("a/new/photo")], before[Path::new("a/new/photo")]);
    assert_eq!(fs::read(scene.live.join(format!("empty_before_{FIRST}"))).unwrap(), b"no longer");
    assert!(!after.contains_key(Path::new("a/block")) && !after.contains_key(Path::new("sparse")));
    assert!(!after.keys().any(|path| path.to_string_lossy().contains(".resguardo-")), "{after:?}");

    let back = undo(&restore, &done, SECOND);
    assert_eq!(fs::read(scene.live.join("empty")).unwrap(), b"no longer");
    assert_eq!(fs::read_link(scene.live.join("link")).unwrap(), Path::new("a/new"));
    assert_eq!(fs::read(scene.live.join(format!("empty_undone_{SECOND}"))).unwrap(), b"");
    undo(&restore, &back, THIRD);
    assert_eq!(fs::read(scene.live.join("empty")).unwrap(), b"");
}

#[test]
fn hard_links_asked_for_together_stay_one_file() {
    let scene = Scene::of(odd_tree);
    scene
        .artifact
        .restore(&beside(&scene.live), &scene.artifact.wish_only(&["a/block", "a/b/hard link", "z hard link"]));
    let inode = |name: &str| fs::metadata(scene.live.join(name)).unwrap().ino();
    assert_eq!(fs::read(scene.live.join("a/block")).unwrap(), [7; 512]);
    assert_eq!(fs::metadata(scene.live.join("a/b/hard link")).unwrap().len(), 512);
    assert!(inode("z hard link") > 0);
}

#[test]
fn where_nothing_matches_what_stands_there_is_named() {
    let scene = Scene::of(small_tree);
    let wish = scene.artifact.wish_only(&["a/b/fotos"]);
    let trouble = scene.artifact.look(&beside(&scene.live), &wish).unwrap_err();
    assert!(trouble.error.contains("nothing matches; it holds `"), "{trouble}");
    assert_eq!(trouble.hint.unwrap().key, "hint-only");
    let wish = scene.artifact.wish_only(&["["]);
    assert!(scene.artifact.look(&beside(&scene.live), &wish).is_err());
}

#[test]
fn everything_can_be_put_into_a_folder_of_the_operators() {
    let scene = Scene::of(odd_tree);
    let before = tell(&scene.live);
    let restore = beside(&scene.live);
    for (name, made) in [("new", false), ("empty", true)] {
        let folder = scene.folder.path().join(name);
        if made {
            fs::create_dir(&folder).unwrap();
        }
        let wish = Wish { to: To::Folder(folder.clone()), ..scene.artifact.wish() };
        assert_eq!(scene.artifact.restore(&restore, &wish), []);
        assert_eq!(told(&folder), told(&scene.archived()));
        refused(&scene.artifact, &restore, &wish, "not empty", "hint-restore-not-empty");
    }
    let folder = scene.folder.path().join("some");
    let wish = Wish { to: To::Folder(folder.clone()), ..scene.artifact.wish_only(&["a/one byte"]) };
    scene.artifact.restore(&restore, &wish);
    assert_eq!(paths(&folder), ["", "a", "a/one byte"].map(PathBuf::from));
    assert_eq!(
        fs::metadata(folder.join("a")).unwrap().mode(),
        fs::metadata(scene.archived().join("a")).unwrap().mode()
    );
    let wish = Wish { to: To::Database("x".to_owned()), ..scene.artifact.wish() };
    refused(&scene.artifact, &restore, &wish, "no artifact of a database server", "hint-to-dir");
    assert_eq!(tell(&scene.live), before);
}

#[test]
fn owners_that_cannot_be_set_are_refused_unless_waived() {
    if passed_as_nobody("restore_files::owners_that_cannot_be_set_are_refused_unless_waived") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let scene = Scene::at(folder, "media", small_tree);
    scene.artifact.restore(&beside(&scene.live), &scene.artifact.wish());
    assert_eq!(told(&scene.live), told(&scene.archived()), "what is ours can be set");
    let foreign = Artifact::adopted(archive_of(&[("f", Regular, "")]));
    let wish = Wish { run: id(SECOND), ..foreign.wish() };
    let trouble = foreign.prepare(&beside(&scene.live), &wish, &Place::new().work()).unwrap_err();
    assert!(trouble.error.contains("belongs to 0:0"), "{trouble}");
    assert_eq!(trouble.hint.unwrap().key, "hint-owners");
    // A manifest that notes no owners says nothing of them: the archive itself is asked.
    let stated = ArchiveFacts {
        content: ArchiveContent { files: 1, content_bytes: 9999, ..Default::default() },
        ..Default::default()
    };
    let unnoted = Facts { archive: Some(stated), ..Facts::default() };
    refused(&foreign, &beside(&scene.live), &Wish { facts: unnoted, ..wish.clone() }, "belongs to 0:0", "hint-owners");
    foreign.restore(&beside(&scene.live), &Wish { no_owner: true, ..wish });
    assert_eq!(names(&scene.live), ["f"]);
    // One that notes only ours is believed, and nothing is read a second time.
    let unread = Artifact { raw: Vec::new(), facts: scene.artifact.facts.clone() };
    unread.look(&beside(&scene.live), &Wish { run: id(THIRD), ..unread.wish() }).unwrap();

    // A folder in one that is another's is exchanged from within.
    let shut = scene.folder.path().join("shut");
    fs::create_dir_all(shut.join("media")).unwrap();
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o555)).unwrap();
    scene.artifact.restore(&beside(&shut.join("media")), &scene.artifact.wish());
    assert_eq!(entries(&shut.join("media")), entries(&scene.archived()));
    fs::set_permissions(shut.join("media"), fs::Permissions::from_mode(0o555)).unwrap();
    let wish = Wish { run: id(SECOND), ..scene.artifact.wish() };
    refused(&scene.artifact, &beside(&shut.join("media")), &wish, "Permission denied", "hint-restore-no-right");
    fs::set_permissions(shut.join("media"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Settings, and what they have become.
fn settings() -> (TempDir, FilesConfig, Artifact) {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path(".env.prod"), "SECRET=1\n").unwrap();
    fs::set_permissions(path(".env.prod"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(path("real"), "A = 1\n").unwrap();
    symlink("real", path("settings.py")).unwrap();
    fs::create_dir_all(path("conf.d/sub")).unwrap();
    fs::write(path("conf.d/sub/a"), "a").unwrap();
    let config = files_config(&[path(".env.prod"), path("settings.py"), path("conf.d")]);
    let artifact = Artifact::of(&Files::new(&config).unwrap());
    fs::write(path(".env.prod"), "SECRET=2\n").unwrap();
    fs::write(path("real"), "A = 2\n").unwrap();
    fs::remove_dir_all(path("conf.d/sub")).unwrap();
    fs::write(path("conf.d/since"), "since").unwrap();
    (folder, config, artifact)
}

#[test]
fn settings_come_back_each_to_its_own_path() {
    let (folder, config, artifact) = settings();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    let restore = FilesRestore::new(&config);
    assert!(restore.look(&artifact.wish(), &Place::new().work()).unwrap().exchanges.is_empty());
    let done = artifact.restore(&restore, &artifact.wish());
    assert_eq!(
        (read(".env.prod"), read("real"), read("conf.d/sub/a")),
        ("SECRET=1\n".into(), "A = 1\n".into(), "a".into())
    );
    assert_eq!(fs::metadata(folder.path().join(".env.prod")).unwrap().mode() & 0o777, 0o600);
    assert!(folder.path().join("settings.py").is_symlink());
    assert_eq!(read("conf.d/since"), "since");
    assert_eq!(read(&format!(".env.prod_before_{FIRST}")), "SECRET=2\n");
    undo(&restore, &done, SECOND);
    assert_eq!((read(".env.prod"), read("real")), ("SECRET=2\n".into(), "A = 2\n".into()));
    assert!(!paths(folder.path()).iter().any(|path| path.to_string_lossy().contains(".resguardo-")));

    let wish = Wish { run: id(THIRD), ..artifact.wish_only(&["**/.env.prod"]) };
    assert_eq!(artifact.restore(&restore, &wish).len(), 1);
    let elsewhere = folder.path().join("elsewhere");
    artifact.restore(&restore, &Wish { to: To::Folder(elsewhere.clone()), ..artifact.wish() });
    assert_eq!(fs::read(elsewhere.join(folder.path().strip_prefix("/").unwrap()).join("real")).ok(), None);
    assert!(elsewhere.join(folder.path().strip_prefix("/").unwrap()).join("settings.py").is_file());
}

#[test]
fn settings_go_nowhere_that_the_configuration_does_not_name() {
    let (folder, config, artifact) = settings();
    let fewer = FilesRestore::new(&files_config(&config.paths[1..]));
    refused(&artifact, &fewer, &artifact.wish(), "does not name it", "hint-restore-not-named");
    let hostile = Artifact::adopted(archive_of(&[("etc/cron.d/evil", Regular, "")]));
    refused(&hostile, &FilesRestore::new(&config), &hostile.wish(), "does not name it", "hint-restore-not-named");
    assert_eq!(fs::read_to_string(folder.path().join(".env.prod")).unwrap(), "SECRET=2\n");
}

#[test]
fn settings_on_a_read_only_mount_are_refused() {
    if passed_among_own_mounts("restore_files::settings_on_a_read_only_mount_are_refused") {
        return;
    }
    let (folder, config, artifact) = settings();
    let restore = FilesRestore::new(&config);
    let one = folder.path().join(".env.prod");
    let bind = |what: &Path| {
        let done = std::process::Command::new("mount").arg("--bind").args([what, what]).status().unwrap();
        assert!(done.success());
    };
    bind(&one);
    refused(&artifact, &restore, &artifact.wish(), "mounted by itself", "hint-restore-mounted");
    assert!(std::process::Command::new("umount").arg(&one).status().unwrap().success());
    bind(folder.path());
    mount(&["-o", "remount,ro,bind"], folder.path());
    let trouble = restore.look(&artifact.wish(), &Place::new().work()).unwrap_err();
    assert_eq!(trouble.hint.unwrap().key, "hint-restore-read-only");
    refused(&artifact, &restore, &artifact.wish(), "Read-only", "hint-restore-read-only");
}

#[test]
fn what_a_restore_keeps_within_a_folder_is_not_archived() {
    let folder = tempfile::tempdir().unwrap();
    let live = folder.path().join("media");
    small_tree_at(&live);
    let config =
        format!("[[media]]\nname = \"media\"\npath = {live:?}\n[store]\ndir = {:?}\n", folder.path().join("store"));
    let file = folder.path().join("backup.toml");
    fs::write(&file, config).unwrap();
    let config = resguardo::config::load(Some(&file), []).unwrap().config;
    let source = &resguardo::source::configured(&config).unwrap()[0].source;
    let before = Artifact::of(&**source);
    for kept in [".resguardo-before-x/f", ".resguardo-undone-x/f", "a/.resguardo-new-x/f", "a/b.resguardo-new-x/f"] {
        fs::create_dir_all(live.join(kept).parent().unwrap()).unwrap();
        fs::write(live.join(kept), "x").unwrap();
    }
    fs::write(live.join(".resguardo-swapping"), "").unwrap();
    let content = |artifact: &Artifact| artifact.facts.archive.as_ref().unwrap().content.files;
    assert_eq!(content(&Artifact::of(&**source)), content(&before));

    let way_back = |kind, name: &str| resguardo::source::way_back(&config, kind, &SourceName::new(name).unwrap());
    assert!(way_back(Kind::Media, "media").is_some());
    assert!(way_back(Kind::Media, "other").is_none() && way_back(Kind::Files, "media").is_none());
}

fn small_tree_at(root: &Path) {
    fs::create_dir_all(root).unwrap();
    small_tree(root);
}

/// A store within the folder would be gone with the old copy.
#[test]
fn a_folder_that_holds_the_store_is_not_exchanged_whole() {
    let scene = Scene::of(small_tree);
    let store = scene.live.join("a/backups");
    fs::create_dir(&store).unwrap();
    let config = MediaConfig { exclude: vec!["cache/**".to_owned()], ..media_config(&scene.live) };
    let restore = FolderRestore::new(&config).leaving(&[&store]);
    refused(&scene.artifact, &restore, &scene.artifact.wish(), "would move with it", "hint-restore-ours-within");
    scene.artifact.restore(&restore, &scene.artifact.wish_only(&["other"]));
    fs::remove_dir(&store).unwrap();
    let wish = Wish { run: id(SECOND), ..scene.artifact.wish() };
    let prospect = scene.artifact.look(&restore, &wish).unwrap();
    assert!(prospect.says.iter().any(|saying| saying.key == "restore-folder-excluded"), "{prospect:?}");
}

/// A reader that ends in an error.
struct Broke;

impl io::Read for Broke {
    fn read(&mut self, _bytes: &mut [u8]) -> io::Result<usize> {
        Err(Errno::IO.into())
    }
}

#[test]
fn bytes_that_cannot_be_read_leave_nothing() {
    let scene = Scene::of(small_tree);
    let (restore, place) = (beside(&scene.live), Place::new());
    let exchanges = scene.artifact.look(&restore, &scene.artifact.wish()).unwrap().exchanges;
    let bytes = Bytes { raw: &mut Broke, file: None };
    restore.prepare(&exchanges, bytes, &scene.artifact.wish(), &place.work()).unwrap_err();
    assert!(!Path::new(&exchanges[0].new).exists());
}
