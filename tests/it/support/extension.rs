//! An extension of our own, with a configuration table that is dumped in part. A server finds its
//! extensions relative to its own program, so it gets a tree of its own in which that program is
//! a copy and everything else links to what is installed: nothing of the machine is touched.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::postgres::Server;

const CONTROL: &str = "default_version = '1.0'\nrelocatable = false\n";
const SCRIPT: &str = "
    CREATE TABLE odd_config_settings (key text PRIMARY KEY, value text, is_default boolean NOT NULL DEFAULT false);
    INSERT INTO odd_config_settings VALUES ('a', 'one', true), ('b', 'two', true);
    SELECT pg_catalog.pg_extension_config_dump('odd_config_settings', 'WHERE NOT is_default');
    CREATE TABLE odd_config_kept_by_it (i integer);
    INSERT INTO odd_config_kept_by_it VALUES (1);";

/// The installation of that server once more, with the extension.
pub(super) fn tree(server: &Server) -> TempDir {
    let tree = tempfile::tempdir().unwrap();
    fs::set_permissions(tree.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let installed = |name: &str| PathBuf::from(server.psql("postgres", &asks(name)));
    let (library, shared) = (installed("PKGLIBDIR"), installed("SHAREDIR"));
    let postgres = postgres(&tree, server);
    fs::create_dir_all(postgres.parent().unwrap()).unwrap();
    fs::copy(installed("BINDIR").join("postgres"), &postgres).unwrap();
    link_content(&installed("BINDIR"), postgres.parent().unwrap(), &installed("BINDIR").join("postgres"));
    let extensions = shared.join("extension");
    link_content(&shared, &inside(&tree, &shared), &extensions);
    link_content(&extensions, &inside(&tree, &extensions), Path::new(""));
    let library_inside = inside(&tree, &library);
    fs::create_dir_all(library_inside.parent().unwrap()).unwrap();
    symlink(&library, library_inside).unwrap();
    for (file, content) in [("odd_config.control", CONTROL), ("odd_config--1.0.sql", SCRIPT)] {
        fs::write(inside(&tree, &extensions).join(file), content).unwrap();
    }
    tree
}

/// The server's program in the tree.
pub(super) fn postgres(tree: &TempDir, server: &Server) -> PathBuf {
    inside(tree, Path::new(&server.psql("postgres", &asks("BINDIR")))).join("postgres")
}

/// The folder of the programs that a server runs from.
pub(super) fn programs(server: &Server) -> PathBuf {
    PathBuf::from(server.psql("postgres", &asks("BINDIR")))
}

fn asks(name: &str) -> String {
    format!("SELECT setting FROM pg_config WHERE name = '{name}'")
}

/// The same path below the tree: so all of them keep their places to each other.
fn inside(tree: &TempDir, path: &Path) -> PathBuf {
    tree.path().join(path.strip_prefix("/").unwrap())
}

fn link_content(from: &Path, to: &Path, except: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap).filter(|entry| entry.path() != except) {
        symlink(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
