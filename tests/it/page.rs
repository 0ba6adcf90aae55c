//! The page at `/` in a real browser: in every state, wide and narrow, light and dark, with scripts
//! and without; and what a browser is told beside it.
//!
//! Each state's pictures are left in `target/page/`, to be looked at by whoever changes the page.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use resguardo::domain::language::Language;
use resguardo::domain::standing::Standing;
use resguardo::words::Words;
use rstest::rstest;
use serde_json::Value;

use crate::support::browser::{Browser, PALE};
use crate::support::serve::{Answering, empty_standing, full_standing};
use crate::support::year::{
    a_year, emptied, failed, filling, first_run, hostile, nothing_yet, record_lost, stale, suspect, troubled,
};

fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("page");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What does not fit into its place, or sticks out of the screen.
const CUT: &str = r"
    const name = element => `${element.localName}.${element.className}: ${element.textContent.trim().slice(0, 60)}`;
    const heard = [...document.querySelectorAll('main *')].filter(e => getComputedStyle(e).clipPath != 'none');
    const shown = [...document.querySelectorAll('main *')].filter(
        element => !element.closest('.scroll, svg') && !heard.some(one => one.contains(element)));
    const wide = shown.filter(element => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1);
    const out = shown.filter(element => element.getBoundingClientRect().right > innerWidth + 0.5);
    return [...new Set([...wide, ...out])].map(name);
";

/// Each state with its tone and the key of its headline.
fn states() -> Vec<(&'static str, Standing, &'static str, &'static str)> {
    let away = Standing { space: None, ..stale() };
    vec![
        ("healthy", a_year(), "good", "page-healthy"),
        ("warning", troubled(), "warn", "page-warning"),
        ("failed", failed(), "warn", "page-warning"),
        ("filling", filling(), "warn", "page-warning"),
        ("stale", stale(), "bad", "page-stale"),
        ("suspect", suspect(), "bad", "page-suspect"),
        ("empty", emptied(), "bad", "page-empty"),
        ("never", nothing_yet(), "bad", "page-never"),
        ("first-run", first_run(), "warn", "page-under-way"),
        ("out-of-reach", away, "bad", "page-out-of-reach"),
        ("record-lost", record_lost(), "good", "page-healthy"),
        ("few", full_standing(), "warn", "page-warning"),
        ("hostile", hostile(), "warn", "page-warning"),
    ]
}

#[rstest]
fn every_state_is_read_at_a_glance_on_every_screen(
    #[values(Language::English, Language::Spanish, Language::Portuguese)] language: Language,
) {
    let (words, code) = (Words::of(language), language.code());
    let shown = Arc::new(Mutex::new(empty_standing()));
    let gather = shown.clone();
    let answering = Answering::in_language(Arc::new(move || gather.lock().unwrap().clone()), language);
    let browser = Browser::start();
    // Colours know no language.
    let screens: &[(u32, &str)] = match language {
        Language::English => &[(1100, "light"), (1100, "dark"), (360, "light"), (360, "dark")],
        _ => &[(1100, "light"), (360, "light")],
    };
    let mut wrong = Vec::new();
    for (name, standing, tone, headline) in states() {
        let sources = standing.sources.len();
        *shown.lock().unwrap() = standing;
        for (width, scheme) in screens {
            browser.on(*width, scheme);
            browser.open(&format!("http://{}/", answering.address));
            let picture = pictures().join(format!("{name}-{code}-{width}-{scheme}.png"));
            std::fs::write(picture, browser.picture()).unwrap();
            let mut expect = |what: &str, script: &str, expected: Value| {
                let found = browser.run(script);
                if found != expected {
                    wrong.push(format!("{name}, {code}, {width}, {scheme}: {what}: {found:#}"));
                }
            };
            expect("language", "return document.documentElement.lang", code.into());
            expect("headline", "return document.querySelector('h1').textContent", words.text(headline, &[]).into());
            expect("tone", "return document.querySelector('header').className", format!("headline {tone}").into());
            expect("sources", "return document.querySelectorAll('.sources tbody tr').length", sources.into());
            expect("wider than the screen", "return document.documentElement.scrollWidth", (*width).into());
            expect("cut", CUT, Value::Array(Vec::new()));
            expect("pale", PALE, Value::Array(Vec::new()));
            let complaints = browser.complaints();
            if !complaints.is_empty() {
                wrong.push(format!("{name}, {code}, {width}, {scheme}: {complaints:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_calendar_is_told_by_the_sets_where_the_record_was_lost() {
    let answering = Answering::start(Arc::new(record_lost));
    let browser = Browser::start();
    browser.open(&format!("http://{}/", answering.address));
    let squares = |class: &str| {
        browser.run(&format!("return document.querySelectorAll('.nights td.{class}').length")).as_u64().unwrap()
    };
    // Thirty nights and ten of the months before, one of which stored but a part; what expired is no gap.
    assert_eq!((squares("good"), squares("partial"), squares("failed"), squares("none")), (39, 1, 0, 0));
}

#[test]
fn each_thing_that_needs_its_reader_says_what_to_do() {
    let told = |standing: fn() -> Standing, language: Language| {
        let (_, _, page) = Answering::in_language(Arc::new(standing), language).ask("GET /");
        let (_, behind) = page.split_once("<ul class=\"reasons\">").unwrap();
        behind.split_once("</ul>").unwrap().0.to_owned()
    };
    let failing = told(failed, Language::English);
    for line in [
        "The last backup of patrimonio failed.",
        "What went wrong: connect to db: password authentication failed for user &#34;app&#34;.",
        "What to do: Check the password of the role app",
        "<code>resguardo backup --source patrimonio</code>",
    ] {
        assert!(failing.contains(line), "{line}: {failing}");
    }
    // What the record keeps in English is told in the reader's language.
    let failing = told(failed, Language::Spanish);
    assert!(failing.contains("Qué hacer: ") && !failing.contains("Check the password"), "{failing}");
    assert!(told(stale, Language::English).contains("<code>resguardo backup</code>"));
    assert!(told(filling, Language::English).contains("<code>resguardo prune --explain</code>"));
    let states = states().into_iter().filter(|(name, ..)| !["healthy", "record-lost"].contains(name));
    for (name, standing, ..) in states {
        let (_, _, page) = Answering::start(Arc::new(move || standing.clone())).ask("GET /");
        let (_, behind) = page.split_once("<ul class=\"reasons\">").unwrap();
        let all: Vec<&str> = behind.split_once("</ul>").unwrap().0.split("<li").skip(1).collect();
        let has_line =
            |reason: &str| ["<code>", "under way", "bring the files back"].iter().any(|line| reason.contains(line));
        // One line for several in a row stands below the last of them.
        let alike = |one: &str, next: &str| {
            [" hours old", "wrong with the store"].iter().any(|said| one.contains(said) && next.contains(said))
        };
        for (at, reason) in all.iter().enumerate() {
            let is_told_below = all.get(at + 1).is_some_and(|next| alike(reason, next));
            assert!(has_line(reason) || is_told_below, "{name}: {reason}");
        }
    }
}

#[test]
fn it_renews_itself_and_says_when_nobody_answers() {
    let shown = Arc::new(Mutex::new(a_year()));
    let gather = shown.clone();
    let answering = Answering::start(Arc::new(move || gather.lock().unwrap().clone()));
    let browser = Browser::start();
    browser.open(&format!("http://{}/", answering.address));
    let look_again = |what: &str| {
        let script = format!(
            "document.dispatchEvent(new Event('visibilitychange'));\
             return new Promise(seen => {{ const look = () => {what} ? seen(true) : setTimeout(look, 20); look(); }})"
        );
        assert_eq!(browser.run(&script), true);
    };
    browser.run("document.querySelector('details').open = true; window.same = true");
    *shown.lock().unwrap() = stale();
    look_again("document.querySelector('h1').textContent == 'Your newest backup is too old.'");
    // Not loaded anew: what was opened stays so.
    assert_eq!(
        browser.run("return [window.same, document.querySelector('details').open]"),
        serde_json::json!([true, true])
    );
    assert_eq!(browser.run("return document.getElementById('unanswered').checkVisibility()"), false);
    answering.stop();
    look_again("document.getElementById('unanswered').checkVisibility()");
}

#[test]
fn it_needs_no_script_and_runs_none_but_its_own() {
    let answering = Answering::start(Arc::new(hostile));
    let (code, head, body) = answering.ask("GET /");
    assert_eq!(code, 200, "{body}");
    for header in ["content-security-policy: default-src 'none'; style-src 'sha256-", "x-content-type-options: nosniff"]
    {
        assert!(head.contains(header), "{head}");
    }
    assert_eq!(answering.ask("HEAD /").0, 200);
    assert!(!body.contains("<script>alert") && !body.contains("<img"), "{body}");
    assert!(body.contains("alert(2)"), "what came from outside is shown, as text: {body}");
    // Nothing is asked of anybody else.
    let (_, _, ours) = Answering::start(Arc::new(a_year)).ask("GET /");
    for outside in ["http:", "https:", "src=", "url(", "@import"] {
        assert!(!ours.contains(outside), "{outside}: {ours}");
    }
    let browser = Browser::start();
    browser.with_scripts(false);
    browser.open(&format!("http://{}/", answering.address));
    assert_eq!(browser.run("return document.querySelector('h1').checkVisibility()"), true);
    // A script that is not ours is refused, should one ever come through.
    browser.with_scripts(true);
    browser.open(&format!("http://{}/", answering.address));
    browser.run("const s = document.createElement('script'); s.text = 'window.ran = true'; document.body.append(s)");
    assert_eq!(browser.run("return window.ran === undefined"), true);
    assert!(browser.complaints().iter().any(|said| said.contains("Content Security Policy")));
}

#[rstest]
fn a_screen_reader_is_told_the_same(#[values(1100, 360)] width: u32) {
    let answering = Answering::start(Arc::new(a_year));
    let browser = Browser::start();
    browser.on(width, "light");
    browser.open(&format!("http://{}/", answering.address));
    let tree = browser.devtools("Accessibility.getFullAXTree", &serde_json::json!({}));
    let nodes: Vec<(String, String)> = tree["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|node| node["ignored"] != true)
        .map(|node| {
            let text = |key: &str| node[key]["value"].as_str().unwrap_or_default().to_owned();
            (text("role"), text("name"))
        })
        .collect();
    let named =
        |role: &str| nodes.iter().filter(|(of, _)| of == role).map(|(_, name)| name.as_str()).collect::<BTreeSet<_>>();
    let has = |role: &str, names: &[&str]| {
        let missing: Vec<_> = names.iter().filter(|name| !named(role).contains(*name)).collect();
        assert!(missing.is_empty(), "{role} {missing:?}: {:?}", named(role));
    };
    let parts = ["What is kept", "A year of nights", "How long a backup takes", "Where the copies are"];
    has("heading", &["Your data is safe."]);
    has("heading", &parts);
    has("region", &parts);
    has("table", &["What is kept", "A year of nights"]);
    has("rowheader", &["patrimonio postgres", "Mon"]);
    has("columnheader", &["Newest copy", "Proof by restoring"]);
    // A night is a cell that says in words what its colour and shape say.
    has("cell", &["2024-11-11: good", "2024-10-02: failed", "2024-08-07: in part"]);
    // So does every picture.
    assert!(!named("image").is_empty() && named("image").iter().all(|name| !name.is_empty()), "{nodes:?}");
    assert_eq!(named("link"), BTreeSet::from(["/health", "/metrics"]));
    // By keyboard one comes to all there is to be opened, scrolled and followed.
    let stops = "return [...document.querySelectorAll('a, summary, [tabindex=\"0\"]')].map(e => e.localName)";
    assert_eq!(browser.run(stops), serde_json::json!(["div", "summary", "a", "a"]));
}
