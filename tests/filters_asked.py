"""What tests of filters share: asking for rows, drawing a lasso, reading another pool."""

import json

from core.data.ingest import IngestConfig
from core.pipeline import pools
from core.pipeline.filters import Filter, filtered

BOX = [[-100.0, -100.0], [5.0, -100.0], [5.0, 100.0], [-100.0, 100.0]]


def ingested(workspace, folder, lines):
    source = folder / "lines.jsonl"
    source.write_text("\n".join(json.dumps(line) for line in lines))
    pools.ingest_pool(workspace, [str(source)], IngestConfig())


def rows(workspace, *filters, chosen=None):
    return filtered(workspace, filters, chosen=chosen).rows.tolist()


def lasso(workspace, *strokes):
    return Filter("lasso", {"map": workspace.current()["map"], "strokes": list(strokes)})


def stroke(mode, points=BOX):
    return {"mode": mode, "points": points}
