"""Names from an endpoint: a real HTTP server answers, refuses, stalls, redirects and lies."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.errors import Cancelled, RequestError
from core.pipeline import endpoint as asking
from core.pipeline.cluster_names import Question, ask_names, name_in
from core.pipeline.endpoint import ask, checked_endpoint

KEY = "sk-very-secret-1234"
HELLO = [{"role": "user", "content": "hello"}]
QUESTIONS = [Question(number, ({"role": "user", "content": str(number)},)) for number in range(3)]


def answer(content):
    return 200, json.dumps({"choices": [{"message": {"content": content}}]}), {}


@contextmanager
def serving(reply):
    """A server on this machine; `reply` maps the count of requests to status, body, headers."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            seen.append((self.path, dict(self.headers), json.loads(self.rfile.read(length))))
            status, body, headers = reply(len(seen))
            payload = body.encode() if isinstance(body, str) else body
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def do_GET(self):
            seen.append((self.path, dict(self.headers), None))
            self.send_error(404)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def told(reply, *, key=KEY, pauses=None):
    """What is asked of a server that replies so: the answer or the line of the error."""
    waits = [] if pauses is None else pauses
    with serving(reply) as (base, seen):
        try:
            return ask(checked_endpoint(base, "m", key), HELLO, wait=waits.append), seen
        except RequestError as error:
            return str(error), seen


def test_the_question_goes_to_chat_completions_with_model_and_key():
    found, seen = told(lambda _: answer("Recipes"))
    path, headers, body = seen[0]
    assert found == "Recipes" and path == "/v1/chat/completions"
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert (body["model"], body["messages"]) == ("m", HELLO)


def test_without_a_key_no_authorization_is_sent():
    _, seen = told(lambda _: answer("x"), key="")
    assert "Authorization" not in seen[0][1]


def test_a_busy_endpoint_is_asked_again_after_a_pause():
    pauses = []
    found, seen = told(lambda n: (503, "", {}) if n < 3 else answer("x"), pauses=pauses)
    assert (found, len(seen), pauses) == ("x", 3, [1.0, 3.0])


def test_an_endpoint_may_ask_for_a_pause_but_not_for_ever():
    pauses = []
    told(lambda n: (429, "", {"Retry-After": "9999"}) if n < 2 else answer("x"), pauses=pauses)
    assert pauses == [30.0]


def test_an_endpoint_that_stays_busy_is_given_up():
    line, seen = told(lambda _: (500, "{}", {}))
    assert len(seen) == 3 and "answers 500" in line and "try again later" in line


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_not_repeated(status):
    line, seen = told(lambda _: (status, '{"error": {"message": "no such model"}}', {}))
    assert len(seen) == 1 and str(status) in line and "no such model" in line


def test_the_key_is_taken_out_of_what_an_endpoint_says():
    line, _ = told(lambda _: (401, json.dumps({"error": {"message": f"bad key {KEY}!\n\x1b"}}), {}))
    assert KEY not in line and "bad key the key!" in line and "\n" not in line


def test_the_key_stands_in_no_repr():
    assert KEY not in repr(checked_endpoint("https://x.example/v1", "m", KEY))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_so_that_the_key_stays(status):
    with serving(lambda _: answer("stolen")) as (other, stolen):
        line, seen = told(lambda _: (status, "", {"Location": f"{other}/chat/completions"}))
    assert not stolen and len(seen) == 1 and "redirect" in line


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "[]", "{}", '{"choices": []}', '{"choices": [{"message": {"content": 3}}]}',
     '{"choices": {"0": 1}}', "[" * 100_000, "\xff", '{"choices": [{"message": null}]}'],
)  # fmt: skip
def test_an_answer_without_a_text_is_one_line(body):
    line, _ = told(lambda _: (200, body, {}))
    assert "choices[0].message.content" in line


def test_an_endless_answer_is_cut_off():
    line, _ = told(lambda _: (200, "x" * (asking.LARGEST + 10), {}))
    assert "more than 256 kB" in line


def test_a_server_that_is_not_there_is_one_line():
    waits = []
    with pytest.raises(RequestError, match="cannot be reached"):
        ask(checked_endpoint("http://127.0.0.1:1/v1", "m"), HELLO, wait=waits.append)
    assert len(waits) == 2


def test_a_server_that_never_answers_is_left():
    with serving(lambda _: (threading.Event().wait(2), answer("late"))[1]) as (base, _):
        held = checked_endpoint(base, "m")
        quick = type(held)(held.base, held.model, held.key, timeout=0.1)
        with pytest.raises(RequestError, match="no answer within"):
            ask(quick, HELLO, wait=lambda _: None)


@pytest.mark.parametrize(
    ("base", "line"),
    [("", "such as http"), ("ftp://x/v1", "such as http"), ("file:///etc/passwd", "such as http"),
     ("x.example/v1", "such as http"), ("http://[::1", "such as http"),
     ("http://x:99999/v1", "such as http"), ("https://me:pw@x.example/v1", "holds a password"),
     ("https://x.example/v1?key=1", "such as http"), ("http://x.example/v1", "unencrypted")],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_before_anything_is_sent(base, line):
    with pytest.raises(RequestError, match=line):
        checked_endpoint(base, "m", KEY)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_a_key_may_go_to_this_machine_unencrypted(host):
    assert checked_endpoint(f"http://{host}/v1/", "m", KEY).base == f"http://{host}/v1"


def test_a_key_that_would_break_the_header_is_refused():
    with pytest.raises(RequestError, match="no header"):
        checked_endpoint("https://x.example/v1", "m", "a\r\nX: b")


# --- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "name"),
    [("Recipes", "Recipes"), (' "Cooking recipes". ', "Cooking recipes"),
     ("**Name:** Cooking\nbecause", "Cooking"), ("<think>hm\nhm</think>\n\nPoems", "Poems"),
     ("Title: Poems", "Poems"), ("<b>bold</b>", "<b>bold</b>"), ("a\u202eb\x07c", "a b c"),
     ("", None), ('""', None), ("<think>never ends", None)],
)  # fmt: skip
def test_a_name_is_read_out_of_an_answer(said, name):
    assert name_in(said) == name


def test_a_long_answer_becomes_a_short_name():
    assert len(name_in("word " * 500)) <= 60


def test_names_come_one_a_cluster():
    with serving(lambda n: answer(f"name {n}")) as (base, seen):
        found = ask_names(checked_endpoint(base, "m"), QUESTIONS)
    assert found.names == {0: "name 1", 1: "name 2", 2: "name 3"} and found.ended is None
    assert len(seen) == 3


def test_what_came_back_before_a_failure_is_kept():
    with serving(lambda n: answer("first") if n == 1 else (401, "", {})) as (base, _):
        found = ask_names(checked_endpoint(base, "m"), QUESTIONS)
    assert found.names == {0: "first"} and "check the key" in found.ended


def test_an_answer_without_a_name_is_counted():
    with serving(lambda n: answer("''" if n == 2 else "x")) as (base, _):
        found = ask_names(checked_endpoint(base, "m"), QUESTIONS)
    assert (sorted(found.names), found.n_unusable) == ([0, 2], 1)


def test_asking_stops_between_two_clusters():
    def progress(done, total, note=""):
        if done == 1:
            raise Cancelled("stopped")

    with serving(lambda _: answer("x")) as (base, seen):
        found = ask_names(checked_endpoint(base, "m"), QUESTIONS, progress=progress)
    assert (found.names, found.ended, len(seen)) == ({0: "x"}, "stopped", 1)


def test_asking_stops_while_it_waits_for_a_busy_endpoint():
    def wait(seconds):
        raise Cancelled("stopped")

    with serving(lambda _: (503, "", {})) as (base, seen):
        found = ask_names(checked_endpoint(base, "m"), QUESTIONS, wait=wait)
    assert (found.names, found.ended, len(seen)) == ({}, "stopped", 1)
