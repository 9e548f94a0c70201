"""Short-lived proofs that a session may read one array, signed with this install's own key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import stat
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import WorkspaceError

LIFETIME = 600
"""Seconds a token is good for."""

KEY_BYTES = 32
LONGEST_TOKEN = 1024

_lock = threading.Lock()
_key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: who reads, as what, which array, until when (seconds since 1970)."""

    subject: str
    role: str
    artifact: str
    expiry: int


def mint(claims: Claims, key: bytes) -> str:
    """The token of these claims: base64url of their JSON, a dot, base64url of the HMAC-SHA256."""
    body = [claims.subject, claims.role, claims.artifact, claims.expiry]
    text = _encoded(json.dumps(body, separators=(",", ":")).encode())
    return f"{text}.{_encoded(_seal(text, key))}"


def verified(token: str, key: bytes, *, now: float | None = None) -> Claims | None:
    """The claims of a token, or None where it is missing, foreign, altered or past its time."""
    text, dot, seal = token.partition(".")
    if not dot or len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    if not hmac.compare_digest(_encoded(_seal(text, key)), seal):
        return None
    claims = _claims(json.loads(_decoded(text)))
    left = claims.expiry - (time.time() if now is None else now)
    return claims if 0 < left <= LIFETIME else None


def process_key() -> bytes:
    """The key of this install, read once a process."""
    global _key
    with _lock:
        if _key is None:
            _key = install_key(state_folder())
        return _key


def state_folder() -> Path:
    """Where this install keeps its own state, outside every workspace that is shared."""
    named = os.environ.get("CORESET_STATE_DIR")
    if named:
        return Path(named)
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "coreset-atlas"


def install_key(folder: Path) -> bytes:
    """Read the key file of this install, or make it (folder 0700, file 0600, 32 random bytes).

    Where the folder cannot be written, a key for this process alone is returned: tokens then end
    with the process, which costs a reader nothing. Raises WorkspaceError where a key file exists
    that others may read, that is a link, or that is too short.
    """
    path = folder / "token.key"
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    try:
        _create(path)
    except OSError:
        return secrets.token_bytes(KEY_BYTES)
    return _read(path)


def _read(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(path) from None
    except OSError as problem:
        raise _unsafe(path, f"cannot be opened ({problem.strerror})") from None
    with os.fdopen(handle, "rb") as stream:
        found = os.fstat(stream.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            raise _unsafe(path, "is not a file of this user")
        if stat.S_IMODE(found.st_mode) & 0o077:
            raise _unsafe(path, f"is open to others (mode {stat.S_IMODE(found.st_mode):04o})")
        key = stream.read(4096)
    if len(key) < KEY_BYTES:
        raise _unsafe(path, f"holds {len(key)} bytes where {KEY_BYTES} are needed")
    return key


def _create(path: Path) -> None:
    """Publish a whole key or none: two processes that start at once end with the same one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(secrets.token_bytes(KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _unsafe(path: Path, seen: str) -> WorkspaceError:
    return WorkspaceError(f"the key file {path} {seen}; remove it and start again to get a new one")


def _claims(body: Any) -> Claims:
    subject, role, artifact, expiry = body
    return Claims(str(subject), str(role), str(artifact), int(expiry))


def _seal(text: str, key: bytes) -> bytes:
    return hmac.new(key, b"atlas-token-1." + text.encode(), hashlib.sha256).digest()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
