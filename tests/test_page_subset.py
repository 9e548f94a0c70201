"""The subset page asks for every constraint, lists every method, and shows what a job measured."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from core import jobs
from core.curate.records import Event
from core.metrics import metrics
from core.pipeline import duplicates, overlaps, scores, targets
from core.pipeline.decisions import decide
from core.pipeline.requests import Request
from core.pipeline.selection import select_subset, stored_order
from core.pipeline.snapshots import keep, snapshots
from core.pipeline.views import open_pool, open_readings
from core.select import methods
from core.select.budget import Budget
from core.workspace import Workspace
from pages.components import job_panel
from tests.test_pages import opened, words_of


def button(page, key):
    return next(item for item in page.button if item.key == key)


def in_use(folder):
    return stored_order(Workspace.open(folder).in_use("selection"))


def select(page):
    button(page, "subset.select").click().run()
    assert not page.exception and not page.error


def seen_cards(folder, monkeypatch):
    """What the browser is told of the methods' cards."""
    found = told(opened("subset", folder, monkeypatch), "subset.cards")
    return found["cards"]


def told(page, key):
    """What the browser is told by a component of ours."""
    for one in page.get("bidi_component"):
        if key in one.proto.id:
            return json.loads(one.proto.json)
    raise AssertionError(f"no component {key}")


def test_every_method_is_listed_with_when_to_use_it(tiny_workspace, monkeypatch):
    cards = seen_cards(tiny_workspace, monkeypatch)
    assert [one["title"] for one in cards] == [one["title"] for one in methods()]
    assert [one["when"] for one in cards] == [one["when"] for one in methods()]


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


# --- live -----------------------------------------------------------------------------------


def test_the_form_begins_with_what_stands_behind_the_subset(tiny_workspace, monkeypatch):
    workspace = Workspace.open(tiny_workspace)
    ids = open_pool(workspace).ids()
    asked = Request("sae-greedy", Budget("rows", 9), {"mode": "greedy"}, pinned=(ids[5],), seed=3)
    select_subset(workspace, asked)
    before = workspace.current()["selection"]
    page = opened("subset", tiny_workspace, monkeypatch)
    assert page.text_area(key="subset.pins").value == ids[5]
    assert page.text_input(key="subset.budget").value == "9"
    assert page.number_input(key="subset.seed").value == 3
    assert (
        Workspace.open(tiny_workspace).current()["selection"] == before
    )  # looking changes nothing


def test_a_changed_constraint_is_answered_without_a_button(tiny_workspace, monkeypatch):
    before = in_use(tiny_workspace)
    page = opened("subset", tiny_workspace, monkeypatch)
    ids = open_pool(Workspace.open(tiny_workspace)).ids()
    page.text_area(key="subset.forbids").set_value(ids[int(before.rows[0])]).run()
    assert not page.exception and not page.error
    assert before.rows[0] not in in_use(tiny_workspace).rows
    assert "Rows in and out" in [one.label for one in page.metric]


def test_the_way_back_restores_the_subset_and_the_form(tiny_workspace, monkeypatch):
    before = Workspace.open(tiny_workspace).current()["selection"]
    page = opened("subset", tiny_workspace, monkeypatch)
    ids = open_pool(Workspace.open(tiny_workspace)).ids()
    page.text_area(key="subset.pins").set_value(ids[3]).run()
    assert Workspace.open(tiny_workspace).current()["selection"] != before
    button(page, "subset.former").click().run()
    assert Workspace.open(tiny_workspace).current()["selection"] == before
    assert page.text_area(key="subset.pins").value == ""


def test_another_method_waits_for_the_button(tiny_workspace, monkeypatch):
    before = Workspace.open(tiny_workspace).current()["selection"]
    page = opened("subset", tiny_workspace, monkeypatch)
    page.selectbox(key="subset.method").select("random").run()
    assert Workspace.open(tiny_workspace).current()["selection"] == before
    assert "was chosen by sae" in words_of(page).replace("\\", "")


def test_a_snapshot_is_kept_returned_to_dropped_and_put_back(tiny_workspace, monkeypatch):
    before = Workspace.open(tiny_workspace).current()["selection"]
    page = opened("subset", tiny_workspace, monkeypatch)
    page.text_input(key="subset.snapshot").set_value("<i>mine</i>").run()
    button(page, "subset.keep").click().run()
    assert "<i>mine</i>" in [one.value for one in page.text]
    ids = open_pool(Workspace.open(tiny_workspace)).ids()
    page.text_area(key="subset.pins").set_value(ids[3]).run()
    (kept,) = snapshots(Workspace.open(tiny_workspace))
    button(page, f"subset.return.{kept.selection}.{kept.made}").click().run()
    assert Workspace.open(tiny_workspace).current()["selection"] == before
    button(page, f"subset.drop.{kept.selection}.{kept.made}").click().run()
    assert not snapshots(Workspace.open(tiny_workspace))
    button(page, "subset.undrop").click().run()
    assert snapshots(Workspace.open(tiny_workspace)) == (kept,)


def test_a_name_that_is_taken_is_one_line(tiny_workspace, monkeypatch):
    keep(Workspace.open(tiny_workspace), "mine")
    page = opened("subset", tiny_workspace, monkeypatch)
    page.text_input(key="subset.snapshot").set_value("mine").run()
    button(page, "subset.keep").click().run()
    assert not page.exception and "already" in page.error[0].value


def test_a_budget_in_tokens_is_kept_to(tiny_workspace, monkeypatch):
    page = opened("subset", tiny_workspace, monkeypatch)
    page.segmented_control(key="subset.unit").set_value("tokens")
    page.text_input(key="subset.budget").set_value("900").run()
    select(page)
    tokens = np.asarray(open_readings(Workspace.open(tiny_workspace)).n_tokens)
    assert tokens[in_use(tiny_workspace).rows].sum() <= 900
    assert "of 900 tokens used" in words_of(page)


def test_decisions_are_offered_with_their_numbers_and_honoured(tiny_workspace, monkeypatch):
    workspace = Workspace.open(tiny_workspace)
    ids, rows = open_pool(workspace).ids(), in_use(tiny_workspace).rows
    said = {"approved": ids[int(rows[-1])], "rejected": ids[int(rows[0])]}
    decide(workspace, [Event(f"{n:032x}", one, "I", what) for n, (what, one) in
                       enumerate(said.items())])  # fmt: skip
    page = opened("subset", tiny_workspace, monkeypatch)
    around = page.checkbox(key="subset.around")
    assert around.label.startswith("Around the decisions: 1 approved pinned, 1 rejected forbidden")
    around.check().run()
    assert not page.exception and not page.error
    now = in_use(tiny_workspace).rows
    assert now[0] == rows[-1] and rows[0] not in now


def test_a_preview_stands_in_while_a_job_runs(tiny_workspace, monkeypatch):
    from core.pipeline import asking

    running = SimpleNamespace(is_active=True, verb="select", state="running", id="1")
    started = []
    monkeypatch.setattr(jobs, "start", lambda root, arguments, title: started.append(title))
    monkeypatch.setattr(jobs, "listed", lambda root: [running] if started else [])
    monkeypatch.setattr(job_panel, "_watch", lambda *_: None)
    monkeypatch.setattr(asking, "QUICK_DENSE_ROWS", 10)
    page = opened("subset", tiny_workspace, monkeypatch)
    page.selectbox(key="subset.method").select("kmq").run()
    button(page, "subset.select").click().run()
    assert started and not page.exception
    assert told(page, "subset.live")["preview"].startswith("Preview: ")
    started.clear()
    page.run()
    assert told(page, "subset.live")["preview"] is None


def test_a_bundle_offers_nothing_that_writes(tiny_workspace, monkeypatch):
    (tiny_workspace / "bundle.json").write_text("{}")
    page = opened("subset", tiny_workspace, monkeypatch)
    assert not page.exception
    assert not any(one.key in ("subset.keep", "subset.former") for one in page.button)
