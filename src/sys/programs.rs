//! Child programs: started in a group of their own, from an empty environment plus what is
//! named, ended with their whole group, always reaped. Their standard error is kept, its last
//! part only. Nothing of our own environment is inherited: `PGHOSTADDR` or `PGSERVICE` set in a
//! container would send a child to another server than the one named on its command line.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{self, ChildStderr, ChildStdin, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};

use super::confined::{self, Confined, Keeper, Reach};
use super::gate::{Act, Gate};
use super::memory::Memory;
use super::output::Output;
use super::stop::{self, Stop};

/// So many last bytes of a child's standard error are kept.
const STDERR_BYTES_MAX: usize = 16 * 1024;
/// Where programs are looked for when their name holds no slash; also the child's PATH.
pub const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What a shell says of a program that was killed.
const KILLED_STATUS: i32 = 128 + 9;

/// Between two looks whether a server has ended.
const END_LOOK_EVERY: Duration = Duration::from_millis(20);

/// The door for starting programs.
#[derive(Clone)]
pub struct Programs {
    gate: Arc<dyn Gate>,
    first_in: Vec<PathBuf>,
    user: Option<(u32, u32)>,
    memory: Memory,
}

/// What to start: a program, its arguments, and all of its environment.
#[derive(Clone)]
pub struct Command {
    program: OsString,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    feeds_stdin: bool,
    folder: Option<PathBuf>,
    reach: Option<Reach>,
}

impl Command {
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            args: Vec::new(),
            env: vec![("PATH".into(), SEARCH_PATH.into()), ("LC_ALL".into(), "C.UTF-8".into())],
            feeds_stdin: false,
            folder: None,
            reach: None,
        }
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Gives the child a standard input to be fed through [`Child::take_stdin`].
    pub fn feeds_stdin(mut self) -> Self {
        self.feeds_stdin = true;
        self
    }

    /// In this working folder, not in ours.
    pub fn in_folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = Some(folder.as_ref().to_owned());
        self
    }

    /// Reaching nothing but itself and this, where the kernel can see to it.
    pub fn confined(mut self, reach: Reach) -> Self {
        self.reach = Some(reach);
        self
    }

    /// The same by way of another program, which does its part and becomes this one.
    pub fn by_way_of(self, program: &str, args: &[&str]) -> Self {
        let way = args.iter().map(OsString::from).chain([self.program]);
        Self { program: program.into(), args: way.chain(self.args).collect(), ..self }
    }
}

/// A running child. Dropped before [`Child::finish`], it is killed with its group and reaped.
pub struct Child {
    process: process::Child,
    group: i32,
    stop: Stop,
    stdin: Option<ChildStdin>,
    stdout: Option<Output>,
    stderr: Option<JoinHandle<Vec<u8>>>,
    reaped: bool,
    confined: Confined,
    /// The group it takes its memory from, and how many the kernel had ended there before it began.
    memory: (Memory, u64),
    _keeper: Option<Keeper>,
}

/// How a PostgreSQL server is asked to end (its manual, "Shutting Down the Server").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Politely {
    /// SIGINT: sessions are ended, data is written.
    FastShutdown,
    /// SIGQUIT: at once; the data folder is not to be used again.
    ImmediateShutdown,
}

/// How a child ended, and the last part of what it wrote to standard error.
#[derive(Debug, Clone)]
pub struct Ended {
    pub success: bool,
    /// `exit status 1`, `signal 9 (killed)`.
    pub how: String,
    pub signal: Option<i32>,
    pub stderr: String,
    /// It was killed, and since it began the kernel has ended one of us because memory ran out.
    pub memory_ran_out: bool,
}

impl Programs {
    pub fn new(gate: Arc<dyn Gate>) -> Self {
        Self { gate, first_in: Vec::new(), user: None, memory: Memory::own() }
    }

    /// The same door, where what is started takes its memory from another group.
    pub fn with_memory(self, memory: Memory) -> Self {
        Self { memory, ..self }
    }

    /// What is started takes its memory from here, as we do.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The same door, where programs are to be found first in these folders.
    pub fn with_first_in(self, first_in: Vec<PathBuf>) -> Self {
        Self { first_in, ..self }
    }

    /// The same door, where all are started as this user, of this group and no other; only root may.
    pub fn as_user(self, user: u32, group: u32) -> Self {
        Self { user: Some((user, group)), ..self }
    }

    /// Folders that whoever looks for a program looks into before any other.
    pub fn first_in(&self) -> &[PathBuf] {
        &self.first_in
    }

    /// Starts a program; its standard output is a pipe.
    ///
    /// # Errors
    /// The system's: `NotFound` where there is no such program.
    pub fn start(&self, command: &Command, stop: &Stop) -> io::Result<Child> {
        self.gate.pass(Act::Spawn, Path::new(&command.program))?;
        let mut starting = process::Command::new(&command.program);
        if let Some((user, group)) = self.user {
            // He need not be let into our working folder.
            starting.uid(user).gid(group).current_dir("/");
        }
        if let Some(folder) = &command.folder {
            starting.current_dir(folder);
        }
        starting
            .args(&command.args)
            .env_clear()
            .envs(command.env.iter().map(|(name, value)| (name, value)))
            .process_group(0)
            .stdin(if command.feeds_stdin { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let memory = (self.memory.clone(), self.memory.ended());
        let (mut child, confined, keeper) = match &command.reach {
            None => (starting.spawn()?, Confined::Not, None),
            Some(reach) => {
                let mut reach = reach.clone();
                reach.runs.extend(confined::found(Path::new(&command.program), SEARCH_PATH));
                let (child, confined, keeper) = confined::spawn(starting, reach)?;
                (child, confined, Some(keeper))
            }
        };
        let group = child.id().cast_signed();
        stop.take_charge(group);
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take().map(Output::new));
        let stderr = child.stderr.take().map(|pipe| std::thread::spawn(move || read_tail(pipe)));
        let stop = stop.clone();
        Ok(Child {
            process: child,
            group,
            stop,
            stdin,
            stdout,
            stderr,
            reaped: false,
            confined,
            memory,
            _keeper: keeper,
        })
    }

    /// Runs a program to its end and returns what it wrote to standard output.
    ///
    /// # Errors
    /// Where it could not be started or its output not be read.
    pub fn output(&self, command: &Command, stop: &Stop) -> io::Result<(Ended, Vec<u8>)> {
        let mut child = self.start(command, stop)?;
        let mut output = Vec::new();
        if let Some(mut stdout) = child.take_stdout() {
            stdout.read_to_end(&mut output)?;
        }
        Ok((child.finish()?, output))
    }
}

impl Child {
    pub fn take_stdout(&mut self) -> Option<Output> {
        self.stdout.take()
    }

    /// The child's standard input where the command feeds one; dropping it ends the input.
    pub fn take_stdin(&mut self) -> Option<impl Write + Send + use<>> {
        self.stdin.take()
    }

    /// Waits for the end and reaps. Standard input and output are closed first.
    ///
    /// # Errors
    /// The system's, where it cannot be waited for.
    pub fn finish(mut self) -> io::Result<Ended> {
        self.stdin = None;
        self.stdout = None;
        let status = self.reap()?;
        let stderr = self.stderr.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        let how = match (status.code(), status.signal()) {
            (Some(code), _) => format!("exit status {code}"),
            (None, Some(9)) => "killed by signal 9".to_owned(),
            (None, Some(signal)) => format!("ended by signal {signal}"),
            (None, None) => status.to_string(),
        };
        let killed = status.code().filter(|code| *code == KILLED_STATUS).map(|_| Signal::KILL.as_raw());
        let signal = status.signal().or(killed);
        let (memory, ended_before) = &self.memory;
        Ok(Ended {
            success: status.success(),
            how,
            signal,
            stderr: String::from_utf8_lossy(&stderr).trim().to_owned(),
            memory_ran_out: signal == Some(Signal::KILL.as_raw()) && memory.ended() > *ended_before,
        })
    }

    /// Asks a server to end in its own way, waits at most so long, then kills its group.
    ///
    /// # Errors
    /// The system's, where it cannot be waited for.
    pub fn end(self, politely: Politely, at_most: Duration) -> io::Result<Ended> {
        if let Some(pid) = Pid::from_raw(self.group) {
            let asked = match politely {
                Politely::FastShutdown => Signal::INT,
                Politely::ImmediateShutdown => Signal::QUIT,
            };
            // Only its leader: a server passes on to its children what they are to know.
            let _ended = rustix::process::kill_process(pid, asked);
            let until = Instant::now() + at_most;
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
            while rustix::process::waitid(WaitId::Pid(pid), options)?.is_none() {
                if Instant::now() >= until {
                    stop::signal(self.group, Signal::KILL);
                    break;
                }
                std::thread::sleep(END_LOOK_EVERY);
            }
        }
        self.finish()
    }

    /// How far the kernel keeps it to what it may reach.
    pub fn confined(&self) -> Confined {
        self.confined
    }

    /// Whether it runs still.
    pub fn is_running(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        Pid::from_raw(self.group)
            .is_some_and(|pid| matches!(rustix::process::waitid(WaitId::Pid(pid), options), Ok(None)))
    }

    /// The group is released before its leader is reaped, so that no stranger that gets the same
    /// number afterwards can be signalled.
    fn reap(&mut self) -> io::Result<process::ExitStatus> {
        if let Some(pid) = Pid::from_raw(self.group) {
            loop {
                match rustix::process::waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
                    Err(rustix::io::Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                    Ok(_) => break,
                }
            }
        }
        // What the leader left behind in its group holds our pipes open: it ends with it.
        stop::signal(self.group, Signal::KILL);
        self.stop.release(self.group);
        self.reaped = true;
        self.process.wait()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.reaped {
            stop::signal(self.group, Signal::KILL);
            let _status = self.reap();
        }
    }
}

fn read_tail(mut pipe: ChildStderr) -> Vec<u8> {
    let mut tail = Vec::new();
    let mut piece = [0_u8; 4096];
    while let Ok(count @ 1..) = pipe.read(&mut piece) {
        tail.extend_from_slice(&piece[..count]);
        if tail.len() > STDERR_BYTES_MAX {
            tail.drain(..tail.len() - STDERR_BYTES_MAX);
        }
    }
    tail
}
