//! Who this program is to the system, what refuses it, and the very line that mends that: with the
//! numbers and the path, to be given where those mean the same. In a container that is the host, where
//! folders bear other names. Never: changes a right.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf, absolute};

use rustix::fs::{Access, AtFlags, CWD, accessat};

use super::mounts::Mount;
use super::place::{self, Place, quoted};
use super::users;
use crate::domain::saying::Saying;

/// In a mode: the owner's group may read; which kind of thing it is, and that of a folder.
const GROUP_READS: u32 = 0o040;
const FILE_TYPE: u32 = 0o170_000;
const FOLDER: u32 = 0o040_000;

/// What to do so that the program may write `path`, of the folder `own`, which is the program's with all
/// that is in it: the store, the logs.
pub fn to_write(path: &Path, own: &Path) -> Saying {
    let refuser = refuser(&from_the_root(path), Access::READ_OK | Access::WRITE_OK);
    Surroundings::real().to_write(&from_the_root(own), refuser.as_ref()).with("path", path.display())
}

/// The same where nobody knows whose it is meant to be: then only who we are.
pub fn to_write_anywhere(path: &Path) -> Saying {
    Saying::new("hint-no-right").with("user", Surroundings::real().user()).with("path", path.display())
}

/// What to do so that the program may read `path`, a file that the operator keeps for it: settings, a
/// secret.
pub fn to_read_own(path: &Path) -> Saying {
    let file = from_the_root(path);
    Surroundings::real().to_read_own(&file, refuser(&file, Access::READ_OK).as_ref()).with("path", path.display())
}

/// What to do so that the program may read `path` again, of the folder `own`, which is the program's with
/// all that is in it: somebody else brought it there.
pub fn to_read_back(path: &Path, own: &Path) -> Saying {
    let refuser = refuser(&from_the_root(path), Access::READ_OK);
    Surroundings::real().to_read_back(&from_the_root(own), refuser.as_ref()).with("path", path.display())
}

/// What to do so that the program may read and write `path`, which the application keeps in `folder` and
/// goes on using.
pub fn to_share(path: &Path, folder: &Path) -> Saying {
    let refuser = refuser(&from_the_root(path), Access::READ_OK | Access::WRITE_OK);
    Surroundings::real().to_share(&from_the_root(folder), refuser.as_ref()).with("path", path.display())
}

/// What to do so that what these files keep word of is forgotten: they are the program's own, and nothing
/// else depends on them.
pub fn to_forget<'a>(files: impl Iterator<Item = &'a Path>) -> Saying {
    let files: Vec<PathBuf> = files.map(from_the_root).collect();
    Surroundings::real().told_of_all(TO_FORGET, "rm", &files)
}

/// What to do so that these, which another user left in the folder `dir`, are out of the way.
pub fn to_clear_away<'a>(left: impl Iterator<Item = &'a Path>, dir: &Path) -> Saying {
    let (left, keys): (Vec<PathBuf>, _) =
        (left.map(from_the_root).collect(), ["hint-drill-left", "hint-drill-left-on-host"]);
    Surroundings::real().told_of_all(keys, "rm -r", &left).with("dir", dir.display())
}

/// What to do so that the program may read `path`, which is the application's and stays so; best with
/// all else in `folder`, of which it is a part or which it is.
pub fn to_read(path: &Path, folder: &Path) -> Saying {
    let refuser = refuser(&from_the_root(path), Access::READ_OK);
    Surroundings::real().to_read(&from_the_root(folder), refuser.as_ref()).with("path", path.display())
}

/// May `path` be used so, by the rights that opening it goes by?
///
/// # Errors
/// The system's.
pub fn may(path: &Path, so: Access) -> rustix::io::Result<()> {
    accessat(CWD, path, so, AtFlags::EACCESS)
}

const TO_FORGET: [&str; 2] = ["hint-store-forget", "hint-store-forget-on-host"];

/// A line is given anywhere, and for the thing itself: most commands stop at a link that leads to it.
fn from_the_root(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| absolute(path)).unwrap_or_else(|_| path.to_owned())
}

/// The program's user and group, and in a container what is mounted there.
struct Surroundings {
    user: u32,
    group: u32,
    /// Those whose rights are ours, `group` among them.
    groups: Vec<u32>,
    container: Option<Vec<Mount>>,
}

/// What refuses, and whose it is.
struct Refuser {
    path: PathBuf,
    owner: u32,
    group: u32,
    mode: u32,
    /// A folder that we may pass through.
    lets_pass: bool,
}

/// The first folder on the way that does not let us pass, the thing itself, or the folder in which it
/// cannot be made.
fn refuser(path: &Path, wanted: Access) -> Option<Refuser> {
    let mut above: Vec<&Path> = path.ancestors().skip(1).filter(|folder| folder.exists()).collect();
    above.reverse();
    let shut = above.iter().copied().find(|folder| may(folder, Access::EXEC_OK).is_err());
    let itself = || {
        let so = if path.is_dir() { wanted | Access::EXEC_OK } else { wanted };
        Some(path).filter(|path| path.exists() && may(path, so).is_err())
    };
    let unwritable = || {
        let makes = wanted.contains(Access::WRITE_OK);
        above.last().copied().filter(|folder| makes && may(folder, Access::WRITE_OK).is_err())
    };
    let found = shut.or_else(itself).or_else(unwritable)?;
    let about = fs::metadata(found).ok()?;
    Some(Refuser {
        path: found.to_owned(),
        owner: about.uid(),
        group: about.gid(),
        mode: about.mode(),
        lets_pass: may(found, Access::EXEC_OK).is_ok(),
    })
}

impl Surroundings {
    fn real() -> Self {
        Self {
            user: rustix::process::geteuid().as_raw(),
            group: rustix::process::getegid().as_raw(),
            groups: users::our_groups(),
            container: place::container(),
        }
    }

    fn user(&self) -> String {
        format!("{}:{}", self.user, self.group)
    }

    fn to_write(&self, own: &Path, refuser: Option<&Refuser>) -> Saying {
        let Some(refuser) = refuser else { return Saying::new("hint-no-right").with("user", self.user()) };
        // A folder on the way is nobody's to give away.
        let is_above = refuser.path != own && own.starts_with(&refuser.path);
        let (mending, what) = if is_above && !refuser.lets_pass {
            (self.let_pass(refuser), refuser.path.as_path())
        } else if is_above {
            (format!("install -d -o {} -g {}", self.user, self.group), own)
        } else if refuser.owner == self.user {
            ("chmod u+rwX".to_owned(), refuser.path.as_path())
        } else {
            (format!("chown -R {}", self.user()), own)
        };
        self.told(["hint-no-right-line", "hint-no-right-on-host"], &mending, what)
    }

    fn to_read_back(&self, own: &Path, refuser: Option<&Refuser>) -> Saying {
        let Some(refuser) = refuser else { return Saying::new("hint-may-not-read") };
        let is_above = refuser.path != own && own.starts_with(&refuser.path);
        let (mending, what) = if is_above {
            (self.let_pass(refuser), refuser.path.as_path())
        } else if refuser.owner == self.user {
            ("chmod -R u+rX".to_owned(), own)
        } else {
            (format!("chown -R {}", self.user()), own)
        };
        self.told(["hint-may-not-read-own", "hint-may-not-read-own-on-host"], &mending, what)
    }

    fn to_read_own(&self, path: &Path, refuser: Option<&Refuser>) -> Saying {
        let Some(refuser) = refuser else { return Saying::new("hint-may-not-read") };
        let mending = if refuser.path != path {
            self.let_pass(refuser)
        } else if refuser.owner == self.user {
            "chmod u+r".to_owned()
        } else {
            format!("chown {}", self.user())
        };
        self.told(["hint-may-not-read-own", "hint-may-not-read-own-on-host"], &mending, &refuser.path)
    }

    fn to_share(&self, folder: &Path, refuser: Option<&Refuser>) -> Saying {
        let Some(refuser) = refuser else { return Saying::new("hint-no-right").with("user", self.user()) };
        let user = self.user;
        let (key, line) = match self.place(&refuser.path) {
            // What is made there later is shared by it as well.
            Place::Here(_) => {
                let line = format!("setfacl -R -m u:{user}:rwX,d:u:{user}:rwX {}", quoted(folder));
                ("hint-not-shared-line", line)
            }
            Place::OnTheHost { .. } => {
                ("hint-not-shared-on-host", format!("BACKUP_USER={}:{}", refuser.owner, refuser.group))
            }
        };
        Saying::new(key).with("line", line).with("user", self.user())
    }

    fn to_read(&self, folder: &Path, refuser: Option<&Refuser>) -> Saying {
        let Some(refuser) = refuser else { return Saying::new("hint-may-not-read") };
        let user = self.user;
        let saying = match self.place(&refuser.path) {
            Place::Here(place) => {
                let is_above = refuser.path != folder && folder.starts_with(&refuser.path);
                let line = if is_above {
                    format!("{} {place}", self.let_pass(refuser))
                } else if refuser.path == folder && refuser.mode & FILE_TYPE != FOLDER {
                    format!("setfacl -m u:{user}:r {place}")
                } else {
                    format!("setfacl -R -m u:{user}:rX,d:u:{user}:rX {}", quoted(folder))
                };
                Saying::new("hint-may-not-read-line").with("line", line)
            }
            Place::OnTheHost { .. } if refuser.mode & GROUP_READS != 0 && !self.groups.contains(&refuser.group) => {
                let line = format!("BACKUP_USER={user}:{}", refuser.group);
                Saying::new("hint-may-not-read-group").with("line", line)
            }
            Place::OnTheHost { .. } => Saying::new("hint-may-not-read-root"),
        };
        saying.with("user", self.user())
    }

    /// One line for all of them: where not each has a name on the host, it is given within.
    fn told_of_all(&self, [here, on_host]: [&'static str; 2], mending: &str, files: &[PathBuf]) -> Saying {
        let outside = |file: &PathBuf| match self.place(file) {
            Place::OnTheHost { place, mount } => Some((place, mount)),
            Place::Here(_) => None,
        };
        let (saying, places) = match files.iter().map(outside).collect::<Option<(Vec<_>, Vec<_>)>>() {
            Some((places, mut mounts)) => {
                mounts.dedup();
                (Saying::new(on_host).with("mount", mounts.join(", ")), places)
            }
            None => (Saying::new(here), files.iter().map(|file| quoted(file)).collect()),
        };
        saying.with("line", format!("{mending} {}", places.join(" ")))
    }

    fn place(&self, path: &Path) -> Place {
        place::of(path, self.container.as_deref())
    }

    /// The command with what it is for, as that is named where it is given: here, or on the host.
    fn told(&self, [here, on_host]: [&'static str; 2], mending: &str, what: &Path) -> Saying {
        let (saying, place) = match self.place(what) {
            Place::Here(place) => (Saying::new(here), place),
            Place::OnTheHost { place, mount } => (Saying::new(on_host).with("mount", mount), place),
        };
        saying.with("line", format!("{mending} {place}")).with("user", self.user())
    }

    /// The command that lets us through a folder, and gives us nothing else of it.
    fn let_pass(&self, folder: &Refuser) -> String {
        // The kernel asks only the class that fits first.
        let class = match folder {
            Refuser { owner, .. } if *owner == self.user => 'u',
            Refuser { group, .. } if self.groups.contains(group) => 'g',
            _ => 'o',
        };
        format!("chmod {class}+x")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_a_container() -> Surroundings {
        let mount = |point: &str, root: &str| Mount { point: PathBuf::from(point), root: PathBuf::from(root) };
        Surroundings {
            user: 1000,
            group: 1000,
            groups: vec![1000, 50],
            container: Some(vec![
                mount("/", "/"),
                mount("/resguardo/backups", "/srv/app/backups"),
                mount("/media", "/srv/app/media"),
                mount("/run/secrets/db_password", "/srv/my app/secrets/db_password"),
            ]),
        }
    }

    fn on_a_machine() -> Surroundings {
        Surroundings { container: None, ..in_a_container() }
    }

    fn refused(path: &str, owner: u32, mode: u32) -> Refuser {
        Refuser { path: PathBuf::from(path), owner, group: 33, mode, lets_pass: mode & 0o001 != 0 }
    }

    fn args(saying: &Saying, name: &str) -> String {
        saying.args.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    #[test]
    fn the_line_has_the_numbers_and_the_name_that_the_folder_has_where_it_is_given() {
        let own = Path::new("/resguardo/backups");
        let store = refused("/resguardo/backups", 0, 0o40_755);
        let told = in_a_container().to_write(own, Some(&store));
        assert_eq!(told.key, "hint-no-right-on-host");
        assert_eq!(args(&told, "line"), "chown -R 1000:1000 ./backups");
        assert_eq!(args(&told, "mount"), "/resguardo/backups");
        let line = |own: &str, refuser: &Refuser| {
            let told = on_a_machine().to_write(Path::new(own), Some(refuser));
            (told.key, args(&told, "line"))
        };
        let given = |line: &str| ("hint-no-right-line", line.to_owned());
        assert_eq!(line("/resguardo/backups", &store), given("chown -R 1000:1000 /resguardo/backups"));
        // One of ours that was closed, one below it that is another's: the whole is ours.
        assert_eq!(line("/my backups", &refused("/my backups", 1000, 0o40_500)), given("chmod u+rwX '/my backups'"));
        assert_eq!(line("/backups", &refused("/backups/db", 0, 0o40_750)), given("chown -R 1000:1000 /backups"));
        // What lies above it is never given away.
        assert_eq!(
            line("/srv/backups", &refused("/srv", 0, 0o40_755)),
            given("install -d -o 1000 -g 1000 /srv/backups")
        );
        assert_eq!(line("/srv/backups", &refused("/srv", 0, 0o40_700)), given("chmod o+x /srv"));
        let ours = Refuser { group: 1000, ..refused("/srv", 0, 0o40_701) };
        assert_eq!(line("/srv/backups", &Refuser { lets_pass: false, ..ours }), given("chmod g+x /srv"));
        // The kernel asks the class of any group of ours before that of all others.
        let beside = Refuser { group: 50, ..refused("/srv", 0, 0o40_700) };
        assert_eq!(line("/srv/backups", &beside), given("chmod g+x /srv"));
        assert_eq!(on_a_machine().to_write(own, None).key, "hint-no-right");
    }

    #[test]
    fn what_another_user_brought_into_the_store_is_taken_over_whole() {
        let own = Path::new("/resguardo/backups");
        let line = |surroundings: Surroundings, refuser: &Refuser| {
            let told = surroundings.to_read_back(own, Some(refuser));
            (told.key, args(&told, "line"))
        };
        let copied = refused("/resguardo/backups/db/app.sql.gz", 0, 0o100_600);
        let on_host = ("hint-may-not-read-own-on-host", "chown -R 1000:1000 ./backups".to_owned());
        assert_eq!(line(in_a_container(), &copied), on_host);
        let here = |line: &str| ("hint-may-not-read-own", line.to_owned());
        assert_eq!(line(on_a_machine(), &copied), here("chown -R 1000:1000 /resguardo/backups"));
        let ours = refused("/resguardo/backups/db/app.sql.gz", 1000, 0o100_000);
        assert_eq!(line(on_a_machine(), &ours), here("chmod -R u+rX /resguardo/backups"));
        assert_eq!(line(on_a_machine(), &refused("/resguardo", 0, 0o40_700)), here("chmod o+x /resguardo"));
    }

    #[test]
    fn a_secret_is_named_as_it_lies_on_the_host() {
        let secret = Path::new("/run/secrets/db_password");
        let told = in_a_container().to_read_own(secret, Some(&refused("/run/secrets/db_password", 0, 0o100_600)));
        assert_eq!(args(&told, "line"), "chown 1000:1000 '/srv/my app/secrets/db_password'");
        assert_eq!(told.key, "hint-may-not-read-own-on-host");
        let told = on_a_machine().to_read_own(Path::new("/etc/app/password"), Some(&refused("/etc/app", 0, 0o40_700)));
        assert_eq!((told.key, args(&told, "line")), ("hint-may-not-read-own", "chmod o+x /etc/app".into()));
    }

    #[test]
    fn one_line_forgets_all_files_where_each_has_a_name() {
        let told = |surroundings: Surroundings, files: [&str; 2]| {
            let told = surroundings.told_of_all(TO_FORGET, "rm", &files.map(PathBuf::from));
            (told.key, args(&told, "line"), args(&told, "mount"))
        };
        let files = ["/resguardo/backups/a", "/media/b"];
        let on_host = "rm ./backups/a /srv/app/media/b".to_owned();
        let mounts = "/resguardo/backups, /media".to_owned();
        assert_eq!(told(in_a_container(), files), ("hint-store-forget-on-host", on_host, mounts));
        let here = |line: &str| ("hint-store-forget", line.to_owned(), String::new());
        assert_eq!(told(on_a_machine(), files), here("rm /resguardo/backups/a /media/b"));
        let within = ["/resguardo/backups/a", "/my scratch/b"];
        assert_eq!(told(in_a_container(), within), here("rm /resguardo/backups/a '/my scratch/b'"));
    }

    #[test]
    fn what_is_the_applications_stays_its_own() {
        let (photo, media) = (Path::new("/media/a.jpg"), Path::new("/media"));
        let key = |told: Saying| (told.key, args(&told, "line"));
        let inside = refused("/data/a.jpg", 33, 0o100_600);
        let told = in_a_container().to_read(Path::new("/data"), Some(&inside));
        assert_eq!(told.key, "hint-may-not-read-line", "what no host has is mended within");
        let shut = refused("/media/a.jpg", 33, 0o100_600);
        let told = key(in_a_container().to_read(media, Some(&shut)));
        assert_eq!(told, ("hint-may-not-read-root", String::new()));
        let groups = refused("/media/a.jpg", 33, 0o100_640);
        let told = key(in_a_container().to_read(media, Some(&groups)));
        assert_eq!(told, ("hint-may-not-read-group", "BACKUP_USER=1000:33".into()));
        let line = |folder: &Path, refuser: &Refuser| args(&on_a_machine().to_read(folder, Some(refuser)), "line");
        assert_eq!(line(media, &shut), "setfacl -R -m u:1000:rX,d:u:1000:rX /media");
        assert_eq!(line(photo, &shut), "setfacl -m u:1000:r /media/a.jpg");
        let above = refused("/srv", 0, 0o40_700);
        assert_eq!(line(Path::new("/srv/media"), &above), "chmod o+x /srv");
        let wal = refused("/media/app.sqlite3-wal", 33, 0o100_644);
        let line = |told: Saying| (told.key, args(&told, "line"));
        let here = "setfacl -R -m u:1000:rwX,d:u:1000:rwX /media".to_owned();
        assert_eq!(line(on_a_machine().to_share(media, Some(&wal))), ("hint-not-shared-line", here));
        let on_host = "BACKUP_USER=33:33".to_owned();
        assert_eq!(line(in_a_container().to_share(media, Some(&wal))), ("hint-not-shared-on-host", on_host));
    }
}
