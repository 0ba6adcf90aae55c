//! Which artifacts are suspect: an empty database where there was one with tables, or far fewer
//! rows or bytes than the newest that is not suspect. The night after a volume was lost, an
//! empty database dumps cleanly; left alone it becomes the newest good set.

use std::collections::BTreeMap;

use super::artifact::Form;
use super::name::SourceName;
use super::set::{AdoptedFile, Catalog, CatalogArtifact};

/// Marks every suspect artifact of the catalog, set by set, oldest first. Sets that were
/// accepted hold none. Only what is present and complete is judged, and only that is compared
/// with; properties and roles are never suspect.
pub fn judge(catalog: &mut Catalog, drop_percent: u8) {
    let Catalog { sets, adopted, .. } = catalog;
    // What is known of every source that an earlier set holds something of, whatever its state.
    let mut sources: BTreeMap<SourceName, Option<Extent>> = BTreeMap::new();
    for set in sets {
        for artifact in set.artifacts.iter_mut().filter(|artifact| artifact.kind.is_data()) {
            artifact.suspect = false;
            if artifact.complete && artifact.present {
                let (now, before) = (Extent::of(artifact), sources.get(&artifact.source));
                artifact.suspect = !set.accepted
                    && match before {
                        Some(Some(baseline)) => now.has_shrunk(baseline, drop_percent),
                        _ => {
                            artifact.user_tables == Some(0)
                                && (before.is_some() || adopted.iter().any(|f| is_of(f, artifact)))
                        }
                    };
            }
        }
        for artifact in set.artifacts.iter().filter(|artifact| artifact.kind.is_data()) {
            let is_good = artifact.complete && artifact.present && !artifact.suspect;
            let extent = is_good.then(|| Extent::of(artifact));
            match sources.get_mut(&artifact.source) {
                Some(baseline) => *baseline = extent.or(baseline.take()),
                None => drop(sources.insert(artifact.source.clone(), extent)),
            }
        }
    }
}

/// How much an artifact holds: what it is compared by.
#[derive(Clone, Copy)]
struct Extent {
    user_tables: Option<usize>,
    rows: Option<u64>,
    raw_bytes: u64,
    /// PostgreSQL's custom format is compressed by itself: its bytes say nothing beside plain ones.
    is_custom: bool,
}

impl Extent {
    fn of(artifact: &CatalogArtifact) -> Self {
        Self {
            user_tables: artifact.user_tables,
            rows: artifact.rows,
            raw_bytes: artifact.raw_bytes,
            is_custom: artifact.path.ends_with(Form::CustomDump.extension()),
        }
    }

    /// Whether it lost so much against the newest good one that somebody must look. A database
    /// without user tables is suspect only where there were tables to lose.
    fn has_shrunk(&self, baseline: &Extent, drop_percent: u8) -> bool {
        let lost_all_tables = self.user_tables == Some(0) && baseline.user_tables.is_some_and(|tables| tables > 0);
        let lost_rows = match (self.rows, baseline.rows) {
            (Some(now), Some(before)) => fell(now, before, drop_percent),
            _ => false,
        };
        let lost_bytes = self.is_custom == baseline.is_custom && fell(self.raw_bytes, baseline.raw_bytes, drop_percent);
        lost_all_tables || lost_rows || lost_bytes
    }
}

/// Whether `now` is less than `before` by more than so many percent of it.
fn fell(now: u64, before: u64, drop_percent: u8) -> bool {
    let left_percent = 100 - u128::from(drop_percent.min(100));
    u128::from(now) * 100 < u128::from(before) * left_percent
}

/// Whether an adopted file is of an artifact's source: by its name, or, where its name tells
/// none, by its kind.
fn is_of(file: &AdoptedFile, artifact: &CatalogArtifact) -> bool {
    match &file.source {
        Some(source) => *source == artifact.source,
        None => file.kind == artifact.kind,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::artifact::Kind;
    use super::super::fixture;
    use super::*;

    /// A night's dump: tables, rows, raw bytes.
    type Night = (usize, u64, u64);
    const GOOD: Night = (40, 10_000, 5_000_000);
    const EMPTY: Night = (0, 0, 389);

    fn nights(nights: &[Night]) -> Catalog {
        let sets = nights.iter().enumerate().map(|(day, (tables, rows, bytes))| {
            let mut set = fixture::set(&format!("202411{:02}_030000", day + 1), &["app"]);
            set.artifacts[0].user_tables = Some(*tables);
            set.artifacts[0].rows = Some(*rows);
            set.artifacts[0].raw_bytes = *bytes;
            set
        });
        Catalog { sets: sets.collect(), ..Catalog::default() }
    }

    /// The numbers of the nights whose artifact is suspect.
    fn suspects(catalog: &mut Catalog) -> Vec<usize> {
        judge(catalog, 90);
        let is_suspect = |i: &usize| catalog.sets[*i].artifacts.iter().any(|a| a.suspect);
        (0..catalog.sets.len()).filter(is_suspect).collect()
    }

    #[rstest]
    #[case::emptied(&[GOOD, EMPTY], &[1])]
    #[case::emptied_for_nights(&[GOOD, EMPTY, EMPTY, EMPTY], &[1, 2, 3])]
    #[case::restored(&[GOOD, EMPTY, GOOD], &[1])]
    #[case::a_new_application(&[EMPTY, EMPTY, GOOD], &[])]
    #[case::one_table_is_left_and_a_tenth_of_the_rows(&[GOOD, (1, 1000, 5_000_000)], &[])]
    #[case::only_the_tables_are_gone(&[(3, 0, 1000), (0, 0, 900)], &[1])]
    #[case::rows_fell(&[GOOD, (40, 999, 5_000_000)], &[1])]
    #[case::bytes_fell(&[GOOD, (40, 10_000, 499_999)], &[1])]
    #[case::both_fell_just_not_enough(&[GOOD, (40, 1000, 500_000)], &[])]
    #[case::slowly(&[GOOD, (40, 1500, 900_000), (40, 200, 120_000)], &[])]
    #[case::compared_with_the_newest_not_suspect(&[GOOD, (40, 900, 400_000), (40, 800, 400_000)], &[1, 2])]
    fn what_shrank_against_the_newest_good_one_is_suspect(#[case] given: &[Night], #[case] expected: &[usize]) {
        assert_eq!(suspects(&mut nights(given)), expected);
    }

    #[test]
    fn where_the_first_good_one_had_no_tables_nothing_is_lost() {
        let mut catalog = nights(&[EMPTY, EMPTY]);
        catalog.sets[1].accepted = true;
        catalog.sets.push(nights(&[EMPTY, EMPTY, EMPTY]).sets.remove(2));
        assert!(suspects(&mut catalog).is_empty());
    }

    #[test]
    fn an_accepted_set_is_what_the_next_is_compared_with() {
        let mut catalog = nights(&[GOOD, EMPTY, EMPTY, GOOD]);
        catalog.sets[1].accepted = true;
        assert!(suspects(&mut catalog).is_empty());
    }

    #[rstest]
    #[case::of_this_source("app_20241012_030000.sql.gz", Some("app"), &[0])]
    #[case::of_nobody_in_particular("backup.sql.gz", None, &[0])]
    #[case::of_another_source("crm_20241012_030000.sql.gz", Some("crm"), &[])]
    fn an_empty_first_set_beside_an_older_backup_is_suspect(
        #[case] file: &str,
        #[case] source: Option<&str>,
        #[case] expected: &[usize],
    ) {
        let mut catalog = nights(&[EMPTY]);
        catalog.adopted.push(AdoptedFile {
            path: format!("db/{file}"),
            size_bytes: 1,
            kind: Kind::Postgres,
            source: source.map(fixture::name),
            id: None,
            verify: None,
        });
        assert_eq!(suspects(&mut catalog), expected);
    }

    #[test]
    fn the_missing_and_the_incomplete_are_neither_judged_nor_compared_with() {
        let mut catalog = nights(&[GOOD, EMPTY, EMPTY, (40, 900, 400_000)]);
        catalog.sets[1].artifacts[0].complete = false;
        catalog.sets[2].artifacts[0].present = false;
        assert_eq!(suspects(&mut catalog), [3]);
    }

    #[test]
    fn an_empty_database_after_a_set_that_is_gone_is_suspect() {
        let mut catalog = nights(&[GOOD, EMPTY]);
        catalog.sets[0].artifacts[0].present = false;
        assert_eq!(suspects(&mut catalog), [1]);
    }

    #[test]
    fn folders_are_compared_by_bytes_and_roles_and_properties_never() {
        for (kind, expected) in [(Kind::Media, vec![1]), (Kind::Globals, vec![]), (Kind::Database, vec![])] {
            let mut catalog = nights(&[GOOD, EMPTY]);
            for artifact in catalog.sets.iter_mut().flat_map(|set| &mut set.artifacts) {
                (artifact.kind, artifact.user_tables, artifact.rows) = (kind, None, None);
            }
            assert_eq!(suspects(&mut catalog), expected, "{kind:?}");
        }
    }

    #[test]
    fn a_change_of_format_is_no_loss_of_bytes() {
        let mut catalog = nights(&[GOOD, (40, 10_000, 400_000)]);
        catalog.sets[1].artifacts[0].path = "db/app_20241102_030000.dump".to_owned();
        assert!(suspects(&mut catalog).is_empty());
    }

    #[test]
    fn one_suspect_source_leaves_the_others_of_its_set_alone() {
        let mut catalog = nights(&[GOOD, EMPTY]);
        for set in &mut catalog.sets {
            set.artifacts.extend(fixture::set("20241101_030000", &["media"]).artifacts);
        }
        assert_eq!(suspects(&mut catalog), [1]);
        assert!(catalog.sets[1].artifacts[0].suspect && !catalog.sets[1].artifacts[1].suspect);
    }
}
