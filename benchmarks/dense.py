"""How long the dense methods take beside apricot, submodlib, scikit-learn and faiss.

    python -m benchmarks.dense POOL.npy [--budget 5000] [--repeats 5] [--out NAME]
    python -m benchmarks.dense --tiny                  generated vectors, in seconds
    options: --rows N, --device cuda, --only kmq, --peer-path DIR, --peer-seconds S, --peer-gb G

POOL.npy holds one embedding a row, float16 or float32. Every peer runs in a process of its own
under a memory and a time limit, in the same run as ours; both begin with the embeddings as the file
has them, and libraries are loaded before the clock starts. One that cannot take the whole pool is
measured at the largest of 2,000, 5,000, 10,000 and 20,000 rows that it can, and ours at the same;
there the budget is at most half of the rows. A ratio is the peer's median divided by ours, above 1
where ours is quicker; the objective of both stands beside it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.children import Limits
from benchmarks.dense_cases import CASES, Case
from benchmarks.dense_ours import Ours, Pool
from benchmarks.dense_peers import Children, beside
from benchmarks.generated import embeddings
from benchmarks.machine import RESULTS, accelerator, circumstances, deliver, write_result
from core.select import SELECTORS

PACKAGES = ("numpy", "numba", "scipy", "torch", "faiss-cpu", "scikit-learn")
TINY = {"rows": 600, "budget": 60, "repeats": 1, "peer_repeats": 1, "peer_seconds": 60}


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Everything this script measures, as one JSON-ready record."""
    vectors = _vectors(arguments)
    limits = Limits(
        arguments.peer_seconds,
        int(arguments.peer_gb * (1 << 30)),
        tuple(str(Path(one).resolve()) for one in arguments.peer_path),
    )
    cases = _cases(arguments.only)
    result: dict[str, Any] = {
        "what": "dense methods beside other libraries, the same machine and run",
        "circumstances": circumstances(PACKAGES)
        | {
            "threads": os.environ.get("OMP_NUM_THREADS", "as many as cores"),
            "waiting": os.environ.get("OMP_WAIT_POLICY", "as the libraries choose"),
        },
        "pool": arguments.pool.name if arguments.pool else f"generated, seed {arguments.seed}",
        "rows": len(vectors),
        "width": vectors.shape[1],
        "budget": arguments.budget,
        "device": accelerator(arguments.device) or arguments.device,
        "repeats": arguments.repeats,
        "peer_limits": {"seconds": limits.seconds, "gb": arguments.peer_gb},
        "cases": [],
    }
    with tempfile.TemporaryDirectory() as folder:
        pool = Pool(vectors, arguments.seed, Path(folder))
        children = Children(limits, repeats=arguments.peer_repeats, say=_say)
        for case in cases:
            result["cases"].append(_case(case, pool, arguments, children))
            if arguments.out:  # so that a long run that breaks off has not been for nothing
                write_result(RESULTS / f"{arguments.out}.json", result)
    return result


def _case(
    case: Case, pool: Pool, arguments: argparse.Namespace, children: Children
) -> dict[str, Any]:
    """Ours on the whole pool, and each peer with ours at the rows that it can take."""
    told: dict[str, Any] = {
        "case": case.key,
        "method": case.method,
        "options": dict(case.options),
        "note": case.note,
        "objective": case.objective,
        "objective_is_better": "higher" if case.higher else "lower",
    }
    if case.method not in list(SELECTORS):
        return told | {"ours": {"not_measured": f"method {case.method!r} is not registered"}}
    ours = Ours(case, pool, device=arguments.device, repeats=arguments.repeats)
    _say(f"{case.key}: ours, {len(pool.vectors):,} rows")
    told["ours"] = ours.at(len(pool.vectors), arguments.budget)
    told["peers"] = [beside(peer, ours, arguments.budget, children) for peer in case.peers]
    ratios = [one["ratio"] for one in told["peers"] if one["library"] and "ratio" in one]
    return told | {"ratio_to_fastest_library": min(ratios, default=None)}


def _cases(only: list[str] | None) -> list[Case]:
    known = {case.key: case for case in CASES}
    for name in only or ():
        if name not in known:
            sys.exit(f"unknown case {name!r}; choose from: {'; '.join(known)}")
    return [known[name] for name in only or known]


def _vectors(arguments: argparse.Namespace) -> Any:
    if arguments.pool is None:
        if not arguments.tiny:
            sys.exit("name a file of embeddings, or ask for --tiny")
        return embeddings(arguments.rows, 16, seed=arguments.seed)
    found = np.load(arguments.pool, mmap_mode="r")
    if found.ndim != 2 or found.dtype not in (np.float16, np.float32):
        sys.exit(f"{arguments.pool} holds {found.dtype} of shape {found.shape}; one float row each")
    return np.array(found[: arguments.rows or None])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def parse(argv: list[str] | None) -> argparse.Namespace:
    """The command line of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pool", type=Path, nargs="?", help="embeddings, one a row, as .npy")
    parser.add_argument("--tiny", action="store_true", help="600 rows, 60 of them chosen, once")
    parser.add_argument("--rows", type=int, help="the first rows of the pool; all if absent")
    parser.add_argument("--budget", type=int, default=5_000)
    parser.add_argument("--repeats", type=int, default=5, help="of ours")
    parser.add_argument("--peer-repeats", type=int, default=5, help="as far as the time allows")
    parser.add_argument("--peer-seconds", type=float, default=600, help="for all runs of a peer")
    parser.add_argument("--peer-gb", type=float, default=18, help="memory of a peer; 0: no limit")
    parser.add_argument(
        "--peer-path", action="append", default=[], help="where peers are installed"
    )
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N, for ours")
    parser.add_argument("--only", action="append", help="a case by its name; repeatable")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", help="name under benchmarks/results to write the figures to")
    if parser.parse_known_args(argv)[0].tiny:
        parser.set_defaults(**TINY)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Measure, print, and write where asked."""
    arguments = parse(argv)
    deliver(measure(arguments), arguments.out)


if __name__ == "__main__":
    main()
