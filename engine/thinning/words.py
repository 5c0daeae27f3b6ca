"""Words that reports of thinning share."""

from __future__ import annotations


def size(count: int) -> str:
    """Bytes in words: 1.2 GB."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"
