"""Is a person's regular expression safe to run on every file name?

Backtracking can take a time that doubles with each character. A search cannot be interrupted, so the pattern is tried
on growing strings made of its own letters, one character longer each time, until it is slow or the longest name is
reached: a pattern that explodes is caught while it still takes milliseconds. The attack strings (a prefix, a part
pumped many times, an end that does not match) follow Davis et al., "The impact of regular expression denial of service
in practice" (ESEC/FSE 2018).
"""

from __future__ import annotations

import re
import time
from itertools import islice

SLOW_SEARCH = 0.02  # seconds of processor time for one name

_PUMPS = ("a", "0", "_", "-", " ", ".", "a_", "0_", "a0", "stage1_")


def too_slow(pattern: re.Pattern[str], longest: int) -> bool:
    """True when some probe up to `longest` characters takes longer than a name may."""
    words = list(dict.fromkeys(re.findall(r"[A-Za-z0-9]+|[^A-Za-z0-9]", pattern.pattern)))
    letters = list(dict.fromkeys(pattern.pattern))
    pumps = dict.fromkeys([*_PUMPS, *islice(words, 16), *islice(letters, 24)])
    prefixes = ["", *(w for w in words if w.isalnum())][:5]
    return any(_explodes(pattern, prefix, pump, longest) for pump in pumps for prefix in prefixes)


def _explodes(pattern: re.Pattern[str], prefix: str, pump: str, longest: int) -> bool:
    size = 1
    while size <= longest:
        text = prefix + (pump * (size // len(pump) + 1))[:size] + "\x00"
        began = time.thread_time()
        for _ in pattern.finditer(text):
            pass
        if time.thread_time() - began > SLOW_SEARCH:
            return True
        size += max(1, size // 8 * (size >= 48))
    return False
