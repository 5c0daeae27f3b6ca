"""What a file name says: the stage that made the image, when it was made, and the family it belongs to."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec

from engine.errors import SettingsError
from engine.intake.patterns import too_slow
from engine.library.text import to_text

LONGEST_NAME = 512  # characters; no common disk holds a longer name, and a pattern's time grows with the length
LONGEST_PATTERN = 500

_NUMBER = r"[0-9]{1,2}(?:\.(?:[1-9][0-9]|[0-9]))?"
_BUILT_IN = re.compile(
    rf"(?:(?<![^\W\d_])stage[ _-]{{0,3}}|(?<![^\W_])s)(?P<stage>{_NUMBER})(?![^\W_])",
    re.IGNORECASE,
)
_STAGE = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,6})?")
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}$")
_SEPARATORS = " _-."
_WORDS = re.compile(r"([\s_.\-]*)([^\s_.\-]+)")
_SCALE = re.compile(r"[0-9]{1,2}x|x[0-9]{1,2}|[0-9]{3,5}x[0-9]{3,5}", re.IGNORECASE)
_TIMESTAMP = re.compile(
    r"(?<![0-9])((?:19|20)[0-9]{2})([-_.]?)([01][0-9])\2([0-3][0-9])"
    r"(?:[T _.\-]{0,3}|\sat\s)"
    r"([0-9]{1,2})([-_.:]?)([0-5][0-9])\6([0-5][0-9])(?:[0-9]{6}|[0-9]{3})?(?![0-9])"
    r"(?:\s?([AP])M\b)?",
    re.IGNORECASE,
)


class ParsedName(msgspec.Struct, frozen=True):
    """A file name, read.

    Attributes:
        stage: the step that made the image, such as 1.5; None where the name has no stage.
        stage_text: the same as written, such as "01"; "" where there is none.
        timestamp: when the name says it was made, `YYYY-MM-DDTHH:MM:SS`, or "".
        stem: the family key, case-folded: the name without extension, stage and the words that only describe the step
            ("upscaled", "4x"). Two images with the same stem are candidates for one family. It is "" when the name
            holds nothing but a stage. Always valid UTF-8.
    """

    stage: float | None
    stage_text: str
    timestamp: str
    stem: str


@lru_cache(maxsize=16)
def compile_pattern(text: str) -> re.Pattern[str]:
    """The pattern that finds the stage in a name; empty text gives the built-in one.

    A pattern needs a group `stage` that holds a number and may have a group `timestamp`. It is searched in the name
    without its extension, then in the whole name, upper and lower case alike unless it says otherwise.

    Raises SettingsError, in a plain sentence, when it does not compile, lacks the group or takes too long on a name.
    """
    if not text.strip():
        return _BUILT_IN
    hint = r"Correct it in the settings, or leave it empty for the built-in pattern; an example: _v(?P<stage>\d+)_"
    if len(text) > LONGEST_PATTERN:
        raise SettingsError(f"The stage pattern is longer than {LONGEST_PATTERN} characters.", hint)
    try:
        pattern = re.compile(text, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError, MemoryError) as error:
        raise SettingsError(f"The stage pattern is not a regular expression: {error}.", hint) from error
    if "stage" not in pattern.groupindex:
        raise SettingsError("The stage pattern has no group called `stage`.", hint)
    if too_slow(pattern, LONGEST_NAME):
        raise SettingsError("The stage pattern takes too long: some file names would stop Pickwise for minutes.", hint)
    return pattern


def parse_name(filename: str, pattern: re.Pattern[str]) -> ParsedName:
    """Read a file name (no folder) with a pattern from `compile_pattern`. Never raises."""
    name = _SUFFIX.sub("", _plain(filename))
    match = _find_stage(filename, name, pattern)
    if match is None:
        return ParsedName(None, "", _timestamp(name), name.casefold())
    text = match["stage"]
    whole = match.string
    stamp = match["timestamp"] if "timestamp" in pattern.groupindex else None
    start, end = match.span("stage")
    if pattern is _BUILT_IN:
        start = match.start()
    else:
        while start > match.start() and whole[start - 1].isalpha():
            start -= 1
    before = whole[:start]
    if pattern is _BUILT_IN:  # img_stage1_stage2: an earlier step of the same image
        before = _BUILT_IN.sub(lambda m: "" if _is_long(m) == _is_long(match) else m[0], before)
    after = _SUFFIX.sub("", whole[end:]) if len(whole) > len(name) else whole[end:]
    return ParsedName(
        float(text.replace(",", ".")), text, _timestamp(stamp or "") or _timestamp(name), _family(before, after)
    )


def _find_stage(filename: str, name: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The last stage in the name is the step that made it; the long form goes before the short."""
    if len(filename) > LONGEST_NAME:
        return None
    for text in (name,) if pattern is _BUILT_IN else (name, _plain(filename)):
        found = [m for m in pattern.finditer(text) if m["stage"] and _STAGE.fullmatch(m["stage"])]
        if pattern is _BUILT_IN:
            found = [m for m in found if _is_long(m)] or found
        if found:
            return found[-1]
    return None


def _is_long(match: re.Match[str]) -> bool:
    return match[0][:5].lower() == "stage"


def _family(before: str, after: str) -> str:
    """What is left of a name: all that stands before its stage, and after it the words with a meaning of their own."""
    before = before.rstrip(_SEPARATORS)
    words = _WORDS.findall(after)
    kept = [gap + word for gap, word in words if not _describes_step(word)]
    if not before and not kept:
        kept = [gap + word for gap, word in words]  # stage1_cat and stage1_dog are not one family
    return (before + "".join(kept)).strip(_SEPARATORS).casefold()


def _describes_step(word: str) -> bool:
    bare = word.strip("()[]{}")
    return not bare or bare.isalpha() or _SCALE.fullmatch(bare) is not None


def _plain(text: str) -> str:
    """Composed Unicode that UTF-8 can hold: macOS gives decomposed names, Linux gives any bytes."""
    if text.isascii():
        return text
    if not text.isprintable():
        text = to_text(text).encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFC", text)


def _timestamp(text: str) -> str:
    for match in _TIMESTAMP.finditer(text[:LONGEST_NAME]):
        year, _, month, day, hour, gap, minute, second, half = match.groups()
        if len(hour) == 1 and not gap:
            continue
        try:
            when = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second))  # noqa: DTZ001
        except ValueError:
            continue
        if half and when.hour <= 12:
            when += timedelta(hours=12 * (half in "Pp") - 12 * (when.hour == 12))
        return when.isoformat()
    return ""
