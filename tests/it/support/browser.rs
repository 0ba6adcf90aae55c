//! A real browser, Debian's Chromium, driven over `WebDriver`: what a page looks like, says, and
//! complains of, at any width, in light and dark, with scripts and without.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::web::client;

/// Text whose contrast with what is behind it is below that of WCAG's level AA.
pub(crate) const PALE: &str = r#"
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
        if (style.clipPath != "none") continue;
        const colour = parse(element.closest("svg") ? style.fill : style.color);
        const pair = [light(colour), light(behind(element))].sort((a, b) => b - a);
        const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
        if (contrast < 4.5) pale.push(`${text.data.trim()}: ${contrast.toFixed(2)}`);
    }
    return pale;
"#;

/// The browser and its driver, as long as they are held.
pub(crate) struct Browser {
    driver: Child,
    /// The address of the session.
    session: String,
    runtime: tokio::runtime::Runtime,
    _profile: TempDir,
}

/// A driver, and the port on which it listens; nothing where it ended before it did.
fn driver() -> Option<(Child, String)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|e| panic!("run chromedriver (install the packages chromium, chromium-driver): {e}"));
    let mut said = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = said
        .find_map(|line| Some(line.unwrap().split_once("successfully on port ")?.1.trim_end_matches('.').to_owned()));
    if port.is_none() {
        driver.wait().unwrap();
    }
    Some((driver, port?))
}

impl Browser {
    pub(crate) fn start() -> Self {
        // One that finds the port that it chose taken by another of these ends without a word.
        let (driver, port) = (0..5).find_map(|_| driver()).expect("chromedriver says its port");
        let profile = TempDir::new().unwrap();
        let args = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
        ];
        let profile_arg = format!("--user-data-dir={}", profile.path().display());
        let args: Vec<&str> = args.into_iter().chain([profile_arg.as_str()]).collect();
        let wanted = json!({"browserName": "chrome", "goog:chromeOptions": {"args": args},
            "goog:loggingPrefs": {"browser": "ALL"}});
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut browser =
            Self { driver, session: format!("http://127.0.0.1:{port}/session"), runtime, _profile: profile };
        let begun = browser.post("", &json!({"capabilities": {"alwaysMatch": wanted}}));
        browser.session = format!("{}/{}", browser.session, begun["sessionId"].as_str().unwrap());
        browser
    }

    /// Goes there and waits until all is loaded.
    pub(crate) fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    /// What a script gives back; it may be a promise.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// As on a screen of this width, in this colour scheme.
    pub(crate) fn on(&self, width: u32, scheme: &str) {
        let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", &features);
    }

    /// One key, pressed and let go.
    pub(crate) fn press(&self, key: &str, code: u32) {
        // What a key does beside being one: Enter writes a line's end.
        let text = if key == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text});
            self.devtools("Input.dispatchKeyEvent", &event);
        }
    }

    /// What axe-core finds wrong by the rules of WCAG 2.1, levels A and AA: each rule, and where.
    pub(crate) fn axe(&self) -> Vec<String> {
        let judge = "const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];\
            return axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(found => [found.passes.length,\
            found.violations.map(one => `${one.id}: ${one.help}: ${one.nodes.map(node => node.target).join(' ')}`)])";
        let found = self.run(&format!("{}\n{judge}", axe_core()));
        assert!(found[0].as_u64().unwrap() > 5, "hardly a rule was looked at: {found}");
        found[1].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn with_scripts(&self, enabled: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", &json!({"value": !enabled}));
    }

    /// The whole page as a PNG.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let taken = self.devtools("Page.captureScreenshot", &json!({"captureBeyondViewport": true}));
        BASE64_STANDARD.decode(taken["data"].as_str().unwrap()).unwrap()
    }

    /// What the browser complained of since it was last asked: scripts, styles, requests refused.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let entries = self.post("/se/log", &json!({"type": "browser"}));
        entries.as_array().unwrap().iter().map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }

    /// A command of the browser's own developer tools.
    pub(crate) fn devtools(&self, command: &str, params: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": params}))
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        let answer: Value =
            self.runtime.block_on(async { client().post(url).json(body).send().await?.json().await }).unwrap();
        assert!(answer["value"]["error"].is_null(), "{path} {body}: {answer:#}");
        answer["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends its browser when its session is deleted.
        let _gone = self.runtime.block_on(client().delete(&self.session).send());
        let _killed = self.driver.kill();
        let _waited = self.driver.wait();
    }
}

/// axe-core as the Python package of the tests brings it.
fn axe_core() -> &'static str {
    static SOURCE: LazyLock<String> = LazyLock::new(|| {
        let python = std::env::var("RESGUARDO_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let find = "import importlib.util as u, pathlib\n\
            print(pathlib.Path(u.find_spec('axe_playwright_python').origin).with_name('axe.min.js').read_text())";
        let found = Command::new(&python).args(["-c", find]).env("PYTHONIOENCODING", "utf-8").output().unwrap();
        let lack = format!(
            "{python} has no axe_playwright_python: run ./scripts/test.sh, or name one that has it in RESGUARDO_TEST_PYTHON"
        );
        assert!(found.status.success(), "{lack}: {}", String::from_utf8_lossy(&found.stderr));
        String::from_utf8(found.stdout).unwrap()
    });
    &SOURCE
}
