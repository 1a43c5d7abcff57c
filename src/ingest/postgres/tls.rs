//! Encryption, and how far the server must prove who it is.

use super::address::{Address, Trust};
use super::error::Wrong;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// What makes encrypted connections to an address.
pub(super) fn connector(address: &Address) -> Result<MakeRustlsConnect, Wrong> {
    let provider = Arc::new(ring::default_provider());
    let vouched = match address.trust {
        Trust::Plain | Trust::Anybody => None,
        Trust::Vouched | Trust::Named => {
            let roots = roots(address)?;
            let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
            Some(verifier.map_err(|_| Wrong::no_roots())?)
        }
    };
    let verifier = Verifier { vouched, named: address.trust == Trust::Named, provider: Arc::clone(&provider) };
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|_| Wrong::protocol())?;
    let config = config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// Those who may vouch for a server: the file named in the address, else whoever the system trusts.
fn roots(address: &Address) -> Result<RootCertStore, Wrong> {
    let mut store = RootCertStore::empty();
    match &address.root {
        Some(file) => {
            for certificate in CertificateDer::pem_file_iter(file).map_err(|_| Wrong::root())? {
                store.add(certificate.map_err(|_| Wrong::root())?).map_err(|_| Wrong::root())?;
            }
            if store.is_empty() {
                return Err(Wrong::root());
            }
        }
        None => {
            // A certificate of the system that cannot be read vouches for nobody, which is told when it is missed.
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(store)
}

/// Asks of a server what its address asks.
#[derive(Debug)]
struct Verifier {
    /// None where anybody will do.
    vouched: Option<Arc<WebPkiServerVerifier>>,
    /// Whether the name must be the server's.
    named: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(verifier) = &self.vouched else { return Ok(ServerCertVerified::assertion()) };
        match verifier.verify_server_cert(end, between, name, ocsp, now) {
            // The name is looked at last, so whoever fails by it alone is vouched for.
            Err(Error::InvalidCertificate(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }))
                if !self.named =>
            {
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(message, cert, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, cert, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
