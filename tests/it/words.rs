//! The catalogues of the three languages against each other, and what they say where it counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use resguardo::domain::language::Language;
use resguardo::domain::saying::Saying;
use resguardo::domain::telling::{Message, Phase, Severity, Topic};
use resguardo::notify::compose::{Occasion, Sender};
use resguardo::words::Words;

use crate::support::site::{Called, Site, toml};

const ENGLISH: &str = include_str!("../../src/words/en.ftl");
const OTHERS: [(Language, &str); 2] = [
    (Language::Spanish, include_str!("../../src/words/es.ftl")),
    (Language::Portuguese, include_str!("../../src/words/pt.ftl")),
];

/// Texts that are the same in all languages, and why.
const SAME: [(&str, &str); 4] = [
    ("mail-subject", "placeholders alone"),
    ("figures-source", "a name"),
    ("figure-at", "a date, in the reader's way"),
    ("figure-bytes", "a size, in the reader's way"),
];

/// How many of a thing a plural must read well for.
const COUNTS: [&str; 4] = ["0", "1", "2", "1000000"];

/// The messages of a catalogue by key, each as its lines stand.
fn messages(catalogue: &str) -> BTreeMap<&str, String> {
    let mut found = BTreeMap::<&str, String>::new();
    let mut last = None;
    for line in catalogue.lines() {
        match line.split_once('=').filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase())) {
            Some((key, text)) => {
                last = Some(key.trim());
                found.insert(key.trim(), text.trim().to_owned());
            }
            None if line.starts_with(' ') => {
                let text = found.get_mut(last.unwrap()).unwrap();
                write!(text, "\n{line}").unwrap();
            }
            None => {}
        }
    }
    found
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    let name = |behind: &'_ str| behind.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(behind.len());
    text.split('$').skip(1).map(|behind| &behind[..name(behind)]).collect()
}

/// What stands between backticks: commands, which are the same for everybody.
fn commands(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// A text with every placeholder filled with its own name, counts with this one.
fn filled(words: &Words, key: &str, text: &str, count: &str) -> String {
    let counted = |name: &str| text.contains(&format!("NUMBER(${name})")) || text.contains(&format!("{{ ${name} ->"));
    let values: Vec<(&str, &str)> =
        placeholders(text).into_iter().map(|name| (name, if counted(name) { count } else { name })).collect();
    words.text(key, &values)
}

#[test]
fn every_text_is_there_in_every_language() {
    let english = messages(ENGLISH);
    let mut wrong = Vec::new();
    for (language, catalogue) in OTHERS {
        let (file, other) = (format!("src/words/{}.ftl", language.code()), messages(catalogue));
        wrong.extend(english.keys().filter(|key| !other.contains_key(*key)).map(|key| format!("{file} lacks {key}")));
        wrong.extend(
            other.keys().filter(|key| !english.contains_key(*key)).map(|key| format!("{file} alone has {key}")),
        );
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn placeholders_and_commands_are_the_same_and_sentences_are_not() {
    let english = messages(ENGLISH);
    let mut wrong = Vec::new();
    for (language, catalogue) in OTHERS {
        for (key, text) in messages(catalogue) {
            let Some(of_english) = english.get(key) else { continue };
            let name = format!("src/words/{}.ftl: {key}", language.code());
            if placeholders(of_english) != placeholders(&text) {
                wrong.push(format!("{name} has other placeholders"));
            }
            if commands(of_english) != commands(&text) {
                wrong.push(format!("{name} has other commands"));
            }
            if *of_english == text && !SAME.iter().any(|(same, _)| *same == key) {
                wrong.push(format!("{name} is not translated"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_text_can_be_said_whatever_the_count() {
    for (language, catalogue) in OTHERS.into_iter().chain([(Language::English, ENGLISH)]) {
        let words = Words::of(language);
        for (key, text) in messages(catalogue) {
            for count in COUNTS {
                let said = filled(&words, key, &text, count);
                assert!(!said.contains('$') && !said.contains("NUMBER") && !said.contains("{ "), "{key}: {said}");
                assert!(said != key && !said.contains("??"), "{key}: {said}");
            }
        }
    }
}

/// A person reads these: change them only for sentences that read better.
#[test]
fn plurals_read_well() {
    let mut told = String::new();
    for (language, catalogue) in [(Language::English, ENGLISH)].into_iter().chain(OTHERS) {
        let words = Words::of(language);
        let mut plural = messages(catalogue);
        plural.retain(|_, text| text.contains("NUMBER("));
        for (key, text) in plural {
            writeln!(told, "{} {key}", language.code()).unwrap();
            for count in COUNTS {
                writeln!(told, "  {count:>7}  {}", filled(&words, key, &text, count)).unwrap();
            }
        }
    }
    insta::assert_snapshot!("plurals", told);
}

/// Reports keep hints, remarks and proofs in English; a reader of another language is told each of them.
#[test]
fn every_hint_remark_and_proof_of_a_report_is_told_in_the_readers_language() {
    let kept = |key: &str| ["hint-", "remark-", "proof-", "cause-"].iter().any(|kind| key.starts_with(kind));
    for (key, text) in messages(ENGLISH).into_iter().filter(|(key, _)| kept(key)) {
        for count in COUNTS {
            let kept = filled(&Words::english(), key, &text, count);
            for (language, _) in OTHERS {
                let words = Words::of(language);
                assert_eq!(words.retell(&kept), filled(&words, key, &text, count), "{key}");
            }
        }
    }
}

/// Who waits at a terminal reads each error of a restore, a verify or a drill in his language.
#[test]
fn an_error_is_told_in_the_readers_language_but_for_names_and_what_others_say() {
    let spanish = Words::of(Language::Spanish);
    for (error, told) in [
        ("consent was not given", "no se dio el consentimiento"),
        ("write /a: No space left on device (os error 28)", "escribir /a: no queda espacio en el disco"),
        (
            "db/app.sql.gz: its digest is not the manifest's; and 2 more",
            "db/app.sql.gz: su suma no es la del manifiesto; y 2 más",
        ),
        (
            "table public.a: 1 rows where the manifest states 2; table public.b: missing",
            "tabla public.a: hay 1 filas y el manifiesto dice 2; tabla public.b: falta",
        ),
        (
            "connect to db:5432: password authentication failed for user \"app\"",
            "conectar con db:5432: contraseña incorrecta del usuario \"app\"",
        ),
        ("run psql: exit status 3:\nERROR:  odd", "ejecutar psql: exit status 3:\nERROR:  odd"),
    ] {
        assert_eq!(spanish.retell_found(error), told);
        assert_eq!(Words::english().retell_found(error), error);
    }
}

/// Parts of errors that the code puts together of pieces, so that they stand nowhere as a whole.
const PIECED: [&str; 10] = [
    "cause-drill-nothing",
    "cause-find-configured",
    "cause-look-into",
    "cause-owner",
    "cause-owner-capability",
    "cause-files-bad",
    "cause-files-unseen",
    "cause-files-bad-unseen",
    "cause-differ-content",
    "cause-differ-folders",
];

/// A part of an error that the code does not say any more would be told to nobody.
#[test]
fn every_part_of_an_error_is_said_by_the_code_by_the_system_or_by_a_server() {
    let code: String = rust_files(&source("src")).collect();
    let others = ["cause-system-", "cause-server-"];
    for (key, text) in messages(ENGLISH) {
        let is_ours = key.starts_with("cause-") && !others.iter().any(|kind| key.starts_with(kind));
        if !is_ours || PIECED.contains(&key) {
            continue;
        }
        let pieces = text.split("{ ").map(|piece| piece.split_once(" }").map_or(piece, |(_, behind)| behind));
        let longest = pieces.max_by_key(|piece| piece.len()).unwrap_or_default().trim();
        assert!(code.contains(longest), "{key}: {longest}");
    }
}

/// One word for one thing: what the glossaries at the head of each catalogue say.
#[test]
fn no_word_is_used_that_the_language_has_its_own_for() {
    let foreign = [(Language::Spanish, "backup"), (Language::Spanish, "backups"), (Language::Portuguese, "restore")];
    for (language, catalogue) in OTHERS {
        for (key, text) in messages(catalogue) {
            let prose: String = text.split('`').step_by(2).collect();
            let prose = prose.replace("resguardo restore", "").replace("[backup]", "").replace("restore.{", "");
            let mut spoken = prose.split(|c: char| !c.is_alphanumeric() && !"-_./".contains(c));
            let found = spoken.find(|word| foreign.contains(&(language, word.trim_matches('.'))));
            assert_eq!(found, None, "{key}: {text}");
        }
    }
}

/// What any job calls a stage has a name for people, in each of their languages.
#[test]
fn every_stage_of_a_run_is_shown_in_the_readers_language() {
    let named = fs::read_to_string(source("src/cli/progress.rs")).unwrap();
    let mut stages = BTreeSet::new();
    for text in rust_files(&source("src/job")).chain(rust_files(&source("src/source"))) {
        for opening in ["stage: \"", "stage(\""] {
            stages.extend(text.split(opening).skip(1).map(|behind| behind.split('"').next().unwrap().to_owned()));
        }
    }
    assert!(stages.len() >= 10 && stages.contains("dump"), "{stages:?}");
    let unnamed: Vec<&String> =
        stages.iter().filter(|stage| !named.contains(&format!("\"{stage}\" => \"stage-"))).collect();
    assert!(unnamed.is_empty(), "src/cli/progress.rs has no name for {unnamed:?}");
}

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn rust_files(folder: &Path) -> impl Iterator<Item = String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(rust_files(&path).collect::<Vec<_>>());
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
    texts.into_iter()
}

/// A mail as it is composed: a failure that lasts, with all that may be said of one.
#[test]
fn a_mail_speaks_the_readers_language_throughout() {
    let hint = Words::english().say(&Saying::new("hint-disk-full").with("path", "/backups"));
    let message = Message {
        topic: Topic::Failed,
        phase: Phase::Lasts,
        source: None,
        severity: Severity::Critical,
        subject: Saying::new("tell-failed")
            .with("source", "patrimonio")
            .with("cause", "No space left on device")
            .with("age_seconds", 97_300),
        lines: vec![
            Saying::new("tell-since").with("since", "2024-11-12 03:00"),
            Saying::new("reason-stale")
                .with("source", "patrimonio")
                .with("id", "20241110_030000")
                .with("age_hours", 1500)
                .with("max_age_hours", 26),
            Saying::new("tell-error").with("error", "write /backups/db: No space left on device"),
            Saying::new("tell-hint").with("hint", hint),
            Saying::new("tell-newest-good")
                .with("id", "20241110_030000")
                .with("at", "2024-11-10 03:04")
                .with("age_seconds", 97_300),
        ],
        figures: Vec::new(),
        conversation: "failed:patrimonio@20241112T080000Z".to_owned(),
        closes: Vec::new(),
    };
    let sender = Sender { place: "puno".to_owned(), contact: vec!["Ana, 951 000 000".to_owned()] };
    let (at, zone) = ("2024-11-13T08:00:00Z".parse().unwrap(), chrono_tz::America::Lima);
    let occasion = Occasion { at, zone, log: Vec::new(), mark: String::new() };
    for language in Language::ALL {
        let words = Words::of(language);
        let letter = sender.compose(&message, &occasion, &words).as_last_today(&words);
        insta::assert_snapshot!(format!("mail_{}", language.code()), format!("{}\n\n{}", letter.subject, letter.text));
    }
}

/// The same store, looked at by people and by machines.
#[test]
fn people_are_told_in_their_language_and_machines_in_english() {
    let site = Site::new("");
    let media = site.path("media");
    fs::create_dir(&media).unwrap();
    fs::write(media.join("a.jpg"), "a").unwrap();
    site.configure(&format!("language = \"es\"\n[[media]]\nname = \"media\"\npath = {}\n", toml(&media)));
    site.call(&["backup"]).ends(0);
    let page = fs::read_to_string(site.path("backups/RESTORE.md")).unwrap();
    assert!(page.starts_with("# Cómo restaurar sin resguardo\n"), "{page}");
    let listed = site.call(&["list"]).ends(0).stdout;
    assert!(listed.starts_with("CONJUNTO") && listed.contains("completo"), "{listed}");
    assert!(listed.contains("conjuntos: 1;"), "{listed}");
    let asked = site.call(&["restore", "--latest", "--dry-run"]).ends(0).stdout;
    assert!(asked.contains("Se reemplaza la carpeta"), "{asked}");

    fs::remove_file(media.join("a.jpg")).unwrap();
    let report = site.call(&["backup", "--json"]).ends(1).json();
    let hint = report["sources"][0]["hint"].as_str().unwrap();
    assert!(hint.starts_with("Look whether the volume of media is mounted."), "{report:#}");
    assert!(site.log().contains("Look whether the volume"), "{}", site.log());
    let told = site.call(&["health"]).stdout;
    assert!(told.contains("La última copia de seguridad de media falló."), "{told}");
    let reasons = site.call(&["health", "--json"]).json()["reasons"].to_string();
    assert!(reasons.contains("The last backup of media failed."), "{reasons}");
    // Nothing was stored, but a page in another language than its reader's is written anew.
    let portuguese = Called::from(site.command().arg("prune").env("RESGUARDO_LANGUAGE", "pt").output().unwrap());
    portuguese.ends(0);
    let page = fs::read_to_string(site.path("backups/RESTORE.md")).unwrap();
    assert!(page.starts_with("# Como restaurar sem o resguardo\n"), "{page}");
}

#[test]
fn faults_of_the_configuration_are_told_in_the_language_it_asks_for() {
    let site = Site::new("language = \"es\"\ncolour = 1\n");
    let told = site.call(&["list"]).ends(64).stderr;
    assert!(told.starts_with("La configuración no se puede usar (por corregir: 2):"), "{told}");
    assert!(told.contains("no existe esta clave"), "{told}");
    let told = Called::from(site.command().arg("list").env("RESGUARDO_LANGUAGE", "pt").output().unwrap()).stderr;
    assert!(told.starts_with("A configuração não pode ser usada"), "{told}");
    let told = Called::from(site.command().arg("list").env("RESGUARDO_LANGUAGE", "fr").output().unwrap()).stderr;
    assert!(told.starts_with("The configuration cannot be used"), "{told}");
}

/// Help is asked for where settings are not yet right, so their faults do not matter to it.
#[test]
fn help_is_told_in_the_language_of_settings_then_variables_then_the_terminal() {
    let site = Site::new("");
    let told = |settings: &str, variables: &[(&str, &str)]| {
        site.configure(settings);
        let output = site.command().args(["backup", "--help"]).envs(variables.iter().copied()).output().unwrap();
        Called::from(output).ends(0).stdout
    };
    let (english, spanish, portuguese) = ("Back up now", "Hace una copia", "Faz um backup");
    assert!(told("", &[]).starts_with(english));
    assert!(told("language = \"es\"", &[("LANG", "pt_BR.UTF-8")]).starts_with(spanish));
    assert!(told("language = \"es\"", &[("RESGUARDO_LANGUAGE", "pt")]).starts_with(portuguese));
    assert!(told("", &[("LANG", "pt_BR.UTF-8")]).starts_with(portuguese));
    assert!(told("", &[("LANG", "pt_BR.UTF-8"), ("LC_MESSAGES", "es_PE")]).starts_with(spanish));
    assert!(told("", &[("LC_ALL", "C"), ("LANG", "pt_BR.UTF-8")]).starts_with(english));
    assert!(told("language = \"fr\"", &[("LANG", "es")]).starts_with(spanish));
    assert!(told("language = [[[", &[("LANG", "es_PE.UTF-8")]).starts_with(spanish));
    let page = told("language = \"es\"", &[]);
    for part in [
        "\n\nUso: resguardo backup [OPCIONES]\n\nOpciones:\n      --source <NAME> ",
        "[por defecto: 0]",
        "Muestra esta ayuda",
    ] {
        assert!(page.contains(part), "{page}");
    }
}

#[test]
fn a_line_that_cannot_be_understood_is_told_so_in_the_readers_language() {
    let site = Site::new("language = \"es\"\n");
    for (line, told) in [
        (
            "restore --lates",
            "Aquí no existe el argumento `--lates`. ¿Quiso decir `--latest`?\n\nUso: resguardo restore ",
        ),
        ("bakup", "No existe el comando `bakup`. ¿Quiso decir `backup`?\n\nUso: resguardo [OPCIONES] <COMANDO>\n"),
        ("pin", "Falta esto: `<ID>`\n\nUso: resguardo pin [OPCIONES] <ID>\n"),
        ("backup --label", "`--label <TEXT>` necesita un valor.\n"),
        ("backup --wait soon", "`--wait <SECONDS>` no puede ser `soon`: invalid digit found in string\n"),
        ("backup --pin=yes", "`--pin` no acepta el valor `yes`.\n"),
        ("backup --label a --label b", "`--label <TEXT>` solo se puede dar una vez.\n"),
        ("verify --all 20241112_030000", "`--all` no va junto con `[ID]`.\n"),
    ] {
        let called = site.call(&line.split(' ').collect::<Vec<_>>()).ends(64);
        assert!(called.stderr.starts_with(told) && called.stdout.is_empty(), "{line}: {called:#?}");
        assert!(called.stderr.ends_with("\n`--help` explica más.\n"), "{line}: {called:#?}");
    }
    let called = site.call(&[]).ends(64);
    assert!(called.stderr.starts_with("Diga qué comando.\n\nUso: resguardo [OPCIONES] <COMANDO>\n"), "{called:#?}");
    assert!(site.call(&["--version"]).ends(0).stdout.starts_with("resguardo "));
}
