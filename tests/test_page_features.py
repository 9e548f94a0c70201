"""The features page: coverage map, list, dashboard, marks, and the row to add for a latent."""

import json
import shutil

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import jobs
from core.pipeline import latent_map, views
from core.pipeline.marks import mark, marks
from core.pipeline.selection import stored_order
from core.pipeline.uncovered import best_row_to_add, uncovered
from core.workspace import Workspace
from tests.conftest import ROOT, core
from tests.test_pages import opened, words_of

BUDGET = 3  # few enough that the subset lacks latents


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory, processed):
    """The tiny workspace with its latents laid out and a subset that lacks some of them."""
    root = shutil.copytree(processed, tmp_path_factory.mktemp("features") / "w")
    core("project", "--space=latents", "--workspace", root)
    core("neurons", "--workspace", root)
    core("select", "--method=sae-greedy", f"--budget={BUDGET}", "--workspace", root)
    return root


@pytest.fixture
def root(tmp_path, laid_out):
    """A copy that a test may change."""
    return shutil.copytree(laid_out, tmp_path / "w")


def button(page, key):
    return next(item for item in page.button if item.key == key)


def component(page, name):
    found = [item.proto for item in page.get("bidi_component")]
    return [json.loads(one.json) for one in found if one.component_name == f"coreset-atlas.{name}"]


def pressed(page, chip):
    group = next(item for item in page.button_group if item.key.startswith("features.chip."))
    group.set_value(chip).run()
    return page


def listed(page):
    return page.dataframe[0].value


def lacking(root):
    workspace = Workspace.open(root)
    order = stored_order(views.in_use(workspace, "selection"))
    return uncovered(workspace, order.prefix(BUDGET))


def looked_at(root, latent, monkeypatch):
    """The page as a link to one latent opens it."""
    monkeypatch.setenv("CORESET_WORKSPACE", str(root))
    page = AppTest.from_file(str(ROOT / "pages" / "features.py"), default_timeout=60)
    page.query_params["latent"] = str(latent)
    return page.run()


def test_the_numbers_say_coverage_beside_random(root, monkeypatch):
    page = opened("features", root, monkeypatch)
    notes = views.in_use(Workspace.open(root), "features").notes
    found = {item.label: (item.value, item.delta) for item in page.metric}
    assert "%" in found["Covered"][0] and found["Covered"][1].startswith("random:")
    assert found["Not covered"][0] == f"{lacking(root).n_uncovered:,}"
    assert found["Reachable"] == (f"{notes['n_reachable']:,}", f"of {notes['n_latents']:,} latents")


def test_every_live_latent_is_a_point_and_the_covered_ones_have_the_accent(root, monkeypatch):
    (spec,) = component(opened("features", root, monkeypatch), "map")
    placed = latent_map.latent_map(Workspace.open(root))
    category = spec["category"]
    assert spec["count"] == len(placed.latents) and spec["noun"] == "latents"
    assert category["names"] == ["covered", "not covered"]
    assert category["accent"] == [0] and category["grey"] == [1]
    assert category["counts"][1] == lacking(root).n_uncovered


def test_latents_that_were_not_laid_out_offer_one_button(root, monkeypatch):
    seen = []
    monkeypatch.setattr(jobs, "start", lambda root, arguments, title: seen.append(list(arguments)))
    workspace = Workspace.open(root)
    roles = {role: one for role, one in workspace.current().items() if role != "latent-map"}
    workspace.use(roles)
    page = opened("features", root, monkeypatch)
    assert not page.exception and page.dataframe
    button(page, "features.project").click().run()
    assert seen == [["project", "--space=latents"]]


def test_before_anything_is_chosen_latents_are_coloured_by_how_many_rows_have_them(
    root, monkeypatch
):
    workspace = Workspace.open(root)
    roles = {role: one for role, one in workspace.current().items() if role != "selection"}
    workspace.use(roles)
    page = opened("features", root, monkeypatch)
    assert not page.exception and not page.error
    (spec,) = component(page, "map")
    assert spec["score"] and "Covered" not in {item.label for item in page.metric}


def test_a_click_on_the_map_opens_that_latent(root, monkeypatch):
    page = opened("features", root, monkeypatch)
    (spec,) = component(page, "map")
    page.session_state["features.map"] = {"row": {"version": spec["version"], "row": 5}}
    page.run()
    latent = int(latent_map.latent_map(Workspace.open(root)).latents[5])
    assert f"Latent {latent}" in words_of(page)
    assert page.query_params["latent"] == str(latent)


def test_a_lasso_lists_the_latents_inside(root, monkeypatch):
    page = opened("features", root, monkeypatch)
    (spec,) = component(page, "map")
    points = np.asarray(latent_map.latent_map(Workspace.open(root)).coordinates)
    left, low = points.min(axis=0) - 1
    right, high = np.median(points[:, 0]), points[:, 1].max() + 1
    corners = [[left, low], [right, low], [right, high], [left, high]]
    stroke = {"mode": "replace", "points": [[float(x), float(y)] for x, y in corners]}
    page.session_state["features.map"] = {
        "strokes": {"version": spec["version"], "strokes": [stroke]}
    }
    page.run()
    inside = int((points[:, 0] < right).sum())
    assert 0 < inside < len(points)
    assert f"of the {inside:,} latents inside the lasso" in words_of(page)
    assert len(listed(page)) == inside


def test_a_link_opens_its_latent(root, monkeypatch):
    latent = int(lacking(root).table["latent"].iloc[0])
    page = looked_at(root, latent, monkeypatch)
    assert f"Latent {latent}" in words_of(page) and not page.exception
    assert "Not covered: no chosen row has it." in words_of(page)


@pytest.mark.parametrize("said", ["999999", "-1", "x", "1e9"])
def test_a_link_to_no_latent_is_at_most_one_message(said, root, monkeypatch):
    page = looked_at(root, said, monkeypatch)
    assert not page.exception and len(page.error) <= 1 and page.dataframe


def test_chips_narrow_the_list_to_exactly_what_they_say(root, monkeypatch):
    page = opened("features", root, monkeypatch)
    missing = lacking(root)
    pressed(page, "uncovered")
    assert set(listed(page)["latent"]) == set(missing.table["latent"])
    pressed(page, "covered")
    assert not set(listed(page)["latent"]) & set(missing.table["latent"])
    assert (listed(page)["chosen"] > 0).all()
    pressed(page, "sole")
    assert (
        listed(page)["row"]
        .isin(stored_order(views.in_use(Workspace.open(root), "selection")).rows)
        .all()
    )


def test_another_list_is_another_widget(root, monkeypatch):
    page = opened("features", root, monkeypatch)
    whole = page.dataframe[0].proto.id
    page.selectbox(key="features.by.latent").select("rare").run()
    reordered = page.dataframe[0].proto.id
    pressed(page, "covered")
    assert len({whole, reordered, page.dataframe[0].proto.id}) == 3


def test_marks_are_kept_at_once_and_listed(root, monkeypatch):
    latent = int(lacking(root).table["latent"].iloc[0])
    page = looked_at(root, latent, monkeypatch)
    page.text_input(key=f"features.latent.{latent}.label").set_value("rare <b>thing</b>").run()
    page.button_group(key=f"features.latent.{latent}.said").set_value(["starred"]).run()
    one = marks(Workspace.open(root)).get("latent", latent)
    assert one.label == "rare <b>thing</b>" and one.starred and not one.muted
    pressed(page, "starred")
    assert listed(page)["latent"].tolist() == [latent]
    assert listed(page)["label"].tolist() == ["rare <b>thing</b>"]


def test_a_weight_says_that_the_next_selection_honours_it_and_selects_again(root, monkeypatch):
    workspace = Workspace.open(root)
    latent = int(lacking(root).table["latent"].iloc[0])
    page = looked_at(root, latent, monkeypatch)
    assert not any(item.key == "features.again" for item in page.button)
    page.number_input(key=f"features.latent.{latent}.weight").set_value(500.0).run()
    assert "The next selection honours this." in words_of(page)
    button(page, "features.again").click().run()
    assert not page.exception and not page.error
    order = stored_order(views.in_use(workspace, "selection"))
    assert latent in views.open_features(workspace).sets.rows.row(int(order.rows[0]))
    assert "The next selection honours this." not in words_of(page)


def test_a_muted_latent_is_not_lacking(root, monkeypatch):
    latent = int(lacking(root).table["latent"].iloc[0])
    mark(Workspace.open(root), "latent", latent, muted=True)
    page = pressed(opened("features", root, monkeypatch), "uncovered")
    assert latent not in set(listed(page)["latent"])


def test_the_row_to_add_is_added_told_and_taken_back(root, monkeypatch):
    workspace = Workspace.open(root)
    before = workspace.current()["selection"]
    page = pressed(opened("features", root, monkeypatch), "uncovered")
    latent = int(listed(page)["latent"].iloc[0])
    order = stored_order(views.in_use(workspace, "selection")).prefix(BUDGET)
    row = best_row_to_add(workspace, order, latent).row
    assert button(page, "features.add").label == f"Add row {row:,}"
    button(page, "features.add").click().run()
    assert not page.exception and not page.error
    found = stored_order(views.in_use(workspace, "selection"))
    assert found.rows[0] == row and found.n_pinned == 1
    assert f"Row {row:,} is pinned for latent {latent}" in words_of(page).replace("\\", "")
    button(page, "features.undo").click().run()
    assert workspace.current()["selection"] == before


def test_near_latents_lead_on(root, monkeypatch):
    page = opened("features", root, monkeypatch)
    page.session_state["features.part"] = "Near it"
    page.run()
    assert not page.exception and len(page.dataframe) == 2
    assert "lift" in page.dataframe[1].value


def test_a_model_without_words_says_why(root, monkeypatch):
    page = opened("features", root, monkeypatch)
    page.session_state["features.part"] = "Words"
    page.run()
    assert "predicts no next word" in words_of(page)


def test_the_difference_to_random_rows_is_a_colour(root, monkeypatch):
    page = opened("features", root, monkeypatch)
    page.selectbox(key="features.colour").select("difference").run()
    (spec,) = component(page, "map")
    assert spec["category"]["names"][0] == "only the first covers"
    assert not page.exception


def test_neurons_are_listed_and_opened_as_latents_are(root, monkeypatch):
    page = opened("features", root, monkeypatch)
    page.button_group(key="features.kind").set_value("neuron").run()
    assert not page.exception and not page.error
    assert "place" in listed(page) and "Layer " in words_of(page)
    neuron = page.query_params["neuron"]
    page.button_group(key=f"features.neuron.{neuron}.said").set_value(["starred"]).run()
    assert marks(Workspace.open(root)).get("neuron", int(neuron)).starred


def test_its_rows_are_shown_on_the_map_as_a_filter(root, monkeypatch):
    went = []
    monkeypatch.setattr(st, "switch_page", went.append)
    latent = int(lacking(root).table["latent"].iloc[0])
    page = looked_at(root, latent, monkeypatch)
    button(page, "features.to_map").click().run()
    held = page.session_state[f"kept.map.filters.{root}"]
    assert [(one.kind, one.value["latent"]) for one in held] == [("latent", latent)]
    assert went and went[0].endswith("map.py")


def test_without_webgl_a_plain_figure_stands_for_the_map(root, monkeypatch):
    page = looked_at(root, int(lacking(root).table["latent"].iloc[0]), monkeypatch)
    page.session_state["features.map"] = {"webgl": False}
    page.run()
    assert not page.exception and not component(page, "map")
    said = words_of(page).replace("\\", "")
    assert "no WebGL2" in said and "grey: not covered" in said
    assert len(page.get("plotly_chart")) == 2


def test_a_number_that_is_asked_for_is_opened(root, monkeypatch):
    page = opened("features", root, monkeypatch)
    latent = int(listed(page)["latent"].iloc[5])
    page.text_input(key="features.find").set_value(str(latent)).run()
    assert listed(page)["latent"].tolist() == [latent]
    assert f"Latent {latent}" in words_of(page)
