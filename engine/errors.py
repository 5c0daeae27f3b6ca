"""Every error a person can meet, each a plain sentence and the next thing to do.

PickwiseError
├── WrongUse            the request or the command line is malformed
├── LibraryError        the library itself is in the way
│   ├── LibraryTooNew   written by a later Pickwise
│   ├── LibraryHeld     another process holds it; opened read-only
│   └── LibraryDamaged  the database, journal or settings cannot be read
├── SettingsError       pickwise.toml does not say what it should
├── WorkersFailed       the processes that read images cannot be used; no file is to blame
├── WeightsFailed       a model's weights could not be fetched or are not the right ones; nothing was loaded
├── BadCheckpoint       the weights of a network that a person chose cannot be used
├── Unreadable          one image file cannot be decoded (it is quarantined)
├── NotFound            what was asked for is not in the library
├── ExportError         an export could not be started
└── StagingError        files cannot be set aside, put back or approved; nothing was moved
"""

from __future__ import annotations


class PickwiseError(Exception):
    """Root of the tree.

    Attributes:
        code: stable, machine-readable word.
        message: one sentence saying what is wrong.
        hint: one sentence saying what to do next; may be empty.
    """

    code = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class WrongUse(PickwiseError):
    code = "wrong_use"


class LibraryError(PickwiseError):
    code = "library"


class LibraryTooNew(LibraryError):
    code = "library_too_new"


class LibraryHeld(LibraryError):
    code = "library_held"


class LibraryDamaged(LibraryError):
    code = "library_damaged"


class SettingsError(PickwiseError):
    code = "settings"


class WorkersFailed(PickwiseError):
    code = "workers"


class WeightsFailed(PickwiseError):
    code = "weights"


class BadCheckpoint(PickwiseError):
    code = "checkpoint"


class Unreadable(PickwiseError):
    code = "unreadable"


class NotFound(PickwiseError):
    code = "not_found"


class ExportError(PickwiseError):
    code = "export"


class StagingError(PickwiseError):
    code = "staging"
