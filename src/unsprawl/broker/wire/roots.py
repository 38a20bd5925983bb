"""Whose certificates are believed on the way out: the system's authorities, and those that the user adds."""

from __future__ import annotations

import os
import ssl
from pathlib import Path


def trusted_roots(extra_ca: Path | None) -> ssl.SSLContext:
    """Verifies every certificate against what the system believes, and `extra_ca`.

    Raises OSError or ValueError for a file that holds no certificates.
    """
    # Not `create_default_context`: it writes session keys to the file that SSLKEYLOGFILE names.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    context.load_default_certs()
    if not context.cert_store_stats()["x509_ca"] and not _has_folder_of_roots():
        _load_certifi(context)
    if extra_ca is not None:
        context.load_verify_locations(extra_ca)
    return context


def _has_folder_of_roots() -> bool:
    """Certificates in a folder are only read when one is looked for, so they are not counted."""
    folder = ssl.get_default_verify_paths().capath
    try:
        return bool(folder and os.listdir(folder))
    except OSError:
        return False


def _load_certifi(context: ssl.SSLContext) -> None:
    try:
        import certifi
    except ImportError:
        return  # then nothing is believed, and the error says so
    context.load_verify_locations(certifi.where())
