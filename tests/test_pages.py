"""Pages of the work around a selection: each runs alone, on nothing and on a small workspace."""

import io
import json
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

from core import jobs
from core.pipeline import export_packing, exported
from core.workspace import Workspace
from tests.conftest import BUDGET, N_ROWS, ROOT

PAGES = ("dataset", "model", "jobs", "export")
HOSTILE = "[x](http://127.0.0.1/a) **b** <b>c</b>"


def opened(name, workspace, monkeypatch):
    """A page as a deep link shows it: nothing else has run before."""
    monkeypatch.setenv("CORESET_WORKSPACE", str(workspace))
    page = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=60)
    return page.run()


def words_of(page):
    """Everything a page says."""
    kinds = ("title", "subheader", "caption", "markdown", "text", "error", "warning", "metric")
    found = [str(item.value) for kind in kinds for item in getattr(page, kind)]
    return "\n".join(found + [item.label for item in page.metric])


@pytest.fixture
def started(monkeypatch):
    """Jobs that a page started, without a process behind them."""
    seen = []
    monkeypatch.setattr(jobs, "start", lambda root, arguments, title: seen.append(list(arguments)))
    return seen


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_on_an_empty_workspace(name, empty_workspace, monkeypatch):
    page = opened(name, empty_workspace, monkeypatch)
    assert not page.exception and not page.error


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_on_a_processed_workspace(name, tiny_workspace, monkeypatch):
    page = opened(name, tiny_workspace, monkeypatch)
    assert not page.exception and not page.error


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_in_one_line_that_the_workspace_is_a_file(name, tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_text("x")
    page = opened(name, file, monkeypatch)
    assert not page.exception and "is a file" in page.error[0].value


@pytest.mark.parametrize("name", PAGES)
def test_the_budget_bar_says_what_is_chosen_and_what_it_covers(name, tiny_workspace, monkeypatch):
    page = opened(name, tiny_workspace, monkeypatch)
    said = "\n".join(item.value for item in page.sidebar.markdown)
    assert f"{BUDGET} rows" in said and "sae" in said


def test_the_dataset_page_counts_examples_duplicates_and_bad_rows(tiny_workspace, monkeypatch):
    page = opened("dataset", tiny_workspace, monkeypatch)
    assert {item.label: item.value for item in page.metric} == {
        "Examples": str(N_ROWS),
        "Exact duplicates": "1",
        "Bad rows": "1",
        "Sources": "1",
    }


def test_the_dataset_page_lists_sources_and_bad_rows_with_reasons(tiny_workspace, monkeypatch):
    page = opened("dataset", tiny_workspace, monkeypatch)
    tables = [table.value for table in page.dataframe]
    assert len(tables[0]) == N_ROWS
    assert tables[1]["sha256"].str.len().tolist() == [64]
    assert tables[2]["line"].tolist() == [N_ROWS + 2]


def test_finding_text_narrows_the_table(tiny_workspace, monkeypatch):
    page = opened("dataset", tiny_workspace, monkeypatch)
    page.text_input(key="dataset.find").set_value("no example says this xyzzy").run()
    assert "No example holds this text." in words_of(page)


def test_reading_sources_starts_an_ingest_job(empty_workspace, monkeypatch, started):
    page = opened("dataset", empty_workspace, monkeypatch)
    page.text_area(key="dataset.sources").set_value("a.jsonl\n\n --b.csv ").run()
    page.button(key="dataset.read").click().run()
    assert started == [["ingest", "a.jsonl", "./--b.csv"]]


def test_running_everything_starts_a_run_job_with_budget_and_settings(
    empty_workspace, monkeypatch, started
):
    page = opened("dataset", empty_workspace, monkeypatch)
    page.text_area(key="dataset.sources").set_value("org/name")
    page.number_input(key="dataset.ingest.limit").set_value(500)
    page.number_input(key="dataset.budget").set_value(70).run()
    page.button(key="dataset.run").click().run()
    assert started == [["run", "org/name", "--method=sae-greedy", "--budget=70", "--limit=500"]]


def test_the_model_page_tells_readings_threshold_and_sae(tiny_workspace, monkeypatch):
    said = words_of(opened("model", tiny_workspace, monkeypatch))
    for word in ("all-MiniLM-L6-v2", "layers.5", "θ = ", "FVU", "1,024 for a width of 384"):
        assert word in said


def test_the_model_page_previews_rows_and_tokens_and_starts_the_pass(
    tiny_workspace, monkeypatch, started
):
    page = opened("model", tiny_workspace, monkeypatch)
    assert f"{N_ROWS} rows, about" in words_of(page)
    page.text_input(key="model.extract.hookpoint").set_value("layers.3").run()
    page.button(key="model.start").click().run()
    assert started == [["extract", "--model=minilm", "--hookpoint=layers.3"]]


def test_another_threshold_changes_the_features_in_use(tiny_workspace, monkeypatch):
    page = opened("model", tiny_workspace, monkeypatch)
    page.number_input(key="model.threshold.target_share").set_value(0.002).run()
    page.button(key="model.threshold.start").click().run()
    workspace = Workspace(tiny_workspace)
    assert not page.exception
    assert workspace.in_use("features").config["target_share"] == 0.002


def test_the_jobs_page_shows_a_failed_job_with_its_line_and_log(tiny_workspace, monkeypatch):
    folder = a_job(tiny_workspace, HOSTILE)
    jobs.fail(folder, "failed", f"error: {HOSTILE}")
    page = opened("jobs", tiny_workspace, monkeypatch)
    assert not page.exception
    assert f"error: {HOSTILE}" in [item.value for item in page.text]
    assert page.code[0].value == "what the log says"


def test_a_lost_job_can_be_resumed(tiny_workspace, monkeypatch):
    a_job(tiny_workspace, "Read")
    page = opened("jobs", tiny_workspace, monkeypatch)
    assert [button.label for button in page.button] == ["Resume"]


def test_exporting_writes_the_rows_in_view_under_the_name(tiny_workspace, monkeypatch):
    page = opened("export", tiny_workspace, monkeypatch)
    page.button(key="export.write").click().run()
    assert not page.exception and not page.error
    [made] = exported.listed(Workspace(tiny_workspace))
    assert made.manifest.n_rows == BUDGET
    assert any("load_dataset" in way.code for way in made.loading())


def test_exporting_under_a_name_that_leaves_the_folder_is_refused(tiny_workspace, monkeypatch):
    page = opened("export", tiny_workspace, monkeypatch)
    name = next(item for item in page.text_input if item.key.startswith("export.name"))
    name.set_value("../out").run()
    page.button(key="export.write").click().run()
    assert "letters, digits" in page.error[0].value
    assert not (tiny_workspace / "exports").exists()


def test_a_download_holds_the_three_files_and_its_name_changes_with_them(
    tiny_workspace, monkeypatch
):
    page = opened("export", tiny_workspace, monkeypatch)
    page.button(key="export.write").click().run()
    [made] = exported.listed(Workspace(tiny_workspace))
    names = zipfile.ZipFile(io.BytesIO(bytes(export_packing.packed(made)))).namelist()
    assert {name.split("/")[1] for name in names} == {"data.jsonl", "manifest.json", "README.md"}
    assert bytes(export_packing.packed(made)) == bytes(export_packing.packed(made))
    assert export_packing.download_name(made).startswith(made.name + "-")


def a_job(root, title):
    """A job's folder whose process is gone."""
    folder = root / "jobs" / "20260101-000000-abcdef"
    folder.mkdir(parents=True)
    record = {"title": title, "arguments": ["ingest", "x"], "token": "t", "boot": "other"}
    (folder / "job.json").write_text(json.dumps({**record, "pid": 1, "ticks": 1, "started": 0.0}))
    (folder / "log").write_text("what the log says")
    return folder
