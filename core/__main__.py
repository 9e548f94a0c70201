"""`python -m core VERB …`: the same steps as the pages, for scripts and for background jobs.

Results go to standard output, progress to standard error. Exit 0 done, 2 the request must change,
1 our fault, 130 interrupted with every artifact whole.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import typer
from typer.exceptions import TyperException

from core import jobs
from core.console import ConsoleReporter
from core.errors import Cancelled, CoreError
from core.reporting import Reporter
from core.verbs import Call, app


def main() -> int:
    """Run the command line; every way to fail ends in one line and an exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # spinning threads cost up to 7x when busy
    try:
        called = app(standalone_mode=False)
        if isinstance(called, Call):
            _carry_out(called)
    except typer.Exit as end:
        return int(end.exit_code)
    except TyperException as error:
        return _refused(_usage(error))
    except CoreError as error:
        return _refused(str(error))
    except (KeyboardInterrupt, Cancelled, typer.Abort) as stop:
        return _stopped(str(stop) or "interrupted")
    except Exception as error:
        return _our_fault(error)
    return 0


def _carry_out(call: Call) -> None:
    reporter: Reporter = jobs.JobReporter(call.job) if call.job else ConsoleReporter(sys.stderr)
    result = call.step(reporter)
    if call.job:
        jobs.finish(call.job, result)
    as_text = call.show or _plain
    text = json.dumps(result, ensure_ascii=False) if call.as_json else as_text(result)
    sys.stdout.write(text + "\n")


def _plain(result: dict[str, Any], indent: str = "") -> str:
    lines = []
    for name, value in result.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}:", _plain(value, indent + "  ")]
        else:
            lines.append(
                f"{indent}{name}: {value:,}" if _is_count(value) else f"{indent}{name}: {value}"
            )
    return "\n".join(lines)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _usage(error: TyperException) -> str:
    if type(error).__name__ == "NoArgsIsHelpError":  # its message is the help, already shown
        return "name a verb; see --help"
    return str(error.format_message() if hasattr(error, "format_message") else error)


def _refused(message: str) -> int:
    return _ended("failed", f"error: {_one_line(message)}", 2)


def _stopped(message: str) -> int:
    return _ended("cancelled", f"stopped: {_one_line(message)}; what was finished is kept", 130)


def _our_fault(error: Exception) -> int:
    if os.environ.get("CORESET_DEBUG"):
        traceback.print_exc()
    kind = type(error).__name__
    line = f"internal error: {kind}: {_one_line(str(error))} (CORESET_DEBUG=1 shows where)"
    return _ended("failed", line, 1)


def _ended(kind: str, line: str, code: int) -> int:
    sys.stderr.write(line + "\n")
    folder = _job_folder()
    if folder is not None:
        jobs.fail(folder, kind, line.partition(": ")[2])
    return code


def _job_folder() -> Path | None:
    """The job's folder, found by hand since the arguments may be what failed."""
    arguments = sys.argv
    if "--job" in arguments[:-1]:
        folder = Path(arguments[arguments.index("--job") + 1])
        return folder if folder.is_dir() else None
    return None


def _one_line(message: str) -> str:
    return " ".join(message.split())


if __name__ == "__main__":
    sys.exit(main())
