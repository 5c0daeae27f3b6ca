"""Why a file was left where it was, in one sentence a person can act on."""

from __future__ import annotations

import errno

REASONS = {
    errno.ENOSPC: "The disk is full.",
    errno.EDQUOT: "Your share of the disk is used up.",
    errno.EACCES: "Its folder may not be changed.",
    errno.EPERM: "The file or its folder is protected.",
    errno.EROFS: "The disk can only be read.",
    errno.ENOENT: "It is not there any more.",
    errno.EEXIST: "Another file has its place.",
    errno.EIO: "The disk reported an error.",
    errno.ENAMETOOLONG: "Its name is too long.",
    errno.ELOOP: "It lies behind a link.",
    errno.ENOTDIR: "A part of its path is not a folder.",
    errno.ESTALE: "It was changed meanwhile.",
    errno.EXDEV: "It would have to go to another disk.",
    errno.EMFILE: "Too many files are open.",
    errno.ENFILE: "Too many files are open.",
}
ABSENT = "It is not in the staging folder; a disk may be missing."
LOST = "It is not in the staging folder any more."


class Refused(OSError):
    """A move that must not be made; the message is the sentence that says why."""


def because(error: OSError) -> str:
    """One sentence."""
    if isinstance(error, Refused):
        return str(error)
    return REASONS.get(error.errno or 0) or f"{(error.strerror or str(error) or 'The system refused').rstrip('.')}."
