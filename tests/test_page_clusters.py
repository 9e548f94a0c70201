"""The clusters page: every view, every state, edits by hand, and names from a real endpoint."""

import json
import shutil
import time

import numpy as np
import pytest

from core import jobs
from core.pipeline import cluster_curves, maps
from core.pipeline.cluster_edits import edited, rename
from core.workspace import Workspace
from pages.components.squarify import Box, squarified
from pages.components.treemap import HEAD, HEIGHT, Group, Tile, placed
from tests.conftest import BUDGET, N_ROWS
from tests.test_clusters_endpoint import answer, serving
from tests.test_pages import opened, words_of
from tests.test_pages_explore import button, shown_by_components

VIEWS = ("list", "groups", "shares", "map", "curve")
HOSTILE = "**b** <img src=x onerror=1> [l](javascript:1) $x$ :red[r]"


@pytest.fixture
def started(monkeypatch):
    """Jobs that a page started, without a process behind them."""
    seen = []
    monkeypatch.setattr(jobs, "start", lambda root, arguments, title: seen.append(list(arguments)))
    return seen


@pytest.fixture
def page(tiny_workspace, monkeypatch):
    return opened("clusters", tiny_workspace, monkeypatch)


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


def show(page, view):
    page.button_group(key="clusters.view").set_value(view).run()
    assert not page.exception and not page.error
    return page


def typed(page, label):
    return next(item for item in page.text_input if item.label == label)


def press(page, label):
    next(item for item in page.button if item.label == label).click()
    return page.run()


# --- views and states -----------------------------------------------------------------------


@pytest.mark.parametrize("role", ["clusters", "hdbscan"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_both_clusterings_is_shown(view, role, page):
    page.button_group(key="clusters.role").set_value(role).run()
    show(page, view)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_bears_that_nothing_is_chosen(view, workspace, monkeypatch):
    workspace.use({role: one for role, one in workspace.current().items() if role != "selection"})
    show(opened("clusters", workspace.root, monkeypatch), view)


def test_a_clustering_of_noise_alone_is_shown(workspace, monkeypatch):
    maps.cluster(workspace, "hdbscan", {"min_cluster_size": N_ROWS, "min_samples": N_ROWS})
    page = opened("clusters", workspace.root, monkeypatch)
    page.button_group(key="clusters.role").set_value("hdbscan").run()
    for view in VIEWS:
        show(page, view)
    assert "every row is noise" in words_of(show(page, "list"))


def test_a_clustering_of_other_readings_is_stale_and_keeps_its_names(workspace, monkeypatch):
    rename(workspace, {0: "mine"})
    roles = workspace.current()
    workspace.use({role: one for role, one in roles.items() if role != "clusters"})
    page = opened("clusters", workspace.root, monkeypatch)
    assert "has changed since it was clustered by k-means" in words_of(page)
    assert "Names and merges by hand are kept" in words_of(page)


def test_clusters_without_a_tree_offer_to_group_them(workspace, monkeypatch, started):
    shutil.rmtree(workspace.root / "cluster-tree")
    page = show(opened("clusters", workspace.root, monkeypatch), "groups")
    button(page, "clusters.group").click().run()
    assert started[0][:2] == ["cluster", "--method=k-means"]
    assert "--set=seed=42" in started[0]


def test_the_treemap_holds_every_cluster_in_its_colour(page, workspace):
    (told,) = shown_by_components(show(page, "groups"), "treemap")
    tiles = [tile for group in told["groups"] for tile in group["tiles"]]
    assert sorted(tile["number"] for tile in tiles) == edited(workspace).numbers.tolist()
    assert len({tile["fill"] for tile in tiles}) > 1
    assert told["picked"] in [tile["number"] for tile in tiles]


def test_a_rectangle_says_its_rows_and_its_shares(page, workspace):
    (told,) = shown_by_components(show(page, "groups"), "treemap")
    tile = told["groups"][0]["tiles"][0]
    n_rows = int(edited(workspace).sizes()[tile["number"]])
    said = ", ".join(tile["facts"])
    assert f"{n_rows} row" in said and "of the pool" in said and "of the subset" in said


def test_the_coverage_map_is_centred_and_names_extremes(page):
    (spec,) = shown_by_components(show(page, "map"), "map")
    assert spec["count"] == N_ROWS and spec["score"]["palette"] == "difference"
    assert spec["labels"] and spec["score"]["low"] == "4 times its share"


def test_a_click_on_the_coverage_map_picks_the_cluster_of_the_row(page, workspace):
    (spec,) = shown_by_components(show(page, "map"), "map")
    known = edited(workspace)
    row = int(np.flatnonzero(known.labels == known.numbers[-1])[0])
    page.session_state["clusters.map"] = {"row": {"version": spec["version"], "row": row, "at": 1}}
    page.run()
    assert known.names[known.numbers[-1]] in [item.value for item in page.text]


def test_the_log_ratio_is_explained_in_words(page):
    assert "half a row is added on both sides" in words_of(page)


def test_noise_is_one_click_away(page, workspace):
    page.button_group(key="clusters.role").set_value("hdbscan").run()
    n_noise = int((edited(workspace, "hdbscan").labels < 0).sum())
    if not n_noise:
        assert not [item for item in page.button if item.key == "clusters.noise"]
        return
    button(page, "clusters.noise").click().run()
    assert not page.exception and "Rows in no cluster" in words_of(page)


@pytest.mark.parametrize("order", ["typical", "borderline", "chosen"])
def test_rows_of_a_cluster_come_in_every_order_and_one_is_read(order, page):
    page.button_group(key="clusters.order").set_value(order).run()
    table = page.dataframe[-1].value
    (card,) = [one for one in shown_by_components(page) if one["kind"] == "card"]
    assert card["title"] == f"Row {int(table['row'].iloc[0]):,}"
    assert {"distance", "margin", "next cluster"} <= set(table.columns)


# --- the curve ------------------------------------------------------------------------------


def test_the_curve_is_a_job_with_an_estimate(page, started):
    show(page, "curve")
    assert "takes about" in words_of(page)
    page.text_input(key="clusters.curve.counts").set_value("2, 4").run()
    button(page, "clusters.curve.start").click().run()
    assert started == [["cluster", "--curve", "--set=counts=2, 4"]]


def test_numbers_of_clusters_that_cannot_be_are_one_line(page):
    show(page, "curve")
    page.text_input(key="clusters.curve.counts").set_value("many").run()
    assert not page.exception and "seen 'many'" in page.error[0].value.replace("\\", "")


def test_the_curve_marks_the_best_and_the_number_in_use(page, workspace):
    cluster_curves.curve(workspace, {})
    figure = show(page, "curve").get("plotly_chart")[0].proto.spec
    assert "best: " in figure and "in use: " in figure


# --- edits ----------------------------------------------------------------------------------


def test_a_cluster_is_renamed_and_the_name_is_only_text(page, workspace):
    typed(page, "Name of the cluster").set_value(HOSTILE)
    press(page, "Rename the cluster")
    assert edited(workspace).names[0] == HOSTILE
    assert HOSTILE in [item.value for item in page.text]
    assert page.dataframe[0].value["name"][0] == HOSTILE
    assert not any(HOSTILE in item.value for item in [*page.markdown, *page.caption])
    (told,) = shown_by_components(show(page, "groups"), "treemap")
    assert HOSTILE in [tile["name"] for group in told["groups"] for tile in group["tiles"]]


def test_clusters_are_merged_and_the_page_says_so(page, workspace):
    n_clusters = len(edited(workspace).groups)
    page.multiselect[0].set_value([1])
    typed(page, "Name of the merged cluster").set_value("both")
    press(page, "Merge the clusters")
    assert edited(workspace).parts(0) == [0, 1]
    assert page.metric[0].value == str(n_clusters - 1)
    assert "1 cluster merged by hand counts as part of another cluster" in words_of(page)


def test_undo_brings_the_old_name_back(page, workspace):
    before = edited(workspace).names[0]
    typed(page, "Name of the cluster").set_value("mine")
    press(page, "Rename the cluster")
    button(page, "clusters.undo").click().run()
    assert edited(workspace).names[0] == before
    assert not [item for item in page.button if item.key == "clusters.undo"]


def test_an_empty_name_is_one_message(page, workspace):
    typed(page, "Name of the cluster").set_value("   ")
    press(page, "Rename the cluster")
    assert not page.exception and "at least one letter" in page.error[0].value


def test_an_edit_that_was_not_carried_over_is_listed(workspace, monkeypatch):
    maps.cluster(workspace, "k-means", {"k": N_ROWS})
    rename(workspace, {0: "a lonely row"})
    maps.cluster(workspace, "k-means", {"k": 2})
    page = opened("clusters", workspace.root, monkeypatch)
    tables = [item.value for item in page.dataframe]
    assert any("a lonely row" in table.get("name", []).tolist() for table in tables[1:]
               if "best overlap" in table.columns)  # fmt: skip


def test_show_on_the_map_adds_a_filter_of_all_parts(page, workspace):
    page.multiselect[0].set_value([1])
    press(page, "Merge the clusters")
    button(page, "clusters.to_map").click().run()
    (only,) = page.session_state[f"kept.map.filters.{workspace.root}"]
    assert (only.kind, only.value["labels"]) == ("cluster", [0, 1])


# --- names by a model -----------------------------------------------------------------------


def asked(page, base, key="sk-secret-987"):
    page.text_input(key="clusters.ask.base").set_value(base)
    page.text_input(key="clusters.ask.model").set_value("tiny-model")
    page.text_input(key="clusters.ask.key").set_value(key)
    label = next(item.label for item in page.button if item.label.startswith("Ask for "))
    press(page, label)
    return page


def over(page):
    """The page once the names are there."""
    for _ in range(100):
        naming = page.session_state["kept.clusters.naming"]
        if naming.is_over:
            return page.run()
        time.sleep(0.1)
    raise TimeoutError("the names never came")


def test_before_anything_is_sent_the_page_says_what_leaves(page, workspace):
    n_clusters = len(edited(workspace).groups)
    said = page.warning[0].value
    assert f"{n_clusters} clusters" in said and "300 characters of 8 typical examples" in said


def test_names_from_an_endpoint_are_kept_with_their_model(page, workspace):
    with serving(lambda n: answer(f"Name {n}")) as (base, seen):
        over(asked(page, base))
    known = edited(workspace)
    assert len(seen) == len(known.groups)
    assert sorted(known.names) == sorted(f"Name {n + 1}" for n in range(len(seen)))
    assert set(known.named_by) == {"tiny-model"}
    assert "named by tiny-model" in page.success[0].value.replace("\\", "")


def test_the_key_is_in_no_file(page, workspace):
    with serving(lambda n: answer("x")) as (base, _):
        over(asked(page, base))
    held = [path.read_bytes() for path in workspace.root.rglob("*") if path.is_file()]
    assert held and not any(b"sk-secret-987" in one for one in held)


def test_an_endpoint_that_refuses_is_one_line_without_the_key(page, workspace):
    refusal = json.dumps({"error": {"message": "wrong key sk-secret-987"}})
    with serving(lambda _: (401, refusal, {})) as (base, _):
        over(asked(page, base))
    (line,) = [item.value for item in page.warning if "answers 401" in item.value]
    assert "sk-secret" not in line and "0 clusters named" in line
    assert set(edited(workspace).named_by) == {"its words"}


def test_an_address_that_is_none_is_one_message(page):
    asked(page, "not an address")
    assert not page.exception and "such as" in page.error[0].value


def test_names_by_hand_are_not_asked_for(page, workspace):
    rename(workspace, {0: "mine"})
    page.run()
    with serving(lambda n: answer("theirs")) as (base, seen):
        over(asked(page, base))
    known = edited(workspace)
    assert known.names[0] == "mine" and len(seen) == len(known.groups) - 1


def test_asking_is_stopped_and_what_came_is_kept(page, workspace):
    def slowly(number):
        time.sleep(0.3 if number > 1 else 0)
        return answer(f"Name {number}")

    with serving(slowly) as (base, seen):
        asked(page, base)
        naming = page.session_state["kept.clusters.naming"]
        while naming.done < 1:
            time.sleep(0.02)
        naming.stop.set()
        over(page)
    assert 1 <= len(seen) < len(edited(workspace).groups)
    assert "Name 1" in edited(workspace).names
    assert "ended early" in page.warning[0].value


# --- layout ---------------------------------------------------------------------------------


def test_boxes_fill_the_whole_each_by_its_weight():
    weights = [6.0, 6, 4, 3, 2, 2, 1]
    boxes = squarified(weights, Box(0, 0, 6, 4))
    for weight, box in zip(weights, boxes, strict=True):
        assert box.width * box.height == pytest.approx(weight)
        assert box.x >= -1e-9 and box.x + box.width <= 6 + 1e-9
        assert box.y >= -1e-9 and box.y + box.height <= 4 + 1e-9


def test_boxes_are_those_of_the_paper():
    """Bruls, Huizing and van Wijk (2000), figure 4: the first two stand upon each other, 3 wide."""
    boxes = squarified([6.0, 6, 4, 3, 2, 2, 1], Box(0, 0, 6, 4))
    assert [(box.width, box.height) for box in boxes[:2]] == [(3, 2), (3, 2)]
    assert boxes[2].width == pytest.approx(12 / 7) and boxes[2].height == pytest.approx(7 / 3)


@pytest.mark.parametrize("weights", [[], [1.0], [1e9, 1.0], [1.0] * 100])
def test_any_weights_have_boxes(weights):
    boxes = squarified(weights, Box(0, 0, 3, 2))
    assert len(boxes) == len(weights)
    assert sum(box.width * box.height for box in boxes) == pytest.approx(6 if weights else 0)


def test_rectangles_fill_their_group_below_its_name():
    """In per cent: of the whole for a group, of its group for a rectangle."""
    tiles = [Tile(number, "x", weight, (), "#000", "#fff") for number, weight in enumerate((3, 1))]
    (told,) = placed([Group("all", tuple(tiles))])
    assert told["place"] == [0, 0, 100, 100]
    areas = [width * height for _, _, width, height in (one["place"] for one in told["tiles"])]
    assert areas[0] / areas[1] == pytest.approx(3, rel=1e-3)
    assert min(one["place"][1] for one in told["tiles"]) == pytest.approx(100 * HEAD / HEIGHT, 1e-3)


@pytest.mark.parametrize("n_tiles", [1, 300])
def test_a_group_too_small_for_its_name_has_rectangles_of_no_size(n_tiles):
    large = Group("large", (Tile(0, "x", 1e9, (), "#000", "#fff"),))
    small = tuple(Tile(1 + one, "x", 1.0, (), "#000", "#fff") for one in range(n_tiles))
    told = placed([large, Group("small", small)])
    assert len(told[1]["tiles"]) == n_tiles
    assert all(part >= 0 for tile in told[1]["tiles"] for part in tile["place"])


def test_the_budget_bar_counts_what_the_figures_count(page):
    reached = next(item for item in page.metric if item.label == "Clusters reached")
    assert reached.delta == f"by {BUDGET} chosen"
