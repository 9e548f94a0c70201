"""Questions to an OpenAI-compatible endpoint: plain HTTP, small answers, one line on failure.

The key is sent in one header and nowhere else: no redirect is followed, it never leaves this
machine unencrypted, and it is taken out of whatever an endpoint says.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from core.errors import RequestError

TIMEOUT = 60.0  # seconds without a byte
TRIES = 3
PAUSES = (1.0, 3.0)  # seconds between tries
LONGEST_PAUSE = 30.0  # seconds that an endpoint may ask for
LARGEST = 256 << 10  # bytes of an answer
SAID = 200  # characters of an endpoint's own complaint that are repeated
BUSY = (408, 409, 425, 429, 500, 502, 503, 504)
UNPRINTABLE = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]")

Wait = Callable[[float], None]
"""Waits so many seconds; may raise Cancelled."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where questions go: the address before `/chat/completions`, a model, and a key if any."""

    base: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = TIMEOUT

    @property
    def host(self) -> str:
        """The machine that is asked, with its port."""
        return urlsplit(self.base).netloc.rpartition("@")[2]


def checked_endpoint(base: str, model: str, key: str = "") -> Endpoint:
    """An endpoint that may be asked; RequestError says what is wrong with what was typed."""
    base, model, key = base.strip().rstrip("/"), model.strip(), key.strip()
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise RequestError(
            f"the address is that of an API, such as http://127.0.0.1:8000/v1; seen {base[:SAID]!r}"
        )
    if parts.username or parts.password:
        raise RequestError("the address holds a password; give the key in its own field")
    if not model:
        raise RequestError("the endpoint asks for the name of a model; give the one it serves")
    if key and (not key.isascii() or not key.isprintable()):
        raise RequestError("the key holds characters that no header may carry; paste it again")
    if key and parts.scheme == "http" and not _is_here(host):
        raise RequestError(
            f"a key is not sent to {host} unencrypted; use https, or leave the key empty"
        )
    return Endpoint(base, model, key)


def ask(endpoint: Endpoint, messages: list[dict[str, str]], *, wait: Wait = time.sleep) -> str:
    """The text that the model answers; RequestError, in one line, when there is none.

    Tries three times where the endpoint is busy or cannot be reached. The answer is foreign text.
    """
    body = {"model": endpoint.model, "messages": messages, "temperature": 0, "stream": False}
    for attempt in range(TRIES):
        try:
            return _content(_posted(endpoint, json.dumps(body).encode()))
        except urllib.error.HTTPError as error:
            with error:
                if error.code not in BUSY or attempt + 1 == TRIES:
                    raise RequestError(_refused(endpoint, error)) from None
                pause = _pause(error, attempt)
        except (OSError, http.client.HTTPException) as error:
            if attempt + 1 == TRIES:
                raise RequestError(_unreached(endpoint, error)) from None
            pause = PAUSES[attempt]
        wait(pause)
    raise RequestError(f"{endpoint.host} gave no answer; try again later")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to another address."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow none."""


def _posted(endpoint: Endpoint, body: bytes) -> bytes:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    address = f"{endpoint.base}/chat/completions"
    request = urllib.request.Request(address, body, headers, method="POST")
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    if _is_here(urlsplit(endpoint.base).hostname or ""):
        handlers.append(urllib.request.ProxyHandler({}))
    opener = urllib.request.build_opener(*handlers)
    with opener.open(request, timeout=endpoint.timeout) as answer:
        found: bytes = answer.read(LARGEST + 1)
    return found


def _content(answer: bytes) -> str:
    if len(answer) > LARGEST:
        raise RequestError(
            f"the endpoint answered with more than {LARGEST >> 10} kB; is it a chat model?"
        )
    try:
        content = json.loads(answer)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError):
        content = None
    if not isinstance(content, str):
        raise RequestError(
            "the endpoint's answer holds no choices[0].message.content; is its address that of an "
            "OpenAI-compatible API?"
        )
    return content


def _refused(endpoint: Endpoint, error: urllib.error.HTTPError) -> str:
    """What the endpoint said, with what to do about it."""
    advice = {
        401: "check the key",
        403: "check the key and what it may use",
        404: "check the address and the name of the model",
        429: "it is asked too often; try again later",
    }.get(error.code, "try again later" if error.code >= 500 else "check address and model")
    if 300 <= error.code < 400:
        return f"{endpoint.host} answers {error.code}, a redirect; give its final address"
    try:
        said = error.read(LARGEST).decode("utf-8", errors="replace")
    except (OSError, http.client.HTTPException):
        said = ""
    told = _scrubbed(endpoint, _message(said))
    return f"{endpoint.host} answers {error.code}{f' ({told})' if told else ''}; {advice}"


def _unreached(endpoint: Endpoint, error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, TimeoutError | socket.timeout):
        said = f"no answer within {endpoint.timeout:.0f} s"
    else:
        said = _scrubbed(endpoint, str(reason)) or type(error).__name__
    return f"{endpoint.host} cannot be reached ({said}); check the address and that it runs"


def _message(said: str) -> str:
    try:
        value = json.loads(said)
        inner = value.get("error", value)
        return str(inner.get("message", "")) if isinstance(inner, dict) else str(inner)
    except (ValueError, AttributeError, RecursionError):
        return "" if "<html" in said.lower() else said


def _scrubbed(endpoint: Endpoint, said: str) -> str:
    """A foreign complaint on one line, without the key, which some endpoints repeat."""
    if endpoint.key:
        said = said.replace(endpoint.key, "the key")
    return " ".join(UNPRINTABLE.sub(" ", said).split())[:SAID]


def _pause(error: urllib.error.HTTPError, attempt: int) -> float:
    asked = error.headers.get("Retry-After", "") if error.headers else ""
    wanted = float(asked) if asked.isdecimal() else PAUSES[attempt]
    return min(wanted, LONGEST_PAUSE)


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
