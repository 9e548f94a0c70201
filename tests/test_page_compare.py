"""The compare page: what it says on nothing, on one subset, on several, and what a link opens."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from core.pipeline import comparison_members as members
from core.pipeline import snapshots
from core.pipeline.bundle.opening import open_bundle
from core.pipeline.bundle.packing import bundle
from core.pipeline.comparison_files import compare
from core.pipeline.requests import Request
from core.pipeline.selection import select_subset, solve
from core.pipeline.views import open_pool
from core.select.budget import Budget
from core.workspace import Workspace
from tests.conftest import ROOT
from tests.test_pages import AppTest, opened, words_of
from tests.test_pages_explore import button, shown_by_components, started

__all__ = ["started"]

MOST = 12


@pytest.fixture
def solved(tiny_workspace):
    """Three methods solved at 12 rows."""
    workspace = Workspace.open(tiny_workspace)
    solve(workspace, Request("mads", Budget("rows", MOST)))
    solve(workspace, Request("kmq", Budget("rows", MOST), {"clusters": 3}))
    return tiny_workspace


def linked(workspace, monkeypatch, **query):
    """The page as a link opens it."""
    monkeypatch.setenv("CORESET_WORKSPACE", str(workspace))
    page = AppTest.from_file(str(ROOT / "pages" / "compare.py"), default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def sound(page):
    return not page.exception and not page.error


def tables(page, column):
    return [one.value for one in page.dataframe if column in one.value]


def numbers_of(page):
    """The lines of the table of numbers by subset, each by the head of its column."""
    bodies = [one.proto.body for one in page.get("html") if "atlas-table" in one.proto.body]
    (table,) = [ElementTree.fromstring(body) for body in bodies if body.startswith("<table")]
    heads = [cell.text for cell in table.findall("thead/tr")[-1]]
    lines = [[cell.text for cell in line] for line in table.findall("tbody/tr")]
    return {line[0]: dict(zip(heads[1:], line[1:], strict=True)) for line in lines}


def keys(workspace):
    return {one.name: one.key for one in members.offers(Workspace.open(workspace))}


def of_upset(page):
    (found,) = [one for one in shown_by_components(page, "upset")]
    return found


def test_an_empty_workspace_leads_to_the_dataset(empty_workspace, monkeypatch):
    page = opened("compare", empty_workspace, monkeypatch)
    assert sound(page) and "It begins with a dataset" in words_of(page)


def test_one_subset_stands_beside_chance_and_length_and_is_told_how_to_get_another(
    tiny_workspace, monkeypatch
):
    page = opened("compare", tiny_workspace, monkeypatch)
    assert sound(page) and "Only one subset was made so far" in words_of(page)
    assert list(numbers_of(page)) == ["sae-greedy", "random", "longest"]


def test_without_any_subset_the_page_says_what_to_do(tiny_workspace, monkeypatch):
    workspace = Workspace.open(tiny_workspace)
    workspace.use({"pool": workspace.current()["pool"]})
    page = opened("compare", tiny_workspace, monkeypatch)
    assert sound(page) and "No subset is chosen yet" in words_of(page)


def test_fewer_than_two_are_not_compared(solved, monkeypatch):
    page = linked(solved, monkeypatch, subsets=keys(solved)["mads"])
    assert sound(page) and "Pick two to six subsets" in words_of(page)


def test_solved_orders_and_baselines_stand_there_at_equal_rows(solved, monkeypatch):
    page = opened("compare", solved, monkeypatch)
    assert sound(page)
    found = numbers_of(page)
    assert list(found) == ["sae-greedy", "kmq", "mads", "random", "longest"]
    assert {one["rows"] for one in found.values()} == {str(MOST)}
    beside = {"random, rows", "random, tokens", "longest, rows", "longest, tokens"}
    assert all(beside <= set(one) for one in found.values())


def test_a_smaller_budget_cuts_nested_orders_and_says_so_of_the_others(solved, monkeypatch):
    page = linked(solved, monkeypatch, budget="7")
    rows = {name: int(one["rows"]) for name, one in numbers_of(page).items()}
    assert rows == {"sae-greedy": 7, "mads": 7, "kmq": MOST, "random": 7, "longest": 7}
    assert f"kmq: solved at {MOST} rows" in words_of(page).replace("\\", "")


def test_at_equal_tokens_nobody_spends_more(solved, monkeypatch):
    page = linked(solved, monkeypatch, unit="tokens", budget="900")
    tokens = {name: int(one["tokens"].replace(",", "")) for name, one in numbers_of(page).items()}
    assert max(n for name, n in tokens.items() if name != "kmq") <= 900


def test_a_link_opens_what_it_names(solved, monkeypatch):
    found = keys(solved)
    asked = f"{found['mads']},{found['random']}"
    page = linked(solved, monkeypatch, subsets=asked, budget="5", see="coverage")
    assert sound(page)
    assert {name: one["rows"] for name, one in numbers_of(page).items()} == {
        "mads": "5",
        "random": "5",
    }
    assert any(item.value == "By part of the pool" for item in page.subheader)
    assert page.query_params["see"] == "coverage"


def test_a_link_to_what_is_gone_is_passed_over(solved, monkeypatch):
    asked = f"order:{'0' * 16},{keys(solved)['mads']},baseline:random"
    page = linked(solved, monkeypatch, subsets=asked)
    assert sound(page) and list(numbers_of(page)) == ["mads", "random"]


def test_intersections_add_up_to_the_rows_of_any_subset(solved, monkeypatch):
    page = opened("compare", solved, monkeypatch)
    shown = of_upset(page)
    assert [one["size"] for one in shown["sets"]] == [MOST] * 5
    if any(one.key == "compare.every" for one in page.toggle):
        shown = of_upset(page.toggle(key="compare.every").set_value(True).run())
    n_rows = sum(one["rows"] for one in shown["bars"])
    assert f"{n_rows} rows in any of the subsets" in words_of(page)


def test_a_picked_intersection_narrows_the_table(solved, monkeypatch):
    page = opened("compare", solved, monkeypatch)
    bar = of_upset(page)["bars"][1]
    version = ".".join(
        one.version for one in members.members(
            Workspace.open(solved),
            [one.key for one in members.offers(Workspace.open(solved))],
            Budget("rows", MOST),
        )
    )  # fmt: skip
    page.session_state["kept.compare.pattern"] = (version, bar["pattern"])
    page.run()
    assert sound(page) and of_upset(page)["picked"] == bar["pattern"]
    table = tables(page, "pick")[0]
    assert len(table) == bar["rows"] and len(set(table["in"])) == 1
    button(page, "compare.all").click().run()
    assert of_upset(page)["picked"] is None


@pytest.mark.parametrize("side", ["only first", "both", "only second"])
def test_a_side_of_a_pair_narrows_the_table(solved, monkeypatch, side):
    page = opened("compare", solved, monkeypatch)
    page.segmented_control(key="compare.side").set_value(side).run()
    assert sound(page)
    first, second = members.members(
        Workspace.open(solved), [keys(solved)["sae-greedy"], keys(solved)["kmq"]],
        Budget("rows", MOST),
    )  # fmt: skip
    a, b = set(first.rows.tolist()), set(second.rows.tolist())
    wanted = {"only first": a - b, "both": a & b, "only second": b - a}[side]
    found = tables(page, "pick")
    assert set(found[0]["row"] if found else ()) == wanted


def test_next_reads_the_first_example_and_the_address_names_it(solved, monkeypatch):
    page = opened("compare", solved, monkeypatch)
    row = int(tables(page, "pick")[0]["row"].iloc[0])
    button(page, "compare.step.Next").click().run()
    assert sound(page)
    example = open_pool(Workspace.open(solved)).ids()[row]
    assert page.query_params["example"] == example


@pytest.mark.parametrize("see", ["coverage", "length", "metrics"])
def test_every_view_draws(solved, monkeypatch, see):
    page = linked(solved, monkeypatch, see=see)
    assert sound(page)


def test_random_and_longest_are_drawn_even_where_nobody_picked_them(solved, monkeypatch):
    found = keys(solved)
    page = linked(solved, monkeypatch, see="length", subsets=f"{found['mads']},{found['kmq']}")
    table = tables(page, "rows of")[0]
    assert list(table["rows of"]) == ["pool", "kmq", "mads", "random", "longest"]


def test_latents_of_one_alone_lead_to_their_page(solved, monkeypatch):
    page = linked(solved, monkeypatch, see="coverage")
    table = tables(page, "chosen rows")[0]
    assert f"{len(table):,} latents sae-greedy covers and kmq does not" in words_of(page)


def test_without_codes_the_coverage_view_leads_to_the_model(solved, monkeypatch):
    workspace = Workspace.open(solved)
    roles = workspace.current()
    workspace.use({name: roles[name] for name in ("pool", "readings", "map")})
    asked = "baseline:random,baseline:longest"
    page = linked(solved, monkeypatch, see="coverage", subsets=asked)
    assert sound(page) and "has not been read with an SAE" in words_of(page)


def test_metrics_come_with_their_definitions(solved, monkeypatch):
    page = linked(solved, monkeypatch, see="metrics")
    assert "Source:" in words_of(page) and "higher is better" in words_of(page)
    table = tables(page, "metric")[0]
    assert "random, equal tokens" in table and "longest, equal rows" in table


def test_heavy_metrics_and_seeds_are_jobs(solved, monkeypatch, started):
    page = linked(solved, monkeypatch, see="metrics")
    button(page, "compare.start.0").click().run()
    assert started[0][0] == "compare" and len(started[0]) == 6
    button(page, "compare.start.3").click().run()
    assert started[1][-1] == "--seeds=3"


def test_what_a_job_measured_is_in_the_table(solved, monkeypatch, tmp_path):
    workspace, files = Workspace.open(solved), []
    for method in ("mads", "sae-greedy"):
        files.append(tmp_path / f"{method}.json")
        select_subset(workspace, Request(method, Budget("rows", MOST)), out=files[-1])
    compare(workspace, files)
    found = keys(solved)
    asked = f"{found['mads']},{found['sae-greedy']}"
    page = linked(solved, monkeypatch, see="metrics", subsets=asked)
    titles = set(tables(page, "metric")[0]["metric"])
    assert "Vendi score" in titles and "light metrics alone" not in words_of(page)


def test_somebody_elses_file_is_compared(solved, monkeypatch, tmp_path):
    path = tmp_path / "theirs <b>.txt"
    ids = open_pool(Workspace.open(solved)).ids()[:5]
    path.write_text("\n".join([*ids, "c" * 32]), encoding="utf-8")
    page = opened("compare", solved, monkeypatch)
    page.text_input(key="compare.file").set_value(str(path)).run()
    button(page, "compare.bring").click().run()
    assert sound(page)
    assert numbers_of(page)["theirs <b>.txt"]["rows"] == "5"
    said = words_of(page).replace("\\", "")
    assert "all 5 rows of the file" in said and "1 row not in this pool" in said
    assert all("<b>" not in item.value.replace("\\<", "") for item in page.markdown)


def test_a_file_that_names_nothing_here_is_told_in_one_line(solved, monkeypatch, tmp_path):
    path = tmp_path / "foreign.txt"
    path.write_text("a" * 32, encoding="utf-8")
    page = opened("compare", solved, monkeypatch)
    page.text_input(key="compare.file").set_value(str(path)).run()
    button(page, "compare.bring").click().run()
    assert not page.exception and "nothing in" in page.error[0].value


def test_a_snapshot_is_offered(solved, monkeypatch):
    workspace = Workspace.open(solved)
    workspace.choose(budget=6)
    snapshots.keep(workspace, "before, cleaning")
    page = linked(solved, monkeypatch, subsets="snapshot:before%2C%20cleaning,baseline:random")
    assert sound(page)
    assert list(numbers_of(page)) == ["before, cleaning", "random"]


def test_a_share_bundle_is_compared_and_never_written_to(solved, monkeypatch, tmp_path):
    path = bundle(Workspace.open(solved), tmp_path / "packed")["file"]
    opened_at = open_bundle(Path(path), tmp_path / "place")
    before = set(opened_at.rglob("*"))
    for see in ("overlap", "coverage", "length", "metrics"):
        page = linked(opened_at, monkeypatch, see=see)
        assert sound(page)
    started = [one for one in page.button if one.key == "compare.start.0"]
    assert all(one.disabled for one in started)
    assert {one for one in opened_at.rglob("*") if "jobs" not in one.parts} == before
