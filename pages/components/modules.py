"""Scripts of our components at addresses that hold their version, so that a browser keeps them.

Streamlit names no version in the address of a component's file, so all 40 modules of a page with a
map are asked for again at every visit, in four waves of 3 ms of the server each. Its entry is
answered here by one line that leads to the versioned ones.
"""

from __future__ import annotations

from pathlib import Path

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.fingerprint import digest

PREFIX = "/atlas-scripts/"
ENTRIES = "/_stcore/bidi-components/"
PACKAGE = "coreset-atlas"
SCRIPT = "text/javascript"
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}


class Modules:
    """ASGI middleware that answers for the scripts below a folder, one folder a component.

    They are read when the server starts: whoever changes one starts it again.
    """

    def __init__(self, app: ASGIApp, assets: Path) -> None:
        self.app = app
        self._files = {
            f"{PACKAGE}.{path.parent.name}/{path.name}": path.read_bytes()
            for path in sorted(assets.glob("*/*.js"))
        }
        whole = b"\0".join(name.encode() + b"\0" + text for name, text in self._files.items())
        self._version = digest(whole)[:16]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an entry and what it leads to; everything else is the app's."""
        answer = self._answer(scope["path"]) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, path: str) -> Response | None:
        name = path.removeprefix(ENTRIES)
        if path != name and name.endswith("/index.js") and name in self._files:
            lead = f'export {{ default }} from "../../..{PREFIX}{self._version}/{name}";\n'
            return Response(lead, media_type=SCRIPT, headers={"cache-control": "no-cache"})
        if not path.startswith(PREFIX):
            return None
        version, _, name = path.removeprefix(PREFIX).partition("/")
        if version != self._version or name not in self._files:
            return PlainTextResponse("no such script", status_code=404)
        return Response(self._files[name], media_type=SCRIPT, headers=FOREVER)
