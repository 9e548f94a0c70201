"""How much of a hostile file is read before it is refused."""

MAX_RECORD_BYTES = 8 << 20
"""One record; a longer line is refused without being held in memory."""

MAX_DEPTH = 64
"""Nested brackets in one JSON record."""

GZIP_FREE_BYTES = 100 << 20
"""Output of a gzip stream that is never questioned."""

GZIP_MAX_RATIO = 200
"""Output to input beyond `GZIP_FREE_BYTES`; text compresses about 3 to 10 times."""

MAX_LISTED = 1_000
"""Bad rows that a report lists one by one; all are counted."""

MAX_METADATA_COLUMNS = 200
"""Metadata columns of a pool; further ones stay in the raw record alone."""
