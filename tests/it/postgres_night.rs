//! A night of a PostgreSQL application through the program itself, as the role most of them have:
//! it owns its database and may do nothing else.

use std::io::Read;

use crate::support::postgres::Server;
use crate::support::site::Site;

#[test]
fn a_role_that_owns_its_database_and_nothing_else_has_a_good_night() {
    let server = Server::start_tcp(&[]);
    server.psql("postgres", "CREATE ROLE app LOGIN PASSWORD 'geheim77' NOSUPERUSER NOCREATEDB NOCREATEROLE");
    server.psql("postgres", "CREATE DATABASE app OWNER app; ALTER ROLE app IN DATABASE app SET work_mem = '5MB'");
    server.psql("app", "SET ROLE app; CREATE SCHEMA a; CREATE TABLE a.t AS SELECT i FROM generate_series(1, 9) i");
    let site = Site::new(&format!(
        "[[postgres]]\nname = \"app\"\nurl = \"postgres://app:geheim77@127.0.0.1:{}/app\"\n",
        server.port()
    ));
    let report = site.call(&["backup", "--json"]).ends(0).json();
    assert_eq!(report["outcome"], "succeeded", "{report:#}");
    let warnings: Vec<_> = report["warnings"].as_array().unwrap().iter().map(|w| &w["code"]).collect();
    assert_eq!(warnings, ["no_role_passwords"], "{report:#}");
    assert_eq!(site.call(&["health", "--json"]).ends(0).json()["status"], "healthy");

    let read = |ending: &str| {
        let stored = site.stored("db");
        let path = stored.iter().find(|path| path.to_str().unwrap().ends_with(ending)).unwrap();
        let bytes = std::fs::read(path).unwrap();
        let mut text = String::new();
        match ending.strip_suffix(".gz") {
            Some(_) => flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap(),
            None => bytes.as_slice().read_to_string(&mut text).unwrap(),
        };
        text
    };
    let properties = read(".create.sql");
    assert!(properties.contains("ALTER DATABASE app OWNER TO app;"), "{properties}");
    assert!(properties.contains("ALTER ROLE app IN DATABASE app SET work_mem TO '5MB';"), "{properties}");
    let id = report["backup_id"].as_str().unwrap();
    let roles = read(&format!("globals_{id}.sql.gz"));
    assert!(roles.contains("CREATE ROLE app;") && !roles.contains("SCRAM"), "{roles}");
    assert!(!format!("{report:#}{}{properties}{roles}", site.log()).contains("geheim77"));
}
