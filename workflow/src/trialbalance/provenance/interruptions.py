"""What stops a script that is nobody's mistake, in one sentence: Ctrl-C, and no more memory."""

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

    Parameters
    ----------
    error : BaseException
        What was raised.

    Returns
    -------
    bool
        True for MemoryError and for what libraries raise in its place.

    Examples
    --------
    >>> is_of_memory(RuntimeError("can't start new thread")), is_of_memory(ValueError("x"))
    (True, False)
    """
    return isinstance(error, MemoryError) or any(words in str(error) for words in OF_MEMORY)


def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say in one sentence what stopped a script before its work began; else as Python does.

    Parameters
    ----------
    kind, error, trace
        As for ``sys.excepthook``.
    """
    if issubclass(kind, KeyboardInterrupt):
        print(INTERRUPTED, file=sys.stderr)  # noqa: T201
    elif is_of_memory(error):
        print(NO_MEMORY, file=sys.stderr)  # noqa: T201
    else:
        sys.__excepthook__(kind, error, trace)
