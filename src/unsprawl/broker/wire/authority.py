"""The certificate authority of one run: made at its start, kept in memory alone, good for the bound hosts only."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from collections.abc import Callable, Iterable

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

_SKEW = datetime.timedelta(days=1)
"""A client in a container or a virtual machine may have another clock."""
_AUTHORITY_LASTS = datetime.timedelta(days=90)
"""An editor, and the servers it started, stay open for weeks; the key is gone with the process in any case."""
_LEAF_LASTS = datetime.timedelta(days=7)
_RENEW_BEFORE = datetime.timedelta(days=1)
_MOST_KEPT = 256
"""Below a wildcard a client can ask for any number of names."""

OtherName = Callable[[str, str], None]
"""Told (host of CONNECT, name in the client's greeting) when they are not the same."""


class Authority:
    """Signs one certificate for each intercepted host, when it is first asked for.

    `hosts` are the bound ones as records name them (`*.` for everything below, a port is ignored). The authority is
    constrained to them, so that even its key could not speak for another name.
    """

    def __init__(self, hosts: Iterable[str] = (), other_name: OtherName | None = None) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._other_name = other_name
        self._contexts: dict[str, tuple[ssl.SSLContext, datetime.datetime]] = {}
        now = _now()
        self._ends = now + _AUTHORITY_LASTS
        # Random: clients keep certificates by name and serial number, and the next run has another key.
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"unsprawl run {os.urandom(4).hex()}")])
        public = self._key.public_key()
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _SKEW)
            .not_valid_after(self._ends)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )
        constraints = _constraints(hosts)
        if constraints is not None:
            builder = builder.add_extension(constraints, critical=True)
        self._certificate = builder.sign(self._key, hashes.SHA256())
        self.pem = self._certificate.public_bytes(serialization.Encoding.PEM)
        """The certificate alone, for the client's list of trusted ones."""

    def __repr__(self) -> str:
        return "Authority(<hidden>)"

    def server_context(self, host: str) -> ssl.SSLContext:
        """For speaking to a client as `host` (a lower-case name or an address), kept for the next connection."""
        kept = self._contexts.get(host)
        now = _now()
        if kept is not None and now < kept[1] - _RENEW_BEFORE:
            return kept[0]
        ends = min(now + _LEAF_LASTS, self._ends)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION
        context.set_alpn_protocols(["http/1.1"])
        context.sni_callback = self._sni_callback(host)
        key = ec.generate_private_key(ec.SECP256R1())
        chain = self._leaf(host, key.public_key(), now, ends).public_bytes(serialization.Encoding.PEM) + self.pem
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _load(context, private + chain)
        self._contexts.pop(host, None)
        if len(self._contexts) >= _MOST_KEPT:
            del self._contexts[next(iter(self._contexts))]
        self._contexts[host] = (context, ends)
        return context

    def _leaf(
        self, host: str, public: ec.EllipticCurvePublicKey, now: datetime.datetime, ends: datetime.datetime
    ) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))  # a common name is cut at 64 characters, and nobody reads it any more
            .issuer_name(self._certificate.subject)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _SKEW)
            .not_valid_after(ends)
            .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )

    def _sni_callback(self, host: str) -> Callable[[ssl.SSLObject, str | None, ssl.SSLContext], int | None]:
        def callback(_: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> int | None:
            # No name is no disagreement: none is sent for an address, and by very old clients.
            if name is None or name.lower().rstrip(".") == host:
                return None
            if self._other_name is not None:
                self._other_name(host, name)
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

        return callback

    def tell_other_names(self, other_name: OtherName) -> None:
        """Who is told of a client whose greeting names another host than its CONNECT; the connection ends anyway."""
        self._other_name = other_name


def _load(context: ssl.SSLContext, pem: bytes) -> None:
    """`load_cert_chain` wants a file; this is the leaf's key, and the file has no name where the system allows it."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("unsprawl", os.MFD_CLOEXEC)
        try:
            os.write(descriptor, pem)
            context.load_cert_chain(f"/proc/self/fd/{descriptor}")
            return
        except (FileNotFoundError, PermissionError):
            pass  # no /proc here, or a closed one
        finally:
            os.close(descriptor)
    import tempfile  # it brings compressors, which take a tenth of our start

    descriptor, path = tempfile.mkstemp(prefix=".unsprawl-", suffix=".tmp")  # 0600 from birth
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        context.load_cert_chain(path)
    finally:
        os.unlink(path)


def _constraints(hosts: Iterable[str]) -> x509.NameConstraints | None:
    names = {_name_of(host) for host in hosts}
    if not names:
        return None
    permitted: list[x509.GeneralName] = []
    excluded: list[x509.GeneralName] = []
    addresses = [address for name in names if (address := _address(name)) is not None]
    permitted += [x509.IPAddress(ipaddress.ip_network(address)) for address in sorted(addresses, key=str)]
    permitted += [x509.DNSName(name) for name in sorted(names) if _address(name) is None]
    # A kind of name that is permitted nowhere is not constrained at all (RFC 5280, 4.2.1.10).
    if not any(isinstance(one, ipaddress.IPv4Address) for one in addresses):
        excluded.append(x509.IPAddress(ipaddress.ip_network("0.0.0.0/0")))
    if not any(isinstance(one, ipaddress.IPv6Address) for one in addresses):
        excluded.append(x509.IPAddress(ipaddress.ip_network("::/0")))
    if len(addresses) == len(names):
        excluded.append(x509.DNSName(""))
    return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=excluded or None)


def _name_of(host: str) -> str:
    """Without its port and its `*.`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, colon, port = host.rpartition(":")
    if not colon or ":" in name or not port.isdigit():
        name = host
    return name.removeprefix("*.").lower().rstrip(".")


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _general_name(host: str) -> x509.GeneralName:
    address = _address(host)
    return x509.DNSName(host) if address is None else x509.IPAddress(address)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
