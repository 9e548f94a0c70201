"""Workspaces that browser tests open: the demo pool, and a generated pool of 52,000 short rows."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "assets" / "demo.jsonl"
N_DEMO = 751
N_LARGE = 52_000

VERBS = ("sort", "count", "name", "draw", "cook", "paint", "mend", "plant", "weigh", "ship")
THINGS = ("apples", "maps", "songs", "stars", "boats", "letters", "rivers", "clocks", "coins")
PLACES = ("at home", "by the sea", "in winter", "for a child", "without tools", "in verse")


def run(source, folder, budget):
    """Everything from a file to a chosen subset, as a person runs it."""
    command = [sys.executable, "-m", "core", "run", str(source), "--budget", str(budget)]
    command += ["--workspace", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


def short_rows(n_rows):
    """Distinct rows of a few words, of which the real pass reads 52,000 in two minutes."""
    phrases = itertools.product(range(1, 1000), THINGS, VERBS, PLACES)
    for number, thing, verb, place in itertools.islice(phrases, n_rows):
        yield {
            "instruction": f"{verb.capitalize()} {number} {thing} {place}.",
            "input": "",
            "output": f"{number * 7 % 997} {thing}, {place}.",
            "task": verb,
        }


def large(folder):
    """The workspace of a generated pool of `N_LARGE` rows."""
    source = folder.parent / "large.jsonl"
    with source.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row) + "\n" for row in short_rows(N_LARGE))
    return run(source, folder, 2000)
