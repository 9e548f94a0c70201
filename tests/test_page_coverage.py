"""The coverage page: what it says on nothing, on a part, and on a whole small workspace."""

import importlib
import sys

import pytest

from core import jobs
from core.pipeline import features, thresholds
from core.pipeline.requests import Request
from core.pipeline.selection import select_subset, solve
from core.select.budget import Budget
from core.workspace import Workspace
from tests.conftest import ROOT
from tests.test_pages import opened, words_of


def button(page, key):
    return next(item for item in page.button if item.key == key)


def keys(page):
    return {item.key for item in page.button}


def sound(page):
    return not page.exception and not page.error


@pytest.fixture
def started(monkeypatch):
    """Jobs that a page started, without a process behind them."""
    seen = []
    monkeypatch.setattr(jobs, "start", lambda root, arguments, title: seen.append(list(arguments)))
    return seen


def test_an_empty_workspace_leads_to_the_dataset(empty_workspace, monkeypatch):
    page = opened("coverage", empty_workspace, monkeypatch)
    assert sound(page)
    assert "It begins with a dataset" in words_of(page)


def test_a_pool_without_features_leads_to_the_model(tiny_workspace, monkeypatch):
    workspace = Workspace.open(tiny_workspace)
    workspace.use({"pool": workspace.current()["pool"]})
    page = opened("coverage", tiny_workspace, monkeypatch)
    assert sound(page)
    assert "A model has to read the rows first" in words_of(page)


def test_the_page_tells_coverage_beside_chance(tiny_workspace, monkeypatch):
    page = opened("coverage", tiny_workspace, monkeypatch)
    assert sound(page)
    shown = {item.label: item for item in page.metric}
    assert shown["At 12 rows"].delta.startswith("random ")
    assert shown["Longest"].delta == "equal rows"
    assert shown["Equal tokens"].delta.startswith("random, ")


def test_features_without_a_subset_still_draw_chance(tiny_workspace, monkeypatch):
    features.make(Workspace.open(tiny_workspace), {"target_share": 0.01})
    page = opened("coverage", tiny_workspace, monkeypatch)
    assert sound(page)
    said = words_of(page)
    assert "No subset is chosen on these features yet" in said
    assert "left out: solved on other features" in said


def test_a_method_without_prefixes_is_said_to_be_points(tiny_workspace, monkeypatch):
    workspace = Workspace.open(tiny_workspace)
    select_subset(workspace, Request("kmq", Budget("rows", 6), {"clusters": 2}))
    page = opened("coverage", tiny_workspace, monkeypatch)
    assert sound(page)
    assert "points at the budgets that were solved" in words_of(page)
    assert "every budget is solved anew" in words_of(page)


@pytest.mark.parametrize(
    ("by", "scale"), [("tokens", "linear"), ("rows", "log"), ("tokens", "log")]
)
def test_both_axes_draw(by, scale, tiny_workspace, monkeypatch):
    page = opened("coverage", tiny_workspace, monkeypatch)
    page.segmented_control(key="coverage.against").set_value(by)
    page.segmented_control(key="coverage.scale").set_value(scale).run()
    assert sound(page)


def test_an_order_that_is_unticked_is_not_drawn(tiny_workspace, monkeypatch):
    solve(Workspace.open(tiny_workspace), Request("kmq", Budget("rows", 6), {"clusters": 2}))
    page = opened("coverage", tiny_workspace, monkeypatch)
    box = next(one for one in page.checkbox if "kMQ" in one.label)
    assert "points at the budgets" in words_of(page)
    box.uncheck().run()
    assert sound(page) and "points at the budgets" not in words_of(page)


def test_every_part_of_the_pool_can_be_looked_at(tiny_workspace, monkeypatch):
    page = opened("coverage", tiny_workspace, monkeypatch)
    cut = page.segmented_control(key="coverage.cut")
    cut.set_value("column:language").run()
    assert sound(page)
    table = next(one.value for one in page.dataframe if "covered at random" in one.value)
    assert table["rows"].sum() == 40 and table["chosen"].sum() == 12


def test_a_part_leads_to_the_map_with_a_chip(tiny_workspace, monkeypatch):
    seen = []
    monkeypatch.setattr("streamlit.switch_page", lambda page: seen.append(page))
    page = opened("coverage", tiny_workspace, monkeypatch)
    button(page, "coverage.part").click().run()
    assert seen and seen[0].endswith("map.py")
    held = page.session_state[f"kept.map.filters.{tiny_workspace}"]
    assert [one.kind for one in held] == ["cluster"]


def test_a_missed_band_leads_to_the_rows_that_carry_it(tiny_workspace, monkeypatch):
    seen = []
    monkeypatch.setattr("streamlit.switch_page", lambda page: seen.append(page))
    page = opened("coverage", tiny_workspace, monkeypatch)
    band = next(key for key in keys(page) if str(key).startswith("coverage.band."))
    button(page, band).click().run()
    held = page.session_state[f"kept.map.filters.{tiny_workspace}"]
    assert [one.kind for one in held] == ["only"]


def test_thresholds_are_measured_by_a_job(tiny_workspace, monkeypatch, started):
    page = opened("coverage", tiny_workspace, monkeypatch)
    button(page, "coverage.measure").click().run()
    assert started == [["thresholds"]]


def test_a_measured_threshold_is_judged_and_can_be_used(tiny_workspace, monkeypatch):
    workspace = Workspace.open(tiny_workspace)
    thresholds.measure_thresholds(workspace)
    page = opened("coverage", tiny_workspace, monkeypatch)
    assert sound(page)
    table = next(one.value for one in page.dataframe if "verdict" in one.value)
    assert (table["in use"] == "●").sum() == 1
    assert len(table) == len(thresholds.QUANTILES) + 1
    assert "beside 0.92" in words_of(page) or "paper's 0.92" in words_of(page)
    before = workspace.current()["features"]
    whole = next(at for at in range(len(table) - 1, 0, -1) if table["rows"][at] == 40
                 and table["in use"][at] != "●")  # fmt: skip
    found = next(one for one in page.dataframe if "verdict" in one.value)
    choose(page, found, whole)
    button(page, "coverage.use").click().run()
    assert sound(page)
    assert Workspace.open(tiny_workspace).current()["features"] != before


def choose(page, table, row):
    """Pick a line of a table, as the browser would."""
    page.session_state[table.key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    page.run()


def test_names_from_the_data_are_never_markup(tiny_workspace, monkeypatch):
    page = opened("coverage", tiny_workspace, monkeypatch)
    assert all("<b" not in item.value for item in page.markdown)


def test_the_page_does_not_pass_for_the_package_of_its_name(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "pages"))
    monkeypatch.delitem(sys.modules, "coverage", raising=False)
    with pytest.raises(ImportError, match="a page"):
        importlib.import_module("coverage")
