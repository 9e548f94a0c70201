"""Numbers and foreign text as people read them: thousands, shares, sizes, and no markup."""

from __future__ import annotations

import re

from core.reporting import figure

__all__ = ["figure"]

MARKUP = re.compile(r"[\\`*_\[\]<>~$:&|#]|^[-+=]")
NUMBERED = re.compile(r"^(\d+)([.)])")


def count(number: float, noun: str = "") -> str:
    """An exact count with its noun: '1 row', '5,000 rows'."""
    if not noun:
        return f"{number:,.0f}"
    return f"{number:,.0f} {noun if number == 1 else noun + 's'}"


def share(part: float, whole: float, of: str = "") -> str:
    """A share in per cent, saying of what: '81 % of 3,912 latents'."""
    percent = 100 * part / whole if whole else 0.0
    shown = f"{percent:.0f}" if percent >= 10 or percent in (0, 100) else f"{percent:.2g}"
    if shown == "100" and part < whole:
        shown = "99.9"  # complete is said of what is complete only
    return f"{shown} % of {whole:,.0f} {of}" if of else f"{shown} %"


def about(number: float) -> str:
    """An estimate in two significant digits: '90,000', '1.3 million'."""
    rounded = float(f"{number:.2g}")
    return f"{rounded / 1e6:,.3g} million" if rounded >= 1e6 else f"{rounded:,.0f}"


def size(n_bytes: float) -> str:
    """Bytes in the unit that fits."""
    for unit in ("bytes", "kB", "MB"):
        if n_bytes < 1000:
            return f"{n_bytes:.3g} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:,.3g} GB"


def stretch(seconds: float) -> str:
    """A stretch of time that has passed: '8 s', '4 min', '1 h 20 min'."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def plain(text: str) -> str:
    """Text from data or errors for a place that reads Markdown: nothing in it is markup."""
    line = MARKUP.sub(lambda found: f"\\{found[0]}", " ".join(text.split()))
    return NUMBERED.sub(r"\1\\\2", line)
