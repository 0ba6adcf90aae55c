//! Folders and files as one tar stream, and back. `walk` meets what is there in a fixed order,
//! `measure` looks before `pack` reads it and writes blocks, `read` takes blocks apart again, `load` unpacks them where
//! nothing stands yet; `entry`, `header` and `digest` say what an entry is, how it is written
//! and how a tree is summed.
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
mod entry;
mod header;
mod inspect;
mod listing;
mod load;
mod measure;
mod notes;
mod owners;
mod pack;
mod read;
mod walk;

pub(super) use inspect::inspect;
pub(super) use load::load;
pub(super) use measure::Measure;
pub(super) use pack::Packer;
pub(super) use walk::{Exclude, open_root};
