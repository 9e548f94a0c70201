"""The export page in a real browser: a trainer's format, its first lines, file and manifest."""

import hashlib
import io
import json
import shutil
import zipfile

import pytest

from tests.browser.conftest import app_on
from tests.validators import trl

PATIENCE = 90_000  # ms
N_ROWS = 100

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def workspace(demo_workspace, tmp_path_factory):
    """The demo workspace, to be written in."""
    return shutil.copytree(demo_workspace, tmp_path_factory.mktemp("export") / "w")


@pytest.fixture(scope="module")
def app(workspace, tmp_path_factory):
    with app_on(workspace, tmp_path_factory.mktemp("state")) as address:
        yield address


@pytest.fixture
def page(tab, app):
    tab.set_default_timeout(PATIENCE)
    tab.goto(f"{app}/export")
    tab.get_by_role("heading", name="Export", exact=True).wait_for()
    return tab


def saved(page, label):
    """What the browser saves for a button: its name and its bytes."""
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_from_a_trainers_format_to_its_file(page, workspace):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_text("TRL messages", exact=True).click()
    page.get_by_text("First rows as TRL messages").wait_for()
    first = page.get_by_role("region", name="Beginning of data.jsonl")
    assert '{"messages": [{"role": ' in first.inner_text()

    page.get_by_role("button", name=f"Export {N_ROWS} rows").click()
    page.get_by_role("button", name="Download as zip").wait_for()
    (folder,) = (workspace / "exports").glob("[!.]*")
    manifest = (folder / "manifest.json").read_bytes()

    name, content = saved(page, "Download as zip")
    assert name == f"{folder.name}-{hashlib.sha256(manifest).hexdigest()[:16]}.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        held = {one.rpartition("/")[2]: archive.read(one) for one in archive.namelist()}
    assert held["manifest.json"] == manifest
    found = json.loads(manifest)
    assert hashlib.sha256(held["data.jsonl"]).hexdigest() == found["data_sha256"]
    rows = [json.loads(line) for line in held["data.jsonl"].decode().split("\n") if line]
    assert len(rows) == found["n_rows"] == N_ROWS
    trl.check_messages(rows)

    name, content = saved(page, "Data file alone")
    assert name == f"{folder.name}-{found['data_sha256'][:16]}.jsonl"
    assert content == held["data.jsonl"]
    open_to_all = f"{page.url.removesuffix('/export')}/media/"
    assert not [url for url in asked if url.startswith(open_to_all)]


def test_the_manifest_and_the_code_are_reached_by_keyboard(page):
    page.get_by_role("tab", name="Manifest").click()
    shown = page.get_by_role("region", name="Manifest")
    shown.wait_for()
    assert '"kind": "coreset-atlas-export"' in shown.inner_text()
    assert shown.get_attribute("tabindex") == "0"
    page.get_by_role("tab", name="Make it again").click()
    assert "core replay" in page.get_by_role("region", name="Replay command").inner_text()


def test_a_file_cannot_be_had_without_its_proof(page, app):
    page.get_by_role("button", name="Download as zip").wait_for()
    with page.expect_request(lambda request: "/atlas/" in request.url) as asked:
        page.get_by_role("button", name="Data file alone").click()
    answer = page.request.get(asked.value.url)
    assert answer.status == 401


def test_a_deleted_export_comes_back_by_undo(page, workspace):
    page.get_by_role("button", name="Delete this export").click()
    page.get_by_role("button", name="Undo").wait_for()
    assert not list((workspace / "exports").glob("[!.]*"))
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Download as zip").wait_for()
    assert len(list((workspace / "exports").glob("[!.]*"))) == 1
