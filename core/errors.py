"""The error tree: every message says what happened, what was seen and what to do.

    CoreError                 the person must change something (exit 2)
      RequestError            a budget, method, option, pin that cannot be honoured
      DataError               a source, row or example file that cannot be read
      ModelError              a model or SAE that is unknown, damaged or does not fit
      WorkspaceError          a folder that cannot be opened, read or written
    Cancelled                 somebody asked to stop; finished artifacts stay (exit 130)

Programmer mistakes stay `TypeError` and `ValueError`.
"""


class CoreError(Exception):
    """Something the person can mend; the message is one line."""


class RequestError(CoreError):
    """The request itself cannot be honoured: budget, method, option, pin."""


class DataError(CoreError):
    """A source or example file cannot be read."""


class ModelError(CoreError):
    """A model or SAE is unknown, damaged, or does not fit what it should read."""


class WorkspaceError(CoreError):
    """The workspace cannot be opened, read or written."""


class Cancelled(Exception):
    """Somebody asked to stop; everything published so far stays."""
