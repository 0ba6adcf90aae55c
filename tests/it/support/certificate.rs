//! A certificate of a test's own, for servers that speak TLS.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What is wrong with it, beside that nobody vouches for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    None,
    /// It names another host.
    OtherName,
    Expired,
}

/// `cert.pem` and `key.pem` for 127.0.0.1, which nobody vouches for.
pub(crate) fn make_certificate(folder: &Path, flaw: Flaw) {
    let name = if flaw == Flaw::OtherName { "DNS:hooks.example.org" } else { "IP:127.0.0.1" };
    let ended = if flaw == Flaw::Expired { "20200102000000Z" } else { "20490101000000Z" };
    let authority = format!(
        "[ca]\ndefault_ca=one\n[one]\ndatabase=index.txt\nnew_certs_dir=.\nserial=serial\ndefault_md=sha256\npolicy=any\n\
         x509_extensions=of\n[any]\ncommonName=supplied\n[of]\nsubjectAltName={name}\n\
         basicConstraints=critical,CA:FALSE\n"
    );
    fs::write(folder.join("authority.cnf"), authority).unwrap();
    fs::write(folder.join("index.txt"), "").unwrap();
    let openssl = |args: &str| {
        let made = Command::new("openssl")
            .args(args.split(' '))
            .current_dir(folder)
            .output()
            .unwrap_or_else(|e| panic!("run openssl (install the package openssl): {e}"));
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    openssl(
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test -keyout key.pem -out asked.pem",
    );
    openssl(&format!(
        "ca -batch -selfsign -config authority.cnf -keyfile key.pem -in asked.pem -out cert.pem -notext -rand_serial \
         -startdate 20200101000000Z -enddate {ended}"
    ));
}
