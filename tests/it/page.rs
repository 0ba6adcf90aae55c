//! The page at `/` in a real browser: in every state, wide and narrow, light and dark, with scripts
//! and without; and what a browser is told beside it.
//!
//! Each state's pictures are left in `target/page/`, to be looked at by whoever changes the page.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use resguardo::domain::standing::Standing;
use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::serve::{Answering, empty_standing, full_standing};
use crate::support::year::{a_year, first_run, hostile, nothing_yet, stale, suspect, troubled};

fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("page");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Text whose contrast with what is behind it is below that of WCAG's level AA.
const PALE: &str = r#"
    const parse = colour => (colour.match(/[\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = element => {
        for (let at = element; at; at = at.parentElement) {
            const colour = parse(getComputedStyle(at).backgroundColor);
            if (colour.length < 4 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const pale = [];
    for (let text; text = texts.nextNode();) {
        const element = text.parentElement;
        if (!text.data.trim() || !element.checkVisibility() || element.closest("script, style, noscript")) continue;
        const style = getComputedStyle(element);
        const colour = parse(element.closest("svg") ? style.fill : style.color);
        const pair = [light(colour), light(behind(element))].sort((a, b) => b - a);
        const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
        if (contrast < 4.5) pale.push(`${text.data.trim()}: ${contrast.toFixed(2)}`);
    }
    return pale;
"#;

#[test]
fn every_state_is_read_at_a_glance_on_every_screen() {
    let shown = Arc::new(Mutex::new(empty_standing()));
    let gather = shown.clone();
    let answering = Answering::start(Arc::new(move || gather.lock().unwrap().clone()));
    let browser = Browser::start();
    let states: [(&str, Standing, &str, &str); 9] = [
        ("healthy", a_year(), "good", "Your data is safe."),
        ("warning", troubled(), "warn", "Your data is backed up, but something needs you."),
        ("stale", stale(), "bad", "Your newest backup is too old."),
        ("suspect", suspect(), "bad", "Your newest backup looks wrong."),
        ("never", nothing_yet(), "bad", "There is no complete backup yet."),
        ("first run", first_run(), "warn", "A backup is under way."),
        ("out of reach", Standing { space: None, ..stale() }, "bad", "The copies cannot be seen."),
        ("few", full_standing(), "warn", "Your data is backed up, but something needs you."),
        ("hostile", hostile(), "warn", "Your data is backed up, but something needs you."),
    ];
    for (name, standing, tone, headline) in states {
        let sources = standing.sources.len();
        *shown.lock().unwrap() = standing;
        for (width, scheme) in [(1100, "light"), (1100, "dark"), (360, "light"), (360, "dark")] {
            browser.on(width, scheme);
            browser.open(&format!("http://{}/", answering.address));
            let picture = pictures().join(format!("{name}-{width}-{scheme}.png"));
            std::fs::write(picture, browser.picture()).unwrap();
            let at = format!("{name}, {width}, {scheme}");
            assert_eq!(browser.run("return document.querySelector('h1').textContent"), headline, "{at}");
            let toned = browser.run("return document.querySelector('header').className");
            assert_eq!(toned, format!("headline {tone}"), "{at}");
            assert_eq!(browser.run("return document.querySelectorAll('tbody tr').length"), sources, "{at}");
            assert_eq!(
                browser.run("return document.documentElement.scrollWidth"),
                width,
                "{at}: wider than the screen"
            );
            assert_eq!(browser.run(PALE), Value::Array(Vec::new()), "{at}");
            assert_eq!(browser.complaints(), Vec::<String>::new(), "{at}");
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

#[test]
fn a_screen_reader_is_told_the_same() {
    let answering = Answering::start(Arc::new(a_year));
    let browser = Browser::start();
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
        |role: &str| nodes.iter().filter(|(of, _)| of == role).map(|(_, name)| name.as_str()).collect::<Vec<_>>();
    assert_eq!(named("heading")[0], "Your data is safe.");
    assert!(named("rowheader").iter().any(|name| name.starts_with("patrimonio")), "{nodes:?}");
    // Every picture says in words what it shows.
    assert!(named("image").iter().all(|name| !name.is_empty()) && !named("image").is_empty(), "{nodes:?}");
    assert!(named("image").iter().any(|name| name.contains("good") && name.contains("failed")), "{nodes:?}");
    assert_eq!(named("link"), ["/health", "/metrics"]);
}
