//! What the tests share: throw-away servers, folders, gates and clocks.

pub(crate) mod gate;
pub(crate) mod store;
pub(crate) mod transform;
