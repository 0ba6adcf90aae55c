//! What the proofs of a source come to. A source is proven where what matters most was looked at and
//! nothing was found wrong; a proof that was skipped is no success, and where it is one of those
//! that matter most the drill of that source was not held. The operator's own questions are no proof
//! of the data: an answer can make them doubted, never take their proof away.

use super::super::artifact::Kind;
use super::{Judgement, Proof, Verdict, What};

/// So many failed proofs are told in one line; the report holds all.
const TOLD_MAX: usize = 5;

/// The verdict on a source, and what speaks against it.
pub fn judge(kind: Kind, proofs: &[Proof]) -> (Verdict, Option<String>) {
    let failed = |is_it: fn(What) -> bool| {
        proofs.iter().filter(move |proof| proof.judgement == Judgement::Failed && is_it(proof.what))
    };
    // Files that rows name and the media lacks are a warning.
    if let Some(against) = told(failed(|what| !matches!(what, What::Checks | What::Media))) {
        return (Verdict::Failed, Some(against));
    }
    let of = |what: What| proofs.iter().filter(move |proof| proof.what == what);
    let unproven = essential(kind).iter().find(|what| !of(**what).any(|proof| proof.judgement == Judgement::Passed));
    match unproven {
        None => match told(failed(|what| what == What::Checks)) {
            None => (Verdict::Proven, None),
            answers => (Verdict::Doubted, answers),
        },
        Some(what) => {
            let why = of(*what).map(|proof| proof.text.as_str()).next().unwrap_or("it was not looked at");
            (Verdict::NotHeld, Some(format!("{}: {why}", what.as_str())))
        }
    }
}

/// In one line; `None` where there is none.
fn told<'p>(failed: impl Iterator<Item = &'p Proof>) -> Option<String> {
    let texts: Vec<&str> = failed.map(|proof| proof.text.as_str()).collect();
    let more = texts.len().saturating_sub(TOLD_MAX);
    let more = (more > 0).then(|| format!("; and {more} more"));
    let told = texts.iter().take(TOLD_MAX).copied().collect::<Vec<_>>().join("; ");
    (!texts.is_empty()).then(|| told + &more.unwrap_or_default())
}

/// Without these nothing is proven.
fn essential(kind: Kind) -> &'static [What] {
    match kind {
        Kind::Postgres | Kind::Database | Kind::Globals => &[What::Load, What::Rows],
        Kind::Sqlite => &[What::Integrity, What::Rows],
        Kind::Media | Kind::Files => &[What::Tree],
    }
}

impl What {
    pub fn as_str(self) -> &'static str {
        match self {
            What::Load => "load",
            What::Rows => "rows",
            What::LargeObjects => "large objects",
            What::Sequences => "sequences",
            What::Schema => "schema",
            What::Constraints => "constraints",
            What::Indexes => "indexes",
            What::Integrity => "integrity",
            What::Tree => "tree",
            What::Checks => "checks",
            What::Media => "media",
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use Judgement::{Failed, Passed, Skipped};
    use What::{Checks, Indexes, Integrity, Load, Media, Rows, Tree};

    #[rstest]
    #[case(Kind::Postgres, &[(Load, Passed), (Rows, Passed)], Verdict::Proven, "")]
    #[case(Kind::Postgres, &[(Load, Passed), (Rows, Passed), (Indexes, Skipped)], Verdict::Proven, "")]
    #[case(Kind::Postgres, &[(Load, Passed), (Rows, Skipped)], Verdict::NotHeld, "rows: no. 1")]
    #[case(Kind::Postgres, &[(Load, Passed)], Verdict::NotHeld, "rows: it was not looked at")]
    #[case(Kind::Postgres, &[(Load, Failed), (Rows, Skipped)], Verdict::Failed, "no. 0")]
    #[case(Kind::Postgres, &[(Load, Passed), (Rows, Passed), (Checks, Failed)], Verdict::Doubted, "no. 2")]
    #[case(Kind::Postgres, &[(Load, Passed), (Rows, Passed), (Checks, Skipped)], Verdict::Proven, "")]
    #[case(Kind::Postgres, &[(Load, Passed), (Rows, Failed), (Checks, Failed)], Verdict::Failed, "no. 1")]
    #[case(Kind::Postgres, &[(Load, Passed), (Rows, Skipped), (Checks, Failed)], Verdict::NotHeld, "rows: no. 1")]
    #[case(Kind::Postgres, &[(Load, Passed), (Rows, Passed), (Media, Failed)], Verdict::Proven, "")]
    #[case(Kind::Sqlite, &[(Integrity, Passed), (Rows, Passed)], Verdict::Proven, "")]
    #[case(Kind::Sqlite, &[(Integrity, Failed), (Rows, Failed)], Verdict::Failed, "no. 0; no. 1")]
    #[case(Kind::Sqlite, &[(Rows, Passed)], Verdict::NotHeld, "integrity: it was not looked at")]
    #[case(Kind::Media, &[(Tree, Passed), (Tree, Skipped)], Verdict::Proven, "")]
    #[case(Kind::Files, &[(Tree, Skipped)], Verdict::NotHeld, "tree: no. 0")]
    #[case(Kind::Files, &[], Verdict::NotHeld, "tree: it was not looked at")]
    fn a_source_is_proven_by_what_matters_most(
        #[case] kind: Kind,
        #[case] proofs: &[(What, Judgement)],
        #[case] verdict: Verdict,
        #[case] error: &str,
    ) {
        let proof = |(number, (what, judgement)): (usize, &(What, Judgement))| Proof {
            what: *what,
            judgement: *judgement,
            text: format!("no. {number}"),
        };
        let proofs: Vec<Proof> = proofs.iter().enumerate().map(proof).collect();
        assert_eq!(judge(kind, &proofs), (verdict, Some(error.to_owned()).filter(|error| !error.is_empty())));
    }
}
