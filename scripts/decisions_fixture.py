"""Makes a small store of decisions in the first schema, for the test of its migration.

    python scripts/decisions_fixture.py tests/fixtures

writes decisions-0001.sqlite3, by the first revision alone and plain SQL, and beside it the same
events as decisions-0001.jsonl. It was run once; the files stay as they are when the schema grows.
"""

import json
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from core.curate.files import written
from core.curate.payload import as_row
from core.curate.records import VERDICTS, Event
from core.curate.schema import SCRIPTS

N_EVENTS = 50
FIRST = 1_790_000_000.25  # seconds since 1970


def events() -> list[Event]:
    """Verdicts of two people, notes, tags, a batch, undos and a resolution, in two projects."""
    draw = random.Random(5)
    made = []
    for number in range(1, N_EVENTS + 1):
        common = {
            "id": f"{draw.getrandbits(128):032x}",
            "example": f"{draw.randrange(20):032x}",
            "curator": draw.choice(["Ann", "Jürgen"]),
            "at": FIRST + number * 1.5,
            "number": number,
        }
        made.append(Event(**{**common, **_said(draw, number, made)}))
    return made


def _said(draw: random.Random, number: int, before: list[Event]) -> dict[str, Any]:
    if number % 10 == 0:
        return {"undoes": before[-3].id, "curator": before[-3].curator}
    if number % 15 == 14:
        return {"note": 'see the\nguideline, "§ 2"', "tags": ("maths", "über, lang")}
    return {
        "verdict": draw.choice(VERDICTS),
        "reason": draw.choice(["", "wrong answer"]),
        "batch": "rest of cluster 7" if 31 <= number <= 36 else None,
        "resolves": number % 17 == 0,
    }


def make(path: Path, made: list[Event]) -> None:
    """The database as the first revision leaves it, with these events under two projects."""
    engine = sa.create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(path, isolation_level=None)
    )
    with engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for project, own in (("default", made), ("other", made[:3])):
            connection.execute(
                sa.text("INSERT INTO projects VALUES (:name, :last)"),
                {"name": project, "last": len(own)},
            )
            for event in own:
                row = as_row(event, project)
                columns = ", ".join(row)
                values = ", ".join(f":{name}" for name in row)
                connection.execute(
                    sa.text(f"INSERT INTO events ({columns}) VALUES ({values})"), row
                )
        connection.commit()
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA page_size = 1024")  # smaller in a repository
        connection.execute("VACUUM")


def main() -> None:
    """Write both files into the folder named on the command line."""
    folder, made = Path(sys.argv[1]), events()
    path = folder / "decisions-0001.sqlite3"
    path.unlink(missing_ok=True)
    make(path, made)
    (folder / "decisions-0001.jsonl").write_text(written(made, "jsonl"), encoding="utf-8")
    print(json.dumps({"bytes": path.stat().st_size, "events": len(made)}))


if __name__ == "__main__":
    main()
