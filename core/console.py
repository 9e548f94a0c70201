"""The reporter of the command line: a moving bar with rate and estimate on standard error."""

from __future__ import annotations

import time
from typing import TextIO

from core.records import Progress
from core.reporting import StageClock, time_left

BAR = 24
REDRAW = 0.1  # seconds between two drawings of the bar on a terminal
LINE = 5.0  # seconds between two lines where standard error is no terminal


class ConsoleReporter:
    """Draws one line a stage; on a terminal it moves in place, in a log it is repeated."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.moves = stream.isatty()

    def stage(self, title: str, unit: str) -> Progress:
        """A stage drawn on the stream; its last line stays."""
        clock = StageClock(title, unit)
        began = time.monotonic()
        drawn, over = 0.0, False

        def progress(done: int, total: int, note: str = "") -> None:
            nonlocal drawn, over
            clock.advance(done, total, note)
            ended = done >= total
            due = time.monotonic() - drawn >= (REDRAW if self.moves else LINE)
            if over or not (ended or due):
                return
            drawn, over = time.monotonic(), ended
            self._draw(_line(clock, time.monotonic() - began), ends=ended)

        return progress

    def say(self, text: str) -> None:
        """One plain line."""
        self.stream.write(text + "\n")
        self.stream.flush()

    def _draw(self, line: str, *, ends: bool) -> None:
        if self.moves:
            self.stream.write(f"\r\x1b[2K{line}" + ("\n" if ends else ""))
        else:
            self.stream.write(line + "\n")
        self.stream.flush()


def _line(clock: StageClock, seconds: float) -> str:
    share = clock.done / clock.total if clock.total else 1.0
    bar = "█" * round(BAR * share) + "·" * (BAR - round(BAR * share))
    counts = f"{clock.done:,} of {clock.total:,} {clock.unit}"
    if clock.done >= clock.total:
        tail = f"{seconds:,.1f} s"
    else:
        tail = f"{clock.rate:,.0f} {clock.unit}/s · {time_left(clock.seconds_left)}"
    note = f" · {clock.note}" if clock.note else ""
    return f"{clock.title:<34} {bar} {share:4.0%} · {counts} · {tail}{note}"
