//! The life of the daemon for its tests: a clock that is moved by hand, the daemon's own parts put
//! together around it, the daemon itself as a child, and looks that wait until something holds.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use resguardo::config::{self, Config};
use resguardo::daemon::scheduler::Scheduler;
use resguardo::domain::progress::Unseen;
use resguardo::domain::report::{Job, RunReport, Trigger};
use resguardo::runner::{Request, Runner};
use resguardo::sys::Sys;
use resguardo::sys::clock::Clock;
use resguardo::sys::gate::{Gate, Open};
use resguardo::sys::stop::Stop;
use resguardo::words::Words;
use rustix::process::{Pid, Signal};

/// How long something may take to come about on a machine with much else to do.
const PATIENCE: Duration = Duration::from_mins(1);

/// A clock that is moved by hand; it never runs.
pub(crate) struct HandClock(Mutex<DateTime<Utc>>);

impl HandClock {
    pub(crate) fn at(now: DateTime<Utc>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(now)))
    }

    pub(crate) fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap() = now;
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        *self.0.lock().unwrap() += time;
    }
}

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// What the daemon is made of, with a clock of our own, and no daemon: who holds it asks what is
/// due and runs it.
pub(crate) struct Parts {
    pub(crate) runner: Runner,
    pub(crate) scheduler: Scheduler,
    runtime: Arc<tokio::runtime::Runtime>,
}

impl Parts {
    /// From a configuration file, as a start of the daemon at the clock's time has them.
    pub(crate) fn start(file: &Path, clock: &Arc<HandClock>) -> Self {
        Self::start_with(file, clock, Arc::new(Open), |_| {})
    }

    pub(crate) fn start_with(
        file: &Path,
        clock: &Arc<HandClock>,
        gate: Arc<dyn Gate>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = config::load(Some(file), []).unwrap().config;
        change(&mut config);
        let config = Arc::new(config);
        let sys = Sys::new(clock.clone(), gate);
        let runner = Runner::new(&sys, config.clone(), Words::english(), Arc::new(Unseen)).unwrap();
        runner.recover();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        Self { runner, scheduler: Scheduler::new(config, clock.now()), runtime: Arc::new(runtime) }
    }

    /// What the daemon would start now.
    pub(crate) fn due(&self) -> Option<Request> {
        self.scheduler.due(&self.runner.gatherer.gather(), &self.runner.record.read().unwrap())
    }

    /// Runs what is due, and notes it as the daemon does; `None` where nothing is.
    pub(crate) fn run_due(&mut self) -> Option<RunReport> {
        let request = self.due()?;
        let report = self.run(request);
        self.scheduler.note(Some(report.clone()));
        Some(report)
    }

    /// The verify that the daemon would start now.
    pub(crate) fn verify_due(&self) -> Option<Request> {
        self.scheduler.verify_due(&self.runner.gatherer.gather(), &self.runner.record.read().unwrap())
    }

    pub(crate) fn run(&self, request: Request) -> RunReport {
        self.runtime.block_on(self.runner.run(request, Stop::new()))
    }

    pub(crate) fn handle(&self) -> tokio::runtime::Handle {
        self.runtime.handle().clone()
    }

    /// A backup as a slot of the schedule brings it.
    pub(crate) fn backup(&self) -> RunReport {
        self.run(Request { trigger: Trigger::Schedule, ..Request::command(Job::Backup, Duration::ZERO) })
    }

    /// The same, from beside: the test goes on while it runs.
    pub(crate) fn backup_beside(&self) -> std::thread::JoinHandle<RunReport> {
        self.run_beside(Request { trigger: Trigger::Schedule, ..Request::command(Job::Backup, Duration::ZERO) })
    }

    pub(crate) fn run_beside(&self, request: Request) -> std::thread::JoinHandle<RunReport> {
        let (runner, runtime) = (self.runner.clone(), self.runtime.clone());
        std::thread::spawn(move || runtime.block_on(runner.run(request, Stop::new())))
    }
}

/// Looks again and again until there is something to see; how long that takes is not assumed.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let patience = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < patience, "never came about: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// An address on this machine that nothing listens at.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// The code and the body of an answer; `None` where nobody answers.
pub(crate) fn ask(address: SocketAddr, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: test\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// A long-lived program of ours, what it says, and its end: killed at the latest when dropped.
pub(crate) struct Living {
    child: Child,
    said: Arc<Mutex<String>>,
    readers: Vec<std::thread::JoinHandle<()>>,
}

impl Living {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let readers = vec![
            listen(child.stdout.take().unwrap(), said.clone(), ""),
            listen(child.stderr.take().unwrap(), said.clone(), "stderr: "),
        ];
        Self { child, said, readers }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// All it has said so far, lines of standard error marked.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) {
        let what = format!("saying {text:?}");
        until(&what, || self.said().contains(text).then_some(()));
    }

    /// Asks it to end and returns its exit code, how long that took, and all it said.
    #[track_caller]
    pub(crate) fn end(self, by: Signal) -> (Option<i32>, Duration, String) {
        rustix::process::kill_process(Pid::from_child(&self.child), by).unwrap();
        self.end_of_itself()
    }

    /// The same, of a program that needs no asking.
    #[track_caller]
    pub(crate) fn end_of_itself(mut self) -> (Option<i32>, Duration, String) {
        let asked = Instant::now();
        let status = until("the end of the program", || self.child.try_wait().unwrap());
        let took = asked.elapsed();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        (status.code(), took, self.said())
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn listen(
    from: impl Read + Send + 'static,
    said: Arc<Mutex<String>>,
    mark: &'static str,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            said.lock().unwrap().extend([mark, &line, "\n"]);
        }
    })
}

/// The processes of this machine that are `of` or began with it, by id and command line.
pub(crate) fn family(of: u32) -> Vec<(u32, String)> {
    let all: Vec<u32> = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok())
        .collect();
    let mut family = vec![of];
    // A child may bear a lower number than its parent: looked through until nobody is added.
    loop {
        let more: Vec<u32> = all
            .iter()
            .copied()
            .filter(|pid| !family.contains(pid) && parent(*pid).is_some_and(|parent| family.contains(&parent)))
            .collect();
        if more.is_empty() {
            break;
        }
        family.extend(more);
    }
    family.into_iter().filter_map(|pid| Some((pid, command_line(pid)?))).collect()
}

fn parent(pid: u32) -> Option<u32> {
    let mut status = String::new();
    File::open(format!("/proc/{pid}/status")).ok()?.read_to_string(&mut status).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse().ok())
}

fn command_line(pid: u32) -> Option<String> {
    let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    Some(String::from_utf8_lossy(&bytes).replace('\0', " "))
}
