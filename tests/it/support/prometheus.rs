//! Debian's `promtool` and a real Prometheus that scrapes one address, with or without rules.

use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::web::client;

/// What `promtool check metrics` says of the text; empty where it finds nothing.
pub(crate) fn promtool(metrics: &str) -> String {
    let mut child = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("run promtool (install the package prometheus): {e}"));
    child.stdin.take().unwrap().write_all(metrics.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert_eq!(output.status.success(), said.is_empty(), "promtool: {said}");
    said
}

/// What `promtool` says of files, which it takes for good.
pub(crate) fn promtool_takes(args: &[&str]) {
    let output = Command::new("promtool")
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("run promtool (install the package prometheus): {e}"));
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "promtool {args:?}: {said}");
}

/// The scraper, as long as it is held.
pub(crate) struct Prometheus {
    child: Child,
    address: SocketAddr,
    folder: TempDir,
}

/// How long it may take to start and to scrape, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_mins(1);

impl Prometheus {
    /// Scrapes `target` every second.
    pub(crate) fn scraping(target: SocketAddr) -> Self {
        Self::scraping_with(target, None)
    }

    /// The same with a file of rules.
    pub(crate) fn scraping_with(target: SocketAddr, rules: Option<&Path>) -> Self {
        let folder = TempDir::new().unwrap();
        let config = folder.path().join("prometheus.yml");
        let text = format!(
            "global: {{scrape_interval: 1s, scrape_timeout: 1s}}\n\
             scrape_configs:\n- job_name: resguardo\n  static_configs: [{{targets: ['{target}']}}]\n"
        );
        let rules = rules.map(|path| format!("rule_files: ['{}']\n", path.display())).unwrap_or_default();
        fs::write(&config, text + &rules).unwrap();
        // It has no way to choose a port and say which: one is found for it.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap_or_else(|e| panic!("run prometheus (install the package prometheus): {e}"));
        Self { child, address, folder }
    }

    /// The first value of an instant query, once there is one.
    pub(crate) fn value(&mut self, query: &str) -> String {
        let found = self.wait_for(query, |found| !found.is_empty());
        found[0]["value"][1].as_str().unwrap().to_owned()
    }

    /// What an instant query finds, once that is as wished.
    pub(crate) fn wait_for(&mut self, query: &str, is_as_wished: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            let asked = self.ask("query", &[("query", query)]);
            if let Some(found) = asked.as_ref().and_then(|answer| answer.pointer("/data/result")?.as_array())
                && is_as_wished(found)
            {
                return found.clone();
            }
            assert!(self.child.try_wait().unwrap().is_none(), "prometheus ended: {}", self.log());
            assert!(Instant::now() < until, "no such value for {query}: {asked:?}\n{}", self.log());
            // Between two looks at another program's state; nothing is assumed of how long it takes.
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The rules that it has read, each with its name and what it asks.
    pub(crate) fn rules(&mut self) -> Vec<(String, String)> {
        self.value("up");
        let told = self.ask("rules", &[]).unwrap();
        let groups = told["data"]["groups"].as_array().unwrap();
        let rules = groups.iter().flat_map(|group| group["rules"].as_array().unwrap());
        let text = |rule: &Value, key: &str| rule[key].as_str().unwrap().to_owned();
        rules.map(|rule| (text(rule, "name"), text(rule, "query"))).collect()
    }

    /// Its answer; `None` where it does not give one yet.
    pub(crate) fn ask(&self, path: &str, params: &[(&str, &str)]) -> Option<Value> {
        let url = format!("http://{}/api/v1/{path}", self.address);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let url = reqwest::Url::parse_with_params(&url, params).ok()?;
            client().get(url).send().await.ok()?.json().await.ok()
        })
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
