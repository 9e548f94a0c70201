"""Text as it stands in a file: whole, wrapped, and to be scrolled by keyboard.

`st.code` with a height scrolls by the pointer alone, which leaves its end out of reach by Tab.
"""

from __future__ import annotations

from pages.components import reader


def code_block(text: str, *, name: str, key: str, height: int | None = None) -> None:
    """Show `text`, at most `height` px of it at once; `name` says what it is, for screen readers.

    It is shown as it is: no markup, and characters that cannot be seen by their names.
    """
    reader.draw({"kind": "code", "text": text, "name": name, "height": height}, key=key)
