//! An entry as header blocks: a GNU header, before it GNU long names where a path or link has no
//! room in it, and PAX records for what no header holds. Long names are GNU's, not PAX records,
//! because busybox knows only these, and because no reader converts their bytes.

use tokio_tar::{EntryType, Header};

use super::acl;
use super::entry::{Entry, Moment, What};
use super::owners::Owners;

/// Everything in a tar stream stands in blocks of this size.
pub(super) const BLOCK_BYTES: usize = 512;
/// The largest number of seconds the header's field holds.
const SECS_MAX: i64 = 0o777_7777_7777;

/// Writes an entry's blocks, all that stands before its content.
pub(super) fn encode(entry: &Entry, owners: &Owners, blocks: &mut Vec<u8>) {
    let records = records(entry);
    if !records.is_empty() {
        extension(EntryType::XHeader, b"././@PaxHeader", &records, blocks);
    }
    let mut header = Header::new_gnu();
    let mut path = entry.path.clone();
    if entry.what == What::Folder {
        path.push(b'/');
    }
    if !fits(&path, &mut header.as_old_mut().name) {
        path.push(0);
        extension(EntryType::GNULongName, b"././@LongLink", &path, blocks);
    }
    if !fits(&entry.link, &mut header.as_old_mut().linkname) {
        let mut link = entry.link.clone();
        link.push(0);
        extension(EntryType::GNULongLink, b"././@LongLink", &link, blocks);
    }
    header.set_entry_type(match entry.what {
        What::File => EntryType::Regular,
        What::Folder => EntryType::Directory,
        What::Link => EntryType::Symlink,
        What::HardLink => EntryType::Link,
    });
    header.set_mode(entry.mode);
    header.set_uid(entry.uid);
    header.set_gid(entry.gid);
    header.set_size(entry.size_bytes);
    header.set_mtime(u64::try_from(entry.mtime.secs).unwrap_or(0));
    if let Some(gnu) = header.as_gnu_mut() {
        // Names were read with the bound of these fields.
        for (field, name) in
            [(&mut gnu.uname, owners.users.get(&entry.uid)), (&mut gnu.gname, owners.groups.get(&entry.gid))]
        {
            let _fitted = name.is_some_and(|name| fits(name.as_bytes(), field));
        }
    }
    header.set_cksum();
    blocks.extend_from_slice(header.as_bytes());
}

/// Zeros that fill content of this size up to a whole block.
pub(super) fn padding(size_bytes: u64) -> &'static [u8] {
    const ZEROS: [u8; BLOCK_BYTES] = [0; BLOCK_BYTES];
    let beyond = usize::try_from(size_bytes % BLOCK_BYTES as u64).unwrap_or(0);
    if beyond == 0 { &[] } else { &ZEROS[beyond..] }
}

/// Puts bytes into a field; false, and the field's beginning filled, where they have no room.
fn fits(bytes: &[u8], field: &mut [u8]) -> bool {
    let length = bytes.len().min(field.len());
    field[..length].copy_from_slice(&bytes[..length]);
    bytes.len() <= field.len()
}

/// A block of its own kind that says more about the entry after it. It is the same, byte for
/// byte, for most files of a tree: it must cost next to nothing once compressed.
fn extension(kind: EntryType, name: &[u8], content: &[u8], blocks: &mut Vec<u8>) {
    let mut header = Header::new_gnu();
    let _short = fits(name, &mut header.as_old_mut().name);
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(content.len() as u64);
    header.set_cksum();
    blocks.extend_from_slice(header.as_bytes());
    blocks.extend_from_slice(content);
    blocks.extend_from_slice(padding(content.len() as u64));
}

fn records(entry: &Entry) -> Vec<u8> {
    let mut records = Vec::new();
    let Moment { secs, nanos } = entry.mtime;
    if nanos != 0 || !(0..=SECS_MAX).contains(&secs) {
        record(b"mtime", moment(entry.mtime).as_bytes(), &mut records);
    }
    for (name, value) in &entry.attributes {
        record(&[b"SCHILY.xattr.", escaped(name).as_slice()].concat(), value, &mut records);
        // GNU tar restores ACLs from a text of their own.
        let text_key: &[u8] = match name.as_slice() {
            acl::ACCESS => b"SCHILY.acl.access",
            acl::DEFAULT => b"SCHILY.acl.default",
            _ => continue,
        };
        if let Some(text) = acl::text(value) {
            record(text_key, text.as_bytes(), &mut records);
        }
    }
    records
}

/// `<length of the record> <key>=<value>` and a line's end; the length counts itself.
fn record(key: &[u8], value: &[u8], records: &mut Vec<u8>) {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    records.extend_from_slice(format!("{length} ").as_bytes());
    records.extend_from_slice(key);
    records.push(b'=');
    records.extend_from_slice(value);
    records.push(b'\n');
}

/// Seconds with nine places, always: records of equal length keep their headers equal.
fn moment(Moment { secs, nanos }: Moment) -> String {
    if secs < 0 && nanos > 0 {
        format!("-{}.{:09}", -(secs + 1), 1_000_000_000 - nanos)
    } else {
        format!("{secs}.{nanos:09}")
    }
}

/// A key ends at its first `=`; GNU tar writes such a name as we do.
fn escaped(name: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(name.len());
    for byte in name {
        match byte {
            b'%' => escaped.extend_from_slice(b"%25"),
            b'=' => escaped.extend_from_slice(b"%3D"),
            byte => escaped.push(*byte),
        }
    }
    escaped
}
