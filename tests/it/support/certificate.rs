//! A certificate of a test's own, for servers that speak TLS.

use std::path::Path;
use std::process::Command;

/// `cert.pem` and `key.pem` for 127.0.0.1, which nobody vouches for.
pub(crate) fn make_certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key.pem", "-out", "cert.pem"])
        .current_dir(folder)
        .output()
        .unwrap_or_else(|e| panic!("run openssl (install the package openssl): {e}"));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
