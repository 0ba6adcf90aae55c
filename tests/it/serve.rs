//! Health and metrics over real sockets: what they say, that promtool and a real Prometheus take
//! them, and that nobody who is slow, gone or broken keeps others from their answer.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use resguardo::domain::health;
use resguardo::domain::standing::Standing;
use resguardo::serve::metrics;

use crate::support::prometheus::{Prometheus, promtool};
use crate::support::serve::{Answering, empty_standing, full_standing};

fn metrics_of(standing: &Standing) -> String {
    metrics::render(standing, &health::judge(standing)).unwrap().replace(env!("CARGO_PKG_VERSION"), "<version>")
}

#[test]
fn metrics_pass_promtool_and_what_has_no_value_is_absent() {
    let (full, empty) = (metrics_of(&full_standing()), metrics_of(&empty_standing()));
    assert_eq!(promtool(&full), "");
    assert_eq!(promtool(&empty), "");
    // The checker is able to say no.
    assert_ne!(promtool("resguardo_bad 1\nresguardo_bad 1\n"), "");
    insta::assert_snapshot!("metrics_full", full);
    insta::assert_snapshot!("metrics_empty", empty);
}

#[test]
fn health_says_how_it_stands_and_answers_for_probes() {
    let answering = Answering::start(Arc::new(full_standing));
    let (code, head, body) = answering.ask("GET /health");
    assert_eq!(code, 200, "{body}");
    assert!(head.contains("application/json") && head.contains("no-store"), "{head}");
    let json: serde_json::Value = serde_json::from_str(&body).unwrap();
    insta::assert_snapshot!("health_full", serde_json::to_string_pretty(&json).unwrap());

    let answering = Answering::start(Arc::new(empty_standing));
    let (code, _, body) = answering.ask("GET /health");
    assert_eq!(code, 503, "{body}");
    let json: serde_json::Value = serde_json::from_str(&body).unwrap();
    insta::assert_snapshot!("health_empty", serde_json::to_string_pretty(&json).unwrap());
}

#[test]
fn only_what_is_there_is_answered_and_only_to_readers() {
    let answering = Answering::start(Arc::new(empty_standing));
    for (question, code) in [
        ("GET /", 200),
        ("POST /", 405),
        ("GET /live", 200),
        ("HEAD /live", 200),
        ("HEAD /metrics", 200),
        ("GET /metrics", 200),
        ("HEAD /health", 503),
        ("POST /health", 405),
        ("DELETE /metrics", 405),
        ("GET /health/", 404),
        ("GET /../etc/passwd", 404),
        ("GET /nothing", 404),
    ] {
        let (answered, head, body) = answering.ask(question);
        assert_eq!(answered, code, "{question}: {head}");
        assert!(!question.starts_with("HEAD") || body.is_empty(), "{question}: {body}");
    }
    assert_eq!(answering.ask("GET /live").2, "alive\n");
}

#[test]
fn a_panic_is_one_failed_answer_and_no_more() {
    let breaks = Arc::new(AtomicBool::new(true));
    let still = breaks.clone();
    let answering = Answering::start(Arc::new(move || {
        assert!(!still.load(Ordering::SeqCst), "planted");
        empty_standing()
    }));
    let (code, _, body) = answering.ask("GET /metrics");
    assert_eq!((code, body.as_str()), (500, ""));
    breaks.store(false, Ordering::SeqCst);
    assert_eq!(answering.ask("GET /metrics").0, 200);
}

#[test]
fn slow_clients_and_a_slow_disk_keep_nobody_from_life() {
    let disk = Arc::new(Mutex::new(()));
    let slow = disk.clone();
    let (begun, waits) = mpsc::channel();
    let answering = Answering::start(Arc::new(move || {
        begun.send(()).unwrap();
        drop(slow.lock().unwrap());
        empty_standing()
    }));
    let held = disk.lock().unwrap();
    // Ten that never finish their request, and ten whose answers wait for the disk.
    let silent: Vec<TcpStream> = (0..20)
        .map(|n| {
            let mut stream = TcpStream::connect(answering.address).unwrap();
            let end = if n % 2 == 0 { "" } else { "\r\n" };
            write!(stream, "GET /health HTTP/1.1\r\nHost: test\r\n{end}").unwrap();
            stream
        })
        .collect();
    assert_eq!(answering.ask("GET /live").0, 200);
    // Both turns there are wait for the disk.
    for _ in 0..2 {
        waits.recv_timeout(Duration::from_secs(30)).unwrap();
    }
    // Those beyond the turns there are hear so, rather than wait for ever.
    let (code, _, body) = answering.ask("GET /metrics");
    assert_eq!((code, body.as_str()), (503, "busy\n"));
    drop(held);
    assert_eq!(answering.ask("GET /metrics").0, 200);
    // Stopping waits for none of them, though each has its place for 20 s.
    let begun = Instant::now();
    answering.stop();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    drop(silent);
}

#[test]
fn a_crowd_that_never_asks_keeps_nobody_waiting_and_ends_no_question() {
    let disk = Arc::new(Mutex::new(()));
    let slow = disk.clone();
    let (begun, waits) = mpsc::channel();
    let answering = Answering::start(Arc::new(move || {
        begun.send(()).unwrap();
        drop(slow.lock().unwrap());
        empty_standing()
    }));
    let held = disk.lock().unwrap();
    // The first of all asks, and its answer takes long.
    let mut asked = TcpStream::connect(answering.address).unwrap();
    write!(asked, "GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    waits.recv_timeout(Duration::from_secs(30)).unwrap();
    // More than there are places: every second says nothing, the others not all of it.
    let mut crowd: Vec<TcpStream> = (0..400)
        .map(|n| {
            let mut stream = TcpStream::connect(answering.address).unwrap();
            if n % 2 == 0 {
                write!(stream, "GET /health HTTP/1.1\r\nHost: test\r\n").unwrap();
            }
            stream
        })
        .collect();
    let begun = Instant::now();
    assert_eq!(answering.ask("GET /live").0, 200);
    // Below the time that anyone is given for a question.
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    drop(held);
    let mut answer = String::new();
    asked.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    asked.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    // Nobody needed their places, and they are sent away all the same, long before 20 s.
    for stream in crowd.iter_mut().rev().take(2) {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let _reset = stream.read_to_end(&mut Vec::new());
    }
    assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
}

#[test]
fn a_hundred_probes_at_once_are_all_answered() {
    let answering = Answering::start(Arc::new(full_standing));
    // All are there before the first of them asks: none must lose its place to the others.
    let mut probes: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(answering.address).unwrap()).collect();
    for probe in &mut probes {
        write!(probe, "GET /health HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    }
    for (number, probe) in probes.iter_mut().enumerate() {
        probe.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut answer = String::new();
        let read = probe.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 200 "), "probe {number}: {read:?}: {answer}");
    }
}

#[test]
fn a_real_prometheus_scrapes_it() {
    let answering = Answering::start(Arc::new(full_standing));
    let mut prometheus = Prometheus::scraping(answering.address);
    assert_eq!(prometheus.value("resguardo_artifact_size_bytes{source=\"patrimonio\"}"), "45100000");
    assert_eq!(prometheus.value("resguardo_last_success_timestamp_seconds{source=\"media\"}"), "1731398406.5");
    assert_eq!(prometheus.value("up"), "1");
}
