"""`--format json` of `login`; `report/login.schema.json` is its schema."""

from __future__ import annotations

from unsprawl.scanner.oauth.login.outcome import LoggedIn
from unsprawl.scanner.report.json_report import Json
from unsprawl.scanner.report.probe_json import check_json, cut

_MOST = 50


def login_json(done: LoggedIn) -> Json:
    """The value of `login`."""
    seen = done.seen
    login = seen.login
    token = login.token if login is not None else None
    return {
        "url": seen.target.url,
        "entries": list(seen.target.entries),
        "outcome": done.state.value,
        "reason": done.reason,
        "verdict": done.front.verdict.kind.value,
        "issuer": cut(login.issuer if login is not None and login.issuer else seen.issuer_written),
        "protocol": done.revision or None,
        "client": {"way": done.client_way, "id": cut(done.client_id)} if done.client_way else None,
        "sign_ins": done.sign_ins,
        "tools": [cut(name) for name in sorted(done.tools)],
        "token": {
            "type": cut(token.type),
            "expires_in": token.lifetime_s,
            "refresh_token": token.refresh,
            "scopes_asked": [cut(each) for each in token.asked[:_MOST]],
            "scopes_granted": [cut(each) for each in token.granted[:_MOST]] if token.granted is not None else None,
            "resource": cut(login.resource) or None if login is not None else None,
            "readable": token.jwt,
            "audience": [cut(each) for each in token.audience] if token.jwt else None,
        }
        if token is not None
        else None,
        "undone": [
            {"what": each.what, "done": each.done, "how": each.told, "client_id": cut(each.client_id) or None}
            for each in done.taken.things
        ],
        "revoked_token_answered": done.taken.afterwards or None,
        "findings": [each.check.id for each in done.results if each.failed],
        "checks": [check_json(each) for each in done.results],
    }
