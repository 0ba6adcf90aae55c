//! Which artifact is restored to which source: by set, the newest of each, or by a file whose
//! source its name or the settings tell; and what a verify reads, and a drill restores, that was told
//! nothing.

use super::artifact::{Kind, parse_file_name};
use super::id::BackupId;
use super::name::SourceName;
use super::restoring::is_safety;
use super::set::{Catalog, CatalogArtifact, CatalogSet};

/// A configured source and its kind.
pub type Known = (SourceName, Kind);

/// An artifact of a set.
pub type Pick<'a> = (&'a CatalogSet, &'a CatalogArtifact);

/// Why nothing could be picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPick {
    /// This source has no artifact to pick.
    None { source: SourceName },
    /// Nothing of the set belongs to a configured source; it holds these.
    Strangers { holds: Vec<SourceName> },
    /// The file may belong to any of these.
    Several { choices: Vec<SourceName> },
    /// No source of its kind is configured.
    NoSuchKind,
    /// The named source is of another kind.
    OtherKind { source: SourceName, kind: Kind },
}

/// Of every wanted source what [`newest_of`] it takes.
///
/// # Errors
/// Where a source has none.
pub fn latest<'a>(catalog: &'a Catalog, wanted: &'a [Known]) -> Result<Vec<Pick<'a>>, NoPick> {
    let newest = |one: &'a Known| newest_of(catalog, one).ok_or_else(|| NoPick::None { source: one.0.clone() });
    wanted.iter().map(newest).collect()
}

/// The newest artifact of a source that counts: never one that is suspect or not whole, none that a restore
/// made of what it replaced, and one that a drill refuted only where there is no other.
pub fn newest_of<'a>(catalog: &'a Catalog, one: &'a Known) -> Option<Pick<'a>> {
    let unrefuted = those_that_count(catalog, one).find(|(_, artifact)| !artifact.is_refuted());
    unrefuted.or_else(|| newest_whatever_drills_said(catalog, one))
}

/// The same, refuted or not: what a drill looks into, for its no is made good by another look alone.
pub fn newest_whatever_drills_said<'a>(catalog: &'a Catalog, one: &'a Known) -> Option<Pick<'a>> {
    those_that_count(catalog, one).next()
}

/// What is newer than what is taken, and was passed over because a drill refuted it: the newest of these.
pub fn refuted_before<'a>(catalog: &'a Catalog, one: &'a Known) -> Option<Pick<'a>> {
    let taken = newest_of(catalog, one)?;
    newest_whatever_drills_said(catalog, one).filter(|newest| newest.1.path != taken.1.path)
}

fn those_that_count<'a>(catalog: &'a Catalog, (source, kind): &'a Known) -> impl Iterator<Item = Pick<'a>> {
    let is_good = |(set, artifact): &Pick<'_>| set.counts(artifact) && artifact.kind == *kind;
    catalog.data_of(source).filter(move |pick| is_good(pick) && !is_safety(pick.0.label.as_deref()))
}

/// Of each known source, in a judged catalog, the set of its newest good artifact; where it has none,
/// of its newest at all, which is then to be looked into. Where nothing known is stored: the newest set.
pub fn to_verify(catalog: &Catalog, known: &[Known]) -> Vec<(SourceName, BackupId)> {
    let of_source = |one: &Known| {
        let (source, _) = one;
        let (set, _) = newest_of(catalog, one).or_else(|| catalog.data_of(source).next())?;
        Some((source.clone(), set.id.clone()))
    };
    let aimed: Vec<_> = known.iter().filter_map(of_source).collect();
    if !aimed.is_empty() {
        return aimed;
    }
    let Some(newest) = catalog.newest() else { return Vec::new() };
    let data = newest.artifacts.iter().filter(|artifact| artifact.kind.is_data());
    let stored: Vec<_> = data.map(|artifact| (artifact.source.clone(), newest.id.clone())).collect();
    if stored.is_empty() { vec![(SourceName::from_database("?"), newest.id.clone())] } else { stored }
}

/// What a set holds of the wanted sources, whatever its state; all of them, or those asked for.
///
/// # Errors
/// Where it holds nothing of one that was asked for, or of none at all.
pub fn of_set<'a>(set: &'a CatalogSet, known: &[Known], asked: &[SourceName]) -> Result<Vec<Pick<'a>>, NoPick> {
    let data = || set.artifacts.iter().filter(|artifact| artifact.kind.is_data());
    if let Some(source) = asked.iter().find(|source| !data().any(|artifact| artifact.source == **source)) {
        return Err(NoPick::None { source: source.clone() });
    }
    let is_known = |a: &CatalogArtifact| known.iter().any(|(source, kind)| *source == a.source && *kind == a.kind);
    let is_wanted = |a: &&CatalogArtifact| is_known(a) && (asked.is_empty() || asked.contains(&a.source));
    let picks: Vec<Pick<'a>> = data().filter(is_wanted).map(|artifact| (set, artifact)).collect();
    if picks.is_empty() {
        return Err(NoPick::Strangers { holds: data().map(|artifact| artifact.source.clone()).collect() });
    }
    Ok(picks)
}

/// The source a file is restored to: the one that was named, else the one its manifest or its
/// name tells, else the only one of its kind.
///
/// # Errors
/// Where that source is of another kind, or none or several come into question.
pub fn source_of(
    kind: Kind,
    named: Option<&SourceName>,
    told: Option<&SourceName>,
    known: &[Known],
) -> Result<SourceName, NoPick> {
    let configured = |name: &SourceName| known.iter().find(|(source, _)| source == name);
    if let Some((source, its_kind)) = named.and_then(configured).or_else(|| told.and_then(configured)) {
        let other = NoPick::OtherKind { source: source.clone(), kind: *its_kind };
        return if *its_kind == kind { Ok(source.clone()) } else { Err(other) };
    }
    let mut choices: Vec<SourceName> =
        known.iter().filter(|(_, its_kind)| *its_kind == kind).map(|(source, _)| source.clone()).collect();
    match choices.len() {
        0 => Err(NoPick::NoSuchKind),
        1 => Ok(choices.remove(0)),
        _ => Err(NoPick::Several { choices }),
    }
}

/// The source that a file's name carries.
pub fn told_by_name(file_name: &str) -> Option<SourceName> {
    parse_file_name(file_name).map(|(source, _, _)| source)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{name, set, utc};
    use super::super::set::{Caveats, Drilled};
    use super::*;

    fn known(sources: &[(&str, Kind)]) -> Vec<Known> {
        sources.iter().map(|(source, kind)| (name(source), *kind)).collect()
    }

    fn picked(picks: Result<Vec<Pick<'_>>, NoPick>) -> Vec<String> {
        picks.unwrap().iter().map(|(_, artifact)| artifact.path.clone()).collect()
    }

    #[test]
    fn the_latest_of_each_source_is_the_newest_that_counts() {
        let mut catalog = Catalog::default();
        catalog.sets.push(set("20241110_030000", &["app", "crm"]));
        catalog.sets.push(set("20241111_030000", &["app", "crm"]));
        catalog.sets.push(set("20241112_030000", &["app", "crm"]));
        catalog.sets[2].artifacts[0].suspect = true;
        catalog.sets[1].artifacts[0].complete = false;
        let both = known(&[("app", Kind::Postgres), ("crm", Kind::Postgres)]);
        let expected = ["db/app_20241110_030000.sql.gz", "db/crm_20241112_030000.sql.gz"];
        assert_eq!(picked(latest(&catalog, &both)), expected);
        // Nobody who asks for the newest wants what a restore replaced.
        catalog.sets.push(set("20241113_030000", &["app", "crm"]));
        catalog.sets[3].label = Some("before restore-20241113_020000".to_owned());
        assert_eq!(picked(latest(&catalog, &both)), expected);
        catalog.sets[3].label = Some("before restore-ing".to_owned());
        assert_eq!(picked(latest(&catalog, &both))[0], "db/app_20241113_030000.sql.gz");
        let other = known(&[("media", Kind::Media)]);
        assert_eq!(latest(&catalog, &other), Err(NoPick::None { source: name("media") }));
        // One that changed its engine has nothing to be restored from.
        let changed = known(&[("app", Kind::Sqlite)]);
        assert_eq!(latest(&catalog, &changed), Err(NoPick::None { source: name("app") }));
    }

    #[test]
    fn what_a_drill_refuted_is_taken_only_where_there_is_no_other() {
        let drilled = |proven| Drilled {
            at: utc("2024-11-17T05:00:00"),
            proven,
            restore_seconds: None,
            caveats: Caveats::default(),
        };
        let mut catalog = Catalog::default();
        for id in ["20241110_030000", "20241111_030000", "20241112_030000"] {
            catalog.sets.push(set(id, &["app", "crm"]));
        }
        let both = known(&[("app", Kind::Postgres), ("crm", Kind::Postgres)]);
        let path = |pick: Option<Pick<'_>>| pick.map(|(_, artifact)| artifact.path.clone()).unwrap_or_default();
        catalog.sets[2].artifacts[0].drill = Some(drilled(false));
        catalog.sets[1].artifacts[0].drill = Some(drilled(false));
        catalog.sets[2].artifacts[1].drill = Some(drilled(true));
        let older = ["db/app_20241110_030000.sql.gz", "db/crm_20241112_030000.sql.gz"];
        assert_eq!(picked(latest(&catalog, &both)), older);
        assert_eq!(to_verify(&catalog, &both)[0].1.as_str(), "20241110_030000");
        assert_eq!(path(refuted_before(&catalog, &both[0])), "db/app_20241112_030000.sql.gz");
        assert_eq!(path(newest_whatever_drills_said(&catalog, &both[0])), "db/app_20241112_030000.sql.gz");
        assert_eq!(refuted_before(&catalog, &both[1]), None);
        // Where there is no other, the newest of them is better than nothing.
        catalog.sets[0].artifacts[0].suspect = true;
        assert_eq!(picked(latest(&catalog, &both))[0], "db/app_20241112_030000.sql.gz");
        assert_eq!(refuted_before(&catalog, &both[0]), None);
    }

    #[test]
    fn of_a_set_what_belongs_to_a_configured_source_is_taken() {
        let one = set("20241112_030000", &["app", "crm", "globals"]);
        let app = known(&[("app", Kind::Postgres)]);
        assert_eq!(picked(of_set(&one, &app, &[])), ["db/app_20241112_030000.sql.gz"]);
        let both = known(&[("app", Kind::Postgres), ("crm", Kind::Postgres)]);
        assert_eq!(picked(of_set(&one, &both, &[name("crm")])), ["db/crm_20241112_030000.sql.gz"]);
        assert_eq!(of_set(&one, &both, &[name("media")]), Err(NoPick::None { source: name("media") }));
        let other = known(&[("media", Kind::Media)]);
        assert_eq!(of_set(&one, &other, &[]), Err(NoPick::Strangers { holds: vec![name("app"), name("crm")] }));
    }

    #[test]
    fn a_file_goes_to_the_source_it_tells_or_the_only_one_of_its_kind() {
        let known = known(&[("app", Kind::Postgres), ("crm", Kind::Postgres), ("media", Kind::Media)]);
        let of = |kind, named: Option<&str>, told: Option<&str>| {
            source_of(kind, named.map(name).as_ref(), told.map(name).as_ref(), &known)
        };
        assert_eq!(of(Kind::Postgres, None, Some("crm")), Ok(name("crm")));
        assert_eq!(of(Kind::Postgres, Some("app"), Some("crm")), Ok(name("app")));
        assert_eq!(of(Kind::Media, None, None), Ok(name("media")));
        assert_eq!(of(Kind::Media, None, Some("uploads")), Ok(name("media")));
        let choices = vec![name("app"), name("crm")];
        assert_eq!(of(Kind::Postgres, None, Some("old")), Err(NoPick::Several { choices }));
        assert_eq!(of(Kind::Sqlite, None, None), Err(NoPick::NoSuchKind));
        let other = NoPick::OtherKind { source: name("app"), kind: Kind::Postgres };
        assert_eq!(of(Kind::Sqlite, None, Some("app")), Err(other));
    }

    #[test]
    fn it_reads_what_the_newest_restore_would_take_and_of_what_has_nothing_good_the_newest() {
        let mut catalog = Catalog::default();
        catalog.sets.push(set("20241110_030000", &["app", "crm"]));
        catalog.sets.push(set("20241111_030000", &["app", "crm"]));
        catalog.sets[1].artifacts[0].suspect = true;
        let of_postgres = |names: &[&str]| names.iter().map(|one| (name(one), Kind::Postgres)).collect::<Vec<Known>>();
        let aimed = |catalog: &Catalog, names: &[&str]| {
            let aimed = to_verify(catalog, &of_postgres(names)).into_iter();
            aimed.map(|(source, id)| format!("{source} {id}")).collect::<Vec<_>>()
        };
        assert_eq!(aimed(&catalog, &["app", "crm", "new"]), ["app 20241110_030000", "crm 20241111_030000"]);
        catalog.sets[0].artifacts[0].complete = false;
        assert_eq!(aimed(&catalog, &["app"]), ["app 20241111_030000"]);
        assert_eq!(aimed(&catalog, &["new"]), ["app 20241111_030000", "crm 20241111_030000"]);
        catalog.sets[1].artifacts.clear();
        assert_eq!(to_verify(&catalog, &of_postgres(&["new"])).len(), 1, "a set whose manifest is lost is looked into");
        assert!(to_verify(&Catalog::default(), &of_postgres(&["app"])).is_empty());
    }
}
