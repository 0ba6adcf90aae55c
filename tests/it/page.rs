//! The page at `/` in a real browser: in every state, wide and narrow, light and dark, with scripts
//! and without; and what a browser is told beside it.
//!
//! Each state's pictures are left in `target/page/`, to be looked at by whoever changes the page.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use resguardo::domain::language::Language;
use resguardo::domain::standing::Standing;
use resguardo::words::Words;
use rstest::rstest;
use serde_json::Value;

use crate::page_states::states;
use crate::support::browser::{Browser, PALE};
use crate::support::serve::{Answering, empty_standing};
use crate::support::year::{a_year, failed, filling, hostile, record_lost, stale};

pub(crate) fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("page");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What does not fit into its place, or sticks out of the screen.
pub(crate) const CUT: &str = r"
    const name = element => `${element.localName}.${element.className}: ${element.textContent.trim().slice(0, 60)}`;
    const heard = [...document.querySelectorAll('main *')].filter(e => getComputedStyle(e).clipPath != 'none');
    const shown = [...document.querySelectorAll('main *')].filter(
        element => !element.closest('.scroll, svg') && !heard.some(one => one.contains(element)));
    const wide = shown.filter(element => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1);
    const out = shown.filter(element => element.getBoundingClientRect().right > innerWidth + 0.5);
    return [...new Set([...wide, ...out])].map(name);
";

/// What moves by itself: nothing does, whether somebody asked for less of it or not.
const MOVING: &str = r"
    const moves = style => [style.animationName, style.transitionDuration, style.scrollBehavior].join() != 'none,0s,auto';
    return [...document.querySelectorAll('*')].filter(e => moves(getComputedStyle(e))).map(e => e.localName);
";

/// What a person reads on it, the squares of the calendar left out.
const READ: &str = r"
    const page = document.getElementById('page');
    page.querySelectorAll('.scroll').forEach(calendar => calendar.remove());
    return page.innerText.replace(/[\t\n]+/g, '\n').trim();
";

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
    let (mut wrong, mut read) = (Vec::new(), String::new());
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
            expect("moving", MOVING, Value::Array(Vec::new()));
            if screens[0] == (*width, *scheme) {
                writeln!(read, "=== {name}\n{}", browser.run(READ).as_str().unwrap()).unwrap();
            }
            let complaints = browser.complaints();
            if !complaints.is_empty() {
                wrong.push(format!("{name}, {code}, {width}, {scheme}: {complaints:#?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    insta::assert_snapshot!(format!("page_{code}"), read.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
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
    let states = states().into_iter().filter(|(name, ..)| !["healthy", "record-lost", "first-night"].contains(name));
    for (name, standing, ..) in states {
        let (_, _, page) = Answering::start(Arc::new(move || standing.clone())).ask("GET /");
        let (_, behind) = page.split_once("<ul class=\"reasons\">").unwrap();
        let all: Vec<&str> = behind.split_once("</ul>").unwrap().0.split("<li").skip(1).collect();
        let has_line = |reason: &str| {
            ["<code>", "under way", "bring the files back", "Bring it back", "Free some"]
                .iter()
                .any(|line| reason.contains(line))
        };
        // One line for several in a row stands below the last of them.
        let alike = |one: &str, next: &str| {
            [" hours old", "wrong with the store", "There is no complete backup of", "Nobody is told through"]
                .iter()
                .any(|said| one.contains(said) && next.contains(said))
        };
        for (at, reason) in all.iter().enumerate() {
            let is_told_below = all.get(at + 1).is_some_and(|next| alike(reason, next));
            assert!(has_line(reason) || is_told_below, "{name}: {reason}");
        }
    }
}

/// Lets the page look again, as somebody does who comes back to it, until this holds.
fn look_again(browser: &Browser, until: &str) {
    let script = format!(
        "document.dispatchEvent(new Event('visibilitychange'));\
         return new Promise(seen => {{ const look = () => {until} ? seen(true) : setTimeout(look, 20); look(); }})"
    );
    assert_eq!(browser.run(&script), true);
}

/// What is to be read of how things stand: the headline, where it is shown, and the tab's title.
const SAID: &str = r"
    const shown = [...document.querySelectorAll('h1, #unanswered .title')].filter(
        e => e.checkVisibility({visibilityProperty: true}));
    return [...shown.map(e => e.textContent), document.title];
";

#[test]
fn it_renews_itself_and_says_when_nobody_answers() {
    let shown = Arc::new(Mutex::new(a_year()));
    let gather = shown.clone();
    let answering = Answering::start(Arc::new(move || gather.lock().unwrap().clone()));
    let browser = Browser::start();
    browser.open(&format!("http://{}/", answering.address));
    browser.run("document.querySelector('details').open = true; window.same = true");
    *shown.lock().unwrap() = stale();
    look_again(&browser, "document.querySelector('h1').textContent == 'Your newest backup is too old.'");
    // Not loaded anew: what was opened stays so.
    assert_eq!(
        browser.run("return [window.same, document.querySelector('details').open]"),
        serde_json::json!([true, true])
    );
    *shown.lock().unwrap() = a_year();
    look_again(&browser, "document.title.startsWith('Your data is safe.')");
    let well = serde_json::json!(["Your data is safe.", "Your data is safe. – resguardo"]);
    assert_eq!(browser.run(SAID), well);
    answering.stop();
    // A restart of the daemon is no alarm.
    browser.run("window.clock = Date.now; window.asked = 0; const ask = fetch; window.fetch = (...all) => (window.asked++, ask(...all))");
    look_again(&browser, "window.asked == 1");
    browser.run("Date.now = () => window.clock() + 140_000");
    look_again(&browser, "window.asked == 2");
    assert_eq!(browser.run(SAID), well);
    // What nobody has answered for in minutes is not said any more.
    browser.run("Date.now = () => window.clock() + 160_000");
    look_again(&browser, "document.getElementById('unanswered').checkVisibility()");
    let gone = serde_json::json!(["resguardo does not answer any more.", "resguardo does not answer any more."]);
    assert_eq!(browser.run(SAID), gone);
    for (width, scheme) in [(1100, "light"), (360, "dark")] {
        browser.on(width, scheme);
        std::fs::write(pictures().join(format!("unanswered-en-{width}-{scheme}.png")), browser.picture()).unwrap();
        assert_eq!(browser.run(CUT), Value::Array(Vec::new()));
        assert_eq!(browser.run(PALE), Value::Array(Vec::new()));
        assert_eq!(browser.axe(), Vec::<String>::new());
    }
    // The policy allows for all that was done; that nobody is there is all there is to complain of.
    let complaints = browser.complaints();
    assert!(complaints.iter().all(|said| said.contains("ERR_CONNECTION_REFUSED")), "{complaints:#?}");
}

#[test]
fn it_asks_anew_by_itself_with_a_script_and_without() {
    let shown = Arc::new(Mutex::new(a_year()));
    let gather = shown.clone();
    let answering = Answering::start(Arc::new(move || gather.lock().unwrap().clone()));
    let browser = Browser::start();
    // Its own timer, which we let come about.
    let script = "window.timers = []; window.setInterval = (what, every) => window.timers.push([what, every]);";
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", &serde_json::json!({"source": script}));
    browser.open(&format!("http://{}/", answering.address));
    assert_eq!(browser.run("return window.timers.map(timer => timer[1])"), serde_json::json!([60_000]));
    *shown.lock().unwrap() = stale();
    browser.run("return window.timers[0][0]()");
    assert_eq!(browser.run(SAID)[0], "Your newest backup is too old.");
    let (_, _, page) = answering.ask("GET /");
    assert!(page.contains("<noscript><meta http-equiv=\"refresh\" content=\"300\"></noscript>"), "{page}");
}

#[test]
fn a_server_that_hangs_is_one_that_does_not_answer_and_one_that_is_back_is_heard() {
    let held = Arc::new(Mutex::new(()));
    let gather = held.clone();
    let answering = Answering::start(Arc::new(move || {
        let _waits = gather.lock().unwrap();
        a_year()
    }));
    let browser = Browser::start();
    browser.open(&format!("http://{}/", answering.address));
    // Its patience is ours to shorten, its clock to set.
    browser.run("AbortSignal.timeout = ms => { window.patience = ms; const c = new AbortController(); setTimeout(() => c.abort(), 50); return c.signal; }");
    browser.run("window.clock = Date.now; Date.now = () => window.clock() + 3_600_000");
    let hanging = held.lock().unwrap();
    look_again(&browser, "document.getElementById('unanswered').checkVisibility()");
    assert_eq!(browser.run("return window.patience <= 10_000"), true);
    drop(hanging);
    browser.run("AbortSignal.timeout = () => new AbortController().signal");
    look_again(&browser, "!document.getElementById('unanswered').checkVisibility()");
    let well = serde_json::json!(["Your data is safe.", "Your data is safe. – resguardo"]);
    assert_eq!(browser.run(SAID), well);
    // In the background it asks nobody, and its tab says nothing that may not hold.
    browser.run("Object.defineProperty(document, 'hidden', {get: () => true})");
    look_again(&browser, "document.title == 'resguardo'");
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
    let policy = head.split("content-security-policy: ").nth(1).unwrap().lines().next().unwrap();
    for allowed in policy.split("; ") {
        let is_ours = ["style-src 'sha256-", "script-src 'sha256-"].iter().any(|one| allowed.starts_with(one));
        let is_nothing = allowed.ends_with(" 'none'") || allowed == "connect-src 'self'";
        assert!((is_ours && allowed.split(' ').count() == 2) || is_nothing, "{policy}");
    }
    for closed in ["default-src", "base-uri", "form-action", "frame-ancestors"] {
        assert!(policy.contains(&format!("{closed} 'none'")), "{policy}");
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
