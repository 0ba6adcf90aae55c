//! The extended attributes that are kept: what users set (`user.*`) and POSIX ACLs. Others
//! (capabilities, security labels) belong to the machine, not to the data.

use std::os::fd::BorrowedFd;

use rustix::fs::{fgetxattr, flistxattr};
use rustix::io::Errno;

use super::acl;
use super::entry::Attribute;

/// The kernel's own bound for a list of names and for a value.
const BYTES_MAX: usize = 64 * 1024;

/// Reads attributes into a buffer that is made once.
pub(in crate::source) struct Attributes {
    names: Vec<u8>,
    value: Vec<u8>,
}

impl Attributes {
    pub(in crate::source) fn new() -> Self {
        Self { names: vec![0; BYTES_MAX], value: vec![0; BYTES_MAX] }
    }

    /// The attributes of an open file or folder that are kept.
    ///
    /// # Errors
    /// The system's; a file system that holds none gives none.
    pub(in crate::source) fn of(&mut self, handle: BorrowedFd<'_>) -> Result<Vec<Attribute>, Errno> {
        let length = match flistxattr(handle, &mut self.names[..]) {
            Ok(length) => length,
            Err(Errno::NOTSUP) => 0,
            Err(error) => return Err(error),
        };
        let mut kept = Vec::new();
        for name in self.names[..length].split(|byte| *byte == 0).filter(|name| is_kept(name)) {
            match fgetxattr(handle, name, &mut self.value[..]) {
                Ok(length) => kept.push((name.to_owned(), self.value[..length].to_owned())),
                // Taken away since it was listed.
                Err(Errno::NODATA) => {}
                Err(error) => return Err(error),
            }
        }
        kept.sort();
        Ok(kept)
    }
}

/// Whether an attribute of this name is archived and restored.
pub(super) fn is_kept(name: &[u8]) -> bool {
    name.starts_with(b"user.") || name == acl::ACCESS || name == acl::DEFAULT
}
