//! The demo's small application: an asset register in SQLite, photos, a settings file, and a
//! PostgreSQL server where its programs are on the machine.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::source::postgres::Tools;
use crate::source::postgres::throwaway::{SUPERUSER, Throwaway};
use crate::sys::Sys;
use crate::sys::stop::Stop;

const ASSETS: u32 = 2_000;
const PHOTOS: u32 = 60;

pub struct Site {
    /// The configuration that protects it: an ordinary `backup.toml`.
    pub config: PathBuf,
    server: Option<Throwaway>,
}

impl Site {
    /// Makes it all in `dir`, leaving alone what is there already.
    pub fn make(sys: &Sys, dir: &Path, listen: SocketAddr, stop: &Stop) -> Result<Self> {
        let app = dir.join("app");
        sys.files.make_folder(dir, 0o755)?;
        sys.files.make_folder(&app.join("media"), 0o755)?;
        if !app.join("db.sqlite3").exists() {
            make_database(&app.join("db.sqlite3")).context("make the demo's database")?;
            make_photos(sys, &app.join("media")).context("make the demo's photos")?;
        }
        write(sys, &app.join("settings.env"), b"DEBUG=0\nALLOWED_HOSTS=registro.example\n")?;
        let server = start_server(sys, dir, stop)?;
        let config = dir.join("backup.toml");
        write(sys, &config, settings(dir, listen, server.as_ref()).as_bytes())?;
        Ok(Self { config, server })
    }

    pub fn has_server(&self) -> bool {
        self.server.is_some()
    }
}

fn make_database(path: &Path) -> Result<()> {
    let mut database = rusqlite::Connection::open(path)?;
    database.execute_batch(
        "CREATE TABLE asset (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, cents INTEGER)",
    )?;
    let transaction = database.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT INTO asset (code, name, cents) VALUES (?1, ?2, ?3)")?;
        for number in 1..=ASSETS {
            insert.execute((format!("PUN-{number:06}"), format!("Desk no. {number}"), number * 137 % 90_000))?;
        }
    }
    transaction.commit()?;
    Ok(())
}

/// Files that do not compress, as photos do not: a small generator of our own, the same each time.
fn make_photos(sys: &Sys, folder: &Path) -> Result<()> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for number in 1..=PHOTOS {
        let mut file = sys.files.create(&folder.join(format!("asset-{number:03}.jpg")), 0o644)?;
        let mut bytes = Vec::with_capacity(40_000);
        for _ in 0..5_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.extend_from_slice(&state.to_le_bytes());
        }
        file.write_all(&bytes)?;
    }
    Ok(())
}

fn start_server(sys: &Sys, dir: &Path, stop: &Stop) -> Result<Option<Throwaway>> {
    let Some(tools) = Tools::newest_with_server(sys, stop)? else { return Ok(None) };
    let data = dir.join("postgres");
    sys.files.remove_folder(&data)?;
    let server = Throwaway::start(sys, &tools, &data, &dir.join("run"), stop)?;
    server.execute("postgres", "CREATE DATABASE patrimonio", stop)?;
    let tables = format!(
        "CREATE TABLE asset (id bigserial PRIMARY KEY, code text NOT NULL, name text, noted_at timestamptz DEFAULT now());
         INSERT INTO asset (code, name) SELECT 'PUN-' || lpad(n::text, 6, '0'), 'Desk no. ' || n FROM generate_series(1, {ASSETS}) n"
    );
    server.execute("patrimonio", &tables, stop)?;
    Ok(Some(server))
}

fn settings(dir: &Path, listen: SocketAddr, server: Option<&Throwaway>) -> String {
    let path = |name: &str| toml_string(&dir.join(name));
    let mut text = format!(
        "timezone = \"UTC\"\n\n[schedule]\nbackup = \"* * * * *\"\n\n[store]\ndir = {}\nlog_dir = {}\n\n\
         [serve]\nlisten = \"{listen}\"\n\n[[sqlite]]\nname = \"register\"\npath = {}\n\n\
         [[media]]\nname = \"media\"\npath = {}\n\n[[files]]\nname = \"settings\"\npaths = [{}]\n",
        path("backups"),
        path("logs"),
        path("app/db.sqlite3"),
        path("app/media"),
        path("app/settings.env"),
    );
    if let Some(server) = server {
        let host = percent_encoding::utf8_percent_encode(
            &server.socket().display().to_string(),
            percent_encoding::NON_ALPHANUMERIC,
        )
        .to_string();
        let url = format!("postgres://{SUPERUSER}@{host}/patrimonio");
        text.extend(["\n[[postgres]]\nname = \"patrimonio\"\nurl = \"", &url, "\"\n"]);
    }
    text
}

/// A path as a TOML string: JSON's escapes are TOML's.
fn toml_string(path: &Path) -> String {
    serde_json::Value::from(path.display().to_string()).to_string()
}

fn write(sys: &Sys, path: &Path, content: &[u8]) -> Result<()> {
    Ok(sys.files.replace(path, 0o644, content)?)
}
