from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import WorkspaceError
from core.extract import Readings, ShardReadings, merge_shards, shard_rows, shards_of
from core.extract.npy import NpyWriter, map_npy
from core.extract.readings import UnitReadings
from core.extract.sums import UnitSums
from core.extract.writing import save_shard
from core.records import Csr


def units(rng, n_rows, n_columns):
    kept = rng.random((n_rows, n_columns)) < 0.3
    values = rng.random((n_rows, n_columns)).astype(np.float16)
    indptr = np.concatenate([[0], np.cumsum(kept.sum(1))]).astype(np.int64)
    csr = Csr(indptr, np.nonzero(kept)[1].astype(np.uint32), values[kept], n_columns)
    pooled = values.astype(np.float64)
    sums = np.stack([pooled.sum(0), (pooled**2).sum(0), (pooled > 0).sum(0)])
    return UnitReadings(csr, UnitSums(n_rows, sums))


def shard(seed, n_rows, *, n_latents=20, with_codes=True, splits=()):
    rng = np.random.default_rng(seed)
    return ShardReadings(
        embeddings=rng.random((n_rows, 4)).astype(np.float16),
        n_tokens=rng.integers(0, 99, n_rows).astype(np.int32),
        truncated=rng.random(n_rows) < 0.5,
        codes=units(rng, n_rows, n_latents) if with_codes else None,
        neurons=units(rng, n_rows, 12),
        splits=splits,
    )


def saved(folder, readings):
    folder.mkdir()
    save_shard(readings, folder)
    return folder


def test_saving_and_loading_gives_the_same_readings(tmp_path):
    before = shard(0, 7, splits=(2, 1))
    after = ShardReadings.load(saved(tmp_path / "a", before))
    for name in ("embeddings", "n_tokens", "truncated"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
    for kind in ("codes", "neurons"):
        for name in ("indptr", "indices", "values"):
            expected = getattr(before.units(kind).rows, name)
            np.testing.assert_array_equal(getattr(after.units(kind).rows, name), expected)
        np.testing.assert_array_equal(after.units(kind).sums.values, before.units(kind).sums.values)
    assert after.splits == before.splits


@pytest.mark.parametrize("sizes", [(5,), (3, 4, 1), (2, 0, 5)])
def test_merged_shards_are_the_shards_in_order(tmp_path, sizes):
    shards = [shard(seed, n) for seed, n in enumerate(sizes)]
    folders = [saved(tmp_path / str(i), part) for i, part in enumerate(shards)]
    (tmp_path / "out").mkdir()
    merge_shards(folders, tmp_path / "out")
    whole = Readings.load(tmp_path / "out")
    np.testing.assert_array_equal(whole.embeddings, np.vstack([s.embeddings for s in shards]))
    rows = [s.neurons.rows.row(i).tolist() for s in shards for i in range(s.n_rows)]
    assert [whole.neurons.row(i).tolist() for i in range(whole.n_rows)] == rows
    assert whole.codes.nnz == sum(s.codes.rows.nnz for s in shards)


def test_merged_statistics_are_those_of_all_rows(tmp_path):
    shards = [shard(seed, n) for seed, n in enumerate((3, 6))]
    (tmp_path / "out").mkdir()
    merge_shards(
        [saved(tmp_path / str(i), part) for i, part in enumerate(shards)], tmp_path / "out"
    )
    stats = Readings.load(tmp_path / "out").latent_stats
    together = shards[0].codes.sums + shards[1].codes.sums
    np.testing.assert_allclose(stats.mean, together.values[0] / 9, rtol=1e-6)
    assert stats.variance.min() >= 0


def test_variance_of_a_hand_made_unit():
    sums = UnitSums(4, np.array([[10.0], [30.0], [4.0]]))  # 1, 2, 3, 4
    stats = sums.stats()
    assert (stats.mean[0], stats.variance[0], stats.frequency[0]) == (2.5, 1.25, 1.0)


def test_readings_without_codes_stay_without(tmp_path):
    whole = Readings.load(saved(tmp_path / "a", shard(0, 3, with_codes=False)))
    assert whole.codes is None and whole.latent_stats is None


def test_readings_are_not_in_memory_until_read(tmp_path):
    whole = Readings.load(saved(tmp_path / "a", shard(0, 3)))
    assert isinstance(whole.embeddings, np.memmap) and not whole.embeddings.flags.writeable


def test_shards_of_different_saes_do_not_merge(tmp_path):
    folders = [saved(tmp_path / "a", shard(0, 3)), saved(tmp_path / "b", shard(1, 3, n_latents=9))]
    (tmp_path / "out").mkdir()
    with pytest.raises(WorkspaceError, match="do not belong together"):
        merge_shards(folders, tmp_path / "out")


@pytest.mark.parametrize(
    "name", ["embeddings", "n_tokens", "codes.indptr", "codes.indices", "neurons.sums"]
)
@pytest.mark.parametrize("damage", ["cut", "grown", "gone", "not npy"])
def test_a_damaged_array_is_refused(tmp_path, name, damage):
    path = saved(tmp_path / "a", shard(0, 5)) / f"{name}.npy"
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        harmed = {"cut": content[:-1], "grown": content + b"x", "not npy": b"PK" + content[2:]}
        path.write_bytes(harmed[damage])
    with pytest.raises(WorkspaceError, match=name):
        Readings.load(tmp_path / "a")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 99}', '{"format": 1}', "null"])
def test_damaged_facts_are_refused(tmp_path, content):
    (saved(tmp_path / "a", shard(0, 5)) / "readings.json").write_text(content)
    with pytest.raises(WorkspaceError, match=r"readings\.json"):
        Readings.load(tmp_path / "a")


def test_a_header_that_promises_terabytes_costs_nothing(tmp_path):
    path = tmp_path / "big.npy"
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(
            stream, {"descr": "<f8", "fortran_order": False, "shape": (1 << 40, 1 << 20)}
        )
    with pytest.raises(WorkspaceError, match="promises"):
        map_npy(path)


def test_a_pickled_array_is_refused(tmp_path):
    np.save(tmp_path / "objects.npy", np.array([{}, []], dtype=object), allow_pickle=True)
    with pytest.raises(WorkspaceError, match="holds object"):
        map_npy(tmp_path / "objects.npy")


def test_pieces_become_one_array(tmp_path):
    with NpyWriter(tmp_path / "a.npy", np.float32, (5, 2)) as writer:
        writer.append(np.ones((2, 2), np.float32))
        writer.append(np.zeros((3, 2), np.float32))
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy").sum(1), [2, 2, 0, 0, 0])


def test_a_full_disk_is_said_before_the_work(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    (tmp_path / "a").mkdir()
    with pytest.raises(WorkspaceError, match="disk is full"):
        save_shard(shard(0, 3), tmp_path / "a")


def test_shards_grow_at_a_million_rows():
    assert (shard_rows(999_999), shard_rows(1_000_000)) == (1_024, 16_384)


@given(st.integers(0, 3_000_000))
def test_shards_cover_every_row_once(n_rows):
    shards = shards_of(n_rows)
    assert sum(stop - start for start, stop in shards) == n_rows
    assert all(a[1] == b[0] for a, b in pairwise(shards))
