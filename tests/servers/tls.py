"""Vendors' APIs on loopback, in real TLS: an authority for tests, servers that keep every byte, and a way to them.

A name such as `api.vendor.example` reaches its double through a proxy that answers CONNECT, so that no name service is
asked and nothing of the machine is changed.
"""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_LASTS = datetime.timedelta(days=1)
_SHUTDOWN_S = 1.0


class Authority:
    """Certificates for tests; the root's is in `root`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name(
            [x509.NameAttribute(x509.NameOID.COMMON_NAME, f"test {x509.random_serial_number():x}"[:60])]
        )
        certificate = self._sign(self._name, self._key.public_key(), x509.BasicConstraints(ca=True, path_length=0))
        self.root = folder / "root.pem"
        self.root.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, *names: str, ends: datetime.timedelta = _LASTS) -> ssl.SSLContext:
        """For a server of these names or addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = x509.SubjectAlternativeName([_general_name(name) for name in names])
        certificate = self._sign(x509.Name([]), key.public_key(), alternatives, ends=ends)
        file = self._folder / f"{x509.random_serial_number():x}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _sign(
        self,
        subject: x509.Name,
        public: ec.EllipticCurvePublicKey,
        extension: x509.ExtensionType,
        ends: datetime.timedelta = _LASTS,
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 2 * _LASTS)
            .not_valid_after(now + ends)
            .add_extension(extension, critical=True)
            .add_extension(_key_usage(root=isinstance(extension, x509.BasicConstraints)), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )


class Double:
    """A server that is running. What it got stays out of `repr`, so a failed assertion shows no value."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connections = 0
        self.received = bytearray()
        """Everything, of all connections, without TLS."""

    def __repr__(self) -> str:
        return f"Double({self.port})"


class _Recording(asyncio.StreamReader):
    """Keeps what is fed into it."""

    kept: bytearray

    def feed_data(self, data: bytes) -> None:
        self.kept += data
        super().feed_data(data)


@asynccontextmanager
async def double(handler: Handler, context: ssl.SSLContext | None, *, keep: bool = True) -> AsyncIterator[Double]:
    """Serves on 127.0.0.1 while the block runs; a connection ends when its handler does. No `context`: in the clear.

    `keep`: whether what comes is kept, which takes memory for large bodies.
    """
    loop = asyncio.get_running_loop()
    running = Double(0)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.connections += 1
        try:
            await handler(reader, writer)
            writer.close()
            with suppress(TimeoutError):  # of a client that is gone, or has no time to say so
                await writer.wait_closed()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = loop.create_task(serve(reader, writer))
        tasks.add(task)

    def protocol() -> asyncio.StreamReaderProtocol:
        reader: asyncio.StreamReader
        if keep:
            reader = _Recording()
            reader.kept = running.received
        else:
            reader = asyncio.StreamReader()
        return asyncio.StreamReaderProtocol(reader, connected)

    shutdown = {} if context is None else {"ssl_shutdown_timeout": _SHUTDOWN_S}
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context, backlog=512, **shutdown)
    running.port = server.sockets[0].getsockname()[1]
    try:
        yield running
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        failed = [done for done in await asyncio.gather(*tasks, return_exceptions=True) if isinstance(done, Exception)]
        await server.wait_closed()
        await settled()
        if failed:
            raise failed[0]


@asynccontextmanager
async def way_to(places: dict[str, int], *, credential: str = "") -> AsyncIterator[Way]:
    """A proxy on 127.0.0.1 that leads `name:port` to the loopback port given, and nowhere else."""
    way = Way()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        line, _, headers = head.partition(b"\r\n")
        way.asked.append(line.decode())
        name = line.split(b" ")[1].decode()
        if credential and f"Proxy-Authorization: {credential}".encode() not in headers:
            writer.write(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
            return
        if name not in places:
            writer.write(b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n")
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", places[name])
        writer.write(b"HTTP/1.1 200 Established\r\n\r\n")
        try:
            await asyncio.gather(_pass(reader, far_writer), _pass(far_reader, writer))
            far_writer.close()
            await far_writer.wait_closed()
        finally:
            far_writer.transport.abort()

    async with double(handler, None, keep=False) as running:
        way.port = running.port
        yield way


class Way:
    """A mapping proxy that is running."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[str] = []
        """The first lines of all requests."""


async def settled() -> None:
    """Lets aborted connections end; their objects warn where they are left open."""
    for _ in range(5):
        await asyncio.sleep(0)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except (ConnectionError, OSError):
        writer.transport.abort()


def _key_usage(*, root: bool) -> x509.KeyUsage:
    """Python 3.13 is strict about it."""
    return x509.KeyUsage(
        digital_signature=not root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=root,
        crl_sign=root,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
