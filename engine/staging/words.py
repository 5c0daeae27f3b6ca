"""Why a file was left where it is, in words a person can act on."""

from __future__ import annotations

import errno

REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EACCES: "its folder may not be changed",
    errno.EPERM: "the file or its folder is protected",
    errno.EROFS: "the disk can only be read",
    errno.ENOENT: "it is not there any more",
    errno.EEXIST: "another file has its place",
    errno.EIO: "the disk reported an error",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ELOOP: "it lies behind a link",
    errno.ENOTDIR: "a part of its path is a link or a file",
    errno.ESTALE: "it was changed meanwhile",
    errno.EXDEV: "it would have to go to another disk",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
}


class Refused(OSError):
    """A move that must not be made; the message says why."""


def because(error: OSError) -> str:
    """One sentence."""
    if isinstance(error, Refused):
        return str(error)
    reason = REASONS.get(error.errno or 0) or (error.strerror or str(error)).rstrip(".")
    return f"It was left where it is: {reason}."
