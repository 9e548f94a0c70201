"""Arrays and texts the browser may fetch: a bounded table of opaque ids, and its two routes."""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from pages.components.tokens import LIFETIME, Claims, mint, process_key

Array = NDArray[Any]
Supply = Callable[[], bytes | Array]

PATH = "/atlas/{version}/{opaque}"
TEXT_PATH = "/atlas/{version}/{row}/{opaque}"
CLAIMS = "atlas.claims"
"""Where the gate leaves the verified claims in the request's scope."""

MAX_OFFERS = 512
MAX_BYTES = 256 << 20
BLOCK = 1 << 20
MAX_CHARACTERS = 400
"""Of one text; it is a preview."""

VERSION = re.compile(r"[0-9a-f]{8,64}")
OPAQUE = re.compile(r"[0-9a-f]{32}")
ROW = re.compile(r"0|[1-9][0-9]{0,9}")

SENT = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What is on offer to one reader: its address, and a proof made when it is asked for."""

    version: str
    opaque: str
    subject: str
    role: str
    path: str = PATH

    @property
    def url(self) -> str:
        """The address: version and opaque id, nothing else; it never changes for one content.

        Texts keep a `{row}` in it, for the browser to fill in.
        """
        return self.path.format(version=self.version, opaque=self.opaque, row="{row}")

    @property
    def token(self) -> str:
        """A token with at least half its life left; the same one for five minutes.

        The same token keeps a component's data identical from rerun to rerun, so that nothing
        is sent; a page that was asleep for longer gets a fresh one with its next rerun.
        """
        half = LIFETIME // 2
        expiry = (int(time.time()) // half + 2) * half
        return mint(Claims(self.subject, self.role, self.opaque, expiry), process_key())


@dataclass(frozen=True, slots=True)
class Texts:
    """A text for each of `n_rows` rows, read one at a time."""

    read: Callable[[int], str]
    n_rows: int


@dataclass(frozen=True, slots=True)
class _Entry:
    offer: Offer
    supply: Supply | Texts


class Table:
    """Opaque id to what it stands for; the entry unused for longest goes first."""

    def __init__(self, size: int = MAX_OFFERS) -> None:
        self._size = size
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, entry: _Entry) -> None:
        """Add or replace an entry."""
        with self._lock:
            self._entries[entry.offer.opaque] = entry
            self._entries.move_to_end(entry.offer.opaque)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)

    def get(self, opaque: str) -> _Entry | None:
        """The entry of that id, if there is one."""
        with self._lock:
            if opaque in self._entries:
                self._entries.move_to_end(opaque)
            return self._entries.get(opaque)

    def __len__(self) -> int:
        return len(self._entries)


TABLE = Table()


def offer(
    arrays: Supply | bytes | Array,
    fingerprint: str,
    *,
    name: str,
    subject: str = "local",
    role: str = "viewer",
) -> Offer:
    """Put an array on offer to one reader and return its address with its proof.

    `arrays` is bytes, an array (a memory map is read block by block, never as a whole), or a
    function that makes either when the browser asks. `fingerprint` (8 to 64 hex digits) and
    `name` together name the content: what they name never changes, so the browser keeps it.
    Offering the same thing again is cheap and keeps it in the table.
    """
    if not VERSION.fullmatch(fingerprint):
        raise ValueError(f"a fingerprint is 8 to 64 hex digits; seen {fingerprint!r}")
    opaque = _opaque("atlas-offer-1", subject, role, fingerprint, name)
    made = Offer(fingerprint, opaque, subject, role)
    TABLE.put(_Entry(made, arrays if callable(arrays) else lambda: arrays))
    return made


def offer_texts(
    read: Callable[[int], str],
    n_rows: int,
    fingerprint: str,
    *,
    name: str,
    subject: str = "local",
    role: str = "viewer",
) -> Offer:
    """Put a text for each row on offer to one reader; `read(row)` is called when one is asked for.

    The browser gets at most the first 400 characters of it, as plain text. `fingerprint` and
    `name` name the content as they do for `offer`.
    """
    if not VERSION.fullmatch(fingerprint):
        raise ValueError(f"a fingerprint is 8 to 64 hex digits; seen {fingerprint!r}")
    opaque = _opaque("atlas-texts-1", subject, role, fingerprint, name)
    made = Offer(fingerprint, opaque, subject, role, TEXT_PATH)
    TABLE.put(_Entry(made, Texts(read, n_rows)))
    return made


def routes() -> list[Route]:
    """The custom routes of the app, to be used behind the gate only."""
    return [
        Route(PATH, _array, methods=["GET"], name="atlas-array"),
        Route(TEXT_PATH, _text, methods=["GET"], name="atlas-text"),
    ]


def _opaque(*parts: str) -> str:
    text = "\0".join(parts)
    return hmac.new(process_key(), text.encode(), hashlib.sha256).hexdigest()[:32]


async def _array(request: Request) -> Response:
    """Bytes of one array, for a token that names it; no path ever comes from the client."""
    entry = _granted(request)
    if isinstance(entry, Response):
        return entry
    if isinstance(entry.supply, Texts):
        return refusal(404, "unknown array")
    return await _sent(entry.supply)


async def _text(request: Request) -> Response:
    """The first characters of one row's text, for a token that names the texts."""
    entry = _granted(request)
    if isinstance(entry, Response):
        return entry
    row = request.path_params["row"]
    if not isinstance(entry.supply, Texts) or not ROW.fullmatch(row):
        return refusal(404, "unknown text")
    if int(row) >= entry.supply.n_rows:
        return refusal(404, "no such row")
    text = await run_in_threadpool(entry.supply.read, int(row))
    content = text[:MAX_CHARACTERS].encode(errors="replace")
    return Response(content, media_type="text/plain", headers=SENT)


def _granted(request: Request) -> _Entry | Response:
    """The entry that a request may read, or the refusal it meets.

    The gate has checked all this already; a route that relies on one wall alone falls with it.
    """
    claims = request.scope.get(CLAIMS)
    version, opaque = request.path_params["version"], request.path_params["opaque"]
    if not isinstance(claims, Claims):
        return refusal(401, "a token is needed")
    if not VERSION.fullmatch(version) or not OPAQUE.fullmatch(opaque):
        return refusal(404, "unknown array")
    if not hmac.compare_digest(claims.artifact, opaque):
        return refusal(403, "the token is for another array")
    entry = TABLE.get(opaque)
    if entry is None or entry.offer.version != version:
        return refusal(404, "unknown array")
    if (claims.subject, claims.role) != (entry.offer.subject, entry.offer.role):
        return refusal(403, "the token is for another reader")
    return entry


async def _sent(supply: Supply) -> Response:
    content = await run_in_threadpool(supply)
    size = len(content) if isinstance(content, bytes) else content.nbytes
    if size > MAX_BYTES:
        return refusal(413, f"the array has {size:,} bytes; at most {MAX_BYTES:,} are sent")
    headers = {"Content-Length": str(size), **SENT}
    kind = "application/octet-stream"
    if isinstance(content, bytes):
        return Response(content, media_type=kind, headers=headers)
    return StreamingResponse(_blocks(content), media_type=kind, headers=headers)


def _blocks(array: Array) -> Iterator[bytes]:
    """An array's bytes in C order, a block at a time."""
    flat = array.reshape(-1)
    step = max(1, BLOCK // max(1, flat.itemsize))
    for start in range(0, len(flat), step):
        yield flat[start : start + step].tobytes()


def refusal(status: int, reason: str) -> Response:
    """A short plain answer that nobody keeps."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if status == 405:
        headers["Allow"] = "GET"
    return PlainTextResponse(f"refused: {reason}\n", status_code=status, headers=headers)
