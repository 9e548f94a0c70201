"""Our style in Streamlit's page itself, so that it holds from the first thing that is drawn.

Streamlit brings styles as elements of a script's run, behind the title and what stands around it;
by then everything would jump into its place. It stands at the end of the body, behind the styles
that Streamlit adds to the head, or these would win.
"""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_ENDS = b"</body>"
CONDITIONS = (b"if-none-match", b"if-modified-since", b"accept-encoding", b"range")


class FirstPaint:
    """ASGI middleware that writes a style sheet into every page of HTML.

    `style` is a file of ours: it goes in as it is.
    """

    def __init__(self, app: ASGIApp, style: Path) -> None:
        self.app = app
        self._style = b"<style>" + style.read_bytes() + b"</style>"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the app does, with the style where a browser asks for a page."""
        if not _asks_for_a_page(scope):
            return await self.app(scope, receive, send)
        # whole, plain and never 304: a browser's old copy may hold an older style
        kept = [pair for pair in scope["headers"] if pair[0] not in CONDITIONS]
        await self.app({**scope, "headers": kept}, receive, self._styled(send))

    def _styled(self, send: Send) -> Send:
        """Hold the answer back until it is whole, then send it with the style."""
        begun: list[Message] = []
        parts: list[bytes] = []

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_html(message):
                begun.append(message)
            elif message["type"] == "http.response.body" and begun:
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    await self._whole(begun[0], b"".join(parts), send)
            else:
                await send(message)

        return sending

    async def _whole(self, start: Message, body: bytes, send: Send) -> None:
        body = body.replace(BODY_ENDS, self._style + BODY_ENDS, 1)
        headers = MutableHeaders(scope=start)
        del headers["etag"]
        headers["content-length"] = str(len(body))
        await send(start)
        await send({"type": "http.response.body", "body": body})


def _asks_for_a_page(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and "text/html" in Headers(scope=scope).get("accept", "")
    )


def _is_html(start: Message) -> bool:
    found = MutableHeaders(scope=start).get("content-type", "")
    return start["status"] == 200 and found.startswith("text/html")
