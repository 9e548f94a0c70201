"""The joined steps: found again by their recipe, resumable shard by shard, replayed bit for bit."""

import json
import shutil

import numpy as np
import pytest

from core.data.ingest import IngestConfig
from core.errors import DataError, ModelError, RequestError, WorkspaceError
from core.extract import shards
from core.pipeline import curves, exports, journey, maps, pools, readings, replaying, selection
from core.pipeline.cards import example_card, sentence
from core.pipeline.overview import status
from core.pipeline.requests import Request
from core.pipeline.tables import cluster_table, latent_table, row_table
from core.pipeline.views import open_pool, open_readings
from core.sae.info import bundled_folder
from core.select.budget import Budget
from core.workspace import Workspace
from tests.extract_models import tiny_llama

TOPICS = ["bread and yeast", "prime numbers", "the French revolution", "sorting a list in Python"]
REQUEST = Request("sae-greedy", Budget("rows", 12))


def rows(count=60):
    for n in range(count):
        topic = TOPICS[n % len(TOPICS)]
        yield {
            "instruction": f"Tell me fact {n} about {topic}.",
            "input": "" if n % 3 else f"Detail {n}",
            "output": f"Fact {n} on {topic}: "
            + " ".join(f"word{(n * k) % 17}" for k in range(n % 23 + 3)),
        }


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("source") / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows()))
    return str(path)


@pytest.fixture(scope="module")
def done(tmp_path_factory, source):
    """A workspace in which the whole journey has run, with its selection file."""
    root = tmp_path_factory.mktemp("journey") / "w"
    out = root.parent / "sel.json"
    result = journey.run(root, [source], REQUEST, journey.Place(), out=out)
    return Workspace.open(root), out, result


def test_the_journey_chooses_as_many_distinct_rows_as_asked(done):
    chosen = json.loads(done[1].read_text())["rows"]
    assert len(set(chosen)) == 12


def test_every_role_is_in_use_after_the_journey(done):
    roles = {
        "pool",
        "sae",
        "readings",
        "features",
        "graph",
        "map",
        "clusters",
        "hdbscan",
        "selection",
    }
    assert set(done[0].current()) == roles


def test_the_journey_run_again_makes_nothing_new(done, source):
    workspace, out, first = done
    before = {kind: len(workspace.artifacts(kind)) for kind in workspace.kinds()}
    again = journey.run(workspace.root, [source], REQUEST, journey.Place(), out=out)
    assert again["artifacts"] == first["artifacts"]
    assert {kind: len(workspace.artifacts(kind)) for kind in workspace.kinds()} == before


def test_a_smaller_budget_is_a_prefix_of_the_stored_order(done):
    workspace = done[0]
    small = selection.solve(workspace, Request("sae-greedy", Budget("rows", 5)))
    large = selection.solve(workspace, REQUEST)
    assert small.artifact.fingerprint == large.artifact.fingerprint
    np.testing.assert_array_equal(small.subset.rows, large.subset.rows[:5])


def test_pins_and_forbidden_rows_are_honoured_by_id(done):
    workspace = done[0]
    ids = open_pool(workspace).ids()
    request = Request("sae-greedy", Budget("rows", 10), pinned=(ids[7],), forbidden=(ids[3],))
    chosen = selection.solve(workspace, request).subset.rows
    assert 7 in chosen
    assert 3 not in chosen


def test_a_run_stopped_between_shards_keeps_them_and_ends_in_the_same_selection(
    source, tmp_path, monkeypatch
):
    monkeypatch.setattr(shards, "SMALL", 16)
    files = [tmp_path / "whole.json", tmp_path / "resumed.json"]
    journey.run(tmp_path / "whole", [source], REQUEST, journey.Place(), out=files[0])
    real, made = readings.read_shard, []

    def stopping(*args, **kwargs):
        if len(made) == 2:
            raise KeyboardInterrupt
        made.append(1)
        return real(*args, **kwargs)

    monkeypatch.setattr(readings, "read_shard", stopping)
    with pytest.raises(KeyboardInterrupt):
        journey.run(tmp_path / "w", [source], REQUEST, journey.Place(), out=files[1])
    monkeypatch.setattr(readings, "read_shard", real)
    resumed = journey.run(tmp_path / "w", [source], REQUEST, journey.Place(), out=files[1])
    assert resumed["shards"] == {"kept": 2, "made": 2}
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_damaged_shard_is_made_again(source, tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "SMALL", 16)
    workspace = Workspace.create(tmp_path / "w")
    pools.ingest_pool(workspace, [source], IngestConfig())
    monkeypatch.setattr(readings, "_publish", lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        readings.extract(workspace, readings.Ask())
    monkeypatch.undo()
    monkeypatch.setattr(shards, "SMALL", 16)
    (folder,) = (workspace.root / "shards").iterdir()
    (folder / "000001" / "embeddings.npy").write_bytes(b"cut")
    result = readings.extract(workspace, readings.Ask())
    assert (result.kept, result.made) == (3, 1)


def test_another_pool_drops_what_was_made_from_the_old_one(done, source, tmp_path):
    copy = tmp_path / "w"
    shutil.copytree(done[0].root, copy)
    workspace = Workspace.open(copy)
    other = tmp_path / "other.jsonl"
    other.write_text(json.dumps({"instruction": "hello", "output": "world"}) + "\n")
    pools.ingest_pool(workspace, [str(other)], IngestConfig())
    assert set(workspace.current()) == {"pool", "sae"}


def test_an_export_replays_to_the_same_bytes_in_a_new_workspace(done, source, tmp_path):
    workspace, file, _ = done
    made = exports.export(workspace, file, tmp_path / "out")
    again = replaying.replay(
        Workspace.create(tmp_path / "fresh"),
        tmp_path / "out" / "manifest.json",
        replaying.Where(sources=(source,), out=tmp_path / "again"),
    )
    assert again["identical"]
    assert (tmp_path / "out" / "data.jsonl").read_bytes() == (
        tmp_path / "again" / "data.jsonl"
    ).read_bytes()
    assert again["sha256"] == made["sha256"]


def test_a_replay_refuses_another_source(done, tmp_path):
    workspace, file, _ = done
    exports.export(workspace, file, tmp_path / "out")
    other = tmp_path / "rows.jsonl"
    other.write_text(json.dumps({"instruction": "x", "output": "y"}) + "\n")
    with pytest.raises(DataError, match="sha256 differs"):
        replaying.replay(
            Workspace.create(tmp_path / "fresh"),
            tmp_path / "out" / "manifest.json",
            replaying.Where(sources=(str(other),)),
        )


def test_an_export_holds_exactly_three_files_and_the_rows_as_they_came(done, tmp_path):
    workspace, file, _ = done
    exports.export(workspace, file, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    lines = (tmp_path / "out" / "data.jsonl").read_text().splitlines()
    assert names == {"data.jsonl", "manifest.json", "README.md"}
    assert all(set(json.loads(line)) == {"instruction", "input", "output"} for line in lines)


def test_an_export_into_a_full_folder_is_refused(done, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("kept")
    with pytest.raises(RequestError, match="not empty"):
        exports.export(done[0], done[1], tmp_path / "out")


def test_coverage_of_the_subset_is_never_below_random(done):
    workspace = done[0]
    found = curves.coverage(workspace, selection.solve(workspace, REQUEST).order, 12)
    assert found.covered["sae-greedy"] >= found.covered["random"]


def test_tables_agree_with_the_subset(done):
    workspace = done[0]
    subset = selection.solve(workspace, REQUEST).subset
    assert cluster_table(workspace, subset)["chosen"].sum() == len(subset)
    assert latent_table(workspace, subset)["covered"].sum() == selection.covered(subset)
    assert row_table(workspace, subset.rows, chosen=subset)["pick"].tolist() == list(range(1, 13))


def test_a_card_says_why_a_row_is_chosen_or_not(done):
    workspace = done[0]
    solved = selection.solve(workspace, REQUEST)
    first = int(solved.subset.rows[0])
    left_out = int(solved.order.rows[-1])
    chosen = example_card(workspace, first, subset=solved.subset, order=solved.order)
    other = example_card(workspace, left_out, subset=solved.subset, order=solved.order)
    assert sentence(chosen.why).startswith("Picked 1st; first to bring latents")
    assert sentence(other.why).startswith("Not chosen:")


def test_readings_agree_with_the_pool(done):
    workspace = done[0]
    assert open_readings(workspace).embeddings.shape == (open_pool(workspace).n_rows, 384)


def test_verification_names_a_flipped_byte(done, tmp_path):
    copy = tmp_path / "w"
    shutil.copytree(done[0].root, copy)
    workspace = Workspace.open(copy)
    path = workspace.in_use("map").folder / "coordinates.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert status(workspace)["verified"] is False
    with pytest.raises(WorkspaceError, match=r"coordinates\.npy"):
        status(workspace, verify=True)


def test_a_decoder_runs_the_same_journey_with_an_sae_of_its_own(source, tmp_path):
    model = str(tiny_llama(tmp_path / "llama"))
    place = journey.Place(model=model)
    result = journey.run(tmp_path / "w", [source], REQUEST, place, out=tmp_path / "sel.json")
    workspace = Workspace.open(tmp_path / "w")
    assert len(set(json.loads((tmp_path / "sel.json").read_text())["rows"])) == 12
    assert workspace.in_use("sae").notes["d_in"] == 32
    assert open_readings(workspace).neurons.n_columns == 3 * 48
    assert result["shards"] == {"kept": 0, "made": 1}


def test_another_models_sae_is_refused_by_name(source, tmp_path):
    place = journey.Place(model=str(tiny_llama(tmp_path / "llama")), sae=str(bundled_folder()))
    with pytest.raises(ModelError, match="all-MiniLM-L6-v2"):
        journey.run(tmp_path / "w", [source], REQUEST, place)


def test_an_unknown_clusterer_is_refused_before_anything_is_made(done):
    with pytest.raises(RequestError, match="unknown"):
        maps.cluster(done[0], "kmeans-x")
