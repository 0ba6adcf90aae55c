//! `RESTORE.md` through what happens to sets: whoever ended what an earlier run began, the page
//! names what stands and never a set that is gone.

use std::fs;
use std::os::unix::fs::MetadataExt;

use chrono::{DateTime, TimeDelta, Utc};
use resguardo::domain::report::{Job, Outcome};
use resguardo::runner::Request;
use rstest::rstest;

use crate::support::life::{HandClock, Parts};
use crate::support::site::{Site, toml};

fn morning() -> DateTime<Utc> {
    "2024-11-12T08:00:00Z".parse().unwrap()
}

/// A folder, backed up on two mornings; the ids of the two sets.
fn two_mornings() -> (Site, [String; 2]) {
    let site = Site::new("");
    fs::create_dir_all(site.path("media")).unwrap();
    fs::write(site.path("media/a.jpg"), "not a photo").unwrap();
    site.configure(&format!("[[media]]\nname = \"media\"\npath = {}\n", toml(&site.path("media"))));
    let clock = HandClock::at(morning() - TimeDelta::days(1));
    let parts = parts(&site, &clock);
    let older = parts.backup().backup_id.unwrap().to_string();
    clock.set(morning());
    let newer = parts.backup().backup_id.unwrap().to_string();
    assert!(page(&site).contains(&format!("media_{newer}")), "{}", page(&site));
    (site, [older, newer])
}

fn parts(site: &Site, clock: &std::sync::Arc<HandClock>) -> Parts {
    Parts::start(&site.path("backup.toml"), clock)
}

fn page(site: &Site) -> String {
    fs::read_to_string(site.path("backups/RESTORE.md")).unwrap()
}

/// Leaves a set as a run does that was killed while it removed it.
fn half_removed(site: &Site, id: &str) {
    let expired = site.path("backups/.resguardo/expired");
    fs::create_dir_all(&expired).unwrap();
    fs::rename(site.path(&format!("backups/sets/{id}.json")), expired.join(format!("{id}.json"))).unwrap();
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    TheStart,
    Prune,
    ABackupThatPublishesNothing,
}

#[rstest]
fn a_set_whose_removal_was_completed_is_named_no_more(
    #[values(By::TheStart, By::Prune, By::ABackupThatPublishesNothing)] by: By,
) {
    let (site, [older, newer]) = two_mornings();
    let clock = HandClock::at(morning() + TimeDelta::hours(1));
    let runner = parts(&site, &clock);
    half_removed(&site, &newer);
    match by {
        By::TheStart => runner.runner.recover(),
        By::Prune => {
            assert_eq!(runner.run(Request::command(Job::Prune, std::time::Duration::ZERO)).outcome, Outcome::Succeeded);
        }
        By::ABackupThatPublishesNothing => {
            fs::remove_dir_all(site.path("media")).unwrap();
            assert_eq!(runner.backup().outcome, Outcome::Failed);
        }
    }
    let page = page(&site);
    assert!(!page.contains(&newer) && page.contains(&format!("media_{older}")), "{page}");
}

#[test]
fn a_set_that_was_completed_at_the_start_is_named() {
    let (site, [older, newer]) = two_mornings();
    // As a run leaves it that was killed before it put a finished set into place.
    let staging = site.path(&format!("backups/.resguardo/partial/{newer}"));
    fs::create_dir_all(staging.join("media")).unwrap();
    let name = format!("media/media_{newer}.tar.gz");
    fs::rename(site.path("backups").join(&name), staging.join(&name)).unwrap();
    fs::rename(site.path(&format!("backups/sets/{newer}.json")), staging.join("manifest.json")).unwrap();
    let stale = page(&site).replace(&newer, &older);
    fs::write(site.path("backups/RESTORE.md"), stale).unwrap();
    let _started = parts(&site, &HandClock::at(morning() + TimeDelta::hours(1)));
    assert!(page(&site).contains(&format!("media_{newer}")), "{}", page(&site));
}

/// By hand, or by a run that was killed between its last removal and the page.
#[test]
fn a_set_that_went_unseen_is_named_no_more_after_a_start() {
    let (site, [older, newer]) = two_mornings();
    fs::remove_file(site.path(&format!("backups/media/media_{newer}.tar.gz"))).unwrap();
    fs::remove_file(site.path(&format!("backups/sets/{newer}.json"))).unwrap();
    let _started = parts(&site, &HandClock::at(morning() + TimeDelta::hours(1)));
    let page = page(&site);
    assert!(!page.contains(&newer) && page.contains(&format!("media_{older}")), "{page}");
}

#[test]
fn a_page_that_says_what_stands_is_left_as_it_is_and_an_unused_store_gets_none() {
    let (site, _) = two_mornings();
    let file = || fs::metadata(site.path("backups/RESTORE.md")).unwrap().ino();
    let before = file();
    let _started = parts(&site, &HandClock::at(morning() + TimeDelta::hours(1)));
    assert_eq!(file(), before);

    let unused = Site::new("[[media]]\npath = \"nowhere\"\n");
    let _started = parts(&unused, &HandClock::at(morning()));
    assert!(!unused.path("backups/RESTORE.md").exists());
}
