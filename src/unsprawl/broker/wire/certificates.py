"""Files of certificates for the server: what it trusted before, and the authority of this run."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Mapping

from unsprawl.broker.wire.clients import BUNDLES, FOLDERS, ONLY_INHERITED
from unsprawl.broker.wire.folder import RunFolder
from unsprawl.scanner.errors import UnsprawlError

_SYSTEM = (
    *("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"),
    *("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem", "/opt/homebrew/etc/openssl@3/cert.pem"),
)
"""Debian, Fedora, SUSE, RHEL, macOS and Alpine, Homebrew."""
_BEGIN = b"-----BEGIN "
_LARGEST = 8 * 1024 * 1024


def bundles(environ: Mapping[str, str], ours: bytes, folder: RunFolder) -> dict[str, str]:
    """The variables that name certificates, each with a new file in `folder`. `ours`: the authority, in PEM.

    What a variable named before is in its file, too. Raises UnsprawlError when the system has no certificates: a
    server that trusts nobody else could not call anything but the bound hosts.
    """
    made: dict[bytes, str] = {}
    named: dict[str, str] = {}
    system = b""
    for bundle in BUNDLES:
        inherited = environ.get(bundle.name)
        if inherited is None and bundle.name in ONLY_INHERITED:
            continue
        if inherited:
            base = _read(inherited)
        elif bundle.adds:
            base = b""
        else:
            base = system = system or system_certificates(environ)
        content = _joined(base, ours)
        if content not in made:
            made[content] = folder.write(f"certificates-{len(made) + 1}.pem", content)
        named[bundle.name] = made[content]
    return named


def system_certificates(environ: Mapping[str, str]) -> bytes:
    """What OpenSSL trusts here by default, with the folders that the environment names."""
    compiled = ssl.get_default_verify_paths().openssl_cafile
    found = b""
    for path in (environ.get("SSL_CERT_FILE", ""), compiled, *_SYSTEM):
        found = _read(path) if path else b""
        if found:
            break
    inherited = [folder for name in FOLDERS for folder in environ.get(name, "").split(os.pathsep) if folder]
    more = [piece for folder in inherited for piece in _folder(folder) if piece.strip() not in found]
    if not found:
        found = _loaded()
    if not found and not more:
        raise UnsprawlError(
            "no certificates of this system were found, and the server needs them",
            hint="Install ca-certificates, or set SSL_CERT_FILE.",
        )
    return _joined(found, *more)


def _loaded() -> bytes:
    """Where there is no file: what Python itself loads (the store of Windows, folders of OpenSSL)."""
    context = ssl.create_default_context()
    return "".join(map(ssl.DER_cert_to_PEM_cert, context.get_ca_certs(binary_form=True))).encode()


def _folder(path: str) -> Iterator[bytes]:
    """Each certificate once: a folder for OpenSSL names each file twice, and Debian's has them all in one file, too."""
    seen: set[str] = set()
    try:
        names = sorted(os.listdir(path))
    except OSError:
        return
    for name in names:
        real = os.path.realpath(os.path.join(path, name))
        if real not in seen:
            seen.add(real)
            content = _read(real)
            if content.count(_BEGIN) == 1:
                yield content


def _read(path: str) -> bytes:
    """A file in PEM, or nothing: whoever named a file that is not there trusted nothing by it."""
    try:
        if not os.path.isfile(path):
            return b""
        with open(path, "rb") as file:
            content = file.read(_LARGEST)
    except OSError:
        return b""
    return content if _BEGIN in content else b""


def _joined(*parts: bytes) -> bytes:
    return b"".join(part if part.endswith(b"\n") else part + b"\n" for part in parts if part)
