//! POSIX ACLs in the text form that `tar --acls` restores, made from the raw bytes the kernel
//! keeps. The raw bytes are archived too and are what we restore from.

/// The attribute that holds a file's or folder's ACL.
pub(super) const ACCESS: &[u8] = b"system.posix_acl_access";
/// The attribute that holds what a folder's new entries inherit.
pub(super) const DEFAULT: &[u8] = b"system.posix_acl_default";

/// `user::rwx,user:1000:r--,…`; `None` where the bytes are of a form we do not know.
pub(super) fn text(raw: &[u8]) -> Option<String> {
    let entries = raw.strip_prefix(&2_u32.to_le_bytes())?;
    if entries.len() % 8 != 0 {
        return None;
    }
    let lines: Option<Vec<String>> = entries.chunks_exact(8).map(line).collect();
    lines.map(|lines| lines.join(","))
}

fn line(entry: &[u8]) -> Option<String> {
    let &[tag_low, tag_high, rights, _, id_0, id_1, id_2, id_3] = entry else { return None };
    let id = u32::from_le_bytes([id_0, id_1, id_2, id_3]);
    let who = match u16::from_le_bytes([tag_low, tag_high]) {
        0x01 => "user:".to_owned(),
        0x02 => format!("user:{id}"),
        0x04 => "group:".to_owned(),
        0x08 => format!("group:{id}"),
        0x10 => "mask:".to_owned(),
        0x20 => "other:".to_owned(),
        _ => return None,
    };
    let letter = |bit: u8, letter: char| if rights & bit == 0 { '-' } else { letter };
    Some(format!("{who}:{}{}{}", letter(4, 'r'), letter(2, 'w'), letter(1, 'x')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_bytes_become_the_text_tar_knows() {
        let mut raw = vec![2, 0, 0, 0];
        for (tag, rights, id) in
            [(1_u16, 6_u16, u32::MAX), (2, 4, 1000), (4, 4, u32::MAX), (16, 4, u32::MAX), (32, 0, u32::MAX)]
        {
            raw.extend(tag.to_le_bytes());
            raw.extend(rights.to_le_bytes());
            raw.extend(id.to_le_bytes());
        }
        assert_eq!(text(&raw).as_deref(), Some("user::rw-,user:1000:r--,group::r--,mask::r--,other::---"));
        assert_eq!(text(&raw[..11]), None);
        assert_eq!(text(&[3, 0, 0, 0]), None);
    }
}
