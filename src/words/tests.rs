//! What is said of one saying in each language, and what is known again of what was said before.

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;

use super::*;

#[test]
fn every_catalogue_is_well_formed_and_holds_no_key_twice() {
    for language in Language::ALL {
        let texts = Catalogue::of(language).texts.to_owned();
        let resource = FluentResource::try_new(texts).map_err(|(_, errors)| errors).unwrap();
        let mut bundle: FluentBundle<FluentResource> = FluentBundle::new_concurrent(Vec::new());
        bundle.add_resource(resource).unwrap();
    }
}

#[test]
fn a_saying_becomes_a_sentence_and_an_unknown_key_stays_visible() {
    let saying = Saying::new("hint-no-room").with("needed", "2.1 GB").with("path", "/backups");
    let said = Language::ALL.map(|language| Words::of(language).say(&saying));
    let expected = [
        "Free at least 2.1 GB on the volume of /backups, or point store.dir at a larger one.",
        "Libere al menos 2,1 GB en el volumen de /backups, o indique en store.dir uno más grande.",
        "Libere pelo menos 2,1 GB no volume de /backups, ou indique um maior em store.dir.",
    ];
    assert_eq!(said, expected);
    assert_eq!(Words::english().text("no-such-key", &[]), "no-such-key");
}

#[test]
fn a_hint_that_a_report_keeps_in_english_is_told_in_the_readers_language() {
    let spanish = Words::of(Language::Spanish);
    let kept = Words::english().say(&Saying::new("hint-no-room").with("needed", "2.1 GB").with("path", "/backups"));
    let told = spanish.say(&Saying::new("tell-hint").with("hint", &kept));
    let expected =
        "Qué hacer: Libere al menos 2,1 GB en el volumen de /backups, o indique en store.dir uno más grande.";
    assert_eq!(told, expected);
    for unknown in ["", "Free at least", "Ask somebody.", &format!("{kept} Now.")] {
        assert_eq!(spanish.retell(unknown), unknown);
    }
    assert_eq!(Words::english().retell(&kept), kept);
}

#[test]
fn a_cell_of_a_table_is_local() {
    let cell = |language, value| Words::of(language).cell(value);
    assert_eq!(cell(Language::English, "2024-11-12 03:00"), "2024-11-12 03:00");
    assert_eq!(cell(Language::Portuguese, "2024-11-12 03:00"), "12/11/2024, 03:00");
    assert_eq!(cell(Language::Portuguese, "1.5 GB"), "1,5 GB");
}

#[test]
fn what_a_drill_found_is_told_in_the_readers_language_and_what_others_said_as_they_said_it() {
    let spanish = Words::of(Language::Spanish);
    let rows = Saying::new("proof-rows").with("tables", 12).with("rows", 1_500_000);
    let kept = Words::english().say(&rows);
    assert_eq!(kept, "12 tables, 1,500,000 rows");
    let told = "tablas: 12; filas: 1\u{a0}500\u{a0}000";
    assert_eq!(spanish.retell_found(&kept), told);
    assert_eq!(
        spanish.retell_found(&format!("asset.photo: {kept}; thing x: odd")),
        format!("asset.photo: {told}; thing x: odd")
    );
    for said in ["", "; ", ": ", "ask db:5432: FATAL: no\npassword; none"] {
        assert_eq!(spanish.retell_found(said), said);
    }
    let error = "1 of 2 questions could not be asked: drill.check.0: SELECT 1; SELECT 2: syntax error";
    let told =
        "Qué falló: preguntas que no se pudieron hacer: 1 de 2: drill.check.0: SELECT 1; SELECT 2: syntax error.";
    assert_eq!(spanish.say(&Saying::new("tell-error").with("error", error)), told);
    assert_eq!(Words::english().retell_found(&kept), kept);
}
