"""From a subset to a decided one that can be defended, in a real browser: select, decide by keys,
reload, select again around the decisions, export, and replay to the same bytes.

Screenshots of each stage go to CORESET_SCREENSHOTS, or to the journey's own folder. With
CORESET_JOURNEY_WORKSPACE set, a copy of that workspace is worked in.
"""

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from core.pipeline.decisions import decided
from core.pipeline.queue_places import places
from core.pipeline.search import chosen_in_use
from core.pipeline.views import open_features
from core.workspace import Workspace
from scripts.served import ROOT
from tests.browser.conftest import app_on
from tests.browser.curating import PATIENCE, Curator, cells

N_CHOSEN = 1_000
KEYS = "aaxax" * 10  # 30 approved, 20 rejected
SLIPS = {11: "a", 36: "x"}  # taken back and decided again, by the number of the decision
TOLD = f"{len(KEYS)} decided, {N_CHOSEN - len(KEYS)} left"
AT_REST = "[data-testid=stApp][data-test-script-state=notRunning]"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def workspace(large_workspace, tmp_path_factory):
    """A copy of the large workspace, to be worked in."""
    return Workspace.open(
        shutil.copytree(large_workspace, tmp_path_factory.mktemp("decided") / "w")
    )


@pytest.fixture(scope="module")
def journey(workspace, chromium, tmp_path_factory):
    """The way through the pages, and what was seen and true at each stage of it."""
    seen = SimpleNamespace(broken=[], workspace=workspace)
    folder = tmp_path_factory.mktemp("journey")
    shots = Path(os.environ.get("CORESET_SCREENSHOTS") or folder)
    with app_on(workspace.root, folder) as address:
        context = chromium.new_context(viewport={"width": 1440, "height": 1000})
        tab = context.new_page()
        tab.set_default_timeout(PATIENCE)
        tab.on("pageerror", lambda error: seen.broken.append(str(error)))
        for number, stage in enumerate((select, decide, come_back, select_again, export), 1):
            stage(tab, address, seen)
            tab.screenshot(path=shots / f"{number}-{stage.__name__}.png")
        context.close()
    return seen


def select(tab, address, seen):
    """Choose 1,000 rows by sae-greedy on the subset page."""
    tab.goto(f"{address}/subset")
    method = tab.get_by_role("combobox", name="Method")
    method.wait_for()
    tab.wait_for_selector(AT_REST)
    if method.input_value() != "SAE-GreedSelect":
        method.fill("SAE-GreedSelect")
        method.press("Enter")
    field = tab.get_by_role("textbox", name="Budget")
    field.fill(f"{N_CHOSEN}")
    field.press("Enter")
    tab.get_by_role("button", name=f"Select {N_CHOSEN:,} rows", exact=True).click()
    bar(tab).get_by_text(f"{N_CHOSEN:,} rows by sae-greedy").wait_for()
    tab.wait_for_selector(AT_REST)
    seen.chosen = chosen_in_use(seen.workspace)


def decide(tab, address, seen):
    """Approve 30 and reject 20 by keys; two slips are taken back and decided again."""
    seen.ann = Curator.come(tab, address, "Ann")
    for number, key in enumerate(KEYS):
        if number in SLIPS:
            seen.ann.decide(SLIPS[number])
            seen.ann.undo()
        seen.ann.decide(key)
    seen.ann.until_stored()
    tab.get_by_text(TOLD).wait_for()
    seen.verdicts = told_verdicts(tab)


def come_back(tab, address, seen):
    """Reload the page."""
    tab.reload()
    seen.ann.ready()
    tab.get_by_text(TOLD).wait_for()
    seen.verdicts_after_reload = told_verdicts(tab)


def select_again(tab, address, seen):
    """Select again around the decisions, and see what changed."""
    seen.before_again = tab.get_by_text("still in the subset").inner_text()
    tab.get_by_role("button", name="Re-select around the decisions").click()
    tab.get_by_text("The subset has every approved example and no rejected one.").wait_for()
    seen.summary = tab.get_by_text("Last re-selection: ").inner_text()
    tab.get_by_text("Left the subset", exact=True).wait_for()
    tab.wait_for_selector(AT_REST)
    seen.out = cells(tab, "it alone brought")
    seen.came = cells(tab, "brings")
    seen.numbers = tab.locator("[data-testid=stMetric]").all_inner_texts()
    seen.again = chosen_in_use(seen.workspace)
    tab.get_by_text("Left the subset", exact=True).scroll_into_view_if_needed()


def export(tab, address, seen):
    """Write the subset, and read how to make it again."""
    tab.get_by_role("link", name="Export").first.click()
    tab.get_by_role("button", name=f"Export {N_CHOSEN:,} rows").click()
    tab.get_by_role("button", name="Download as zip").wait_for()
    tab.get_by_role("tab", name="Make it again").click()
    seen.command = tab.get_by_role("region", name="Replay command").inner_text()
    (seen.manifest,) = seen.workspace.root.glob("exports/[!.]*/manifest.json")


def bar(tab):
    return tab.locator(".st-key-budget-bar")


def told_verdicts(tab):
    """The verdicts that the budget bar counts."""
    bar(tab).get_by_text(re.compile(r"\d approved")).wait_for()
    return re.findall(r"\d+ (?:approved|rejected)", bar(tab).inner_text())


def ids(seen, key):
    """The examples that got a key."""
    return {example for example, own in seen.ann.pressed if own == key}


def rows_of(seen, key):
    return set(places(seen.workspace).of(sorted(ids(seen, key))).tolist())


def latents_of(seen, rows):
    """The latents that a row of these has."""
    sets = open_features(seen.workspace).sets.rows
    return set(
        np.concatenate([sets.indices[sets.indptr[row] : sets.indptr[row + 1]] for row in rows])
    )


def as_number(text):
    return int(text.replace(",", ""))


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def replayed(seen, workspace, out):
    """Run the command that the page showed, on a workspace; the data file it writes."""
    python, *words = shlex.split(seen.command)
    assert (python, words[:3]) == ("python", ["-m", "core", "replay"])
    words[words.index("--workspace") + 1] = str(workspace)
    done = subprocess.run(
        [sys.executable, *words, "--out", str(out)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return out / "data.jsonl"


def test_a_thousand_rows_are_chosen_by_sae_greedy(journey):
    assert len(journey.chosen) == N_CHOSEN
    assert journey.chosen.method == "sae-greedy"


def test_thirty_are_approved_and_twenty_rejected_as_the_keys_said(journey):
    state = decided(journey.workspace)
    assert set(state.approved) == ids(journey, "a")
    assert set(state.rejected) == ids(journey, "x")
    assert (len(state.approved), len(state.rejected)) == (30, 20)


def test_what_was_taken_back_is_in_the_log_and_does_not_count(journey):
    state = decided(journey.workspace)
    taken_back = [one for one in state.events if state.is_undone(one.id)]
    assert len(taken_back) == sum(one.undoes is not None for one in state.events) == len(SLIPS)
    assert len(state.events) == len(KEYS) + 2 * len(SLIPS)


def test_the_counts_are_there_before_and_after_a_reload(journey):
    assert journey.verdicts == ["30 approved", "20 rejected"]
    assert journey.verdicts_after_reload == journey.verdicts


def test_selecting_again_is_offered_for_what_is_rejected(journey):
    assert journey.before_again == "20 rejected examples still in the subset."


def test_selecting_again_keeps_the_approved_and_leaves_the_rejected_out(journey):
    rows = set(journey.again.rows.tolist())
    assert len(rows) == N_CHOSEN
    assert rows_of(journey, "a") <= rows
    assert not rows_of(journey, "x") & rows


def test_the_page_lists_who_left_and_who_came_for_them(journey):
    before, after = set(journey.chosen.rows.tolist()), set(journey.again.rows.tolist())
    out, came = before - after, after - before
    assert f"{len(out)} rows out, {len(came)} in." in journey.summary
    assert rows_of(journey, "x") <= out
    assert {as_number(line[0]) for line in journey.out} <= out
    assert {as_number(line[0]) for line in journey.came} <= came
    assert journey.out
    assert journey.came


def test_the_page_tells_what_the_replacements_cost(journey):
    before = len(latents_of(journey, journey.chosen.rows))
    after = len(latents_of(journey, journey.again.rows))
    assert f"Latents covered: {before:,} before, {after:,} after." in journey.summary
    assert any(f"{before:,} before, {after:,} after ({after - before:+,})" in one
               for one in journey.numbers)  # fmt: skip


def test_the_cost_of_each_rejected_row_is_what_it_alone_brought(journey):
    rows = journey.chosen.rows.tolist()
    for line in journey.out:
        row = as_number(line[0])
        others = latents_of(journey, [one for one in rows if one != row])
        alone = latents_of(journey, [row]) - others
        missing = alone - latents_of(journey, journey.again.rows)
        assert [as_number(cell) for cell in line[3:5]] == [len(alone), len(missing)]


def test_the_export_has_the_approved_and_none_of_the_rejected(journey):
    written = json.loads(journey.manifest.read_bytes())["ids"]
    assert len(written) == N_CHOSEN
    assert ids(journey, "a") <= set(written)
    assert not ids(journey, "x") & set(written)


def test_replay_gives_the_same_bytes(journey, tmp_path):
    again = replayed(journey, journey.workspace.root, tmp_path / "again")
    assert sha256(again) == sha256(journey.manifest.with_name("data.jsonl"))


def test_replay_where_nothing_was_decided_gives_the_same_bytes(journey, large_workspace, tmp_path):
    elsewhere = shutil.copytree(large_workspace, tmp_path / "w")
    again = replayed(journey, elsewhere, tmp_path / "again")
    assert sha256(again) == sha256(journey.manifest.with_name("data.jsonl"))


def test_no_script_broke_on_the_way(journey):
    assert not journey.broken
