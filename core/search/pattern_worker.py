"""Run by `core.search.text` as a child process: matches one pattern that may take long, and ends.

Standard input: JSON with the pattern, the time budget, and the number of an open file that holds
the texts, none of them null, as Arrow IPC. Standard output: one byte a text, 1 where it matches.
"""

from __future__ import annotations

import json
import sys

import pyarrow.compute as pc

from core.search.sandbox import close_in, confine
from core.search.sharing import received


def main() -> int:
    """Read the request, close every door, answer."""
    request = json.loads(sys.stdin.buffer.read())
    confine(request["seconds"])
    texts = received(request["fd"])["texts"]
    close_in()
    for chunk in texts.chunks:
        hits = pc.match_substring_regex(chunk, request["pattern"])
        sys.stdout.buffer.write(hits.to_numpy(zero_copy_only=False).astype("u1").tobytes())
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
