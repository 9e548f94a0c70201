"""The gate: in front of every route, whatever is not known to be open needs a token.

Streamlit guards its script, not the routes beside it: they have no login, no XSRF and no Host
check of their own. So this middleware stands outermost and denies by default. It knows
Streamlit's own paths and the addresses of our pages; everything else, a route added tomorrow
included, answers 401 until a valid token comes in a header, and a token opens only the address
that ends in what it names.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.components.offers import CLAIMS, refusal
from pages.components.tokens import process_key, verified

TOKEN_HEADER = "x-atlas-token"
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})

OPEN_PATHS = frozenset(
    {
        "/",
        "/index.html",
        "/favicon.png",
        "/manifest.json",
        "/_stcore/health",
        "/_stcore/host-config",
    }
)
OPEN_PREFIXES = (
    "/static/", "/media/", "/atlas-scripts/", "/_stcore/upload_file/", "/_stcore/bidi-components/",
)  # fmt: skip
SOCKET = "/_stcore/stream"

_PROBES = ("/_stcore/health", "/_stcore/host-config")
_UNCLEAN = re.compile(r"\\|//|[\x00-\x1f\x7f]|(^|/)\.{1,2}(/|$)")
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the gate lets through without a token.

    `pages` are the addresses of our pages without a slash; `hosts` the names this server may be
    called by besides the local ones (`*.example.org` covers every name below it, `*` any name);
    `open_prefixes` further paths of Streamlit that are in use, such as `/auth/` with a login.
    With `enforce` the content policy is enforced, without it violations are only reported.
    """

    pages: frozenset[str]
    hosts: frozenset[str] = frozenset()
    open_prefixes: tuple[str, ...] = ()
    enforce: bool = True

    def is_open(self, path: str) -> bool:
        """Whether a path is Streamlit's own or one of our pages."""
        if path in OPEN_PATHS or path.startswith(OPEN_PREFIXES + self.open_prefixes):
            return True
        return self.is_page(path) or self._is_probe(path)

    def is_page(self, path: str) -> bool:
        """Whether a path is the address of a page, with or without a closing slash."""
        return path.strip("/") in self.pages and path.count("/") <= 2

    def _is_probe(self, path: str) -> bool:
        """On a page's address Streamlit's client looks for the server beside the page first."""
        return path.endswith(_PROBES) and self.is_page(path[: path.index("/_stcore/")])

    def is_host(self, header: str | None) -> bool:
        """Whether a Host header names this server."""
        name = _host_name(header)
        return name is not None and (
            name in LOCAL_HOSTS or any(_matches(name, pattern) for pattern in self.hosts)
        )


def page_names(folder: Path) -> frozenset[str]:
    """The addresses of the pages in a folder: one a script, named as the script."""
    return frozenset(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


class Gate:
    """ASGI middleware that applies a policy to every request and every socket."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self.app = app
        self.policy = policy
        self._headers = _document_headers(policy.enforce)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is refused; pass on the rest with safe headers."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        if scope["type"] == "websocket":
            if self._socket_refused(scope):
                return await send({"type": "websocket.close", "code": 1008})
            return await self.app(scope, receive, send)
        refused = self._refused(scope)
        if refused is not None:
            return await refused(scope, receive, send)
        await self.app(scope, receive, self._with_headers(send))

    def _socket_refused(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        return scope["path"] != SOCKET or not self.policy.is_host(headers.get("host"))

    def _refused(self, scope: Scope) -> Response | None:
        """The refusal a request meets, or None; the order decides what a stranger learns."""
        path, headers = scope["path"], Headers(scope=scope)
        if not self.policy.is_host(headers.get("host")):
            return refusal(403, "this server does not go by that name")
        if _UNCLEAN.search(path):
            return refusal(400, "malformed path")
        if self.policy.is_open(path):
            return None
        if scope["method"] != "GET":
            return refusal(405, "only GET is served here")
        if _is_foreign(headers):
            return refusal(403, "the request comes from another site")
        return self._unproven(scope, headers)

    def _unproven(self, scope: Scope, headers: Headers) -> Response | None:
        claims = verified(headers.get(TOKEN_HEADER, ""), process_key())
        if claims is None:
            return refusal(401, "a valid token is needed")
        if scope["path"].rpartition("/")[2] != claims.artifact:
            return refusal(403, "the token is for something else")
        scope[CLAIMS] = claims
        # Compressing coordinates costs more than it saves; without this header nobody tries.
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        return None

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                if headers.get("content-type", "").startswith("text/html"):
                    headers.update(self._headers)
            await send(message)

        return sending


def _host_name(header: str | None) -> str | None:
    """The name in a Host header in lower case, without port; None where it is malformed."""
    try:
        parsed = urlparse(f"//{header or ''}")
        _ = parsed.port
    except ValueError:
        return None
    if parsed.hostname is None or parsed.netloc != header or "@" in parsed.netloc:
        return None
    return parsed.hostname.lower().rstrip(".")


def _matches(name: str, pattern: str) -> bool:
    pattern = pattern.strip().lower().rstrip(".")
    if pattern.startswith("*."):
        return name.endswith(pattern[1:])
    return pattern in ("*", name)


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser says that another site asks."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlparse(origin).netloc != headers.get("host")


def _document_headers(enforce: bool) -> dict[str, str]:
    policy = "; ".join(
        (
            "default-src 'self'",
            " ".join(["script-src 'self'", "'wasm-unsafe-eval'", *_inline_hashes()]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "media-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
    name = "Content-Security-Policy" if enforce else "Content-Security-Policy-Report-Only"
    return {name: policy}


def _inline_hashes() -> Iterable[str]:
    """Hashes of the scripts that stand in Streamlit's own page, so that no other may."""
    import streamlit

    page = Path(streamlit.__file__).parent / "static" / "index.html"
    for script in _INLINE_SCRIPT.findall(page.read_text(encoding="utf-8")):
        seal = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        yield f"'sha256-{seal}'"
