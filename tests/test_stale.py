"""What falls out of use when something above it changes: told, made anew, taken back."""

import json

import pytest

from core.data.ingest import IngestConfig
from core.pipeline import dropped, features, maps, pools, selection
from core.pipeline.adopting import adopt
from core.pipeline.dropped import KEPT, MADE_FROM, Dropped
from core.pipeline.remaking import remake
from core.pipeline.requests import Request
from core.pipeline.stale import go_back, stale
from core.pipeline.views import open_pool
from core.select.budget import Budget
from core.workspace import Workspace
from tests.conftest import BUDGET, core

FEW = 7  # rows of the other pool


@pytest.fixture
def workspace(tiny_workspace):
    return Workspace.open(tiny_workspace)


@pytest.fixture
def other_source(tmp_path):
    path = tmp_path / "other.jsonl"
    rows = [
        {"instruction": f"Say {n}.", "input": "", "output": f"Here is {n}."} for n in range(FEW)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_other(workspace, source):
    pools.ingest_pool(workspace, [str(source)], IngestConfig())


def use_threshold(workspace, value):
    features.make(workspace, {"value": value})


def test_nothing_is_stale_while_nothing_has_changed(workspace):
    assert [role for role in MADE_FROM if stale(workspace, role)] == []


def test_what_was_never_made_is_not_stale(workspace, other_source):
    read_other(workspace, other_source)
    assert stale(workspace, "latent-map") is None


def test_another_threshold_puts_the_subset_out_of_use_and_the_map_not(workspace):
    use_threshold(workspace, 3.0)
    assert stale(workspace, "map") is None
    assert stale(workspace, "selection").sentence == (
        f"The subset of {BUDGET} rows by sae-greedy was chosen on other features."
    )


def test_what_differs_is_the_threshold_then_and_now(workspace):
    then = workspace.in_use("features").notes["threshold"]["theta"]
    use_threshold(workspace, 3.0)
    (one,) = stale(workspace, "selection").differs
    assert one.name == "Threshold"
    assert one.then.startswith(f"{then:.3g},")
    assert one.now.startswith("3,")


def test_another_pool_is_all_that_differs_for_everything_made_from_the_former(
    workspace, other_source
):
    read_other(workspace, other_source)
    for role in ("readings", "features", "map", "clusters", "hdbscan", "selection"):
        (one,) = stale(workspace, role).differs
        assert (one.name, one.now) == ("Pool", f"{FEW} examples from other.jsonl")


def test_what_is_stale_lacks_the_readings_until_they_are_made(workspace, other_source):
    read_other(workspace, other_source)
    step = remake(workspace, stale(workspace, "map"))
    assert (step.page, step.label, step.at_once) == (
        "model",
        f"Read {FEW} rows with a model",
        False,
    )


def test_another_sae_is_told_as_that(workspace):
    core("sae", "train", "--set", "n_latents=512", "--set", "k=8", "--workspace", workspace.root)
    assert stale(workspace, "map").sentence == "The map was laid out with another SAE."
    (one,) = stale(workspace, "map").differs
    assert one.name == "SAE"
    assert one.then.startswith("1,024 latents") and one.now.startswith("512 latents")


def test_another_setting_of_the_pass_is_told_by_its_name(workspace):
    sae = workspace.current()["sae"]
    core("extract", "--set", "max_length=32", "--sae", sae, "--workspace", workspace.root)
    (one,) = stale(workspace, "map").differs
    assert (one.name, one.then, one.now) == ("Reading", "max length 256", "max length 32")


def test_a_subset_chosen_before_there_were_readings_says_so(tmp_path, other_source):
    root = tmp_path / "bare"
    core("ingest", other_source, "--workspace", root)
    core("select", "--method", "random", "--budget", 3, "--workspace", root)
    workspace = Workspace.open(root)
    core("sae", "train", "--set", "n_latents=512", "--set", "k=8", "--workspace", root)
    core("extract", "--sae", workspace.current()["sae"], "--workspace", root)
    found = stale(workspace, "selection")
    assert found.sentence.endswith("by random was chosen before a model had read the pool.")
    assert found.former is None


def test_the_former_threshold_puts_the_subset_in_use_again(workspace):
    before, config = workspace.current(), workspace.in_use("features").config
    use_threshold(workspace, 3.0)
    features.make(workspace, config)
    assert workspace.current() == before
    assert stale(workspace, "selection") is None


def test_the_former_pool_puts_everything_in_use_again_with_its_budget(workspace, other_source):
    before = workspace.current()
    read_other(workspace, other_source)
    workspace.choose(budget=3)
    adopt(workspace, "pool", before["pool"])
    assert workspace.current() == before
    assert workspace.choices()["budget"] == BUDGET
    assert workspace.dropped() == []


def test_going_back_is_one_step_from_whatever_is_stale(workspace, other_source):
    before = workspace.current()
    read_other(workspace, other_source)
    found = stale(workspace, "clusters")
    assert found.former == "pool"
    go_back(workspace, found)
    assert workspace.current() == before


def test_results_of_both_pools_come_back_with_their_pool(workspace, other_source):
    first = workspace.current()
    read_other(workspace, other_source)
    core("extract", "--sae", first["sae"], "--workspace", workspace.root)
    second = workspace.current()
    assert not set(first.values()) & {second["readings"], second["features"]}
    for roles in (first, second, first):
        adopt(workspace, "pool", roles["pool"])
        assert workspace.current() == roles


def test_what_is_gone_from_disk_does_not_come_back(workspace, other_source):
    before = workspace.in_use("map")
    pool = workspace.current()["pool"]
    read_other(workspace, other_source)
    (before.folder / "coordinates.npy").unlink()
    assert stale(workspace, "map").former is None
    adopt(workspace, "pool", pool)
    assert "map" not in workspace.current()
    assert "clusters" in workspace.current()


def test_a_subset_chosen_anew_is_not_stale_any_more(workspace):
    use_threshold(workspace, 3.0)
    step = remake(workspace, stale(workspace, "selection"))
    assert step.label == f"Select {BUDGET} rows again"
    selection.select_subset(workspace, step.request)
    assert stale(workspace, "selection") is None


def test_a_map_is_laid_out_again_with_its_own_settings(workspace):
    maps.project(workspace, "pca", {})
    core("extract", "--set", "max_length=32", "--sae", workspace.current()["sae"],
         "--workspace", workspace.root)  # fmt: skip
    step = remake(workspace, stale(workspace, "map"))
    assert step.arguments[:3] == ("project", "--space=embeddings", "--method=pca")
    core(*step.arguments, "--workspace", workspace.root)
    assert workspace.find("map", workspace.current()["map"]).notes["method"] == "pca"


def test_clusters_are_made_again_with_their_own_settings(workspace):
    maps.cluster(workspace, "k-means", {"k": 3})
    core("extract", "--set", "max_length=32", "--sae", workspace.current()["sae"],
         "--workspace", workspace.root)  # fmt: skip
    step = remake(workspace, stale(workspace, "clusters"))
    assert stale(workspace, "clusters").sentence.startswith("The 3 clusters by k-means were made")
    core(*step.arguments, "--workspace", workspace.root)
    assert workspace.in_use("clusters").notes["n_clusters"] == 3


def test_pins_of_another_pool_are_left_to_the_subset_page(workspace, other_source):
    pinned = (open_pool(workspace).ids()[0],)
    selection.select_subset(workspace, Request("sae-greedy", Budget("rows", 5), pinned=pinned))
    sae = workspace.current()["sae"]
    read_other(workspace, other_source)
    core("extract", "--sae", sae, "--workspace", workspace.root)
    step = remake(workspace, stale(workspace, "selection"))
    assert (step.page, step.at_once) == ("subset", False)


def test_a_graph_made_later_leaves_clusters_in_use(workspace):
    roles = workspace.current()
    graph = roles.pop("graph")
    workspace.use(roles)
    adopt(workspace, "graph", graph)
    assert workspace.current() == {**roles, "graph": graph}


def test_the_last_few_of_a_role_are_remembered():
    old = [Dropped("map", f"{n:016x}", "pool", {"pool": "a"}) for n in range(KEPT + 3)]
    assert dropped.remembered([], old) == old[3:]


def test_an_entry_of_another_form_is_passed_over(workspace):
    workspace.use(
        workspace.current(),
        [{"role": "map"}, {"role": "?", "fingerprint": "", "because": "", "under": {}}],
    )
    assert dropped.read(workspace) == []


def test_the_list_of_what_fell_out_of_use_survives_a_choice(workspace, other_source):
    read_other(workspace, other_source)
    kept = workspace.dropped()
    workspace.choose(budget=2)
    assert kept and Workspace.open(workspace.root).dropped() == kept
