//! TLS as libpq understands `sslmode`: `prefer` and `require` encrypt without asking whose
//! certificate it is (`require` asks where a root certificate is named), `verify-ca` asks who
//! signed it, `verify-full` also for whom.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::config::PostgresServer;

/// # Errors
/// Where the root certificates cannot be read, in words.
pub(super) fn config(server: &PostgresServer) -> Result<ClientConfig, String> {
    let provider = Arc::new(ring::default_provider());
    let asks = match server.sslmode.as_str() {
        "verify-full" => Asks::ForName,
        "verify-ca" => Asks::ForSigner,
        "require" if server.sslrootcert.is_some() => Asks::ForSigner,
        _ => Asks::Nothing,
    };
    let signers = match asks {
        Asks::Nothing => None,
        _ => Some(
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots(server)?), provider.clone())
                .build()
                .map_err(|e| format!("read root certificates: {e}"))?,
        ),
    };
    let verifier = Verifier { asks, signers, provider: provider.clone() };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}

fn roots(server: &PostgresServer) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    match &server.sslrootcert {
        Some(path) => {
            let told = |e: &dyn std::fmt::Display| format!("read root certificates {}: {e}", path.display());
            for certificate in CertificateDer::pem_file_iter(path).map_err(|e| told(&e))? {
                roots.add(certificate.map_err(|e| told(&e))?).map_err(|e| told(&e))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(roots)
}

#[derive(Debug, Clone, Copy)]
enum Asks {
    Nothing,
    ForSigner,
    ForName,
}

#[derive(Debug)]
struct Verifier {
    asks: Asks,
    signers: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(signers) = &self.signers else { return Ok(ServerCertVerified::assertion()) };
        match (signers.verify_server_cert(certificate, between, name, ocsp_response, now), self.asks) {
            // The name is looked at last: whoever fails only there has a good signer.
            (
                Err(Error::InvalidCertificate(
                    CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
                )),
                Asks::ForSigner,
            ) => Ok(ServerCertVerified::assertion()),
            (answer, _) => answer,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
