//! `demo`: the main job for someone with nothing but this program. Makes a small application of
//! its own, protects it with an ordinary configuration, and shows what came of it.

mod site;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;

use super::args::{Args, DemoOptions};
use super::exit::Exit;
use super::world::{self, Voice};
use super::{list, output, signals};
use crate::config;
use crate::daemon;
use crate::domain::report::{Job, Outcome};
use crate::domain::saying::Saying;
use crate::runner::Request;
use crate::sys::Sys;
use crate::sys::stop::Stop;
use crate::words::Words;
use site::Site;

pub async fn run(args: &Args, options: &DemoOptions) -> Exit {
    let language = config::language_of_reader(args.config.as_deref());
    let (sys, words) = (Sys::real(), Words::of(language));
    let given = options.dir.clone().unwrap_or_else(|| temporary_folder(&sys));
    // Its server is named by the path of a socket, which means the same wherever it is read.
    let dir = match std::path::absolute(&given) {
        Ok(dir) => dir,
        Err(error) => return give_up(&format!("{}: {error}", given.display())),
    };
    // One ear for all of it: a server that was started must end with us, whenever we are asked to.
    let asked = CancellationToken::new();
    let (ended, hears) = (signals::signalled(), asked.clone());
    tokio::spawn(async move {
        ended.await;
        hears.cancel();
    });
    // Held until the daemon takes it, so that what is named below is where it will be.
    let held = match given_port(options.listen) {
        Ok(held) => held,
        Err(error) => return give_up(&format!("listen on {}: {error}", options.listen)),
    };
    let listen = held.as_ref().map_or(options.listen, |(address, _)| *address);
    let stop = Stop::new();
    let listening = tokio::spawn(signals::stop_when(asked.clone().cancelled_owned(), stop.clone()));
    let making = dir.clone();
    let made = tokio::task::spawn_blocking(move || Site::make(&sys, &making, listen, &stop)).await;
    listening.abort();
    let site = match made {
        _ if asked.is_cancelled() => return Exit::Signalled,
        Ok(Ok(site)) => site,
        Ok(Err(error)) => return give_up(&format!("{error:#}")),
        Err(error) => return give_up(&error.to_string()),
    };
    let loaded = match config::load(Some(&site.config), [("RESGUARDO_LANGUAGE".to_owned(), language.code().to_owned())])
    {
        Ok(loaded) => loaded,
        Err(faults) => {
            return give_up(&faults.iter().map(|f| words.say(&f.saying)).collect::<Vec<_>>().join("; "));
        }
    };
    introduce(&words, &site, &dir);
    let world = match world::from_settings(args, Voice::Daemon, &loaded) {
        Ok(world) => world,
        Err(exit) => return exit,
    };
    let report = match world.run(Request::command(Job::Backup, std::time::Duration::ZERO)).await {
        Ok(report) => report,
        Err(exit) => return exit,
    };
    list::show(&world, None, args.json);
    show_where(&words, &dir, (!options.once).then_some(listen));
    if report.outcome != Outcome::Succeeded || options.once {
        return Exit::of(&report);
    }
    drop(held);
    daemon::live(world.runner, world.teller, asked.cancelled_owned()).await;
    drop(site);
    Exit::Done
}

/// Of port 0, which is whichever is free, the one it shall be.
fn given_port(listen: SocketAddr) -> io::Result<Option<(SocketAddr, TcpListener)>> {
    if listen.port() != 0 {
        return Ok(None);
    }
    let held = TcpListener::bind(listen)?;
    Ok(Some((held.local_addr()?, held)))
}

fn temporary_folder(sys: &Sys) -> PathBuf {
    let stamp = sys.clock.now().format("%Y%m%d-%H%M%S%3f");
    std::env::temp_dir().join(format!("resguardo-demo-{stamp}"))
}

fn introduce(words: &Words, site: &Site, dir: &Path) {
    let kinds = if site.has_server() { "demo-with-server" } else { "demo-without-server" };
    output::print(&words.say(&Saying::new("demo-made").with("dir", dir.display())));
    output::print(&words.say(&Saying::new(kinds)));
}

fn show_where(words: &Words, dir: &Path, listen: Option<SocketAddr>) {
    let show = |saying: Saying| output::print(&words.say(&saying));
    show(Saying::new("demo-stored").with("dir", dir.join("backups").display()));
    if let Some(listen) = listen {
        show(Saying::new("demo-serving").with("listen", listen));
    }
    show(Saying::new("demo-clean").with("dir", dir.display()));
}

fn give_up(error: &str) -> Exit {
    output::complain(error);
    Exit::Failed
}
