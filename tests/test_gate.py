"""The gate: whatever is not known to be open stays shut without a valid token."""

import asyncio
import os
import stat
from urllib.parse import unquote

import numpy as np
import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from core.errors import WorkspaceError
from pages.components import offers, tokens
from pages.components.gate import Gate, Policy, page_names
from pages.components.offers import Table, offer, routes
from pages.components.tokens import LIFETIME, Claims, install_key, mint, process_key, verified

KEY = b"k" * 32
FINGERPRINT = "0123456789abcdef"
HERE = "http://localhost"


@pytest.fixture(autouse=True)
def own_key(tmp_path, monkeypatch):
    monkeypatch.setenv("CORESET_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(tokens, "_key", None)
    monkeypatch.setattr(offers, "TABLE", Table())


async def careless(request):
    """A route of tomorrow whose author forgot about logins."""
    return PlainTextResponse("secret")


async def careless_socket(socket):
    await socket.accept()
    await socket.send_text("secret")


def page(request):
    return HTMLResponse("<p>page</p>")


def client(policy=None):
    served = [
        *routes(),
        Route("/forgotten", careless, methods=["GET", "POST"]),
        Route("/_stcore/metrics", careless),
        Route("/map", page),
        WebSocketRoute("/socket", careless_socket),
        WebSocketRoute("/_stcore/stream", careless_socket),
        Mount("/static", app=careless_static),
        Route("/", page),
    ]
    policy = policy or Policy(pages=frozenset({"map"}))
    app = Starlette(routes=served, middleware=[Middleware(Gate, policy=policy)])
    return TestClient(app, base_url=HERE, follow_redirects=False)


async def careless_static(scope, receive, send):
    await PlainTextResponse("script")(scope, receive, send)


def socket_to(path, host):
    return client().websocket_connect(path, headers={"host": host})


def header(token):
    return {"X-Atlas-Token": token}


def claims(**changes):
    said = {"subject": "local", "role": "viewer", "artifact": "a" * 32, "expiry": 1300} | changes
    return Claims(**said)


POINTS = np.arange(12, dtype=np.float32).reshape(6, 2)


def points(**reader):
    return offer(POINTS, FINGERPRINT, name="points", **reader)


# --- tokens ---------------------------------------------------------------------------------


def test_a_token_says_what_was_put_into_it():
    assert verified(mint(claims(), KEY), KEY, now=1000) == claims()


@pytest.mark.parametrize("now", [1300, 1301, 1e9])
def test_a_token_ends_at_its_time(now):
    assert verified(mint(claims(), KEY), KEY, now=now) is None


def test_a_token_that_claims_a_longer_life_than_any_is_refused():
    assert verified(mint(claims(expiry=1000 + LIFETIME + 1), KEY), KEY, now=1000) is None


def test_a_token_of_another_install_is_refused():
    assert verified(mint(claims(), b"x" * 32), KEY, now=1000) is None


def test_no_single_changed_character_survives():
    token = mint(claims(), KEY)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        assert verified(changed, KEY, now=1000) is None


@pytest.mark.parametrize("token", ["", ".", "a.b", "a", "ü.ü", "\x00.\x00", "." * 5000, "=.="])
def test_nonsense_is_no_token(token):
    assert verified(token, KEY, now=1000) is None


# --- the key --------------------------------------------------------------------------------


def test_the_key_is_made_once_and_for_this_user_alone(tmp_path):
    key = install_key(tmp_path / "state")
    path = tmp_path / "state" / "token.key"
    assert len(key) >= 32
    assert install_key(tmp_path / "state") == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["token.key"]


def test_two_installs_have_two_keys(tmp_path):
    assert install_key(tmp_path / "a") != install_key(tmp_path / "b")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_key_that_others_may_read_is_refused(tmp_path, mode):
    install_key(tmp_path)
    (tmp_path / "token.key").chmod(mode)
    with pytest.raises(WorkspaceError, match="open to others"):
        install_key(tmp_path)


def test_a_key_file_that_is_a_link_is_refused(tmp_path):
    (tmp_path / "elsewhere").write_bytes(KEY)
    (tmp_path / "token.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WorkspaceError, match=r"token\.key"):
        install_key(tmp_path)


def test_a_short_key_is_refused(tmp_path):
    (tmp_path / "token.key").write_bytes(b"short")
    (tmp_path / "token.key").chmod(0o600)
    with pytest.raises(WorkspaceError, match="holds 5 bytes"):
        install_key(tmp_path)


def test_where_nothing_can_be_written_the_key_lives_in_the_process(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    assert len(install_key(tmp_path / "file" / "state")) == 32


# --- deny by default ------------------------------------------------------------------------


def test_a_route_that_nobody_thought_of_is_shut():
    assert client().get("/forgotten").status_code == 401


def test_a_socket_that_nobody_thought_of_is_shut():
    with pytest.raises(WebSocketDisconnect), socket_to("/socket", "localhost"):
        pass


def test_every_registered_route_answers_401_or_is_known_to_be_open():
    tester = client()
    policy = Policy(pages=frozenset({"map"}))
    for route in tester.app.routes:
        if not isinstance(route, Route):
            continue
        path = route.path.format(version=FINGERPRINT, row=0, opaque="a" * 32)
        assert policy.is_open(path) or tester.get(path).status_code == 401, path


def test_every_custom_route_of_a_streamlit_app_is_shut():
    app = streamlit.App(__file__, routes=routes())
    policy = Policy(pages=frozenset({"map"}))
    for route in app._user_routes:
        path = route.path.format(version=FINGERPRINT, row=0, opaque="a" * 32)
        assert not policy.is_open(path)
        assert client().get(path).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/script-health-check",
        "/app/static/x",
        "/component/x/index.html",
        "/map2",
        "/map/deeper",
        "/nowhere",
    ],
)
def test_streamlits_side_doors_are_shut(path):
    assert client().get(path).status_code == 401


@pytest.mark.parametrize("path", ["/", "/map", "/static/js/index.js"])
def test_pages_and_streamlits_files_are_open(path):
    assert client().get(path).status_code == 200


def test_streamlits_client_may_look_for_its_server_beside_a_page():
    policy = Policy(pages=frozenset({"map"}))
    assert policy.is_open("/map/_stcore/health")
    assert not policy.is_open("/other/_stcore/health")
    assert not policy.is_open("/map/_stcore/metrics")


def test_pages_are_named_by_their_scripts(tmp_path):
    for name in ("map.py", "subset.py", "__init__.py", "notes.txt"):
        (tmp_path / name).touch()
    assert page_names(tmp_path) == {"map", "subset"}


# --- arrays ---------------------------------------------------------------------------------


def test_a_token_opens_its_array():
    made = points()
    answer = client().get(made.url, headers=header(made.token))
    assert answer.status_code == 200
    assert np.array_equal(np.frombuffer(answer.content, np.float32).reshape(6, 2), POINTS)


def test_an_array_comes_with_safe_headers():
    made = points()
    answer = client().get(made.url, headers={**header(made.token), "Accept-Encoding": "gzip"})
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["content-length"] == str(POINTS.nbytes)
    assert "content-encoding" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("supply", [b"abc", lambda: b"abc", lambda: np.frombuffer(b"abc", "u1")])
def test_bytes_functions_and_arrays_can_be_offered(supply):
    made = offer(supply, FINGERPRINT, name="thing")
    assert client().get(made.url, headers=header(made.token)).content == b"abc"


def test_a_memory_map_is_served_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(offers, "BLOCK", 100)
    np.save(tmp_path / "a.npy", np.arange(1000, dtype=np.int32).reshape(100, 10))
    made = offer(np.load(tmp_path / "a.npy", mmap_mode="r"), FINGERPRINT, name="map")
    answer = client().get(made.url, headers=header(made.token))
    assert np.array_equal(np.frombuffer(answer.content, np.int32), np.arange(1000))


def test_an_empty_array_is_served():
    made = offer(np.empty((0, 2), np.float32), FINGERPRINT, name="none")
    answer = client().get(made.url, headers=header(made.token))
    assert (answer.status_code, answer.content) == (200, b"")


def test_nothing_beyond_the_cap_is_sent(monkeypatch):
    monkeypatch.setattr(offers, "MAX_BYTES", 47)
    made = points()
    assert client().get(made.url, headers=header(made.token)).status_code == 413


def test_the_address_holds_only_version_and_an_opaque_id():
    made = points()
    assert made.url == f"/atlas/{FINGERPRINT}/{made.opaque}"
    assert points().url == made.url
    assert points(subject="someone else").url != made.url
    assert offer(POINTS, "fedcba9876543210", name="points").opaque != made.opaque


def test_a_token_stays_the_same_while_half_its_life_is_left(monkeypatch):
    clock = [10 * LIFETIME + 1]
    monkeypatch.setattr(offers.time, "time", lambda: clock[0])
    first = points().token
    clock[0] += LIFETIME // 2 - 2
    assert points().token == first
    clock[0] += 2
    second = points().token
    assert second != first
    assert verified(second, process_key(), now=clock[0] + LIFETIME // 2) is not None


@pytest.mark.parametrize("bad", [{}, {"X-Atlas-Token": ""}, {"X-Atlas-Token": "a.b"}])
def test_an_array_without_a_valid_token_is_shut(bad):
    assert client().get(points().url, headers=bad).status_code == 401


def test_a_token_in_the_address_counts_for_nothing():
    made = points()
    assert client().get(f"{made.url}?token={made.token}").status_code == 401


def test_an_expired_token_is_shut():
    made = points()
    late = mint(Claims("local", "viewer", made.opaque, 1000), process_key())
    assert client().get(made.url, headers=header(late)).status_code == 401


def test_a_token_opens_no_other_array():
    other = offer(POINTS, FINGERPRINT, name="other")
    assert client().get(points().url, headers=header(other.token)).status_code == 403


def test_two_readers_cannot_open_each_others_arrays():
    readers = [points(subject=name, role=role) for name, role in (("a", "viewer"), ("b", "admin"))]
    statuses = [
        [client().get(made.url, headers=header(proof.token)).status_code for proof in readers]
        for made in readers
    ]
    assert statuses == [[200, 403], [403, 200]]


def test_an_array_that_left_the_table_is_unknown():
    made = points()
    offers.TABLE = Table()
    assert client().get(made.url, headers=header(made.token)).status_code == 404


def test_an_array_under_another_version_is_unknown():
    made = points()
    other = made.url.replace(FINGERPRINT, "fedcba9876543210")
    assert client().get(other, headers=header(made.token)).status_code == 404


def test_the_table_forgets_what_was_unused_for_longest():
    offers.TABLE = Table(size=3)
    first, second, _ = [offer(b"", FINGERPRINT, name=str(i)) for i in range(3)]
    offers.TABLE.get(first.opaque)
    offer(b"", FINGERPRINT, name="3")
    assert len(offers.TABLE) == 3
    assert offers.TABLE.get(first.opaque) is not None
    assert offers.TABLE.get(second.opaque) is None


@pytest.mark.parametrize(
    "fingerprint", ["", "../x", "0123", "G" * 16, "0" * 65, "0123456789ABCDEF"]
)
def test_a_version_that_is_no_fingerprint_is_a_programmers_mistake(fingerprint):
    with pytest.raises(ValueError, match="fingerprint"):
        offer(b"", fingerprint, name="x")


# --- hostile requests -----------------------------------------------------------------------

TRAVERSAL = [
    "/atlas/../../etc/passwd",
    "/atlas/%2e%2e/%2e%2e/etc/passwd",
    "/atlas/%252e%252e/x",
    "/atlas/..%2f..%2fetc/passwd",
    "/atlas/..%5c..%5cetc",
    "/atlas/x%00/y",
    "/atlas/%5c%5chost%5cshare/x",
    "/atlas//etc/passwd",
    "//evil.example/x",
    "/atlas/C:/x",
    "/atlas/0123456789abcdef/x::$DATA",
    "/atlas/0123456789abcdef/%2fetc%2fpasswd",
    "/atlas/0123456789abcdef/" + "a" * 5000,
    "/atlas/0123456789abcdef/" + "A" * 32,
    "/atlas/0123456789abcdef/" + "a" * 31 + "%0a",
    "/static/../forgotten",
    "/static/%2e%2e/forgotten",
    "/map/../forgotten",
]


def asked_raw(path, token):
    """Ask as a hostile client does: no library tidies the path up on its way."""
    sent = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"x-atlas-token", token.encode())],
    }

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request"}

    asyncio.run(client().app(scope, receive, send))
    return sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:])


@pytest.mark.parametrize("path", TRAVERSAL)
def test_no_path_leads_anywhere_even_with_a_token(path):
    status, body = asked_raw(path, points().token)
    assert status in (400, 401, 403, 404)
    assert b"secret" not in body


def test_a_token_for_an_array_opens_no_careless_route():
    assert client().get("/forgotten", headers=header(points().token)).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"])
def test_arrays_are_read_with_get_only(method):
    made = points()
    answer = client().request(method, made.url, headers=header(made.token))
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize(
    "foreign",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_gets_nothing_even_with_a_token(foreign):
    made = points()
    answer = client().get(made.url, headers={**header(made.token), **foreign})
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_this_site_may_say_where_it_comes_from():
    made = points()
    own = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
    assert client().get(made.url, headers={**header(made.token), **own}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example@localhost",
        "localhost/evil",
        "localhost:port",
        "",
        "[::1",
        "0.0.0.0",
    ],
)
@pytest.mark.parametrize("path", ["/", "/map", "/static/x.js", "/forgotten"])
def test_a_server_called_by_another_name_answers_nothing(host, path):
    assert client().get(path, headers={"Host": host}).status_code == 403


def test_a_socket_called_by_another_name_is_shut():
    with pytest.raises(WebSocketDisconnect), socket_to("/_stcore/stream", "evil.example"):
        pass


def test_streamlits_own_socket_is_open_by_a_local_name():
    with socket_to("/_stcore/stream", "localhost:8501") as socket:
        assert socket.receive_text() == "secret"


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501", "LOCALHOST"])
def test_local_names_are_known(host):
    assert client().get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("patterns", "host", "status"),
    [
        ({"atlas.example.org"}, "atlas.example.org", 200),
        ({"*.example.org"}, "atlas.example.org", 200),
        ({"*.example.org"}, "example.org", 403),
        ({"*.example.org"}, "evilexample.org", 403),
        ({"*"}, "anything", 200),
    ],
)
def test_configured_names_are_known(patterns, host, status):
    policy = Policy(pages=frozenset(), hosts=frozenset(patterns))
    assert client(policy).get("/", headers={"Host": host}).status_code == status


# --- headers of pages -----------------------------------------------------------------------


def test_a_page_carries_a_content_policy():
    policy = client().get("/map").headers["content-security-policy"]
    for rule in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "'unsafe-eval'" not in policy
    assert "script-src 'self' 'wasm-unsafe-eval' 'sha256-" in policy


def test_a_content_policy_can_be_tried_without_enforcing_it():
    answer = client(Policy(pages=frozenset({"map"}), enforce=False)).get("/map")
    assert "content-security-policy-report-only" in answer.headers
    assert "content-security-policy" not in answer.headers


def test_every_answer_forbids_sniffing():
    for path in ("/", "/static/x.js", "/forgotten"):
        assert client().get(path).headers["x-content-type-options"] == "nosniff"


def test_a_refusal_is_kept_by_nobody_and_says_why():
    answer = client().get("/forgotten")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text == "refused: a valid token is needed\n"


def test_the_key_is_not_in_any_answer():
    made = points()
    key = process_key()
    for path in (made.url, "/", "/forgotten"):
        answer = client().get(path, headers=header(made.token))
        assert key not in answer.content
        assert key.hex() not in str(answer.headers)


def test_the_key_folder_can_be_named(tmp_path):
    process_key()
    assert os.listdir(tmp_path / "state") == ["token.key"]
