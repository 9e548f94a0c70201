"""A share bundle holds what it says, opens read-only, and is refused where it was tampered with."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from core.curate.records import Event
from core.errors import DataError, RequestError, WorkspaceError
from core.fingerprint import Recipe, digest
from core.pipeline.bundle.opening import open_bundle, read_record
from core.pipeline.bundle.packing import Ask, bundle, sampled
from core.pipeline.bundle.record import BundleRecord
from core.pipeline.bundle.reduced import INSTEAD
from core.pipeline.curves import baseline
from core.pipeline.decisions import decide, decided
from core.pipeline.selection import stored_order
from core.pipeline.views import (
    in_use,
    open_coordinates,
    open_features,
    open_labels,
    open_pool,
    open_readings,
)
from core.workspace import BUNDLE, Workspace

SAMPLE = 12


@pytest.fixture(scope="module")
def packed(processed, tmp_path_factory):
    made = Workspace.open(processed)
    return made, bundle(made, tmp_path_factory.mktemp("packed"))


@pytest.fixture(scope="module")
def opened(packed, tmp_path_factory):
    made, told = packed
    return made, Workspace.open(open_bundle(path_of(told), tmp_path_factory.mktemp("place")))


def path_of(told):
    return Path(told["file"])


def test_a_bundle_opens_read_only(opened):
    assert opened[1].read_only


def test_a_workspace_of_ones_own_is_not_read_only(opened):
    assert not opened[0].read_only


def test_the_pool_of_a_bundle_has_the_same_examples(opened):
    made, shown = opened
    assert open_pool(shown).table.equals(open_pool(made).table)


def test_the_map_of_a_bundle_lies_as_it_did(opened):
    made, shown = opened
    assert np.array_equal(open_coordinates(shown), open_coordinates(made))


def test_the_clusters_of_a_bundle_are_the_same(opened):
    made, shown = opened
    assert np.array_equal(open_labels(shown), open_labels(made))


def test_the_features_of_a_bundle_are_the_same(opened):
    made, shown = opened
    before, after = open_features(made).sets.rows, open_features(shown).sets.rows
    assert np.array_equal(before.indices, after.indices)


def test_the_order_in_use_goes_along(opened):
    made, shown = opened
    orders = [stored_order(in_use(one, "selection")).rows for one in (made, shown)]
    assert np.array_equal(*orders)


def test_the_model_and_the_sae_stay_behind(opened):
    assert "sae" not in opened[1].current()


def test_neurons_stay_behind(opened):
    assert open_readings(opened[1]).neurons is None


def test_token_counts_go_along(opened):
    made, shown = opened
    assert np.array_equal(open_readings(shown).n_tokens, open_readings(made).n_tokens)


def test_cosines_of_a_bundle_are_close_to_those_of_the_model(opened):
    before, after = (np.asarray(open_readings(one).embeddings, np.float32) for one in opened)
    assert np.abs(before @ before.T - after @ after.T).mean() < 0.02


def test_every_artifact_of_a_bundle_passes_its_own_check(opened):
    shown = opened[1]
    damage = [one.damage() for kind in shown.kinds() for one in shown.artifacts(kind)]
    assert damage == [None] * len(damage)


def test_nothing_can_be_published_in_a_bundle(opened):
    with (
        pytest.raises(WorkspaceError, match="read-only"),
        opened[1].publish("map", Recipe("x", 1, {})),
    ):
        pass


def test_no_choice_can_be_kept_in_a_bundle(opened):
    with pytest.raises(WorkspaceError, match="read-only"):
        opened[1].choose(budget=3)


def test_a_bundle_cannot_be_bundled_again(opened, tmp_path):
    with pytest.raises(WorkspaceError, match="read-only"):
        bundle(opened[1], tmp_path)


def test_the_same_workspace_gives_the_same_bytes(packed, tmp_path):
    made, told = packed
    assert bundle(made, tmp_path)["sha256"] == told["sha256"]


def test_the_name_of_a_bundle_tells_its_content(packed, tmp_path):
    made, told = packed
    assert path_of(bundle(made, tmp_path, Ask(n_texts=5))).name != path_of(told).name


def test_no_path_of_this_machine_goes_along(packed):
    made, told = packed
    with zipfile.ZipFile(told["file"]) as archive:
        texts = [archive.read(one) for one in archive.namelist() if one.endswith(".json")]
    assert not any(str(made.root).encode() in text for text in texts)


def test_a_sample_holds_the_texts_of_so_many_rows(packed, tmp_path):
    shown = opened_sample(packed[0], tmp_path)
    texts = open_pool(shown).texts()
    assert sum(text != INSTEAD for text in texts) == SAMPLE


def test_a_sample_keeps_every_row(packed, tmp_path):
    shown = opened_sample(packed[0], tmp_path)
    assert open_pool(shown).ids() == open_pool(packed[0]).ids()


def test_a_sample_holds_no_original_record_of_the_other_rows(packed, tmp_path):
    shown = opened_sample(packed[0], tmp_path)
    withheld = np.setdiff1d(np.arange(open_pool(shown).n_rows), sampled(packed[0], SAMPLE))
    assert set(open_pool(shown).raw_rows(withheld)) == {"{}"}


def test_a_sample_begins_with_the_chosen_rows(packed):
    made = packed[0]
    first = stored_order(in_use(made, "selection")).rows[:3]
    assert set(first) <= set(sampled(made, SAMPLE))


def test_a_sample_says_how_many_texts_it_holds(packed, tmp_path):
    shown = opened_sample(packed[0], tmp_path)
    assert read_record(shown.root).n_texts == SAMPLE


def test_a_sample_of_no_rows_is_refused(packed, tmp_path):
    with pytest.raises(RequestError, match="at least one row"):
        bundle(packed[0], tmp_path, Ask(n_texts=0))


def opened_sample(made, place):
    told = bundle(made, place / "out", Ask(n_texts=SAMPLE))
    return Workspace.open(open_bundle(path_of(told), place / "place"))


def test_a_bundle_is_unpacked_once(packed, tmp_path):
    first = open_bundle(path_of(packed[1]), tmp_path)
    before = (first / BUNDLE).stat().st_mtime_ns
    assert (open_bundle(path_of(packed[1]), tmp_path) / BUNDLE).stat().st_mtime_ns == before


def test_a_record_is_read_as_it_was_written(opened):
    record = read_record(opened[1].root)
    assert BundleRecord.from_json(record.to_json(), name="it") == record


def test_a_missing_file_is_told_in_one_line(tmp_path):
    with pytest.raises(DataError, match="no share bundle at"):
        open_bundle(tmp_path / "none.zip", tmp_path)


def test_a_file_that_is_no_zip_is_told_in_one_line(tmp_path):
    (tmp_path / "it.zip").write_bytes(b"not a zip at all")
    with pytest.raises(DataError, match="damaged"):
        open_bundle(tmp_path / "it.zip", tmp_path / "place")


def test_a_zip_of_something_else_is_told_in_one_line(tmp_path):
    with zipfile.ZipFile(tmp_path / "it.zip", "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(DataError, match="no share bundle of this program"):
        open_bundle(tmp_path / "it.zip", tmp_path / "place")


@pytest.mark.parametrize("at", [0.1, 0.5, 0.9])
def test_a_flipped_byte_is_noticed(packed, tmp_path, at):
    data = bytearray(path_of(packed[1]).read_bytes())
    data[int(at * len(data))] ^= 0xFF
    (tmp_path / "it.zip").write_bytes(data)
    with pytest.raises(DataError):
        open_bundle(tmp_path / "it.zip", tmp_path / "place")


def test_nothing_is_left_of_a_damaged_bundle(packed, tmp_path):
    data = bytearray(path_of(packed[1]).read_bytes())
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "it.zip").write_bytes(data)
    with pytest.raises(DataError):
        open_bundle(tmp_path / "it.zip", tmp_path / "place")
    assert not [one for one in (tmp_path / "place").rglob("*") if one.is_file()]


HOSTILE = (
    "../outside.json",
    "/etc/passwd",
    "map/../../outside",
    "map/0123456789abcdef/../../x",
    "map\\0123456789abcdef\\x",
    "jobs/20260101-000000-abcdef/job.json",
    "map/0123456789abcdef/.hidden",
    "map/0123456789abcdef/a/b",
    "C:/x",
    "map/0123456789abcdef/\x00",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    forged(tmp_path / "it.zip", {name: b"x"})
    with pytest.raises(DataError):
        open_bundle(tmp_path / "it.zip", tmp_path / "place")


def test_a_file_that_the_record_does_not_list_is_refused(tmp_path):
    forged(tmp_path / "it.zip", {"workspace.json": b"{}"}, unlisted={"extra.py": b"x"})
    with pytest.raises(DataError, match="exactly the files"):
        open_bundle(tmp_path / "it.zip", tmp_path / "place")


def test_a_file_longer_than_it_says_is_refused(tmp_path):
    forged(tmp_path / "it.zip", {"workspace.json": b"{}" * 50}, size=2)
    with pytest.raises(DataError, match="not what was packed"):
        open_bundle(tmp_path / "it.zip", tmp_path / "place")


def test_a_bundle_of_a_later_format_says_so(tmp_path):
    forged(tmp_path / "it.zip", {"workspace.json": b"{}"}, format_version=99)
    with pytest.raises(DataError, match="bundle format 99"):
        open_bundle(tmp_path / "it.zip", tmp_path / "place")


def forged(path, files, *, unlisted=None, size=None, format_version=1):
    """A zip that says of itself that it is a bundle of these files."""
    record = {
        "kind": "coreset-atlas-bundle",
        "format_version": format_version,
        "title": "it",
        "n_rows": 1,
        "n_texts": 1,
        "n_chosen": None,
        "method": None,
        "n_events": 0,
        "left_out": [],
        "files": [
            {"name": name, "size": len(data) if size is None else size, "sha256": digest(data)}
            for name, data in files.items()
        ],
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(BUNDLE, json.dumps(record))
        for name, data in {**files, **(unlisted or {})}.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def test_decisions_go_along(tiny_workspace, tmp_path):
    made = Workspace.open(tiny_workspace)
    example = open_pool(made).ids()[3]
    decide(made, [Event("a" * 32, example, "Ada", "approved")])
    shown = Workspace.open(open_bundle(path_of(bundle(made, tmp_path / "out")), tmp_path / "place"))
    assert decided(shown).approved == (example,)


def test_decisions_stay_behind_when_asked(tiny_workspace, tmp_path):
    made = Workspace.open(tiny_workspace)
    decide(made, [Event("a" * 32, open_pool(made).ids()[3], "Ada", "approved")])
    told = bundle(made, tmp_path / "out", Ask(decisions=False))
    shown = Workspace.open(open_bundle(path_of(told), tmp_path / "place"))
    assert decided(shown).approved == ()


def test_nothing_can_be_decided_in_a_bundle(opened):
    event = Event("a" * 32, open_pool(opened[1]).ids()[3], "Ada", "approved")
    with pytest.raises(WorkspaceError, match="read-only"):
        decide(opened[1], [event])


def test_a_baseline_is_drawn_in_a_bundle_without_being_kept(opened):
    before = len(opened[1].artifacts("selection"))
    order = baseline(opened[1], "longest", 5)
    assert (len(order) >= 5, len(opened[1].artifacts("selection"))) == (True, before)
