"""A process that decides until it is killed: `curate_writer.py DATABASE NAME`.

It says each event's id on standard output after the store has acknowledged it, never before.
"""

import itertools
import os
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from core.curate.engine import database_url
from core.curate.opening import open_postgresql, open_sqlite
from core.curate.records import Event


def main(place, name):
    is_server = place.startswith("postgresql:")
    store = (
        open_postgresql(database_url(place), "storm")
        if is_server
        else open_sqlite(Path(place), "storm")
    )
    for n in itertools.count():
        event = Event(uuid.uuid4().hex, f"{n:032x}", name, "approved")
        store.append([event])
        os.write(1, f"{event.id}\n".encode())
        time.sleep(0.002)  # SQLite gives no turns: without a pause one would keep the other out


if __name__ == "__main__":
    main(*sys.argv[1:])
