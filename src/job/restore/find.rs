//! Finds what is to be restored and to which source it goes: by set, the newest of each, or by
//! file. What cannot be told is the operator's to say; what must not be restored is refused with
//! the line that mends it.

use std::io;
use std::path::{Path, PathBuf};

use super::errand::{Errand, GivenFile, PutBack, Role, What};
use super::refusals::{barred, refused, unclear, unread};
use super::stored::{Place, head_of};
use super::{aside, contradictions};
use chrono::{DateTime, Utc};

use crate::domain::artifact::{Compression, FOLDERS, Kind};
use crate::domain::id::BackupId;
use crate::domain::manifest::Artifact;
use crate::domain::name::SourceName;
use crate::domain::recognise::{self, HEAD_BYTES, Looks};
use crate::domain::saying::Saying;
use crate::domain::selection::{self, Known, NoPick, Pick};
use crate::domain::set::{Catalog, CatalogArtifact, CatalogSet};
use crate::domain::trouble::{Stage, Trouble};
use crate::job::restore_page::judged_catalog;
use crate::job::{Context, companions};
use crate::store::Store;
use crate::sys::{fault, rights};
use crate::transform;

/// An artifact and the source it goes to.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) source: SourceName,
    pub(super) kind: Kind,
    pub(super) set: Option<CatalogSet>,
    pub(super) place: Place,
    pub(super) compression: Compression,
    /// What the manifest says, where there is one.
    pub(super) artifact: Option<Artifact>,
    /// The database's properties and the server's roles, where the set has them.
    pub(super) properties: Option<Artifact>,
    pub(super) roles: Option<Artifact>,
    /// What the operator should know of the choice.
    pub(super) notes: Vec<Saying>,
    /// What a drill has said against it, or against a newer one: for the log as well.
    pub(super) noes: Vec<Saying>,
}

impl Chosen {
    pub(super) fn id(&self) -> Option<&BackupId> {
        self.set.as_ref().map(|set| &set.id)
    }
}

pub(super) fn find(context: &Context, store: &Store, errand: &Errand, wish: &PutBack) -> Result<Vec<Chosen>, Trouble> {
    let known: Vec<Known> = context.config.scheduled().map(|(name, kind, _)| (name.clone(), kind)).collect();
    let search = Search { context, store, errand, wish, catalog: judged_catalog(&context.config, store), known };
    let mut chosen = match &wish.what {
        What::Set { id, sources } => search.of_set(id, sources)?,
        What::Latest { sources } => search.latest(sources)?,
        What::Files { files, source } => search.of_files(files, source.as_ref())?,
    };
    if !wish.tables.is_empty() && is_unnamed(&wish.what) {
        // Tables are a database's: nothing else of the set is meant.
        chosen.retain(|one| one.kind == Kind::Postgres);
    }
    // PostgreSQL comes last: it is the likeliest to refuse, and what was exchanged before it is
    // exchanged back in an instant.
    chosen.sort_by_key(|one| (rank(one.kind), one.source.clone()));
    for one in &chosen {
        search.refuse_what_is_not_whole(one)?;
    }
    contradictions::refuse(&chosen, wish)?;
    if let Some(folder) = &wish.to_dir {
        aside::refuse_within_ours(&context.config, folder)?;
    }
    Ok(chosen)
}

/// Whether nobody said which sources are meant.
fn is_unnamed(what: &What) -> bool {
    match what {
        What::Set { sources, .. } | What::Latest { sources } => sources.is_empty(),
        What::Files { .. } => false,
    }
}

fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Media => 0,
        Kind::Files => 1,
        Kind::Sqlite => 2,
        Kind::Postgres | Kind::Database | Kind::Globals => 3,
    }
}

struct Search<'a> {
    context: &'a Context,
    store: &'a Store,
    errand: &'a Errand,
    wish: &'a PutBack,
    catalog: Catalog,
    known: Vec<Known>,
}

impl Search<'_> {
    fn of_set(&self, id: &BackupId, sources: &[SourceName]) -> Result<Vec<Chosen>, Trouble> {
        let set = self
            .catalog
            .get(id)
            .ok_or_else(|| unclear(format!("find set {id}: there is no such set"), Saying::new("hint-no-such-set")))?;
        if set.unreadable {
            if let Some(barred) = self.store.manifest(id).err().and_then(|e| barred(self.store, &e)) {
                return Err(barred);
            }
            let error = format!("read the manifest of set {id}: it is damaged or missing");
            return Err(refused(error, Saying::new("hint-restore-manifest").with("id", id)));
        }
        let picks = selection::of_set(set, &self.known, sources);
        let picks = picks.map_err(|why| self.no_pick(&format!("set {id}"), &why))?;
        let mut chosen = self.of_picks(&picks)?;
        let is_left = |a: &&CatalogArtifact| a.kind.is_data() && !picks.iter().any(|(_, picked)| picked.path == a.path);
        let left: Vec<&str> = set.artifacts.iter().filter(is_left).map(|a| a.source.as_str()).collect();
        if let (Some(first), true, false) = (chosen.first_mut(), sources.is_empty(), left.is_empty()) {
            first.notes.push(Saying::new("restore-left-out").with("sources", left.join(", ")));
        }
        Ok(chosen)
    }

    fn latest(&self, sources: &[SourceName]) -> Result<Vec<Chosen>, Trouble> {
        let wanted: Vec<Known> =
            self.known.iter().filter(|(name, _)| sources.is_empty() || sources.contains(name)).cloned().collect();
        let picks = selection::latest(&self.catalog, &wanted).map_err(|why| self.no_pick("the store", &why))?;
        let mut chosen = self.of_picks(&picks)?;
        let is_known = |name: &SourceName| self.known.iter().any(|(known, _)| known == name);
        let strangers = self.catalog.strangers(is_known, DateTime::<Utc>::MIN_UTC);
        if let (Some(first), true, false) = (chosen.first_mut(), sources.is_empty(), strangers.is_empty()) {
            let names: Vec<&str> = strangers.into_iter().map(SourceName::as_str).collect();
            first.notes.push(Saying::new("restore-unconfigured").with("sources", names.join(", ")));
        }
        Ok(chosen)
    }

    fn of_picks(&self, picks: &[Pick<'_>]) -> Result<Vec<Chosen>, Trouble> {
        picks.iter().map(|(set, artifact)| self.of_artifact(set, artifact)).collect()
    }

    fn of_artifact(&self, set: &CatalogSet, picked: &CatalogArtifact) -> Result<Chosen, Trouble> {
        let manifest = self.store.manifest(&set.id).map_err(|e| {
            let hint = || Saying::new("hint-restore-manifest").with("id", &set.id);
            barred(self.store, &e).unwrap_or_else(|| fault::trouble(Stage::Verify, &e).hint(hint()))
        })?;
        let of_path = |path: &str| manifest.artifacts.iter().find(|a| a.path == path).cloned();
        let artifact = of_path(&picked.path);
        let with_database = picked.kind == Kind::Postgres;
        let properties = companions::properties_of(&picked.source, &manifest).filter(|_| with_database).cloned();
        let roles =
            companions::roles_of(&self.errand.sources, &picked.source, &manifest).filter(|_| with_database).cloned();
        Ok(Chosen {
            source: picked.source.clone(),
            kind: picked.kind,
            place: Place::Store(picked.path.clone()),
            compression: artifact.as_ref().map_or(Compression::None, |a| a.compression),
            artifact,
            properties,
            roles,
            notes: self.notes_on(set, picked),
            noes: self.noes_to(set, picked),
            set: Some(set.clone()),
        })
    }

    fn notes_on(&self, set: &CatalogSet, picked: &CatalogArtifact) -> Vec<Saying> {
        let said = |key: &'static str| Saying::new(key).with("source", &picked.source);
        let mut notes = Vec::new();
        if picked.suspect {
            notes.push(said("restore-suspect"));
        }
        let newest = self.catalog.data_of(&picked.source).next().filter(|(newest, _)| newest.id != set.id);
        // One that a drill refuted is told of with the drill's words.
        let newest = newest.filter(|(newer, artifact)| !(newer.counts(artifact) && artifact.is_refuted()));
        if let Some((newer, _)) = newest.filter(|_| self.asked_for_latest()) {
            notes.push(said("restore-passed-over").with("id", &newer.id));
        }
        notes
    }

    fn noes_to(&self, set: &CatalogSet, picked: &CatalogArtifact) -> Vec<Saying> {
        let said = |key: &'static str, (set, artifact): Pick<'_>| {
            let findings = self.store.drill_findings(&set.id);
            let no = findings.as_ref().and_then(|found| found.no_to(&artifact.source, artifact.kind))?;
            let at = no.at.with_timezone(&self.context.config.timezone).format("%Y-%m-%d %H:%M");
            let saying = Saying::new(key).with("source", &artifact.source).with("id", &set.id).with("at", at);
            Some(saying.with("error", no.in_short()))
        };
        let known: Known = (picked.source.clone(), picked.kind);
        let passed_over = selection::refuted_before(&self.catalog, &known).filter(|_| self.asked_for_latest());
        let passed_over = passed_over.and_then(|newer| said("restore-refuted-passed-over", newer));
        let key = if self.asked_for_latest() { "restore-refuted-alone" } else { "restore-refuted-named" };
        let itself = picked.is_refuted().then(|| said(key, (set, picked))).flatten();
        passed_over.into_iter().chain(itself).collect()
    }

    fn asked_for_latest(&self) -> bool {
        matches!(self.wish.what, What::Latest { .. })
    }

    fn of_files(&self, files: &[GivenFile], source: Option<&SourceName>) -> Result<Vec<Chosen>, Trouble> {
        files.iter().map(|file| self.of_file(file, source)).collect()
    }

    fn of_file(&self, given: &GivenFile, source: Option<&SourceName>) -> Result<Chosen, Trouble> {
        let place = self.place_of(&given.name)?;
        if let Place::Store(path) = &place
            && let Some((set, artifact)) = self.artifact_at(path)
        {
            if !role_fits(given.role, artifact.kind) {
                return Err(Self::wrong_role(&place, given.role));
            }
            let mut chosen = self.of_artifact(set, artifact)?;
            let told = Some(&artifact.source);
            chosen.source = selection::source_of(artifact.kind, source, told, &self.known)
                .map_err(|why| self.no_pick(&place.shown(), &why))?;
            return Ok(chosen);
        }
        self.of_stranger(given, place, source)
    }

    /// A file that no manifest names: adopted, or from elsewhere. What it is it says itself.
    fn of_stranger(&self, given: &GivenFile, place: Place, source: Option<&SourceName>) -> Result<Chosen, Trouble> {
        let (compression, looks) = self.look_at(&place)?;
        let told = selection::told_by_name(&place.file_name());
        let kinds: &[Kind] = match given.role {
            Role::Db => &[Kind::Postgres, Kind::Sqlite],
            Role::Media => &[Kind::Media, Kind::Files],
        };
        let mut fitting = kinds.iter().copied().filter(|kind| looks.fits(*kind));
        let is_of = |kind: Kind, name: &SourceName| self.known.contains(&(name.clone(), kind));
        let by_name = |kind: &Kind| source.or(told.as_ref()).is_some_and(|name| is_of(*kind, name));
        let Some(kind) = fitting.clone().find(by_name).or_else(|| fitting.next()) else {
            return Err(Self::foreign(&place, looks, given.role));
        };
        let source = selection::source_of(kind, source, told.as_ref(), &self.known).map_err(|why| match why {
            NoPick::OtherKind { source, kind } => Self::not_for(&place, looks, &source, kind),
            why => self.no_pick(&place.shown(), &why),
        })?;
        let (artifact, properties, roles, set) = (None, None, None, None);
        Ok(Chosen {
            source,
            kind,
            set,
            place,
            compression,
            artifact,
            properties,
            roles,
            notes: Vec::new(),
            noes: Vec::new(),
        })
    }

    /// A path, or the name of a file in the store.
    fn place_of(&self, given: &Path) -> Result<Place, Trouble> {
        let is_name = given.components().count() == 1;
        let stored = FOLDERS.iter().map(|folder| self.store.dir().join(folder).join(given));
        let there = |path: &PathBuf| path.is_file();
        let path = [given.to_owned()].into_iter().chain(stored.filter(|_| is_name)).find(there).ok_or_else(|| {
            let hint = Saying::new("hint-restore-no-file").with("dir", self.store.dir().display());
            unclear(format!("find {}: there is no such file", given.display()), hint)
        })?;
        let path = path.canonicalize().map_err(|e| Trouble::lasting(Stage::Find, e).while_doing("find the file"))?;
        let dir = self.store.dir().canonicalize().unwrap_or_else(|_| self.store.dir().to_owned());
        Ok(match path.strip_prefix(&dir).ok().and_then(Path::to_str) {
            Some(inside) if FOLDERS.iter().any(|folder| inside.starts_with(&format!("{folder}/"))) => {
                Place::Store(inside.to_owned())
            }
            _ => Place::Outside(path),
        })
    }

    fn artifact_at(&self, path: &str) -> Option<(&CatalogSet, &CatalogArtifact)> {
        self.catalog.sets.iter().find_map(|set| Some((set, set.artifacts.iter().find(|a| a.path == path)?)))
    }

    /// How a file is compressed, and what it looks like below that.
    fn look_at(&self, place: &Place) -> Result<(Compression, Looks), Trouble> {
        let unreadable = |e: io::Error| self.unreadable(place, &e);
        let head = place.open(self.store).and_then(|mut file| head_of(&mut file, HEAD_BYTES)).map_err(unreadable)?;
        let compression = recognise::compression(&head);
        if compression == Compression::None {
            return Ok((compression, Looks::of(&head)));
        }
        let file = place.open(self.store).map_err(unreadable)?;
        let head = head_of(&mut transform::open(file, compression), HEAD_BYTES).map_err(unreadable)?;
        Ok((compression, Looks::of(&head)))
    }

    fn unreadable(&self, place: &Place, error: &io::Error) -> Trouble {
        if let Err(trouble) = self.context.stop.check(Stage::Find) {
            return trouble;
        }
        unread(self.store, place, error)
    }

    /// Refused before a byte is read: what is known to be less than whole.
    fn refuse_what_is_not_whole(&self, chosen: &Chosen) -> Result<(), Trouble> {
        let Some(set) = &chosen.set else { return Ok(()) };
        let path = chosen.place.shown();
        let stands = set.artifacts.iter().find(|a| a.path == path);
        if stands.is_none_or(|a| !a.present) {
            let error = format!("restore {path}: it is missing, or has another size than its manifest states");
            return Err(refused(error, Saying::new("hint-restore-damaged")));
        }
        // Beside what stands, what there is of it may be all that there is.
        let replaces = self.wish.to_dir.is_none() && self.wish.to_db.is_none() && self.wish.only.is_empty();
        if replaces && stands.is_some_and(|a| !a.complete) {
            let error = format!("restore {path}: it is not complete, for something could not be read when it was made");
            return Err(refused(error, Saying::new("hint-restore-incomplete")));
        }
        Ok(())
    }

    fn no_pick(&self, from: &str, why: &NoPick) -> Trouble {
        let listed = |names: &[SourceName]| names.iter().map(SourceName::as_str).collect::<Vec<_>>().join(", ");
        let configured: Vec<SourceName> = self.known.iter().map(|(name, _)| name.clone()).collect();
        let known = Saying::new("hint-restore-sources").with("known", listed(&configured));
        match why {
            NoPick::None { .. } if !self.catalog.unlisted.is_empty() => {
                let error = format!("look into {from}: {}", self.catalog.unlisted.join("; "));
                let first = self.catalog.barred.first().map(|first| self.store.dir().join(first));
                let mending = first.map(|first| rights::to_read_back(&first, self.store.dir()));
                refused(error, mending.unwrap_or_else(|| Saying::new("hint-may-not-read-store")))
            }
            NoPick::None { source } => {
                let error = format!("find {source} in {from}: there is no good artifact of it");
                refused(error, Saying::new("hint-restore-no-good"))
            }
            NoPick::Strangers { holds } => {
                unclear(format!("find a configured source in {from}: it holds {}", listed(holds)), known)
            }
            NoPick::Several { choices } => {
                let hint = Saying::new("hint-restore-choose").with("choices", listed(choices));
                unclear(format!("find the source of {from}: several come into question"), hint)
            }
            NoPick::NoSuchKind => refused(format!("restore {from}: no source of its kind is configured"), known),
            NoPick::OtherKind { source, kind } => {
                refused(format!("restore {from}: {source} is of kind {}", kind.as_str()), known)
            }
        }
    }

    fn not_for(place: &Place, looks: Looks, source: &SourceName, kind: Kind) -> Trouble {
        let error = format!("restore {}: it is {}, and {source} is {}", place.shown(), looks.as_str(), of_kind(kind));
        refused(error, Saying::new("hint-restore-other-engine"))
    }

    fn foreign(place: &Place, looks: Looks, role: Role) -> Trouble {
        let fits_the_other = [Kind::Postgres, Kind::Sqlite, Kind::Media].into_iter().any(|kind| looks.fits(kind));
        if fits_the_other {
            return Self::wrong_role(place, role);
        }
        let error = format!("restore {}: it is {}", place.shown(), looks.as_str());
        refused(error, Saying::new("hint-restore-other-engine"))
    }

    fn wrong_role(place: &Place, role: Role) -> Trouble {
        let (what, flag) = match role {
            Role::Db => ("an archive", "--media"),
            Role::Media => ("a database", "--db"),
        };
        let hint = Saying::new("hint-restore-role").with("flag", flag);
        refused(format!("restore {}: it is {what}", place.shown()), hint)
    }
}

fn of_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Postgres | Kind::Database | Kind::Globals => "a PostgreSQL database",
        Kind::Sqlite => "a SQLite database",
        Kind::Media => "a folder",
        Kind::Files => "a list of files",
    }
}

fn role_fits(role: Role, kind: Kind) -> bool {
    match role {
        Role::Db => matches!(kind, Kind::Postgres | Kind::Sqlite),
        Role::Media => matches!(kind, Kind::Media | Kind::Files),
    }
}
