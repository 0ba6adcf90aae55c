//! The operator's group, by name or number. Read from `/etc/group` itself: the image holds no
//! program that would be asked.

use std::fs;

use crate::domain::saying::Saying;
use crate::domain::trouble::{Stage, Trouble};

const GROUPS: &str = "/etc/group";

/// The number of a group; `None` where none is configured.
pub(super) fn resolve(group: &str) -> Result<Option<u32>, Trouble> {
    if group.is_empty() {
        return Ok(None);
    }
    if let Ok(number) = group.parse() {
        return Ok(Some(number));
    }
    let unknown = |why: String| {
        Trouble::lasting(Stage::SetUp, format!("find group {group}: {why}"))
            .hint(Saying::new("hint-unknown-group").with("group", group))
    };
    let text = fs::read_to_string(GROUPS).map_err(|e| unknown(format!("{GROUPS}: {e}")))?;
    number_in(&text, group).map(Some).ok_or_else(|| unknown(format!("{GROUPS} does not name it")))
}

/// The number in a line `name:password:number:members`.
fn number_in(text: &str, group: &str) -> Option<u32> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(group)).then(|| fields.nth(1)?.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_found_by_its_whole_name() {
        let text = "root:x:0:\nstaff:x:50:ana,luz\nstaff2:x:51:\nbroken\n";
        assert_eq!(number_in(text, "staff"), Some(50));
        assert_eq!(number_in(text, "staf"), None);
        assert_eq!(number_in(text, "broken"), None);
    }

    #[test]
    fn a_number_needs_no_name_and_an_unknown_name_is_said() {
        assert_eq!(resolve(""), Ok(None));
        assert_eq!(resolve("4711"), Ok(Some(4711)));
        let trouble = resolve("no such group").unwrap_err();
        assert_eq!(trouble.hint.map(|h| h.key), Some("hint-unknown-group"));
    }
}
