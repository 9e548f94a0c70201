"""The subset page in a real browser: the budget moves without a server, and the server agrees."""

import re
import shutil

import pytest

from core.pipeline.live import live_order
from core.pipeline.selection import stored_order
from core.pipeline.views import in_use, open_features, open_pool
from core.workspace import Workspace
from tests.browser.conftest import app_on

pytestmark = pytest.mark.browser

PATIENCE = 60_000  # ms a page may take on two busy cores
BUDGET = 100


@pytest.fixture(scope="module")
def whole(demo_workspace, tmp_path_factory):
    """A copy of the demo, since selecting changes it."""
    return shutil.copytree(demo_workspace, tmp_path_factory.mktemp("subset") / "w")


@pytest.fixture(scope="module")
def app(whole, tmp_path_factory):
    with app_on(whole, tmp_path_factory.mktemp("state")) as address:
        yield address


@pytest.fixture
def workspace(whole):
    """The order and the budget that each test begins with."""
    opened = Workspace.open(whole)
    order = in_use(opened, "selection").fingerprint
    opened.choose(budget=BUDGET)
    yield opened
    opened.use({**opened.current(), "selection": order})
    (whole / "snapshots.json").unlink(missing_ok=True)


@pytest.fixture
def page(tab, app, workspace):
    tab.set_default_timeout(PATIENCE)
    tab.goto(f"{app}/subset")
    agreed(tab)
    return tab


def agreed(tab):
    """Wait until the server has said what the curve shows."""
    tab.locator(".live-curve[data-confirmed=true]").wait_for()
    tab.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    tab.wait_for_timeout(300)


def curve(tab):
    return tab.locator(".live-curve")


def budget(tab):
    return int(curve(tab).get_attribute("data-budget"))


def number(tab, name):
    return tab.locator(f"[data-number={name}]").inner_text()


def bar(tab):
    return tab.locator(".st-key-budget-bar").inner_text()


def truth(workspace):
    return live_order(workspace, stored_order(in_use(workspace, "selection")))


def shows_truth(tab, workspace, n_rows):
    """Whether rows and coverage on the page are those of the first rows of the order."""
    found, sets = truth(workspace), open_features(workspace).sets
    share = 100 * found.covered[n_rows] / sets.n_reachable
    shown = float(number(tab, "covered").split()[0])
    return number(tab, "rows") == f"{n_rows:,}" and abs(shown - share) <= 0.6


DRAG = """async (node, {x, y}) => {
  const root = node.getRootNode(), seen = [];
  const bar = () => document.querySelector(".st-key-budget-bar").innerText;
  const before = bar(), began = performance.now();
  for (let step = 1; step <= 6; step += 1) {
    node.dispatchEvent(new PointerEvent("pointermove", {clientX: x - 14 * step, clientY: y}));
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    const rows = root.querySelector("[data-number=rows]").textContent;
    seen.push({rows, isBefore: bar() === before, quick: performance.now() - began < 120});
  }
  return seen;
}"""


def test_a_drag_changes_the_numbers_before_the_server_answers(page, workspace):
    asked = []
    page.on("request", lambda one: asked.append(one.url))
    box = page.locator(".handle .grip").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    seen = page.locator("svg.chart").evaluate(DRAG, {"x": x, "y": y})
    assert len({one["rows"] for one in seen}) == 6
    assert all(one["rows"] != "100" for one in seen)
    assert all(one["isBefore"] for one in seen if one["quick"])  # before anything was sent
    page.mouse.move(x - 90, y)
    page.mouse.up()
    agreed(page)
    assert budget(page) < 100 and shows_truth(page, workspace, budget(page))
    assert f"{budget(page):,} row" in bar(page)
    assert not asked


def test_keys_move_the_budget_by_one_by_a_tenth_and_to_the_ends(page, workspace):
    page.locator(".handle").focus()
    end = len(truth(workspace))
    for key, there in (
        ("ArrowRight", 101), ("ArrowLeft", 100), ("Shift+ArrowUp", 110), ("PageDown", 99),
        ("PageUp", 109), ("End", end), ("Home", 1), ("ArrowLeft", 1),
    ):  # fmt: skip
        page.keyboard.press(key)
        page.locator(f".live-curve[data-budget='{there}']").wait_for()
    agreed(page)
    assert budget(page) == 1 and shows_truth(page, workspace, 1)
    assert Workspace.open(workspace.root).choices()["budget"] == 1


def test_the_field_and_the_handle_say_the_same(page):
    page.locator(".handle").focus()
    page.keyboard.press("PageUp")
    agreed(page)
    field = page.get_by_role("textbox", name="Budget", exact=True)
    assert field.input_value() == "110"
    field.fill("70")
    field.press("Enter")
    page.locator(".live-curve[data-budget='70'][data-confirmed=true]").wait_for()


def test_the_rows_at_the_edge_follow_the_hand(page, workspace):
    page.locator(".handle").focus()
    page.keyboard.press("Home")
    page.locator(".live-curve[data-budget='1']").wait_for()
    first = page.locator("[data-side=in] li").first
    assert first.locator(".brings").inner_text() == f"+{truth(workspace).covered[1]:,}"
    assert page.locator("[data-side=in] li.none").count() == 2
    assert page.locator("[data-side=out] li .pick").all_inner_texts() == ["2", "3", "4"]
    agreed(page)


def test_a_slider_tells_a_reader_of_screens_where_it_stands(page):
    handle = page.get_by_role("slider", name="Budget in rows")
    assert handle.get_attribute("aria-valuenow") == "100"
    assert re.match(r"100 rows: [\d,]+ latents covered", handle.get_attribute("aria-valuetext"))


def test_a_pin_solves_again_and_tells_what_changed(page, workspace):
    pool, order = open_pool(workspace), stored_order(in_use(workspace, "selection"))
    outside = pool.ids()[int(order.rows[-1])]
    pinned(page, outside)
    now = stored_order(in_use(Workspace.open(workspace.root), "selection"))
    assert now.n_pinned == 1 and now.rows[0] == order.rows[-1]
    assert page.get_by_text("Rows in and out").is_visible()
    assert "1 pinned" in page.get_by_text("Settings and constraints").inner_text()
    page.get_by_role("button", name="Return to the former subset").click()
    page.locator(f".live-curve[data-ready^='{fingerprint(workspace)}']").wait_for()
    agreed(page)
    assert page.get_by_role("textbox", name="Always choose").input_value() == ""


def test_a_snapshot_returns_what_was(page, workspace):
    before = fingerprint(workspace)
    field = page.get_by_role("textbox", name="Name of a snapshot")
    field.fill("<b>first</b>")
    field.press("Enter")
    page.get_by_role("button", name="Keep snapshot").click()
    page.get_by_text("<b>first</b>", exact=True).wait_for()
    ids = open_pool(workspace).ids()
    pinned(page, ids[int(truth(workspace).rows[-2])])
    page.get_by_role("button", name="Return", exact=True).click()
    page.locator(f".live-curve[data-ready^='{before}']").wait_for()
    agreed(page)
    assert Workspace.open(workspace.root).current()["selection"] == before
    page.get_by_role("button", name="Drop").click()
    page.get_by_text("Dropped: <b>first</b>").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("<b>first</b>", exact=True).wait_for()


def test_nothing_jumps_and_no_curve_is_made_anew_while_the_budget_moves(page):
    curve(page).evaluate("node => { node.isTheSame = true; }")
    top = curve(page).bounding_box()["y"]
    page.locator(".handle").focus()
    for key in ("PageUp", "End", "PageDown"):
        page.keyboard.press(key)
        agreed(page)
        assert abs(curve(page).bounding_box()["y"] - top) < 1
    assert curve(page).evaluate("node => node.isTheSame")


def test_a_card_chooses_a_method_by_keyboard(page):
    page.get_by_text("Methods as cards").click()
    chosen = page.locator(".methods .card[aria-checked=true]")
    chosen.wait_for()
    chosen.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    first = page.locator(".methods .card").first
    page.locator(".methods .card[aria-checked=true]").and_(first).wait_for()
    title = first.locator(".title").inner_text()
    assert page.get_by_role("combobox", name="Method").input_value() == title


def pinned(tab, example):
    """Pin an example and wait until the answer is drawn."""
    before = curve(tab).get_attribute("data-ready")
    tab.get_by_text("Settings and constraints").click()
    field = tab.get_by_role("textbox", name="Always choose")
    field.fill(example)
    field.press("Control+Enter")
    tab.locator(f'.live-curve[data-ready]:not([data-ready="{before}"])').wait_for()
    agreed(tab)


def fingerprint(workspace):
    """The order that the test began with."""
    return next(
        one.fingerprint
        for one in workspace.artifacts("selection")
        if one.config["method"] == "sae-greedy" and not one.config["pinned"]
    )
