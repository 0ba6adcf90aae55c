//! What a restore exchanges and keeps, as values: written down before each step, so that whoever
//! comes after a crash, an undo or a clean knows what stands where.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::artifact::Kind;
use super::id::BackupId;
use super::name::SourceName;

pub const VERSION: u32 = 1;

/// One exchange: `new` takes the place of `live`, and what stood there is kept as `old`. Names of
/// databases, or absolute paths; of tables where they lie within a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    pub live: String,
    pub new: String,
    /// `None` where nothing stood there.
    pub old: Option<String>,
    /// The database that these three are tables of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

impl Exchange {
    /// The way back: what was kept takes the place again, and what stands there now is kept as
    /// `aside`. `None` where nothing was kept.
    pub fn reversed(&self, aside: String) -> Option<Exchange> {
        let new = self.old.clone()?;
        Some(Exchange { live: self.live.clone(), new, old: Some(aside), within: self.within.clone() })
    }
}

/// How the label of a set begins that a restore has made of what it was about to replace in place.
const SAFETY: &str = "before restore-";

/// The label of the set that keeps what stood before this restore.
pub fn safety_label(run: &BackupId) -> String {
    format!("{SAFETY}{run}")
}

/// Whether a set's label says that it keeps what stood before a restore: as good as any other, but
/// not what anybody wants who asks for the newest.
pub fn is_safety(label: Option<&str>) -> bool {
    label.and_then(|label| label.strip_prefix(SAFETY)).is_some_and(|run| BackupId::parse(run).is_ok())
}

/// How far one source's part of a restore has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    /// The new data is being brought beside the old.
    Preparing,
    /// It stands there, whole and compared.
    Prepared,
    /// The two are being exchanged.
    Swapping,
    /// The new data stands in its place, the old one beside it.
    Swapped,
    /// Given up: the old data stands as it was, nothing of the new is left.
    Discarded,
    /// The old copy was exchanged back by an undo.
    Undone,
    /// The old copy is being removed on the operator's word: what is left of it is nobody's way back.
    Cleaning,
    /// It was removed.
    Cleaned,
    /// Not to be settled or removed by us any more, on the operator's word.
    GivenUp,
}

/// One source's part of a restore.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub source: SourceName,
    pub kind: Kind,
    /// The set the data came from, where it came from one.
    pub backup_id: Option<BackupId>,
    pub exchanges: Vec<Exchange>,
    pub state: PartState,
    /// Why it could not be settled when that was last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsettled: Option<String>,
    /// Where that lies which programs put in place of the data while it was exchanged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meanwhile: Vec<String>,
    /// Where the data is replaced in place: nothing is exchanged, and nothing kept under another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_place: Option<InPlace>,
}

/// What is known of a replacement in place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InPlace {
    /// The server, and the number by which it knows the transaction, once it was begun.
    pub transaction: Option<String>,
    /// The set that holds what stood there before.
    pub safety: Option<BackupId>,
}

/// The journal of one restore, undo included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RestoreJournal {
    pub version: u32,
    /// Of the run: what it made or kept ends in it.
    pub id: BackupId,
    pub started_at: DateTime<Utc>,
    /// The restore that this one took back.
    pub undoes: Option<BackupId>,
    pub parts: Vec<Part>,
}

impl Part {
    /// A part of which nothing is done yet.
    pub fn new(source: SourceName, kind: Kind, backup_id: Option<BackupId>, exchanges: Vec<Exchange>) -> Self {
        let state = PartState::Preparing;
        Self { source, kind, backup_id, exchanges, state, unsettled: None, meanwhile: Vec::new(), in_place: None }
    }

    /// The names under which an old copy is kept.
    pub fn kept(&self) -> impl Iterator<Item = &str> {
        let stands = self.state == PartState::Swapped;
        self.exchanges.iter().filter(move |_| stands).filter_map(|exchange| exchange.old.as_deref())
    }

    /// What a clean removes: kept old copies, and what came while they were exchanged, each as what
    /// an exchange keeps.
    pub fn cleanable(&self) -> Vec<Exchange> {
        let stands = matches!(self.state, PartState::Swapped | PartState::Cleaning);
        let olds = self.exchanges.iter().filter(|exchange| stands && exchange.old.is_some()).cloned();
        let live = || self.exchanges.first().map(|exchange| exchange.live.clone()).unwrap_or_default();
        let kept = |at: &String| Exchange { live: live(), new: String::new(), old: Some(at.clone()), within: None };
        let came = self.meanwhile.iter().map(kept);
        olds.chain(came).collect()
    }

    /// Every name it may have left something under.
    pub fn may_have_left(&self) -> impl Iterator<Item = &str> {
        let names = self.exchanges.iter().flat_map(|exchange| [Some(exchange.new.as_str()), exchange.old.as_deref()]);
        names.flatten().chain(self.meanwhile.iter().map(String::as_str))
    }

    /// Whether a run was cut short in it, so that it is not sure what stands live.
    pub fn is_cut_short(&self) -> bool {
        matches!(self.state, PartState::Preparing | PartState::Prepared | PartState::Swapping)
    }

    /// Whether something of it is to be ended by whoever comes next.
    pub fn is_unfinished(&self) -> bool {
        self.is_cut_short() || self.state == PartState::Cleaning
    }
}

impl RestoreJournal {
    /// Whether anything is kept for any of its parts that a clean would remove.
    pub fn keeps(&self) -> bool {
        self.parts.iter().any(|part| !part.cleanable().is_empty())
    }

    pub fn is_unfinished(&self) -> bool {
        self.parts.iter().any(Part::is_unfinished)
    }
}

/// So many names are read; a restore of single files may have exchanged thousands.
const LISTED_MAX: usize = 5;

/// Names for people: the first of them, and how many more there are.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let first = names[..names.len().min(LISTED_MAX)].join(", ");
    if names.len() > LISTED_MAX { format!("{first} … (+{})", names.len() - LISTED_MAX) } else { first }
}

/// The newest restore, undo included, whose old copies stand, of one of these sources where any
/// is named: what an undo takes back.
pub fn newest_kept<'a>(journals: &'a [RestoreJournal], sources: &[SourceName]) -> Option<&'a RestoreJournal> {
    let wanted = |part: &Part| sources.is_empty() || sources.contains(&part.source);
    let keeps = |journal: &&RestoreJournal| journal.parts.iter().any(|p| wanted(p) && p.kept().next().is_some());
    journals.iter().filter(keeps).max_by_key(|journal| (journal.started_at, &journal.id))
}

/// Takes down in the journals that the parts an undo has exchanged are undone: their old copy is
/// what stands live. Returns the journals that changed; a kill may come between the two.
pub fn note_undone(journals: &mut [RestoreJournal]) -> Vec<BackupId> {
    let exchanged: Vec<(BackupId, Part)> = journals
        .iter()
        .filter_map(|journal| Some((journal.undoes.clone()?, journal)))
        .flat_map(|(undone, journal)| journal.parts.iter().map(move |part| (undone.clone(), part.clone())))
        .filter(|(_, part)| {
            matches!(part.state, PartState::Swapped | PartState::Undone | PartState::Cleaning | PartState::Cleaned)
        })
        .collect();
    let mut changed = Vec::new();
    for journal in journals {
        for part in journal.parts.iter_mut().filter(|part| part.kept().next().is_some()) {
            let took = |(undone, by): &(BackupId, Part)| {
                let taken = |old: &str| by.exchanges.iter().any(|exchange| exchange.new == old);
                *undone == journal.id && (&by.source, by.kind) == (&part.source, part.kind) && part.kept().all(taken)
            };
            if exchanged.iter().any(took) {
                part.state = PartState::Undone;
                changed.push(journal.id.clone());
            }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{id, name, utc};
    use super::*;

    fn journal(run: &str, undoes: Option<&str>, state: PartState, old: Option<&str>) -> RestoreJournal {
        let new = if undoes.is_some() { "/m_before_1" } else { "/m_new" };
        let exchange =
            Exchange { live: "/m".to_owned(), new: new.to_owned(), old: old.map(str::to_owned), within: None };
        let part = Part { exchanges: vec![exchange], state, ..Part::new(name("media"), Kind::Media, None, Vec::new()) };
        RestoreJournal {
            version: VERSION,
            id: id(run),
            started_at: utc(&id(run).local().format("%Y-%m-%dT%H:%M:%S").to_string()),
            undoes: undoes.map(id),
            parts: vec![part],
        }
    }

    #[test]
    fn an_undo_takes_back_the_newest_that_keeps_something() {
        let one = journal("20241112_030000", None, PartState::Swapped, Some("/m_before_1"));
        let two = journal("20241112_040000", None, PartState::Swapped, Some("/m_before_2"));
        let nothing_stood = journal("20241112_050000", None, PartState::Swapped, None);
        let given_up = journal("20241112_060000", None, PartState::Discarded, Some("/m_before_4"));
        let mut of_another = journal("20241112_070000", None, PartState::Swapped, Some("/n_before_5"));
        of_another.parts[0].source = name("app");
        let all = [two.clone(), one, nothing_stood, given_up.clone(), of_another.clone()];
        assert_eq!(newest_kept(&all, &[name("media")]), Some(&two));
        assert_eq!(newest_kept(&all, &[]), Some(&of_another));
        assert_eq!(newest_kept(&[given_up], &[]), None);
    }

    #[test]
    fn what_came_meanwhile_is_kept_whatever_became_of_the_exchange() {
        let mut journal = journal("20241112_030000", None, PartState::Discarded, Some("/m_before_1"));
        assert!(!journal.keeps());
        journal.parts[0].meanwhile = vec!["/m/.resguardo-meanwhile-1".to_owned()];
        assert!(journal.keeps());
        let olds = |part: &Part| part.cleanable().into_iter().filter_map(|one| one.old).collect::<Vec<_>>();
        assert_eq!(olds(&journal.parts[0]), ["/m/.resguardo-meanwhile-1"]);
        assert_eq!(newest_kept(&[journal.clone()], &[]), None, "it is no way back");
        journal.parts[0].state = PartState::Swapped;
        assert_eq!(olds(&journal.parts[0]), ["/m_before_1", "/m/.resguardo-meanwhile-1"]);
        journal.parts[0].state = PartState::GivenUp;
        journal.parts[0].meanwhile.clear();
        assert!(!journal.keeps() && !journal.is_unfinished());
    }

    #[test]
    fn a_journal_of_before_is_read() {
        let text = r#"{"source":"m","kind":"media","backup_id":null,"exchanges":[],"state":"swapped"}"#;
        let part: Part = serde_json::from_str(text).unwrap();
        assert_eq!((part.unsettled.clone(), part.meanwhile.len()), (None, 0));
        assert_eq!(serde_json::to_string(&part).unwrap(), text);
    }

    #[test]
    fn of_many_names_the_first_are_read() {
        assert_eq!(listed(["a", "b"]), "a, b");
        assert_eq!(listed(["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e … (+2)");
    }

    #[test]
    fn what_an_undo_has_exchanged_is_undone_and_the_undo_is_the_next_to_be_undone() {
        let first = journal("20241112_030000", None, PartState::Swapped, Some("/m_before_1"));
        let cut_short = journal("20241112_040000", Some("20241112_030000"), PartState::Swapping, Some("/m_undone_2"));
        let mut journals = [first.clone(), cut_short];
        assert_eq!(note_undone(&mut journals), []);
        assert_eq!(newest_kept(&journals, &[]), Some(&first));

        journals[1].parts[0].state = PartState::Swapped;
        assert_eq!(note_undone(&mut journals), [id("20241112_030000")]);
        assert_eq!(journals[0].parts[0].state, PartState::Undone);
        assert_eq!(newest_kept(&journals, &[]).map(|journal| journal.id.as_str()), Some("20241112_040000"));
        assert_eq!(note_undone(&mut journals), [], "once");

        // Exchanged back under another name, it is kept again.
        journals[0].parts[0].state = PartState::Swapped;
        journals[0].parts[0].exchanges[0].old = Some("/m_undone_3".to_owned());
        assert_eq!(note_undone(&mut journals), []);
    }
}
