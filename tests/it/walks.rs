//! The walks of the README: three disasters, each through the commands that stand there, line by
//! line as they are written, given on a terminal by a person who types what is asked for. And what
//! such a person may do instead.

use std::cell::Cell;
use std::fs;

use resguardo::domain::id::BackupId;
use rstest::rstest;

use crate::support::postgres::Server;
use crate::support::restore_postgres::{databases, everything};
use crate::support::walks::{CREATE, DATABASE, Machine, State, about, walk};

/// An application with two nights behind it: the state at each.
fn two_nights(server: &Server) -> (Machine, [(BackupId, State); 2]) {
    let machine = Machine::new(server);
    let night = |day: &str| {
        machine.work(server, day);
        (machine.back_up(), machine.state(server))
    };
    let nights = [night("monday"), night("tuesday")];
    assert!(nights[0].0 < nights[1].0 && nights[0].1 != nights[1].1);
    (machine, nights)
}

#[track_caller]
fn lines<const COUNT: usize>(lines: Vec<String>) -> [String; COUNT] {
    lines.try_into().expect("the README goes another way than this test")
}

#[rstest]
fn the_database_is_lost(#[values(false, true)] stands_empty: bool, #[values(false, true)] night_has_passed: bool) {
    let server = Server::start();
    let (machine, [(older, _), (newer, before)]) = two_nights(&server);
    let all_before = everything(&server);
    server.psql("postgres", "DROP DATABASE patrimonio");
    if stands_empty {
        server.psql("postgres", CREATE);
    } else {
        server.psql("postgres", "DROP ROLE app; DROP ROLE readers");
    }
    if night_has_passed {
        // Some sources are good, some are not; an emptied one is dumped, and suspect.
        machine.type_in("resguardo backup").ends(if stands_empty { 0 } else { 3 });
        assert!(machine.newest() > newer);
    }
    let lost = everything(&server);

    let [list, restore] = lines(walk("The database is lost"));
    let listed = machine.type_in(&list).ends(0).says(older.as_str()).says(newer.as_str());
    assert_eq!(listed.text.contains("suspect"), night_has_passed && stands_empty, "{}", listed.text);
    assert_eq!(everything(&server), lost);

    machine.type_in(&restore).ends(0).says(&format!("of set {newer}")).says("Restart the application");
    assert_eq!(machine.state(&server), before);
    if stands_empty {
        assert_eq!(databases(&server).len(), 2, "what stood there is kept");
        machine.type_in("resguardo restore --clean").ends(0);
    }
    // Other databases, roles and their passwords among it.
    assert_eq!(everything(&server), all_before);
    machine.back_up();
    machine.type_in("resguardo health").ends(0);
}

#[test]
fn the_data_is_damaged() {
    let server = Server::start();
    let (machine, [(monday, on_monday), (tuesday, on_tuesday)]) = two_nights(&server);
    server.psql(DATABASE, "DELETE FROM asset WHERE id % 2 = 0; ALTER TABLE asset ADD COLUMN lost text");
    let damaged = machine.state(&server);

    let sets = [monday.clone(), tuesday.clone()];
    let [backup, list, go_back, undo, go_to_another] = lines(about(walk("The data is damaged"), &sets));
    machine.type_in(&backup).ends(0);
    let kept = machine.newest();
    assert!(kept > tuesday);
    let listed = machine.type_in(&list).ends(0).says(monday.as_str()).says(tuesday.as_str());
    let line = listed.text.lines().find(|line| line.contains(kept.as_str())).unwrap();
    assert!(line.contains("complete") && line.contains("pinned, before going back"), "{line}");
    assert_eq!(machine.state(&server), damaged);

    machine.type_in(&go_back).ends(0).says(&format!("of set {monday}"));
    assert_eq!(machine.state(&server).database, on_monday.database);
    // The folder is not what was asked for, and stays as it is now.
    assert_eq!(machine.state(&server).media, damaged.media);

    // What was written since goes aside with it.
    server.psql(DATABASE, "INSERT INTO asset (name) VALUES ('written into the wrong day')");
    machine.type_in(&undo).ends(0).says("takes the place of patrimonio again");
    assert_eq!(machine.state(&server), damaged);

    machine.type_in(&go_to_another).ends(0).says(&format!("of set {tuesday}"));
    assert_eq!(machine.state(&server), on_tuesday);

    // The state that was to be kept is kept, however often one goes back.
    machine.type_in(&format!("resguardo restore --set {kept} --source patrimonio")).ends(0);
    assert_eq!(machine.state(&server), damaged);

    // A look beside it is nothing to the application.
    let beside =
        machine.type_in(&format!("resguardo restore --set {monday} --source patrimonio --to-db beside")).ends(0);
    assert!(databases(&server).contains("beside") && !beside.text.contains("Restart"), "{}", beside.text);
    assert_eq!(machine.state(&server), damaged);
}

#[test]
fn to_a_new_server() {
    let old_server = Server::start();
    let (machine, [_, (newer, before)]) = two_nights(&old_server);
    let all_before = everything(&old_server);
    drop(old_server);
    let machine = machine.moved_with(&["backups", "config", "app/.env.prod"]);
    let server = Server::start();
    machine.address(&server);
    let here = fs::read_to_string(machine.path("app/.env.prod")).unwrap();
    let empty = everything(&server);

    let [check, verify, restore] = lines(walk("To a new server"));
    let checked = machine.type_in(&check).ends(1);
    let mut troubles: Vec<&str> = checked.text.lines().filter_map(|line| line.strip_prefix("TROUBLE   ")).collect();
    troubles.sort_unstable();
    assert!(
        matches!(troubles[..], [media, patrimonio] if media.starts_with("media ") && patrimonio.starts_with("patrimonio ")),
        "{}",
        checked.text
    );
    let verified = machine.type_in(&verify).ends(0);
    for source in ["globals", "media", "patrimonio", "settings"] {
        assert!(verified.text.contains(&format!("{source}: good")), "{}", verified.text);
    }
    assert_eq!(everything(&server), empty);

    let restored = machine.type_in(&restore).ends(0).says(&format!("of set {newer}"));
    // The settings that name this server are not replaced unseen.
    let restored = restored.says(&format!("take their places: {}.", machine.path("app/.env.prod").display()));
    assert_eq!(everything(&server), all_before);
    assert_eq!(machine.state(&server), before);
    // What was there of the settings is kept, and comes back on a word.
    let kept = restored.text.lines().find_map(|line| line.strip_prefix("Kept: ")?.split_once(". To exchange"));
    assert_eq!(fs::read_to_string(kept.expect("it names what is kept").0).unwrap(), here);
    machine.address(&server);
    machine.type_in("resguardo restore --undo --source settings").ends(0);
    assert_eq!(fs::read_to_string(machine.path("app/.env.prod")).unwrap(), here);
    machine.type_in(&check).ends(0);
    machine.back_up();
    machine.type_in("resguardo health").ends(0);
}

/// The lines above the walks, as a look that changes nothing.
#[test]
fn every_example_of_a_restore_is_understood() {
    let server = Server::start();
    let (machine, [_, (newer, _)]) = two_nights(&server);
    let (before, all_before) = (machine.state(&server), everything(&server));
    let examples = about(walk("Restoring"), &[newer]);
    assert!(examples.len() > 5, "{examples:#?}");
    for example in examples {
        assert!(example.starts_with("resguardo restore --"), "{example}");
        let look = example.replace("resguardo restore", "resguardo restore --dry-run");
        let look = look.replace("/tmp/look", &machine.path("look").display().to_string());
        machine.type_in(&look).ends(0).says(" is restored from ");
        assert_eq!((machine.state(&server), everything(&server)), (before.clone(), all_before.clone()));
    }
}

#[rstest]
#[case::another_name("Patrimonio\n", 2, 4, "To consent, type exactly what is asked for")]
#[case::nothing("\n", 1, 4, "Nothing was changed")]
#[case::yes("yes\n", 2, 4, "consent was not given")]
#[case::ctrl_c("\x03", 1, 130, "")]
#[case::end_of_input("\x04", 1, 4, "Nothing was changed")]
fn without_consent_nothing_is_changed(
    #[case] keys: &str,
    #[case] times: u32,
    #[case] code: i32,
    #[case] sentence: &str,
) {
    let server = Server::start();
    let (machine, [_, (_, on_tuesday)]) = two_nights(&server);
    machine.work(&server, "wednesday");
    let (before, all_before) = (machine.state(&server), everything(&server));
    let asked = Cell::new(0);
    // Not what a shell says of a signal, but what the program does.
    let line = "exec resguardo restore --latest";
    let shown = machine.answering(line, |name| {
        assert_eq!(name, "media settings patrimonio");
        asked.set(asked.get() + 1);
        keys.to_owned()
    });
    shown.ends(code).says(sentence);
    assert_eq!(asked.get(), times);
    assert_eq!((machine.state(&server), everything(&server)), (before, all_before));
    assert_eq!(fs::read_dir(machine.path("app")).unwrap().count(), 2, "nothing is left beside what stands");

    // A slip of the finger is forgiven, and so is another order.
    let said = Cell::new(0);
    let shown = machine.answering(line, |_| {
        said.set(said.get() + 1);
        if said.get() == 1 { "patrimonio\n".to_owned() } else { "patrimonio, settings, media\n".to_owned() }
    });
    shown.ends(0).says("That is not it; nothing was changed. To consent, type: media settings patrimonio");
    assert_eq!(machine.state(&server), on_tuesday);
}
