"""Small pools to export: one exchange each, conversations, and rows that are more than text."""

import json

from core.data.ingest import IngestConfig, ingest
from core.pipeline.export_rows import PoolExamples

HOSTILE = (
    '---\n# x | <script>alert(1)</script> [a](http://b) ![c](d) `` ` "y": !!python\u2028\x00,";\r\n'
    "=1+1"
)


def message(role, content, **more):
    return {"role": role, "content": content, **more}


ALPACA = [
    {"instruction": f"Question {i}?", "input": "", "output": f"R\u00e9ponse {i}\u2028.", "n": i}
    for i in range(7)
]
HOSTILE_ROWS = [
    {"instruction": f"{HOSTILE} {i}", "input": "=2+2", "output": f"{i} {HOSTILE}"} for i in range(5)
]
CHATS = [
    {
        "messages": [
            *([message("system", "Be brief.")] if i % 2 else []),
            message("user", f"Question {i}?"),
            message("assistant", f"Answer {i}."),
            message("user", "And then?"),
            message("assistant", f"Nothing, {i}."),
        ],
        "topic": "talk",
    }
    for i in range(6)
]
CALL = {"id": "1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
ODD = [
    {"messages": [message("user", "Add."), message("assistant", None, tool_calls=[CALL])]},
    {"messages": [message("user", "Look."), message("assistant", "Yes.")], "images": ["a.png"]},
    {"messages": [message("user", "Why?"), message("assistant", "So.", reasoning_content="Hm.")]},
    {"messages": [message("user", "Use."), message("assistant", "Done.")], "tools": [{"x": 1}]},
    {
        "messages": [
            message("user", "One."),
            message("assistant", "Two."),
            message("user", "Three."),
        ]
    },
    {"messages": [message("user", "A."), message("user", "B."), message("assistant", "C.")]},
    {"messages": [message("user", "Good?", name="ana"), message("assistant", "Good.")]},
]


def pool_of(records, folder):
    """A pool of these records, read as a person's file is."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "rows.jsonl"
    lines = (json.dumps(record, ensure_ascii=False) for record in records)
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())
    return ingest([str(path)], IngestConfig()).pool


def examples_of(records, folder, order=None):
    """These records as an export takes them, in the order of their places."""
    pool = pool_of(records, folder)
    rows = list(range(pool.n_rows))[::-1] if order is None else order
    ids = pool.ids()
    return PoolExamples(pool, pool.rows_of([ids[row] for row in rows]))


def read_again(path):
    """The example ids of a file that our own ingest reads, in its order."""
    return ingest([str(path)], IngestConfig(strict=True)).pool.ids()
