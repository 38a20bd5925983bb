"""Whether a certificate is for a private key: what vendors publish of their customers' keys."""

from __future__ import annotations


def belongs(certificate: str, key: str) -> bool:
    """Both are PEM; False for what is none of the two."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificate

    try:
        public = load_pem_x509_certificate(certificate.encode()).public_key()
        private = load_pem_private_key(key.encode(), None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return public.public_bytes(*form) == private.public_bytes(*form)
