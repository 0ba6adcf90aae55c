//! No lock-in: a night's set is restored in a fresh place by nothing but the commands that its own
//! `RESTORE.md` prints, pasted into a shell as they stand, and is then what it was.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use resguardo::config::DumpFormat;

use crate::support::archive::{odd_tree, run, tell};
use crate::support::postgres::{Server, program};
use crate::support::site::{Site, sqlite, toml};

const DATABASE: &str = r#"Gestión "2024" de O'Higgins"#;
const OWNER: &str = r#"Ana "la Jefa" O'Higgins"#;

fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Where the database is, as the settings name it.
fn url(server: &Server) -> String {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    format!("postgres://postgres@{}/{}", encode(&server.socket_folder().display().to_string()), encode(DATABASE))
}

/// A database with what a dump alone does not hold: an owner, privileges, settings, a comment, a
/// locale of its own, roles that are members of others.
fn fill(server: &Server) {
    let (database, owner) = (ident(DATABASE), ident(OWNER));
    server.psql(
        "postgres",
        &format!(
            "CREATE ROLE readers NOLOGIN; CREATE ROLE {owner} LOGIN PASSWORD 'x' IN ROLE readers; \
             CREATE ROLE luis LOGIN IN ROLE readers"
        ),
    );
    let create = format!("CREATE DATABASE {database} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
    server.psql("postgres", &create);
    server.psql(
        "postgres",
        &format!(
            "ALTER DATABASE {database} SET timezone = 'America/Lima'; ALTER DATABASE {database} SET bytea_output = 'escape'; \
             ALTER ROLE luis IN DATABASE {database} SET work_mem = '8MB'; COMMENT ON DATABASE {database} IS 'it''s all'; \
             REVOKE ALL ON DATABASE {database} FROM PUBLIC; GRANT CONNECT ON DATABASE {database} TO readers; \
             ALTER DATABASE {database} CONNECTION LIMIT 17"
        ),
    );
    server.psql(
        DATABASE,
        &format!(
            "SET ROLE {owner}; CREATE SCHEMA \"Otro esquema\"; \
             CREATE TABLE \"Otro esquema\".asset (id bigserial PRIMARY KEY, name text, noted_at timestamptz, photo bytea); \
             INSERT INTO \"Otro esquema\".asset (name, noted_at, photo) SELECT 'asset ' || n, now() - n * interval '1 hour', \
             decode(md5(n::text), 'hex') FROM generate_series(1, 500) n; \
             CREATE TABLE lines (text text); INSERT INTO lines VALUES (E'COPY x FROM stdin;\\n\\\\.\\n'), ('\\! false'); \
             GRANT SELECT ON lines TO readers; CREATE VIEW few AS SELECT * FROM \"Otro esquema\".asset WHERE id < 10; \
             SELECT lo_from_bytea(0, 'large')"
        ),
    );
}

/// All of a database as `pg_dump` tells it, without what differs between two dumps of the same.
fn dump(server: &Server, database: &str) -> String {
    let output = Command::new(program("pg_dump"))
        .arg("--create")
        .env("PGHOST", server.socket_folder())
        .env("PGPORT", server.port().to_string())
        .env("PGUSER", "postgres")
        .env("PGDATABASE", database)
        .env("PGTZ", "UTC")
        .env("PGOPTIONS", "-c bytea_output=hex")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter(|l| !l.starts_with("\\restrict ") && !l.starts_with("\\unrestrict "))
        .collect::<Vec<_>>()
        .join("\n")
}

fn roles(server: &Server) -> String {
    server.psql(
        "postgres",
        "SELECT r.rolname, r.rolcanlogin, r.rolsuper, m.rolname, a.rolpassword FROM pg_roles r \
         JOIN pg_authid a ON a.oid = r.oid LEFT JOIN pg_auth_members g ON g.member = r.oid \
         LEFT JOIN pg_roles m ON m.oid = g.roleid ORDER BY 1, 4",
    )
}

/// The commands of a page by their headings, in order: what a reader would paste.
fn commands(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut heading, mut block) = (String::new(), None::<String>);
    for line in page.lines() {
        match &mut block {
            None if line == "```sh" => block = Some(String::new()),
            None => {
                if let Some(text) = line.strip_prefix('#') {
                    text.trim_start_matches('#').trim().clone_into(&mut heading);
                }
            }
            Some(_) if line == "```" => found.push((heading.clone(), block.take().unwrap())),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    assert!(block.is_none(), "a block without an end: {page}");
    found
}

/// Runs a block in a folder, in a plain shell, against this server.
fn paste(block: &str, folder: &Path, server: &Server) -> String {
    let mut shell = Command::new("bash");
    let tools = program("psql").parent().unwrap().display().to_string();
    shell.args(["-e", "-o", "pipefail", "-c", block]).current_dir(folder).env_clear();
    shell.env("PATH", format!("{tools}:/usr/bin:/bin:/usr/sbin:/sbin")).env("LC_ALL", "C.UTF-8");
    // What the page has one add to each command: -h, -p, -U.
    shell.env("PGHOST", server.socket_folder()).env("PGPORT", server.port().to_string()).env("PGUSER", "postgres");
    let output = shell.output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{block}\n{said}{errors}");
    let mut faults = errors.lines().filter(|line| line.contains("ERROR"));
    assert!(faults.all(|line| line.ends_with("ERROR:  role \"postgres\" already exists")), "{block}\n{errors}");
    said.into_owned()
}

/// Does all that the page of a site says, as it would be done on a server whose superuser is a
/// system user that may not read the store. Only root can become another; anyone else's server
/// runs as themselves, and they can read what is theirs.
fn follow(site: &Site, server: &Server) -> BTreeMap<String, String> {
    let store = site.path("backups");
    fs::set_permissions(&store, fs::Permissions::from_mode(0o700)).unwrap();
    let page = fs::read_to_string(store.join("RESTORE.md")).unwrap();
    let mut done = BTreeMap::new();
    for (heading, mut block) in commands(&page) {
        for (gap, name) in [
            ("/path/to/the/live/file", "live.sqlite3"),
            ("/path/to/the/folder", "media"),
            ("/path/to/a/new/folder", "new"),
        ] {
            block = block.replace(gap, &site.path(name).display().to_string());
        }
        if rustix::process::geteuid().is_root() {
            for tool in ["| psql ", "createdb ", "pg_restore "] {
                let (pipe, name) = tool.split_at(if tool.starts_with('|') { 2 } else { 0 });
                block = block.replace(tool, &format!("{pipe}runuser -u postgres -- {name}"));
            }
        }
        let said = paste(&block, &store, server);
        assert!(done.insert(heading.clone(), said).is_none(), "{heading} stands twice");
    }
    done
}

#[rstest::rstest]
#[case(DumpFormat::Plain, "gzip")]
#[case(DumpFormat::Plain, "zstd")]
#[case(DumpFormat::Custom, "none")]
fn a_set_is_restored_by_its_own_page_alone(#[case] format: DumpFormat, #[case] compression: &str) {
    let server = Server::start();
    fill(&server);
    let site = Site::new("");
    sqlite(&site.path("db.sqlite3"), 400);
    fs::create_dir(site.path("media")).unwrap();
    odd_tree(&site.path("media"));
    fs::write(site.path(".env.prod"), "DEBUG=0\n").unwrap();
    site.configure(&format!(
        "[compression]\nmethod = \"{compression}\"\n\
         [[postgres]]\nname = \"registro\"\nurl = \"{}\"\nformat = \"{}\"\n\
         [[sqlite]]\nname = \"lite\"\npath = {}\n[[media]]\nname = \"media\"\npath = {}\n\
         [[files]]\nname = \"settings\"\npaths = [{}]\n",
        url(&server),
        if format == DumpFormat::Plain { "plain" } else { "custom" },
        toml(&site.path("db.sqlite3")),
        toml(&site.path("media")),
        toml(&site.path(".env.prod")),
    ));
    let report = site.call(&["backup", "--json"]).ends(0).json();
    assert_eq!(report["outcome"], "succeeded", "{report:#}");
    let told = tell(&site.path("media"));
    let (data, people) = (dump(&server, DATABASE), roles(&server));
    drop(server);

    let fresh = Server::start();
    let live = site.path("live.sqlite3");
    sqlite(&live, 7);
    let done = follow(&site, &fresh);
    let headings: Vec<&str> = done.keys().map(String::as_str).collect();
    let (sqlite_heading, checks) = ("SQLite: source lite", "First: are the files whole?");
    for heading in [
        checks,
        "Roles",
        "The empty database of source registro",
        "The data of source registro",
        sqlite_heading,
        "Folder: source media",
        "Settings: source settings",
    ] {
        assert!(headings.contains(&heading), "{heading} is not among {headings:?}");
    }
    let sums = &done[checks];
    assert_eq!(sums.lines().count(), 6, "{sums}");
    assert!(sums.lines().all(|line| line.ends_with(": OK")), "{sums}");
    assert!(done[sqlite_heading].contains("ok"), "{done:?}");

    assert_eq!(roles(&fresh), people);
    assert_eq!(dump(&fresh, DATABASE), data);
    assert_eq!(tell(&site.path("media.restored")), told);
    let settings = site.path(".env.prod");
    let restored = site.path("new").join(settings.strip_prefix("/").unwrap());
    assert_eq!(fs::read(restored).unwrap(), fs::read(settings).unwrap());
    let rows = |path: &Path| -> Vec<(i64, String)> {
        let database = rusqlite::Connection::open(path).unwrap();
        let mut all = database.prepare("SELECT id, name FROM asset ORDER BY id").unwrap();
        all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    assert_eq!(rows(&live), rows(&site.path("db.sqlite3")));
}

/// A night that the database did not come through: gone, so that its source fails, or emptied with
/// its roles, so that what is stored of it is suspect. Then its last good set is what the page gives,
/// with the folder of the night itself.
#[rstest::rstest]
#[case::failed(false)]
#[case::emptied(true)]
fn after_a_bad_night_the_page_leads_to_the_last_good_copy(#[case] emptied: bool) {
    let server = Server::start();
    fill(&server);
    let site = Site::new("");
    fs::create_dir(site.path("media")).unwrap();
    site.configure(&format!(
        "[[postgres]]\nname = \"registro\"\nurl = \"{}\"\n[[media]]\nname = \"media\"\npath = {}\n",
        url(&server),
        toml(&site.path("media"))
    ));
    let good = site.call(&["backup", "--json"]).ends(0).json();
    let (data, people) = (dump(&server, DATABASE), roles(&server));

    server.psql("postgres", &format!("DROP DATABASE {}", ident(DATABASE)));
    if emptied {
        server.psql("postgres", &format!("DROP ROLE {}, luis, readers", ident(OWNER)));
        server.psql("postgres", &format!("CREATE DATABASE {} TEMPLATE template0", ident(DATABASE)));
    }
    fs::write(site.path("media/photo"), "of that night").unwrap();
    let bad = site.call(&["backup", "--json"]).json();
    drop(server);
    let (good, bad) = (good["backup_id"].as_str().unwrap(), bad["backup_id"].as_str().unwrap());
    let page = fs::read_to_string(site.path("backups/RESTORE.md")).unwrap();
    let warned = format!("- registro: the newer set {bad}, started ");
    assert_eq!(page.contains(&warned), emptied, "{page}");
    assert!(page.contains(&format!("- registro: `db/registro_{good}.sql.gz`, of set {good}, started ")), "{page}");

    let fresh = Server::start();
    follow(&site, &fresh);
    assert_eq!(roles(&fresh), people);
    assert_eq!(dump(&fresh, DATABASE), data);
    assert_eq!(fs::read(site.path("media.restored/photo")).unwrap(), b"of that night");

    if emptied {
        site.call(&["accept", "--yes", bad]).ends(0);
        let page = fs::read_to_string(site.path("backups/RESTORE.md")).unwrap();
        assert!(page.contains(&format!("db/registro_{bad}.sql.gz")) && !page.contains(good), "{page}");
    }
}

/// With its attributes and rights, which the page's plain `tar` leaves out, and by another reader.
#[test]
fn a_folders_archive_is_a_tree_for_every_tar() {
    let site = Site::new("");
    fs::create_dir(site.path("media")).unwrap();
    odd_tree(&site.path("media"));
    site.configure(&format!("[[media]]\nname = \"media\"\npath = {}\n", toml(&site.path("media"))));
    site.call(&["backup"]).ends(0);
    let archive = site.stored("media").pop().unwrap();
    fs::create_dir(site.path("out")).unwrap();
    let args = ["--warning=no-timestamp", "--xattrs", "--acls", "-xpzf"].map(OsStr::new);
    let rest = [archive.as_os_str(), OsStr::new("--numeric-owner"), OsStr::new("-C"), site.path("out").as_os_str()]
        .map(OsStr::to_owned);
    run("tar", &args.into_iter().chain(rest.iter().map(std::ffi::OsString::as_os_str)).collect::<Vec<_>>(), b"");
    assert_eq!(tell(&site.path("out")), tell(&site.path("media")));
    let listed = Command::new("python3")
        .args(["-c", "import sys, tarfile; print(len(tarfile.open(sys.argv[1]).getnames()))"])
        .arg(&archive)
        .output()
        .unwrap();
    let count: usize = String::from_utf8(listed.stdout).unwrap().trim().parse().unwrap();
    assert_eq!(count, tell(&site.path("media")).len());
}
