"""The map page: chips, search, the table and the reader belong together and survive a reload."""

import os
from pathlib import Path

import numpy as np
import pytest

from core.pipeline import views
from core.pipeline.filters import Filter, filter_title
from core.pipeline.seen import load_view, save_view
from core.workspace import Workspace
from tests.conftest import BUDGET, N_ROWS, ROOT, core
from tests.test_pages import AppTest, opened, words_of
from tests.test_pages_explore import button, shown_by_components, started

__all__ = ["started"]

WORDS = Filter("words", {"text": "the", "case": False})


def specs(page):
    return shown_by_components(page, "map")


def said(page, name="map", at=1, **what):
    """The page after the hand did something on a map."""
    spec = specs(page)[0 if name == "map" else 1]
    values = {"row": lambda row: {"row": row}, "strokes": lambda strokes: {"strokes": strokes}}
    page.session_state[name] = {
        key: {"version": spec["version"], "at": at, **values[key](value)}
        for key, value in what.items()
    }
    return page.run()


def around(workspace, role="map", margin=1.0):
    """A stroke around every point of a layout."""
    found = views.in_use(Workspace.open(workspace), role)
    points = np.load(found.folder / "coordinates.npy")
    (left, low), (right, high) = points.min(axis=0) - margin, points.max(axis=0) + margin
    corners = [[left, low], [right, low], [right, high], [left, high]]
    return [{"mode": "replace", "points": [[float(x), float(y)] for x, y in corners]}]


def searched(page, kind, text):
    page.selectbox(key="search.kind").select(kind).run()
    return page.text_input(key="search.asked").set_value(text).run()


def kept(page, name, default=None):
    """What the page keeps under a name for the workspace that is open."""
    key = f"kept.{name}.{os.environ['CORESET_WORKSPACE']}"
    if key not in page.session_state:
        return default
    return page.session_state[key]


def titles(page):
    """The words of every chip, as the page holds its filters."""
    workspace = Workspace(Path(os.environ["CORESET_WORKSPACE"]))
    return [filter_title(workspace, one) for one in kept(page, "map.filters", ())]


def linked(workspace, monkeypatch, **query):
    """The page as a link opens it."""
    monkeypatch.setenv("CORESET_WORKSPACE", str(workspace))
    page = AppTest.from_file(str(ROOT / "pages" / "map.py"), default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def table_of(page):
    return page.dataframe[0].value


def ids(workspace):
    return views.open_pool(Workspace.open(workspace)).ids()


# --- search and chips -----------------------------------------------------------------------


def test_without_filters_the_whole_pool_is_counted_and_listed(tiny_workspace, monkeypatch):
    page = opened("map", tiny_workspace, monkeypatch)
    assert f"{N_ROWS} examples match, {BUDGET} of them chosen; chosen ones first." in words_of(page)
    assert table_of(page)["pick"][:BUDGET].tolist() == list(range(1, BUDGET + 1))


@pytest.mark.parametrize(
    ("kind", "text"),
    [("words", "the"), ("regex", r"\bwh?at\b"), ("meaning", "a recipe"), ("latent", None),
     ("sql", "response_words > 20")],
)  # fmt: skip
def test_what_is_found_is_a_chip_a_mask_and_a_table(kind, text, tiny_workspace, monkeypatch):
    page = opened("map", tiny_workspace, monkeypatch)
    if text is None:
        sets = views.open_features(Workspace.open(tiny_workspace)).sets
        text = str(int(sets.columns.lengths().argmax()))
    page = searched(page, kind, text)
    assert not page.exception and not page.error
    assert len(titles(page)) == 1 and titles(page)[0] in words_of(page)
    assert specs(page)[0]["mask"] and page.text_input(key="search.asked").value == ""


@pytest.mark.parametrize(
    ("kind", "text"),
    [("regex", "("), ("latent", "many"), ("latent", "99999999"), ("sql", "DROP TABLE pool")],
)
def test_a_search_that_cannot_be_is_one_line_and_no_chip(kind, text, tiny_workspace, monkeypatch):
    page = searched(opened("map", tiny_workspace, monkeypatch), kind, text)
    assert not page.exception and len(page.error) == 1 and not titles(page)


def test_a_search_by_meaning_is_listed_by_similarity(tiny_workspace, monkeypatch):
    page = searched(opened("map", tiny_workspace, monkeypatch), "meaning", "how to cook")
    found = table_of(page)["similarity"].to_numpy()
    assert (np.diff(found) <= 0).all() and "most alike first" in words_of(page)


def test_a_chip_is_turned_removed_and_brought_back(tiny_workspace, monkeypatch):
    page = searched(opened("map", tiny_workspace, monkeypatch), "words", "the")
    n_with = len(table_of(page))
    button(page, "chips.not.0").click().run()
    assert len(table_of(page)) == N_ROWS - n_with and titles(page)[0].startswith("not ")
    button(page, "chips.remove.0").click().run()
    assert not titles(page) and len(table_of(page)) == N_ROWS
    button(page, "chips.undo").click().run()
    assert len(table_of(page)) == N_ROWS - n_with


def test_a_hundred_steps_can_be_undone_and_no_more(tiny_workspace, monkeypatch):
    page = searched(opened("map", tiny_workspace, monkeypatch), "words", "the")
    before = kept(page, "map.filters.before")
    assert before == [()]
    before.extend([()] * 120)
    button(page, "chips.not.0").click().run()
    assert len(kept(page, "map.filters.before")) == 100


def test_all_chips_are_cleared_at_once(tiny_workspace, monkeypatch):
    page = searched(opened("map", tiny_workspace, monkeypatch), "words", "the")
    page = searched(page, "words", "a")
    button(page, "chips.clear").click().run()
    assert not titles(page)
    button(page, "chips.undo").click().run()
    assert len(titles(page)) == 2


# --- the address ----------------------------------------------------------------------------


def test_the_filters_stand_in_the_address_and_open_from_it(tiny_workspace, monkeypatch):
    page = searched(opened("map", tiny_workspace, monkeypatch), "words", "the")
    name = page.query_params["view"]
    assert load_view(Workspace.open(tiny_workspace), name) == (WORDS,)
    again = linked(tiny_workspace, monkeypatch, view=name)
    assert titles(again) == titles(page) and len(table_of(again)) == len(table_of(page))


def test_an_unknown_view_is_one_line_and_the_page_goes_on(tiny_workspace, monkeypatch):
    page = linked(tiny_workspace, monkeypatch, view="0123456789abcdef")
    assert not page.exception and not page.error and len(page.warning) == 1
    assert "there is no view" in page.warning[0].value and len(table_of(page)) == N_ROWS


def test_a_filter_that_has_become_stale_is_one_line_and_the_others_hold(
    tiny_workspace, monkeypatch
):
    stale = Filter("lasso", {"map": "0" * 16, "strokes": []})
    name = save_view(Workspace.open(tiny_workspace), [stale, WORDS])
    page = linked(tiny_workspace, monkeypatch, view=name)
    assert not page.exception and not page.error and len(page.warning) == 1
    assert len(titles(page)) == 2 and 0 < len(table_of(page)) < N_ROWS


def test_row_colour_and_comparison_open_from_the_address(tiny_workspace, monkeypatch):
    core("project", "--space=codes", "--workspace", tiny_workspace)
    example = ids(tiny_workspace)[7]
    page = linked(
        tiny_workspace, monkeypatch, example=example, colour="column:topic", compare="codes"
    )
    first, second = specs(page)
    assert first["row"]["row"] == second["row"]["row"] == 7
    assert first["category"]["title"] == second["category"]["title"] == "topic"
    assert page.query_params["example"] == example and page.query_params["compare"] == "codes"


@pytest.mark.parametrize(
    "query",
    [{"example": "f" * 32}, {"colour": "nothing"}, {"compare": "x"}, {"colour": "latent:x"}],
)
def test_what_an_address_brings_that_is_not_there_is_passed_over(
    query, tiny_workspace, monkeypatch
):
    page = linked(tiny_workspace, monkeypatch, **query)
    assert not page.exception and not page.error and len(specs(page)) == 1


# --- lasso ----------------------------------------------------------------------------------


def test_a_lasso_is_a_chip_and_a_new_one_takes_its_place(tiny_workspace, monkeypatch):
    page = said(opened("map", tiny_workspace, monkeypatch), strokes=around(tiny_workspace))
    assert titles(page) == ["inside the lasso"] and len(table_of(page)) == N_ROWS
    away = [{"mode": "replace", "points": [[900.0, 900.0], [901.0, 900.0], [900.0, 901.0]]}]
    page = said(page, strokes=away, at=2)
    assert len(titles(page)) == 1 and "0 examples match" in words_of(page)


def test_a_lasso_whose_chip_is_removed_leaves_the_map(tiny_workspace, monkeypatch):
    page = said(opened("map", tiny_workspace, monkeypatch), strokes=around(tiny_workspace))
    assert specs(page)[0]["strokes"] and specs(page)[0]["inside"] == N_ROWS
    button(page, "chips.remove.0").click().run()
    assert specs(page)[0]["strokes"] is None and not titles(page)


def test_a_lasso_taken_away_on_the_map_takes_its_chip_along(tiny_workspace, monkeypatch):
    page = said(opened("map", tiny_workspace, monkeypatch), strokes=around(tiny_workspace))
    assert not titles(said(page, strokes=[], at=2))


def test_a_lasso_on_the_other_map_replaces_the_one_on_the_first(tiny_workspace, monkeypatch):
    core("project", "--space=codes", "--workspace", tiny_workspace)
    page = linked(tiny_workspace, monkeypatch, compare="codes")
    page = said(page, strokes=around(tiny_workspace))
    page = said(page, "map.other", strokes=around(tiny_workspace, "map-codes"), at=2)
    assert len(titles(page)) == 1
    assert specs(page)[0]["strokes"] is None and specs(page)[1]["strokes"]


# --- table, reader, and what stands near a row ----------------------------------------------


def test_a_line_that_is_picked_is_read_and_marked_on_the_map(tiny_workspace, monkeypatch):
    page = opened("map", tiny_workspace, monkeypatch)
    table, key = table_of(page), found_key(page)
    page.session_state[key] = {"selection": {"rows": [3]}}
    # a selection that only the session says is the page's own; a person's goes by the callback
    page.session_state["kept.map.row"] = int(table["row"].iloc[3])
    page.run()
    (card,) = shown_by_components(page)
    assert ["id", table["id"].iloc[3]] in card["facts"]
    assert specs(page)[0]["row"]["row"] == int(table["row"].iloc[3])


def found_key(page):
    return page.dataframe[0].key


def test_another_list_is_another_table_so_no_position_outlives_its_list(
    tiny_workspace, monkeypatch
):
    page = opened("map", tiny_workspace, monkeypatch)
    before = found_key(page)
    page = searched(page, "words", "the")
    assert found_key(page) != before


def test_next_and_previous_walk_through_the_table(tiny_workspace, monkeypatch):
    page = opened("map", tiny_workspace, monkeypatch)
    rows = [int(row) for row in table_of(page)["row"]]
    page = said(page, row=rows[4])
    button(page, "map.step.Next").click().run()
    assert page.session_state["kept.map.row"] == rows[5]
    button(page, "map.step.Previous").click().run()
    button(page, "map.step.Previous").click().run()
    assert page.session_state["kept.map.row"] == rows[3]


def test_the_same_point_clicked_again_is_read_again(tiny_workspace, monkeypatch):
    page = said(opened("map", tiny_workspace, monkeypatch), row=3, at=1)
    page.session_state["kept.map.row"] = 9
    page = said(page, row=3, at=1)
    assert page.session_state["kept.map.row"] == 9
    assert said(page, row=3, at=2).session_state["kept.map.row"] == 3


def test_the_tokens_of_the_example_are_shaded_by_the_latent_that_is_picked(
    tiny_workspace, monkeypatch
):
    page = said(opened("map", tiny_workspace, monkeypatch), row=3)
    latents = page.dataframe[-1].value
    page.session_state["kept.map.shaded_by"] = int(latents["latent"].iloc[0])
    page.run()
    (card,) = shown_by_components(page)
    pool = views.open_pool(Workspace.open(tiny_workspace))
    text = ["".join(t for t, _ in turn["pieces"]) + turn["unread"] for turn in card["turns"]]
    assert text == [turn.text for turn in pool.turns(3)]
    peak = max(value for turn in card["turns"] for _, value in turn["pieces"])
    assert peak == pytest.approx(float(latents["value"].iloc[0]), rel=0.02)


def test_a_latent_of_the_example_leads_to_its_examples_and_colours_the_map(
    tiny_workspace, monkeypatch
):
    page = said(opened("map", tiny_workspace, monkeypatch), row=3)
    latent = int(page.dataframe[-1].value["latent"].iloc[0])
    page.session_state["kept.map.shaded_by"] = latent
    page.run()
    button(page, "map.colour_latent").click().run()
    assert specs(page)[0]["score"]["title"] == f"latent {latent}"
    assert page.query_params["colour"] == f"latent:{latent}"
    button(page, "map.only_latent").click().run()
    assert len(titles(page)) == 1 and 3 in set(table_of(page)["row"])


def test_the_most_alike_are_listed_without_the_example_itself(tiny_workspace, monkeypatch):
    page = said(opened("map", tiny_workspace, monkeypatch), row=3)
    page.button_group(key="map.facet").set_value("near").run()
    near = page.dataframe[-1].value
    assert 3 not in set(near["row"]) and (np.diff(near["similarity"]) <= 0).all()
    button(page, "map.alike").click().run()
    assert len(titles(page)) == 1 and "most alike first" in words_of(page)


def test_its_cluster_is_one_click_away(tiny_workspace, monkeypatch):
    page = said(opened("map", tiny_workspace, monkeypatch), row=3)
    page.button_group(key="map.facet").set_value("clusters").run()
    button(page, "map.only.clusters").click().run()
    labels = np.asarray(views.open_labels(Workspace.open(tiny_workspace)))
    assert len(table_of(page)) == (labels == labels[3]).sum()


# --- looks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("colour", "palette"),
    [("pick", "viridis"), ("share:clusters", "difference"), ("latent", "viridis"),
     ("density", "viridis")],
)  # fmt: skip
def test_the_map_is_coloured_by_what_is_chosen_or_found(
    colour, palette, tiny_workspace, monkeypatch
):
    page = opened("map", tiny_workspace, monkeypatch)
    page.selectbox(key="map.colour").select(colour).run()
    assert not page.exception and specs(page)[0]["score"]["palette"] == palette


def test_similarity_colours_only_while_there_is_a_search_by_meaning(tiny_workspace, monkeypatch):
    page = searched(opened("map", tiny_workspace, monkeypatch), "meaning", "how to cook")
    page.selectbox(key="map.colour").select("similarity").run()
    assert specs(page)[0]["score"]["title"].startswith("similarity")
    button(page, "chips.clear").click().run()
    assert not page.exception and specs(page)[0]["score"] is None


def test_clusters_are_named_at_their_middles(tiny_workspace, monkeypatch):
    page = opened("map", tiny_workspace, monkeypatch)
    names = views.in_use(Workspace.open(tiny_workspace), "clusters").notes["names"]
    assert {label["text"] for label in specs(page)[0]["labels"]} == set(names)


def test_points_are_sized_by_pick(tiny_workspace, monkeypatch):
    page = opened("map", tiny_workspace, monkeypatch)
    page.toggle(key="map.sizes").set_value(True).run()
    assert specs(page)[0]["sizes"] == "pick"


def test_a_layout_that_is_not_made_yet_is_one_button(tiny_workspace, monkeypatch, started):
    page = opened("map", tiny_workspace, monkeypatch)
    page.selectbox(key="map.compare").select("neurons").run()
    button(page, "map.lay_out").click().run()
    assert started == [["project", "--space=neurons"]]


def test_two_maps_share_colour_and_row_and_one_slider(tiny_workspace, monkeypatch):
    core("project", "--space=neurons", "--workspace", tiny_workspace)
    page = linked(tiny_workspace, monkeypatch, compare="neurons", colour="column:topic")
    first, second = specs(page)
    assert first["link"] == second["link"] is not None
    assert first["category"] == second["category"] and first["points"] != second["points"]
    assert first["slider"] and not second["slider"]


def test_a_browser_without_webgl_gets_a_plain_figure(tiny_workspace, monkeypatch):
    page = opened("map", tiny_workspace, monkeypatch)
    page.session_state["map"] = {"webgl": False}
    page.run()
    assert not page.exception and not specs(page)
    assert "no WebGL2" in words_of(page) and page.get("plotly_chart")
    assert len(table_of(page)) == N_ROWS
