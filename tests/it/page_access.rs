//! The page for who cannot see it, or points at nothing: judged by axe-core (WCAG 2.1, A and AA) in every
//! state, read as a screen reader does, and walked through by keyboard.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use rstest::rstest;
use serde_json::json;

use crate::page_states::states;
use crate::support::browser::Browser;
use crate::support::serve::{Answering, empty_standing};
use crate::support::year::a_year;

#[rstest]
fn no_state_breaks_a_rule_of_accessibility(#[values(1100, 360)] width: u32, #[values("light", "dark")] scheme: &str) {
    let shown = Arc::new(Mutex::new(empty_standing()));
    let gather = shown.clone();
    let answering = Answering::start(Arc::new(move || gather.lock().unwrap().clone()));
    let browser = Browser::start();
    browser.on(width, scheme);
    let mut wrong = Vec::new();
    for (name, standing, ..) in states() {
        *shown.lock().unwrap() = standing;
        browser.open(&format!("http://{}/", answering.address));
        browser.run("document.querySelectorAll('details').forEach(one => one.open = true)");
        wrong.extend(browser.axe().into_iter().map(|said| format!("{name}: {said}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Whoever judges sees what is wrong.
    browser.run("document.documentElement.lang = ''; document.querySelector('h1').style.color = '#888a'");
    let found = browser.axe();
    assert!(
        ["html-has-lang", "color-contrast"].iter().all(|rule| found.iter().any(|said| said.starts_with(rule))),
        "{found:?}"
    );
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
    has("rowheader", &["patrimonio PostgreSQL database", "Mon"]);
    has("columnheader", &["Newest copy", "Proof by restoring"]);
    // A night is a cell that says in words what its colour and shape say.
    has("cell", &["2024-11-11: good", "2024-10-02: failed", "2024-08-07: in part"]);
    // So does every picture.
    assert!(!named("image").is_empty() && named("image").iter().all(|name| !name.is_empty()), "{nodes:?}");
    assert_eq!(named("link"), BTreeSet::from(["/health", "/metrics"]));
}

#[test]
fn by_keyboard_one_comes_to_all_there_is_to_be_opened_scrolled_and_followed() {
    let answering = Answering::start(Arc::new(a_year));
    let browser = Browser::start();
    browser.on(360, "light");
    browser.open(&format!("http://{}/", answering.address));
    let focused = "const at = document.activeElement, style = getComputedStyle(at);\
        return [at.localName, style.outlineStyle, parseFloat(style.outlineWidth) >= 2]";
    let mut stops = Vec::new();
    for _ in 0..4 {
        browser.press("Tab", 9);
        let stop = browser.run(focused);
        assert_eq!(stop.as_array().unwrap()[1..], [json!("solid"), json!(true)], "nobody sees where one is: {stop}");
        stops.push(stop[0].as_str().unwrap().to_owned());
        match stop[0].as_str() {
            // The newest weeks are seen first; the others come by the arrow.
            Some("div") => {
                browser.press("ArrowLeft", 37);
                let scrolled = "const to = document.querySelector('.scroll');\
                    return new Promise(seen => { const look = () => to.scrollLeft < 0 ? seen(true) : setTimeout(look, 20); look(); })";
                assert_eq!(browser.run(scrolled), true);
            }
            Some("summary") => {
                browser.press("Enter", 13);
                assert_eq!(browser.run("return document.querySelector('details').open"), true);
            }
            _ => {}
        }
    }
    assert_eq!(stops, ["div", "summary", "a", "a"]);
}
