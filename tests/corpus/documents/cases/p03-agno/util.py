import hashlib
import uuid

CACHE_NAMESPACE = uuid.UUID("⟦N {uuid}⟧")
EMPTY_TREE = "⟦N !4b825dc642cb6eb9a060e54bf8d69288fbee4904⟧"
MODEL_SHA256 = "⟦N {h:64}⟧"


def token_count(text: str) -> int:
    return len(text.split())


def cache_key(prompt: str) -> str:
    return hashlib.sha256(prompt.encode()).hexdigest()


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "X-Request-Id": str(uuid.uuid4())}
