//! The doors: whatever a run does to the world outside is made to fail, or is the last thing its
//! process does, once each; and what stands afterwards is whole.
//!
//! The exception: the copy of a SQLite file is written by SQLite itself, past the gate, into the
//! run's scratch folder. A kill within it is among those at random instants; a full disk there is
//! SQLite's to tell, see `sqlite.rs`.

mod instants;
mod panic;
mod stopping;
mod whole_run;
