//! What the server of a drill may reach. A dump holds functions of whoever may make some in
//! production, and a load carries them out as the superuser: no program, no file but PostgreSQL's
//! own and those in scratch, no network is within their reach.

use std::path::{Path, PathBuf};

use crate::domain::saying::Saying;
use crate::source::postgres::tools::Tools;
use crate::sys::confined::{Confined, Reach};

const SERVER: &str = "postgres";
/// Below these, and below where PostgreSQL is installed, lie libraries and what goes with them.
const ROOTS: [&str; 3] = ["/", "/usr", "/usr/local"];
const BELOW_ROOTS: [&str; 3] = ["lib", "lib64", "share"];
/// Folders of a path of programs that lie in such a root.
const OF_ROOT: [&str; 3] = ["lib", "libexec", "bin"];
/// Names of users, places and times, and how libraries are set up; Debian's dictionaries.
const OTHERS: [&str; 14] = [
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/ld.so.preload",
    "/etc/passwd",
    "/etc/group",
    "/etc/nsswitch.conf",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/locale.alias",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/openssl.cnf",
    "/etc/crypto-policies",
    "/var/cache/postgresql/dicts",
];

pub(super) fn of_server(tools: &Tools, scratch: &Path, socket: &Path) -> Reach {
    let program = tools.program(SERVER);
    let folder = program.parent().unwrap_or(Path::new("/"));
    let roots = ROOTS.iter().map(Path::new).chain(root(folder));
    let mut reads: Vec<PathBuf> = roots.flat_map(|root| BELOW_ROOTS.map(|below| root.join(below))).collect();
    reads.extend(OTHERS.map(PathBuf::from));
    reads.push(folder.to_owned());
    Reach { runs: vec![program], reads, writes: vec![scratch.to_owned(), socket.to_owned()] }
}

/// Where PostgreSQL is installed whose programs lie in this folder.
fn root(folder: &Path) -> Option<&Path> {
    let folders = folder.ancestors().filter(|path| OF_ROOT.iter().any(|name| path.ends_with(name)));
    folders.last()?.parent()
}

/// What whoever reads of the drill is told of it.
pub(super) fn remark(confined: Confined) -> Option<Saying> {
    match confined {
        Confined::Wholly => None,
        Confined::ToFiles => Some(Saying::new("remark-drill-network")),
        Confined::Not => Some(Saying::new("remark-drill-unconfined")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_an_installation_is_found_from_its_programs() {
        let found = |folder| root(Path::new(folder)).unwrap_or(Path::new("none")).display().to_string();
        assert_eq!(found("/usr/lib/postgresql/15/bin"), "/usr");
        assert_eq!(found("/usr/pgsql-17/bin"), "/usr/pgsql-17");
        assert_eq!(found("/usr/libexec/postgresql17"), "/usr");
        assert_eq!(found("/opt/some/bin"), "/opt/some");
        assert_eq!(found("/elsewhere"), "none");
    }
}
