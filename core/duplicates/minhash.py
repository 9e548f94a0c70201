"""Groups of texts that share most of their shingles, found by MinHash and proved exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.duplicates.groups import Groups, Material, grouping
from core.duplicates.hashing import Hashes, Shingles, shingles_of
from core.duplicates.hashing_kernels import fold_in, set_hashes
from core.duplicates.jaccard import Band, Sets, join_alike
from core.duplicates.union import Parents, forest, roots
from core.options import option
from core.records import Progress, Rows, silent

Signatures = NDArray[np.uint32]
MISSED = 0.01  # share of the pairs just at the threshold that may share no band
TELL_EVERY = 1_024  # signatures between two reports of progress
LOW_BITS = np.uint64(2**32 - 1)  # of a shingle's key: hash alone, whatever else the pool holds
PAIRS = 2_000_000  # pairs compared between two reports of progress


@dataclass(frozen=True, slots=True)
class MinHashConfig:
    """Near-duplicates by the Jaccard similarity of their shingles."""

    threshold: float = option(
        0.8, "Share of their shingles that two texts have in common.", minimum=0.1, maximum=1
    )
    shingle: int = option(5, "Words in a shingle.", minimum=1, maximum=32)
    n_hashes: int = option(128, "Hash functions of a signature.", minimum=16, maximum=1_024)
    seed: int = option(0, "Seed of the hash functions.", minimum=0, maximum=2**32 - 1)


@grouping("minhash", "Shared shingles (MinHash)", MinHashConfig, reads="texts")
def minhash(material: Material, config: MinHashConfig, *, progress: Progress = silent) -> Groups:
    """Join texts whose shingle sets have a Jaccard similarity of the threshold or more.

    Candidates share a band of their MinHash signatures (Broder 1997; bands: Leskovec, Rajaraman
    and Ullman 2014, section 3.4); each pair of them is compared exactly, so that none below the
    threshold is joined, and of those just at it about one in a hundred at most is missed, far
    fewer above. O(shingles × n_hashes), then the pairs that share a band.
    """
    n_rows = len(material.texts)
    shingles = shingles_of(
        material.texts, config.shingle, progress=_from(progress, 0, 3 * n_rows, "shingles")
    )
    # Equal sets are one from here on: a thousand copies would make half a million pairs.
    whole = set_hashes(shingles.starts, shingles.keys)
    _, rows, places = np.unique(whole, return_index=True, return_inverse=True)
    signatures = _signatures(
        shingles, rows, config, _from(progress, n_rows, 3 * n_rows, "signatures")
    )
    keys = _band_keys(signatures, config)
    sets, parents = Sets(rows, shingles.starts, shingles.keys), forest(len(rows))
    for number in range(keys.shape[1]):
        done = 2 * n_rows + n_rows * number // keys.shape[1]
        told = _from(progress, done, 3 * n_rows, "candidates")
        _join_band(_band(keys, number), sets, parents, threshold=config.threshold, progress=told)
    progress(3 * n_rows, 3 * n_rows)
    return Groups.of("minhash", roots(parents)[places])


def banding(n_hashes: int, threshold: float) -> tuple[int, int]:
    """Bands, and hashes in each: the most for which a pair at the threshold still shares a band.

    That chance is 1 - (1 - threshold^hashes)^bands, here 99 % or more where n_hashes allows.
    """
    for size in range(n_hashes, 1, -1):
        n_bands = n_hashes // size
        if (1 - threshold**size) ** n_bands <= MISSED:
            return n_bands, size
    return n_hashes, 1


def _from(progress: Progress, before: int, whole: int, title: str) -> Progress:
    """The progress of one part, counted on top of the parts before it."""

    def shifted(done: int, total: int, note: str = "") -> None:
        progress(min(before + done, whole - 1), whole, title)

    return shifted


def _signatures(
    shingles: Shingles, rows: Rows, config: MinHashConfig, progress: Progress
) -> Signatures:
    """MinHash signatures of these rows, (len(rows), n_hashes)."""
    from datasketch import MinHash

    sketches = MinHash.generator(
        ((shingles.of(row) & LOW_BITS).tolist() for row in rows),
        num_perm=config.n_hashes,
        seed=config.seed,
        hashfunc=int,  # shingles are hashes already
        scheme="affine32",
    )
    signatures = np.empty((len(rows), config.n_hashes), dtype=np.uint32)
    for at, sketch in enumerate(sketches):
        if at % TELL_EVERY == 0:
            progress(at, len(rows))
        signatures[at] = sketch.hashvalues
    return signatures


def _band_keys(signatures: Signatures, config: MinHashConfig) -> Hashes:
    """One number for each band of each signature, (n_sets, n_bands)."""
    n_bands, size = banding(config.n_hashes, config.threshold)
    keys = np.zeros((len(signatures), n_bands), dtype=np.uint64)
    for column in range(n_bands * size):
        fold_in(keys[:, column // size], signatures[:, column])
    return keys


def _band(keys: Hashes, number: int) -> Band:
    """The sets in the order of one band's keys, so that equal keys meet.

    Sorting instead of datasketch's tables of sets, which take about 7 KB a row.
    """
    order = np.argsort(keys[:, number], kind="stable")
    return Band(number, keys, order, _run_ends(keys[order, number]))


def _run_ends(ordered: Hashes) -> Rows:
    """For each position of sorted keys, the position behind the last equal key."""
    last = np.append(ordered[1:] != ordered[:-1], True)
    stops = np.flatnonzero(last) + 1
    return np.repeat(stops, np.diff(stops, prepend=0))


def _join_band(
    band: Band, sets: Sets, parents: Parents, *, threshold: float, progress: Progress
) -> None:
    """Compare the pairs of one band, in stretches short enough to be stopped in between."""
    n_pairs = np.cumsum(band.ends - np.arange(len(band.ends)) - 1)
    start = 0
    while start < len(n_pairs):
        before = n_pairs[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(n_pairs, before + PAIRS, side="right")))
        join_alike(start, stop, band, sets, parents, threshold)
        progress(0, 1)
        start = stop
