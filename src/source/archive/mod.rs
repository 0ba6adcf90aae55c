//! Folders and files as one tar stream, and back. `walk` meets what is there in a fixed order,
//! `measure` looks before `pack` reads it and writes blocks; `read` takes blocks apart again,
//! `load` lets `unpack` make them where nothing stands yet, held to `terms` and taking `only`
//! what is asked for, after `shape` has told whether they can stand there at all, and `settable`, who
//! asks `giver`, whether they can be whose they were; `drill` walks what
//! was unpacked anew; `entry`, `header` and `digest` say what an entry is, how it is written and how
//! a tree is summed.
//!
//! The stream is what GNU tar, busybox and bsdtar read: GNU headers with GNU long names, and PAX
//! records for what these cannot hold (parts of a second, attributes, ACLs). It is written by a
//! plain blocking thread: `tokio_tar` gives the header, its async builder would only stand
//! between this thread and the writer. An archive given up half-way has no end blocks.
//!
//! Never: follows a symbolic link below the folder it was given; holds a whole file beyond a few
//! MiB; compresses; decides what a missing entry means for the run.

mod acl;
mod attributes;
mod digest;
pub(super) mod drill;
mod entry;
mod giver;
mod header;
mod inspect;
mod listing;
mod load;
mod measure;
mod notes;
mod only;
mod owners;
mod pack;
mod picks;
mod read;
mod settable;
mod shape;
mod shut;
mod terms;
mod unpack;
mod walk;

pub(super) use attributes::Attributes;
pub(super) use giver::Giver;
pub(super) use inspect::inspect;
pub(super) use load::{load, load_into, new_root};
pub(super) use measure::Measure;
pub(super) use only::Only;
pub(super) use pack::Packer;
pub(super) use picks::{Pick, picks};
pub(super) use settable::Settable;
pub(super) use shape::look_through;
pub(super) use terms::{ENTRY_BYTES, Owners, Terms};
pub(super) use unpack::Spot;
pub(super) use walk::{Exclude, open_root};

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use crate::domain::trouble::{Stage, Trouble};

/// The path below the target; `None` where it would lie elsewhere or cannot be one.
fn inside(path: &[u8]) -> Option<PathBuf> {
    if path.is_empty() || path.contains(&0) {
        return None;
    }
    let mut plain = PathBuf::new();
    for component in Path::new(OsStr::from_bytes(path)).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(name) => plain.push(name),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(plain)
}

fn hostile(entry: &entry::Entry, what: &str) -> Trouble {
    let path = String::from_utf8_lossy(&entry.path);
    Trouble::lasting(Stage::Dump, format!("unpack the archive: `{path}` {what}"))
}

fn damaged(what: impl fmt::Display) -> Trouble {
    Trouble::lasting(Stage::Dump, format!("read the archive: {what}"))
}
