//! Floor 4: the record on disk, and the standing gathered from it.
//!
//! Given: the store, the configuration, the clock. Returns: what every run did, and one value
//! that says how things stand now, the same whoever did the work and after any restart.
//! Never: judges (that is `domain`'s), writes anything but the record.

mod gaps;
pub mod gather;
pub mod log_folder;
pub mod record;
pub mod unheard;
pub mod untold;
