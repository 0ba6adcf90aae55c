//! What the proofs of a source come to. A source is proven where what matters most was looked at and
//! nothing was found wrong; a proof that was skipped is no success, and where it is one of those
//! that matter most the drill of that source was not held.

use super::super::artifact::Kind;
use super::{Judgement, Proof, Verdict, What};

/// So many failed proofs are told in one line; the report holds all.
const TOLD_MAX: usize = 5;

/// The verdict on a source, and what speaks against it.
pub fn judge(kind: Kind, proofs: &[Proof]) -> (Verdict, Option<String>) {
    // Files that rows name and the media lacks are a warning: uploads come and go while a set is made.
    let failed: Vec<&Proof> =
        proofs.iter().filter(|proof| proof.judgement == Judgement::Failed && proof.what != What::Media).collect();
    if !failed.is_empty() {
        let more = failed.len().saturating_sub(TOLD_MAX);
        let more = (more > 0).then(|| format!("and {more} more"));
        let told = failed.iter().take(TOLD_MAX).map(|proof| proof.text.clone());
        return (Verdict::Failed, Some(told.chain(more).collect::<Vec<_>>().join("; ")));
    }
    let of = |what: What| proofs.iter().filter(move |proof| proof.what == what);
    let unproven = essential(kind).iter().find(|what| !of(**what).any(|proof| proof.judgement == Judgement::Passed));
    match unproven {
        None => (Verdict::Proven, None),
        Some(what) => {
            let why = of(*what).map(|proof| proof.text.as_str()).next().unwrap_or("it was not looked at");
            (Verdict::NotHeld, Some(format!("{}: {why}", what.as_str())))
        }
    }
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
    #[case(Kind::Postgres, &[(Load, Passed), (Rows, Passed), (Checks, Failed)], Verdict::Failed, "no. 2")]
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
