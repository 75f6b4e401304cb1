"""trialbalance: from the records of a trial to a decision, every pound reconciled."""

import sys
from types import TracebackType

INTERRUPTED = "interrupted; what was finished stays, run again to go on."
NO_MEMORY = "memory ran out; use a larger machine, fewer cores at a time or format: parquet."
# What libraries say when the system gives them no more memory.
OF_MEMORY = (
    "Cannot allocate memory",
    "can't start new thread",
    "failed to map segment",
    "Unable to allocate",
)


def is_of_memory(error: BaseException) -> bool:
    """Return whether an error says that there is no more memory, in whichever words.

    Examples
    --------
    >>> is_of_memory(RuntimeError("can't start new thread")), is_of_memory(ValueError("x"))
    (True, False)
    """
    return isinstance(error, MemoryError) or any(words in str(error) for words in OF_MEMORY)


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say in one sentence what stopped a script of a rule before its work began."""
    if issubclass(kind, KeyboardInterrupt):
        print(INTERRUPTED, file=sys.stderr)  # noqa: T201
    elif is_of_memory(error):
        print(NO_MEMORY, file=sys.stderr)  # noqa: T201
    else:
        sys.__excepthook__(kind, error, trace)


# Only where Snakemake runs one of our scripts: elsewhere errors are those of whoever imports us.
if hasattr(sys.modules.get("__main__"), "snakemake"):
    sys.excepthook = _tell
