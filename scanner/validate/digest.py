"""HTTP Digest: the answer to a server's challenge."""

from __future__ import annotations

from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.validate.render import Request


def answered(asked: Request, answer: Answer) -> dict[str, str] | None:
    """The headers with what answers the server's challenge; None where it is none."""
    import httpx

    assert asked.digest is not None
    challenge = answer.header("www-authenticate")
    if not challenge.lower().startswith("digest "):
        return None
    first = httpx.Request(asked.method, asked.url)
    flow = httpx.DigestAuth(*asked.digest).auth_flow(first)
    next(flow)
    try:
        again = flow.send(httpx.Response(401, headers={"WWW-Authenticate": challenge}, request=first))
    except (StopIteration, httpx.HTTPError, NotImplementedError, ValueError, KeyError):
        return None
    return {**dict(asked.headers), "Authorization": again.headers["Authorization"]}
