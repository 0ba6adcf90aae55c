//! What the tests share: throw-away servers, folders, gates and clocks.

pub(crate) mod transform;
