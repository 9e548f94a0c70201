"""The curate page in a real browser: decide by keyboard, reload, re-select, see the changes."""

import re
import shutil

import pytest

from core.pipeline.decisions import Event, decide, decided
from core.pipeline.queue_places import places
from core.pipeline.search import chosen_in_use
from core.pipeline.views import open_pool
from core.workspace import Workspace
from tests.browser.conftest import app_on

PATIENCE = 60_000  # ms a page may take on two busy cores
STROKES = "aaxaaxsaxaaa"  # twelve decisions, of which the last two are taken back
ALL_STORED = """() => {
  const roots = [document, ...[...document.querySelectorAll('*')].map((one) => one.shadowRoot)];
  const within = (one) => [...one.querySelectorAll('[data-stroke]')];
  const strokes = roots.filter(Boolean).flatMap(within);
  return strokes.length > 0 && strokes.every((one) => one.dataset.state !== 'pending');
}"""

pytestmark = pytest.mark.browser


@pytest.fixture
def workspace(demo_workspace, tmp_path):
    """The demo with a subset of 100, to be decided."""
    return Workspace.open(shutil.copytree(demo_workspace, tmp_path / "w"))


@pytest.fixture
def app(workspace, tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    with app_on(workspace.root, state) as address:
        yield address


@pytest.fixture
def curator(chromium, app):
    """Opens the page in a browser of its own, under a name."""
    contexts = []

    def come(name, query=""):
        context = chromium.new_context(viewport={"width": 1440, "height": 1000})
        contexts.append(context)
        tab = context.new_page()
        tab.goto(f"{app}/curate{query}")
        field = tab.get_by_role("textbox", name="Your name")
        field.wait_for(timeout=PATIENCE)
        field.fill(name)
        field.press("Enter")
        hand(tab)
        return tab

    yield come
    for context in contexts:
        context.close()


def hand(tab):
    """The hand, once it holds a card."""
    found = tab.locator(".curate .title")
    found.first.wait_for(timeout=PATIENCE)
    return found.first


def title(tab):
    return hand(tab).inner_text()


def strike(tab, key):
    """Press a key and wait until another card is in front; a sole carrier asks twice."""
    before = title(tab)
    tab.keyboard.press(key)
    if key == "x" and title(tab) == before:
        tab.keyboard.press(key)
    tab.wait_for_function(
        """(before) => {
          const roots = [...document.querySelectorAll('*')].map((one) => one.shadowRoot);
          const found = roots.filter(Boolean).map((one) => one.querySelector('.curate .title'));
          return found.filter(Boolean).some((one) => one.textContent !== before);
        }""",
        arg=before,
        timeout=PATIENCE,
    )


def settled(tab):
    tab.wait_for_function(ALL_STORED, timeout=PATIENCE)


def ids_of(workspace):
    every = open_pool(workspace).ids()
    return [every[row] for row in chosen_in_use(workspace).rows.tolist()]


def test_decisions_by_key_survive_a_reload_and_bind_the_next_selection(workspace, curator):
    ids = ids_of(workspace)
    tab = curator("Ann")
    for key in STROKES:
        strike(tab, key)
    settled(tab)
    for _ in range(2):
        before = title(tab)
        tab.keyboard.press("z")
        tab.wait_for_timeout(300)
        assert title(tab) != before
    settled(tab)
    tab.get_by_text("10 decided, 90 left").wait_for(timeout=PATIENCE)

    state = decided(workspace)
    said = dict(zip(ids, STROKES[:10], strict=False))
    assert set(state.approved) == {one for one, key in said.items() if key == "a"}
    assert set(state.rejected) == {one for one, key in said.items() if key == "x"}
    assert state.unsure == (ids[6],)

    tab.reload()
    hand(tab)
    tab.get_by_text("10 decided, 90 left").wait_for(timeout=PATIENCE)
    tab.get_by_text("Deciding as Ann").wait_for(timeout=PATIENCE)

    tab.get_by_role("button", name="Re-select around the decisions").click()
    tab.get_by_text("The subset has every approved example and no rejected one.").wait_for(
        timeout=PATIENCE
    )
    rows = set(chosen_in_use(workspace).rows.tolist())
    assert len(rows) == 100
    assert set(places(workspace).of(state.approved).tolist()) <= rows
    assert not set(places(workspace).of(state.rejected).tolist()) & rows
    summary = tab.get_by_text("Last re-selection: ").inner_text()
    assert re.search(r"(\d+) rows? out, \1 in", summary)
    tab.get_by_text("Left the subset").wait_for(timeout=PATIENCE)
    tab.get_by_text("Came in", exact=True).first.wait_for(timeout=PATIENCE)


def test_what_somebody_else_decided_otherwise_is_settled_by_a_key(workspace, curator):
    ids = ids_of(workspace)
    words = [("a" * 32, "Bo", "approved"), ("b" * 32, "Cy", "rejected")]
    decide(workspace, [Event(name, ids[4], who, verdict=own) for name, who, own in words])
    tab = curator("Ann", "?scope=disputed")
    tab.get_by_text("1 conflict").wait_for(timeout=PATIENCE)
    hand(tab)
    tab.keyboard.press("a")
    settled(tab)
    tab.get_by_text("1 conflict").wait_for(state="detached", timeout=PATIENCE)
    assert decided(workspace).approved == (ids[4],)
    assert decided(workspace).of(ids[4]).by["Ann"].resolves


def test_the_rest_of_a_cluster_is_approved_in_one_and_taken_back_in_one(workspace, curator):
    tab = curator("Ann")
    tab.get_by_role("button", name=re.compile("left of this cluster")).click()
    approve = tab.get_by_role("button", name=re.compile(r"Approve \d+ examples$"))
    n = int(approve.inner_text().split()[-2])
    approve.click()
    tab.get_by_text(f"{n} decided, {100 - n} left").wait_for(timeout=PATIENCE)
    assert len(decided(workspace).approved) == n
    tab.get_by_role("button", name=f"Take back the {n} decisions made at once").click()
    tab.get_by_text("0 decided, 100 left").wait_for(timeout=PATIENCE)
    assert not decided(workspace).approved
