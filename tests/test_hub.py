"""Hub datasets: the real libraries against a small hub on this machine, and against none."""

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

COMMIT = "a" * 40
RECORDS = [
    {"instruction": f"Question {i}?", "context": "", "response": f"Answer {i}.", "category": "qa"}
    for i in range(20)
]
FILES = {
    "README.md": b"---\nlicense: mit\n---\n",
    "data.jsonl": b"".join(json.dumps(record).encode() + b"\n" for record in RECORDS),
}
PROGRAM = """
import json, sys
from core.data.ingest import IngestConfig, ingest
from core.errors import DataError
for source in sys.argv[1:]:
    try:
        result = ingest([source], IngestConfig())
        print(json.dumps([result.pool.n_rows, result.report.sources[0].identity]))
    except DataError as error:
        print(json.dumps(str(error)))
"""


class Hub(BaseHTTPRequestHandler):
    """The few addresses of the hub that loading a dataset of one file asks for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.split("?")[0]
        found = re.fullmatch(r"/datasets/org/tiny/resolve/[^/]+/(.+)", path)
        if found:
            self.answer_file(found[1])
        elif re.fullmatch(r"/api/datasets/org/tiny(/revision/(main|a+))?", path):
            names = [{"rfilename": name} for name in FILES]
            self.answer({"id": "org/tiny", "sha": COMMIT, "private": False, "siblings": names})
        elif re.fullmatch(rf"/api/datasets/org/tiny/tree/{COMMIT}", path):
            self.answer([self.entry(name) for name in FILES])
        elif path.startswith("/api/datasets/org/tiny/tree/"):
            self.answer({}, 404, X_Error_Code="EntryNotFound")
        else:
            self.answer({}, 404, X_Error_Code="RepoNotFound")

    do_HEAD = do_GET

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer([self.entry(name) for name in FILES])

    def entry(self, name):
        return {"type": "file", "path": name, "size": len(FILES[name]), "oid": self.tag(name)}

    def tag(self, name):
        return hashlib.sha1(FILES[name]).hexdigest()

    def answer_file(self, name):
        if name not in FILES:
            self.answer({}, 404, X_Error_Code="EntryNotFound", X_Repo_Commit=COMMIT)
            return
        headers = {"ETag": f'"{self.tag(name)}"', "X_Repo_Commit": COMMIT}
        self.send(200, FILES[name], headers)

    def answer(self, value, status=200, **headers):
        self.send(status, json.dumps(value).encode(), headers)

    def send(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def hub():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


def ingested(home, *sources, **changes):
    """What a fresh process makes of each source; the libraries read the environment once."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environment = {**kept, "HF_HOME": str(home), "OMP_NUM_THREADS": "1", **changes}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *sources],
        cwd=Path(__file__).parent.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_dataset_of_the_hub_is_loaded_then_taken_from_the_cache(hub, home):
    whole, some, no_config, no_split, absent = ingested(
        home,
        "org/tiny",
        "org/tiny@main[train[:10%]]",
        "org/tiny:nope",
        "org/tiny[test]",
        "org/absent",
        HF_ENDPOINT=hub,
    )
    assert whole[0] == 20
    assert whole[1]["revision"] == COMMIT
    assert some[0] == 2
    assert some[1]["name"] == "org/tiny[train[:10%]]"
    assert "'nope' not found" in no_config
    assert 'Unknown split "test"' in no_split
    assert "the hub has no dataset 'org/absent'" in absent

    again, pinned, absent = ingested(
        home, "org/tiny", f"org/tiny@{COMMIT}", "org/absent", HF_HUB_OFFLINE="1"
    )
    assert again == pinned == whole
    assert "cannot be reached" in absent


def test_a_hub_that_cannot_be_reached_is_one_clear_line(tmp_path):
    (message,) = ingested(tmp_path, "org/tiny", HF_ENDPOINT="http://127.0.0.1:9")
    assert re.search(r"the hub cannot be reached for 'org/tiny' .* give its path", message)
    assert "\n" not in message
