"""The README.md of a share bundle, for whoever unpacks it by hand."""

from __future__ import annotations

from collections.abc import Sequence

TEXT = """# A share bundle of Coreset Atlas

{title}. Texts of {n_texts:,} of {n_rows:,} rows, {n_events:,} decisions.

Open it read-only, without model or GPU, from a clone of Coreset Atlas:

```sh
make run WORKSPACE=path/to/this-bundle.zip
```

What is not in it: {left_out}.

The texts are those of the sources; their licences go with them.
"""


def read_me(
    title: str, *, n_rows: int, n_texts: int, n_events: int, left_out: Sequence[str]
) -> str:
    """The file's text; nothing of it comes from the data."""
    return TEXT.format(
        title=title,
        n_rows=n_rows,
        n_texts=n_texts,
        n_events=n_events,
        left_out="; ".join(left_out) or "nothing",
    )
