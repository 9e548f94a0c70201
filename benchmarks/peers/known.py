"""Which other libraries offer what our dense methods do, and what they need for it."""

from __future__ import annotations

from dataclasses import dataclass

LADDER = (2_000, 5_000, 10_000, 20_000)
"""Pool sizes tried where a peer cannot take the whole pool."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One way of one library; `call` names the function that runs it in a child process."""

    name: str
    module: str  # imported
    distribution: str  # installed
    call: str
    note: str = ""
    bytes_a_pair: float = 0.0  # of all pairs of rows, at the worst moment
    begins: int | None = None  # rows tried first; None for the whole pool

    @property
    def is_library(self) -> bool:
        """Whether a library offers this; a loop over numpy is but the plain reference."""
        return self.module != "numpy"

    def bytes_for(self, n_rows: int) -> int:
        """Memory that a pool of so many rows takes, about."""
        return int(self.bytes_a_pair * n_rows * n_rows)


NUMPY_K_CENTER = Peer(
    "numpy loop", "numpy", "numpy", "by_numpy:k_center", "the plain reference, no library's offer"
)
DISPARITY_MIN = Peer(
    "submodlib DisparityMin, NaiveGreedy",
    "submodlib",
    "submodlib-py",
    "by_submodlib:disparity_min",
    "greedy on the least distance inside the subset: farthest first under another name",
    bytes_a_pair=60,  # the matrix passes through lists of Python numbers
    begins=5_000,
)
FAISS_KMEANS = Peer(
    "faiss Kmeans", "faiss", "faiss-cpu", "by_faiss:kmeans", "and the nearest centroid of each row"
)
SKLEARN_KMEANS = Peer(
    "scikit-learn KMeans",
    "sklearn",
    "scikit-learn",
    "by_sklearn:kmeans",
    "all rows, k-means++ starts, its own stopping rule",
)
NUMPY_QDIT = Peer(
    "numpy loop",
    "numpy",
    "numpy",
    "by_numpy:qdit",
    "the plain reference; none of the four libraries offers quality beside facility location",
    bytes_a_pair=8,
    begins=2_000,
)
APRICOT_FACILITY = Peer(
    "apricot FacilityLocation, lazy",
    "apricot",
    "apricot-select",
    "by_apricot:facility_all_pairs",
    "float64 only; compiles its loops at each fit",
    bytes_a_pair=9,
    begins=5_000,
)
APRICOT_TWO_STAGE = Peer(
    "apricot FacilityLocation, two-stage",
    "apricot",
    "apricot-select",
    "by_apricot:facility_two_stage",
    "float64 only; compiles its loops at each fit",
    bytes_a_pair=9,
    begins=5_000,
)
SUBMODLIB_FACILITY = Peer(
    "submodlib FacilityLocation, LazyGreedy",
    "submodlib",
    "submodlib-py",
    "by_submodlib:facility_all_pairs",
    "given the matrix in float32, the fastest of its ways in",
    bytes_a_pair=9,
    begins=5_000,
)
APRICOT_NEAREST = Peer(
    "apricot FacilityLocation, lazy, nearest",
    "apricot",
    "apricot-select",
    "by_apricot:facility_nearest",
    "given the nearest rows by faiss; compiles its loops at each fit",
)
SUBMODLIB_NEAREST = Peer(
    "submodlib FacilityLocation, sparse, LazyGreedy",
    "submodlib",
    "submodlib-py",
    "by_submodlib:facility_nearest",
    "given the nearest rows by faiss",
    begins=2_000,
)
FAISS_FILTER = Peer(
    "faiss IndexFlatIP, row by row",
    "faiss",
    "faiss-cpu",
    "by_faiss:repr_filter",
    "search the accepted rows, then add, as Deita's code does",
)
