//! What the tests share: throw-away servers, folders, gates and clocks.

pub(crate) mod archive;
pub(crate) mod browser;
pub(crate) mod doors;
pub(crate) mod drill;
pub(crate) mod drilling;
pub(crate) mod extension;
pub(crate) mod fake;
pub(crate) mod gate;
pub(crate) mod life;
pub(crate) mod log;
pub(crate) mod mail;
pub(crate) mod mail_night;
pub(crate) mod mounts;
pub(crate) mod odd;
pub(crate) mod postgres;
pub(crate) mod prometheus;
pub(crate) mod restore_desk;
pub(crate) mod restore_postgres;
pub(crate) mod serve;
pub(crate) mod site;
pub(crate) mod store;
pub(crate) mod transform;
pub(crate) mod verify;
pub(crate) mod walks;
pub(crate) mod way_back;
pub(crate) mod year;
