//! What several drills found, put together: of one set, each source with the last word on it; and of
//! one drill, whatever sets it took its sources from.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{DrillFinding, DrillFindings, DrillReport, VERSION, Verdict, rto_seconds};

impl DrillFinding {
    /// Whether it says anything of what is stored.
    pub fn found_anything_out(&self) -> bool {
        self.verdict != Verdict::NotHeld
    }
}

impl DrillFindings {
    /// What was found earlier, if anything, with what one more drill found: that takes the place of
    /// what was found of its own sources. Where it could not look, what an earlier one found still
    /// stands.
    pub fn renewed(earlier: Option<Self>, found: Vec<DrillFinding>) -> Self {
        let stands = |old: &DrillFinding| {
            let new = found.iter().find(|new| new.source == old.source && new.kind == old.kind);
            new.is_none_or(|new| old.found_anything_out() && !new.found_anything_out())
        };
        let mut sources: Vec<DrillFinding> = earlier.map(|earlier| earlier.sources).unwrap_or_default();
        sources.retain(stands);
        sources.extend(found);
        Self { version: VERSION, sources }
    }
}

impl DrillReport {
    /// Every drill that left something beside these manifests, oldest first. Of all but the last, some
    /// may have made room for what was found later.
    pub fn each(kept: impl IntoIterator<Item = DrillFindings>) -> Vec<Self> {
        let mut runs: BTreeMap<(DateTime<Utc>, String), Vec<DrillFinding>> = BTreeMap::new();
        for found in kept.into_iter().flat_map(|kept| kept.sources) {
            runs.entry((found.started_at, found.run.clone())).or_default().push(found);
        }
        runs.into_values().filter_map(Self::of_sources).collect()
    }

    /// In the order in which they were drilled.
    fn of_sources(mut sources: Vec<DrillFinding>) -> Option<Self> {
        sources.sort_by_key(|found| found.at);
        let last = sources.last()?;
        Some(Self {
            version: VERSION,
            run: last.run.clone(),
            started_at: last.started_at,
            at: last.at,
            ok: last.nothing_good.is_empty() && sources.iter().all(|found| found.verdict == Verdict::Proven),
            tool_version: last.tool_version.clone(),
            rpo_seconds: sources.iter().map(|found| found.rpo_seconds).max().unwrap_or_default(),
            rto_seconds: rto_seconds(sources.iter().map(|found| &found.drilled)),
            nothing_good: last.nothing_good.clone(),
            peak_bytes: sources.iter().filter_map(|found| found.disk_bytes).max(),
            sources,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::DrilledSource;
    use super::*;
    use crate::domain::artifact::Kind;
    use crate::domain::fixture::{id, name, utc};
    use Verdict::{Failed, NotHeld, Proven};

    /// A drill that began so many hours after midnight, and took so many minutes to this source's end.
    fn found(hour: i64, minutes: i64, source: &str, verdict: Verdict) -> DrillFinding {
        let started_at = utc("2024-11-17T00:00:00") + TimeDelta::hours(hour);
        DrillFinding {
            backup_id: id("20241112_030000"),
            run: format!("drill-{hour}"),
            started_at,
            at: started_at + TimeDelta::minutes(minutes),
            tool_version: "0.1.0".to_owned(),
            rpo_seconds: minutes.unsigned_abs(),
            disk_bytes: Some(minutes.unsigned_abs()),
            nothing_good: Vec::new(),
            drilled: DrilledSource {
                source: name(source),
                kind: if source == "media" { Kind::Media } else { Kind::Postgres },
                verdict,
                error: None,
                hint: None,
                restore_seconds: (verdict == Proven).then_some(1.5),
                proofs: Vec::new(),
                checks: Vec::new(),
                remarks: Vec::new(),
            },
        }
    }

    fn after(drills: Vec<Vec<DrillFinding>>) -> DrillFindings {
        drills.into_iter().fold(None, |earlier, found| Some(DrillFindings::renewed(earlier, found))).unwrap()
    }

    fn told(kept: &DrillFindings) -> Vec<String> {
        kept.sources.iter().map(|one| format!("{} {:?} {}", one.source, one.verdict, one.run)).collect()
    }

    #[test]
    fn each_source_keeps_the_last_that_was_found_of_it() {
        let first = vec![found(1, 1, "media", Proven), found(1, 2, "app", Proven), found(1, 3, "crm", Failed)];
        let kept = after(vec![first.clone(), vec![found(2, 1, "app", Failed)]]);
        assert_eq!(told(&kept), ["media Proven drill-1", "crm Failed drill-1", "app Failed drill-2"]);
        // What could not be held stands beside what was found, until something is found again.
        let not_held = vec![found(3, 0, "app", NotHeld), found(3, 1, "media", NotHeld)];
        let kept = DrillFindings::renewed(Some(kept), not_held);
        let known = ["media Proven drill-1", "crm Failed drill-1", "app Failed drill-2"];
        assert_eq!(told(&kept), [&known[..], &["app NotHeld drill-3", "media NotHeld drill-3"]].concat());
        let proven = |source: &str, kind| kept.of(&name(source), kind).map(|drilled| drilled.proven);
        assert_eq!((proven("media", Kind::Media), proven("app", Kind::Postgres)), (Some(true), Some(false)));
        assert_eq!(kept.of(&name("app"), Kind::Postgres).unwrap().at, utc("2024-11-17T02:01:00"));
        let kept = DrillFindings::renewed(Some(kept), vec![found(4, 1, "app", Proven)]);
        let now = ["media Proven drill-1", "crm Failed drill-1", "media NotHeld drill-3", "app Proven drill-4"];
        assert_eq!(told(&kept), now);
    }

    #[test]
    fn properties_are_proven_with_their_database_and_roles_with_all_of_them() {
        let proven = |kept: &DrillFindings, source: &str, kind| kept.of(&name(source), kind).map(|one| one.proven);
        let kept = after(vec![vec![found(1, 1, "app", Proven), found(1, 2, "crm", NotHeld)]]);
        assert_eq!(proven(&kept, "app", Kind::Database), Some(true));
        assert_eq!(proven(&kept, "crm", Kind::Database), None);
        assert_eq!(proven(&kept, "globals", Kind::Globals), None);
        let kept = DrillFindings::renewed(Some(kept), vec![found(2, 1, "crm", Failed)]);
        assert_eq!(proven(&kept, "globals", Kind::Globals), Some(false));
        let kept = DrillFindings::renewed(Some(kept), vec![found(3, 1, "crm", Proven)]);
        assert_eq!(proven(&kept, "globals", Kind::Globals), Some(true));
        assert_eq!(proven(&kept, "media", Kind::Media), None);
    }

    #[test]
    fn a_drill_is_put_together_from_all_its_sets() {
        let one = after(vec![vec![found(1, 3, "app", Proven)], vec![found(2, 9, "media", Proven)]]);
        let other = after(vec![vec![found(1, 1, "media", Failed), found(1, 2, "crm", Proven)]]);
        let drills = DrillReport::each([one, other]);
        let [first, last] = drills.as_slice() else { panic!("{drills:#?}") };
        let names: Vec<&str> = first.sources.iter().map(|one| one.source.as_str()).collect();
        assert_eq!((names, first.ok), (vec!["media", "crm", "app"], false));
        assert_eq!((first.rto_seconds, first.rpo_seconds, first.peak_bytes), (None, 3, Some(3)));
        assert_eq!(first.at, utc("2024-11-17T01:03:00"));
        assert_eq!((last.run.as_str(), last.sources.len(), last.ok, last.rto_seconds), ("drill-2", 1, true, Some(1.5)));
        assert_eq!(DrillReport::each([]), []);
    }
}
