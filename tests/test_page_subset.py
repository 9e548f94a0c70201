"""The subset page asks for every constraint, lists every method, and shows what a job measured."""

import json

import numpy as np
import pytest

from core import jobs
from core.metrics import metrics
from core.pipeline import duplicates, overlaps, scores, targets
from core.pipeline.selection import stored_order
from core.pipeline.views import open_pool, open_readings
from core.select import methods
from core.workspace import Workspace
from tests.test_pages import opened, words_of


def button(page, key):
    return next(item for item in page.button if item.key == key)


def in_use(folder):
    return stored_order(Workspace.open(folder).in_use("selection"))


def select(page):
    button(page, "subset.select").click().run()
    assert not page.exception and not page.error


def test_every_method_is_listed_with_when_to_use_it(tiny_workspace, monkeypatch):
    page = opened("subset", tiny_workspace, monkeypatch)
    table = next(one.value for one in page.dataframe if "when" in one.value)
    assert table["method"].tolist() == [one["title"] for one in methods()]
    assert table["when"].tolist() == [one["when"] for one in methods()]


def test_a_quota_typed_on_the_page_is_kept(tiny_workspace, monkeypatch):
    page = opened("subset", tiny_workspace, monkeypatch)
    page.text_area(key="subset.quotas").set_value("language=en:10-10").run()
    select(page)
    chosen = in_use(tiny_workspace).rows
    language = open_pool(Workspace.open(tiny_workspace)).column("language")[chosen]
    assert (language == "en").sum() == 10


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("subset.quotas", "language", "column=value:least-most"),
        ("subset.quotas", "language=<b>:1-2", "no row has language"),
        ("subset.weights", "3", "key=value"),
        ("subset.weights", "99999=1", "latent 99999 does not exist"),
    ],
)
def test_a_constraint_that_cannot_be_is_one_line_and_no_button(
    key, typed, said, tiny_workspace, monkeypatch
):
    page = opened("subset", tiny_workspace, monkeypatch)
    page.text_area(key=key).set_value(typed).run()
    assert not page.exception
    assert not any(item.key == "subset.select" for item in page.button)
    assert said in page.error[0].value.replace("\\", "")


def test_length_control_shortens_what_is_chosen(tiny_workspace, monkeypatch):
    tokens = np.asarray(open_readings(Workspace.open(tiny_workspace)).n_tokens)
    page = opened("subset", tiny_workspace, monkeypatch)
    before = tokens[in_use(tiny_workspace).prefix(12).rows].sum()
    page.number_input(key="subset.power").set_value(1.0).run()
    select(page)
    assert tokens[in_use(tiny_workspace).prefix(12).rows].sum() < before


def test_a_method_without_gains_offers_no_length_control(tiny_workspace, monkeypatch):
    page = opened("subset", tiny_workspace, monkeypatch)
    page.selectbox(key="subset.method").select("random").run()
    assert not any(item.key == "subset.power" for item in page.number_input)


def test_near_duplicates_are_found_by_a_job(tiny_workspace, monkeypatch):
    seen = []
    monkeypatch.setattr(jobs, "start", lambda root, arguments, title: seen.append(arguments))
    page = opened("subset", tiny_workspace, monkeypatch)
    button(page, "subset.find").click().run()
    assert seen == [["duplicates", "--method=minhash"]]


def test_one_row_a_group_is_offered_where_groups_are_known(tiny_workspace, monkeypatch):
    duplicates.duplicates(Workspace.open(tiny_workspace), "exact")
    page = opened("subset", tiny_workspace, monkeypatch)
    page.checkbox(key="subset.apart").check().run()
    select(page)
    assert "duplicates" in Workspace.open(tiny_workspace).in_use("selection").parents


def test_rows_that_overlap_with_a_benchmark_are_listed_and_left_out(
    tiny_workspace, tiny_source, monkeypatch, tmp_path
):
    lines = tiny_source.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "benchmark.jsonl"
    path.write_text("\n".join([one for one in lines if n_prompt_words(one) > 15][:2]) + "\n")
    workspace = Workspace.open(tiny_workspace)
    overlaps.overlap(workspace, [str(path)])
    listed = overlaps.open_overlap(workspace)["row"].tolist()
    page = opened("subset", tiny_workspace, monkeypatch)
    page.text_input(key="subset.budget").set_value("38")
    page.checkbox(key="subset.decontaminate").check().run()
    select(page)
    assert len(set(listed)) == 2
    assert not set(listed) & set(in_use(tiny_workspace).rows.tolist())


def n_prompt_words(line):
    """Words of a line's first user turn; 0 for a line that is no example."""
    turns = json.loads(line)["messages"]
    return len(turns[0]["content"].split()) if isinstance(turns, list) else 0


def test_a_subset_from_a_file_waits_for_the_file(tiny_workspace, monkeypatch, tmp_path):
    ids = open_pool(Workspace.open(tiny_workspace)).ids()
    path = tmp_path / "theirs.txt"
    path.write_text(f"{ids[7]}\n{ids[3]}\n")
    page = opened("subset", tiny_workspace, monkeypatch)
    page.selectbox(key="subset.method").select("given").run()
    assert not any(item.key == "subset.select" for item in page.button)
    page.text_input(key="subset.given").set_value(str(path))
    page.text_input(key="subset.budget").set_value("2").run()
    select(page)
    assert in_use(tiny_workspace).rows.tolist() == [7, 3]


def test_a_file_that_is_not_there_is_one_line(tiny_workspace, monkeypatch):
    page = opened("subset", tiny_workspace, monkeypatch)
    page.selectbox(key="subset.method").select("target").run()
    page.text_input(key="subset.targets").set_value("/nowhere/at/all.jsonl").run()
    assert not page.exception
    assert "there is no such file" in page.error[0].value


def test_metrics_are_offered_as_a_job_until_they_are_there(tiny_workspace, monkeypatch):
    seen = []
    monkeypatch.setattr(jobs, "start", lambda root, arguments, title: seen.append(arguments))
    page = opened("subset", tiny_workspace, monkeypatch)
    button(page, "subset.measure").click().run()
    assert seen == [["measure"]]


def test_metrics_that_are_there_are_told_beside_their_baselines(tiny_workspace, monkeypatch):
    scores.measure_order(Workspace.open(tiny_workspace))
    page = opened("subset", tiny_workspace, monkeypatch)
    assert not page.exception and not page.error
    table = next(one.value for one in page.dataframe if "metric" in one.value)
    assert {"subset", "random", "longest"} <= set(table.columns)
    assert set(table["metric"]) >= {one["title"] for one in metrics() if one["name"] == "vendi"}
    assert "12 rows" in words_of(page)


def test_target_examples_of_the_pool_itself_are_matched(tiny_workspace, monkeypatch, tmp_path):
    workspace = Workspace.open(tiny_workspace)
    raw = list(open_pool(workspace).raw_rows(np.array([5, 6])))
    path = tmp_path / "targets.jsonl"
    path.write_text("\n".join(outside_text(one) for one in raw) + "\n")
    page = opened("subset", tiny_workspace, monkeypatch)
    page.selectbox(key="subset.method").select("target").run()
    page.text_input(key="subset.targets").set_value(str(path)).run()
    select(page)
    first = in_use(tiny_workspace).rows[:2].tolist()
    assert set(first) & {5, 6}
    assert (
        targets.target_sets(
            workspace, Workspace.open(tiny_workspace).in_use("selection").parents["targets"]
        ).n_rows
        == 2
    )


def outside_text(record):
    """A raw record of the pool as a line of a file."""
    return record if isinstance(record, str) else json.dumps(record)
