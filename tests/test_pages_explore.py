"""Map, clusters, features and subset: each runs alone, answers the hand, and trusts no text."""

import json
import re

import numpy as np
import pytest

from core import jobs
from core.pipeline import tokens, views
from core.pipeline.selection import stored_order
from core.workspace import Workspace
from tests.conftest import BUDGET, N_ROWS, core
from tests.test_pages import opened, words_of

PAGES = ("map", "clusters", "features", "subset")
HOSTILE = (
    '<script>window.broken = 1</script><img src=x onerror="window.broken = 1">',
    "**bold** [a link](javascript:alert(1)) ![](http://192.0.2.1/x.png) `code`",
    "$\\int_0^1$ :red[red] :material/star: # heading | table | <style>*{display:none}</style>",
    "right-to-left \u202e override, zero\u200bwidth, bell \u0007, \ud7ff \ufeff end",
    "</div></textarea></script><h1>out of the box</h1>",
    "=HYPERLINK(1) {{7*7}} %{x} ${1} \\u003cb\\u003e",
)


def shown_by_components(page, name="reader"):
    """What our components are told, as data."""
    found = [item.proto for item in page.get("bidi_component")]
    return [json.loads(one.json) for one in found if one.component_name == f"coreset-atlas.{name}"]


def button(page, key):
    return next(item for item in page.button if item.key == key)


def budgets(workspace):
    return Workspace.open(workspace).choices()["budget"]


@pytest.fixture
def started(monkeypatch):
    """Jobs that a page started, without a process behind them."""
    seen = []
    monkeypatch.setattr(jobs, "start", lambda root, arguments, title: seen.append(list(arguments)))
    return seen


@pytest.fixture(scope="module")
def hostile_workspace(tmp_path_factory, processed):
    """A pool whose texts, columns, source name and cluster names try to be more than text."""
    folder = tmp_path_factory.mktemp("hostile")
    source = folder / "<b>**source**.jsonl"
    rows = [
        {"instruction": f"{text} {number}", "output": text, "topic": text, "**column** <i>": text}
        for number in range(3)
        for text in HOSTILE
    ]
    source.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    sae = views.in_use(Workspace.open(processed), "sae").folder
    core("run", source, "--sae", sae, "--budget", 6, "--workspace", folder / "workspace")
    return folder / "workspace"


# --- every page -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_workspace_shows_what_will_be_here_and_how_to_get_there(
    name, empty_workspace, monkeypatch
):
    page = opened(name, empty_workspace, monkeypatch)
    assert not page.exception and not page.error
    assert "Here " in words_of(page) and "Read a dataset" in words_of(page)


@pytest.mark.parametrize("name", PAGES)
def test_a_processed_workspace_is_shown(name, tiny_workspace, monkeypatch):
    page = opened(name, tiny_workspace, monkeypatch)
    assert not page.exception and not page.error
    assert page.get("bidi_component")


@pytest.mark.parametrize("name", PAGES)
def test_before_anything_is_chosen_the_pool_is_shown(name, tiny_workspace, monkeypatch):
    workspace = Workspace.open(tiny_workspace)
    workspace.use({role: one for role, one in workspace.current().items() if role != "selection"})
    page = opened(name, tiny_workspace, monkeypatch)
    assert not page.exception and not page.error


@pytest.mark.parametrize("name", PAGES)
def test_a_workspace_that_is_a_file_is_one_message(name, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("x")
    page = opened(name, tmp_path / "file", monkeypatch)
    assert not page.exception and "is a file" in page.error[0].value


@pytest.mark.parametrize(
    ("name", "kind"),
    [("map", "map"), ("clusters", "clusters"), ("features", "features"), ("subset", "selection")],
)
def test_a_damaged_artifact_is_one_message(name, kind, tiny_workspace, monkeypatch):
    for meta in (tiny_workspace / kind).glob("*/meta.json"):
        meta.write_text("{")
    page = opened(name, tiny_workspace, monkeypatch)
    assert not page.exception and "cannot be read" in page.error[0].value


@pytest.mark.parametrize("name", PAGES)
def test_a_pool_that_no_model_has_read_opens_too(name, tiny_source, tmp_path, monkeypatch):
    core("ingest", tiny_source, "--workspace", tmp_path / "w")
    page = opened(name, tmp_path / "w", monkeypatch)
    assert not page.exception and not page.error
    assert "model" in words_of(page)


@pytest.mark.parametrize("name", PAGES)
def test_text_from_data_is_never_markup(name, hostile_workspace, monkeypatch):
    page = opened(name, hostile_workspace, monkeypatch)
    assert not page.exception and not page.error
    read_as_markup = [*page.markdown, *page.caption, *page.title, *page.subheader, *page.warning]
    labels = [item.label for kind in ("metric", "button", "tabs") for item in getattr(page, kind)]
    for said in [*(item.value for item in read_as_markup), *labels]:
        assert not re.search(r"<\w|javascript:|192\.0\.2\.1|(?<!\\)\*\*(bold|source|column)", said)


@pytest.mark.parametrize("name", ["clusters", "subset"])
def test_hostile_text_reaches_the_reader_letter_by_letter(name, hostile_workspace, monkeypatch):
    page = opened(name, hostile_workspace, monkeypatch)
    (card,) = [shown for shown in shown_by_components(page) if shown.get("kind") == "card"]
    pool = views.open_pool(Workspace.open(hostile_workspace))
    row = int(card["title"].removeprefix("Row "))
    assert [turn["text"] for turn in card["turns"]] == [turn.text for turn in pool.turns(row)]


def test_shaded_pieces_give_back_the_hostile_text(hostile_workspace, monkeypatch):
    page = opened("features", hostile_workspace, monkeypatch)
    (view,) = shown_by_components(page)
    pool = views.open_pool(Workspace.open(hostile_workspace))
    for one in view["examples"]:
        shown = [
            "".join(text for text, _ in turn["pieces"]) + turn["unread"] for turn in one["turns"]
        ]
        assert shown == [turn.text for turn in pool.turns(one["row"])]


# --- map ------------------------------------------------------------------------------------


def test_the_map_shows_every_row_with_the_whole_order_behind_the_slider(
    tiny_workspace, monkeypatch
):
    (spec,) = shown_by_components(opened("map", tiny_workspace, monkeypatch), "map")
    assert spec["count"] == N_ROWS
    assert spec["budget"]["value"] == BUDGET and spec["budget"]["maximum"] == N_ROWS


def test_the_map_says_coverage_beside_random(tiny_workspace, monkeypatch):
    page = opened("map", tiny_workspace, monkeypatch)
    found = {item.label: (item.value, item.delta) for item in page.metric}
    assert found["Rows chosen"][0] == str(BUDGET)
    assert "%" in found["Latents covered"][0] and found["Latents covered"][1].startswith("random:")


@pytest.mark.parametrize(
    ("colour", "channel"),
    [("clusters", "category"), ("hdbscan", "category"), ("column:source", "category"),
     ("column:topic", "category"), ("column:n_response_words", "score")],
)  # fmt: skip
def test_the_map_is_coloured_by_what_is_picked(colour, channel, tiny_workspace, monkeypatch):
    page = opened("map", tiny_workspace, monkeypatch)
    page.selectbox(key="map.colour").select(colour).run()
    (spec,) = shown_by_components(page, "map")
    assert not page.exception and spec[channel]


def told(page, **said):
    """The page after the hand did something on the map."""
    (spec,) = shown_by_components(page, "map")
    words = {"row": lambda row: {"version": spec["version"], "row": row}, "budget": int}
    words["strokes"] = lambda points: {
        "version": spec["version"], "strokes": [{"mode": "replace", "points": points}]
    }  # fmt: skip
    page.session_state["map"] = {name: words[name](value) for name, value in said.items()}
    return page.run()


def test_a_click_shows_the_examples_card_with_its_reason(tiny_workspace, monkeypatch):
    page = told(opened("map", tiny_workspace, monkeypatch), row=3)
    (card,) = shown_by_components(page)
    assert card["title"] == "Row 3" and card["reason"]


def test_a_lasso_is_counted_by_the_server(tiny_workspace, monkeypatch):
    points = np.asarray(views.open_coordinates(Workspace.open(tiny_workspace)))
    (left, low), (right, high) = points.min(axis=0) - 1, points.max(axis=0) + 1
    around = [[float(left), float(low)], [float(right), float(low)], [float(right), float(high)],
              [float(left), float(high)]]  # fmt: skip
    page = told(opened("map", tiny_workspace, monkeypatch), strokes=around)
    assert f"{N_ROWS} examples match, {BUDGET} of them chosen" in words_of(page)
    assert len(page.dataframe[0].value) == N_ROWS


def test_the_slider_at_rest_sets_the_budget_for_every_page(tiny_workspace, monkeypatch):
    page = told(opened("map", tiny_workspace, monkeypatch), budget=20)
    assert budgets(tiny_workspace) == 20
    assert page.metric[0].value == "20"
    assert "20 rows" in "\n".join(item.value for item in page.sidebar.markdown)


def test_a_budget_heard_once_does_not_overrule_a_later_choice(tiny_workspace, monkeypatch):
    page = told(opened("map", tiny_workspace, monkeypatch), budget=20)
    page.session_state["kept.budget"] = 7
    page.run()
    assert page.metric[0].value == "7"


def test_a_method_without_prefixes_is_solved_anew_at_rest(tiny_workspace, monkeypatch):
    core("select", "--method=kmq", "--budget=10", "--workspace", tiny_workspace)
    page = opened("map", tiny_workspace, monkeypatch)
    assert shown_by_components(page, "map")[0]["budget"]["solved"] == 10
    page = told(page, budget=15)
    assert len(stored_order(views.in_use(Workspace.open(tiny_workspace), "selection"))) == 15
    assert shown_by_components(page, "map")[0]["budget"]["solved"] == 15


def test_a_pool_that_was_read_but_not_laid_out_offers_one_button(
    tiny_workspace, monkeypatch, started
):
    workspace = Workspace.open(tiny_workspace)
    workspace.use({role: one for role, one in workspace.current().items() if role != "map"})
    page = opened("map", tiny_workspace, monkeypatch)
    button(page, "map.project").click().run()
    assert started == [["project"]]


# --- clusters -------------------------------------------------------------------------------


def test_clusters_are_listed_with_both_shares(tiny_workspace, monkeypatch):
    page = opened("clusters", tiny_workspace, monkeypatch)
    table = page.dataframe[0].value
    assert table["rows"].sum() == N_ROWS
    assert table["share of subset"].sum() == pytest.approx(1)


def test_hdbscan_says_its_noise(tiny_workspace, monkeypatch):
    page = opened("clusters", tiny_workspace, monkeypatch)
    page.button_group(key="clusters.role").set_value("hdbscan").run()
    notes = views.in_use(Workspace.open(tiny_workspace), "hdbscan").notes
    noise = next(item for item in page.metric if item.label == "Noise")
    assert not page.exception
    assert noise.delta == f"{round(notes['noise_share'] * N_ROWS)} of {N_ROWS} rows"


def test_clustering_again_is_a_job_with_its_settings(tiny_workspace, monkeypatch, started):
    page = opened("clusters", tiny_workspace, monkeypatch)
    page.number_input(key="clusters.clusters.k").set_value(3)
    button(page, "clusters.again").click().run()
    assert started == [["cluster", "--method=k-means", "--set=k=3"]]


# --- features -------------------------------------------------------------------------------


def test_the_dashboard_shows_shaded_examples(tiny_workspace, monkeypatch):
    page = opened("features", tiny_workspace, monkeypatch)
    (view,) = shown_by_components(page)
    pieces = [
        one for example in view["examples"] for turn in example["turns"] for one in turn["pieces"]
    ]
    assert max(value for _, value in pieces) == pytest.approx(view["maximum"], abs=0.02)


def test_a_latent_is_found_by_its_number(tiny_workspace, monkeypatch):
    page = opened("features", tiny_workspace, monkeypatch)
    latent = int(page.dataframe[0].value["latent"].iloc[5])
    page.text_input(key="features.find").set_value(str(latent)).run()
    assert page.dataframe[0].value["latent"].tolist() == [latent]
    assert f"Latent {latent}" in words_of(page)


def test_a_latent_that_nobody_has_is_said_so(tiny_workspace, monkeypatch):
    page = opened("features", tiny_workspace, monkeypatch)
    page.text_input(key="features.find").set_value("999999").run()
    assert not page.exception and "No row of the pool has latent 999999." in words_of(page)


def test_without_the_model_one_line_says_so_and_the_rest_stays(tiny_workspace, monkeypatch):
    def gone(workspace, named=None):
        raise tokens.ModelError("model 'x' cannot be fetched: the hub cannot be reached")

    monkeypatch.setattr(tokens, "open_reader", gone)
    page = opened("features", tiny_workspace, monkeypatch)
    assert not page.exception and not page.error
    assert "cannot be shown here: model 'x' cannot be fetched" in words_of(page)
    assert page.dataframe


# --- subset ---------------------------------------------------------------------------------


def test_a_budget_is_selected_at_once_and_kept(tiny_workspace, monkeypatch):
    page = opened("subset", tiny_workspace, monkeypatch)
    page.selectbox(key="subset.method").select("random")
    page.text_input(key="subset.budget").set_value("17").run()
    assert button(page, "subset.select").label == "Select 17 rows"
    button(page, "subset.select").click().run()
    assert not page.exception and not page.error
    workspace = Workspace.open(tiny_workspace)
    assert views.in_use(workspace, "selection").config["method"] == "random"
    assert budgets(tiny_workspace) == 17


@pytest.mark.parametrize(
    ("typed", "line"),
    [("400", "above the 40 that may be chosen"), ("0", "at least 1"), ("-3", "at least 1"),
     ("1.5", "whole number"), ("many", "seen 'many'")],
)  # fmt: skip
def test_a_budget_that_cannot_be_is_one_message_and_changes_nothing(
    typed, line, tiny_workspace, monkeypatch
):
    page = opened("subset", tiny_workspace, monkeypatch)
    page.text_input(key="subset.budget").set_value(typed).run()
    assert len(page.error) == 1 and line in page.error[0].value
    assert not any(item.key == "subset.select" for item in page.button)
    assert budgets(tiny_workspace) == BUDGET
    assert "First picks" in words_of(page)


def test_pins_and_forbids_are_honoured(tiny_workspace, monkeypatch):
    ids = views.open_pool(Workspace.open(tiny_workspace)).ids()
    page = opened("subset", tiny_workspace, monkeypatch)
    page.text_area(key="subset.pins").set_value(ids[30])
    page.text_area(key="subset.forbids").set_value(f"{ids[1]}\n{ids[2]}").run()
    button(page, "subset.select").click().run()
    order = stored_order(views.in_use(Workspace.open(tiny_workspace), "selection"))
    assert order.rows[0] == 30 and not {1, 2} & set(order.rows.tolist())


def test_a_pin_that_is_not_in_the_pool_is_one_message(tiny_workspace, monkeypatch):
    page = opened("subset", tiny_workspace, monkeypatch)
    page.text_area(key="subset.pins").set_value("<b>nobody</b>").run()
    assert len(page.error) == 1 and "not in the pool" in page.error[0].value


def test_random_needs_no_model(tiny_source, tmp_path, monkeypatch):
    core("ingest", tiny_source, "--workspace", tmp_path / "w")
    page = opened("subset", tmp_path / "w", monkeypatch)
    assert "needs codes" in words_of(page)
    page.selectbox(key="subset.method").select("random").run()
    button(page, "subset.select").click().run()
    assert not page.exception and not page.error
    assert "Coverage counts SAE features" in words_of(page) and "First picks" in words_of(page)


def test_an_inferred_method_says_so(tiny_workspace, monkeypatch):
    page = opened("subset", tiny_workspace, monkeypatch)
    assert "inferred" in words_of(page)


def test_the_curve_names_its_baselines(tiny_workspace, monkeypatch):
    page = opened("subset", tiny_workspace, monkeypatch)
    (spec,) = shown_by_components(page, "curve")
    assert spec["name"] == "sae-greedy"
    assert {one["name"] for one in spec["baselines"]["layout"]} == {"random", "longest"}


def test_a_large_dense_selection_is_a_job(tiny_workspace, monkeypatch, started):
    from core.pipeline import asking

    monkeypatch.setattr(asking, "QUICK_DENSE_ROWS", 10)
    page = opened("subset", tiny_workspace, monkeypatch)
    page.selectbox(key="subset.method").select("kmq").run()
    button(page, "subset.select").click().run()
    assert started == [["select", "--method=kmq", "--seed=0", f"--budget={BUDGET}"]]


def test_coverage_complete_long_before_the_budget_is_warned_of(tiny_workspace, monkeypatch):
    from core.pipeline.curves import Coverage
    from pages.components import measured

    early = Coverage(1_000, 50, 60, {"sae-greedy": 50}, (), 20)
    monkeypatch.setattr(measured, "coverage", lambda *_: early)
    page = opened("subset", tiny_workspace, monkeypatch)
    assert "complete after 20 rows of 1,000" in page.warning[0].value
