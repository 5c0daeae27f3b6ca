"""The JSON of Czkawka's results, read by its shape; a fault is told by line and column or by group and entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NoReturn

import msgspec

from engine.errors import WrongUse

MOST_PARTS = 4_000_000  # lists and objects in one file; what they take in memory is then at most about 1 GB
_HINT = "In Czkawka, save the results again as JSON and give that file."
_AT = re.compile(r"^(.*?)(?: - at `\$(.*)`)?$", re.DOTALL)
_BYTE = re.compile(r"^(.*) \(byte (\d+)\)$", re.DOTALL)
_KIND = re.compile(r"`(.*?)`")
_KINDS = {
    "str": "a text",
    "int": "a number",
    "float": "a number",
    "bool": "a truth value",
    "array": "a list",
    "object": "an object",
}
_PLACE = re.compile(r"\[(\d+)\]")


class _File(msgspec.Struct, gc=False):
    path: str


_Members = list[_File | list[_File]]  # files, or a reference and the list of the others
_Groups = list[_Members]
_Shape = _Groups | dict[str, list[_File | _Members]]


@cache
def _decoder() -> msgspec.json.Decoder[_Shape]:
    return msgspec.json.Decoder(_Shape)


def read_json(raw: bytes, name: str) -> list[tuple[list[str], bool]]:
    """The paths of each group and whether the first is a reference.

    Args:
        raw: UTF-8 without a byte order mark.
        name: of the file, for the sentence of a fault.

    Raises WrongUse for anything else.
    """
    parts = raw.count(b"[") + raw.count(b"{")
    if parts > MOST_PARTS:
        raise WrongUse(f"{name} has {parts} lists and objects; {MOST_PARTS} is the most that is read.", _HINT)
    try:
        value = _decoder().decode(raw)
    except msgspec.ValidationError as error:
        _say_place(raw, name, str(error))
    except msgspec.DecodeError as error:
        _say_byte(raw, name, str(error))
    except UnicodeDecodeError:
        _say_byte(raw, name, "this is not UTF-8 text")
    except RecursionError:
        raise WrongUse(f"{name} is nested too deeply to be a result of Czkawka.", _HINT) from None
    if isinstance(value, dict):
        return [_group(group, name, where) for where, group in _by_key(value, name)]
    return [_group(group, name, f"group {number}") for number, group in enumerate(value, 1)]


def _by_key(value: dict[str, list[_File | _Members]], name: str) -> Iterator[tuple[str, _Members]]:
    """The groups of a mapping by size or name: a key has one group, or a list of them."""
    for key, members in value.items():
        where = f"the groups of {_short(key)}"
        groups = [member for member in members if isinstance(member, list)]
        if groups and len(groups) == len(members):
            for number, group in enumerate(groups, 1):
                yield f"{where}, group {number}", group
            continue
        flat: _Members = []
        for number, member in enumerate(members, 1):
            others = member if isinstance(member, list) else []
            files = [file for file in others if isinstance(file, _File)]
            if len(files) < len(others):
                raise WrongUse(f"{name}, {where}, entry {number}: a list inside the list of a reference.", _HINT)
            flat.append(files if isinstance(member, list) else member)
        yield where, flat


def _group(members: _Members, name: str, where: str) -> tuple[list[str], bool]:
    files = [member for member in members if isinstance(member, _File)]
    others: list[_File] = []
    reference = False
    if len(files) < len(members):
        last = members[-1]
        if len(members) != 2 or len(files) != 1 or not isinstance(last, list):
            raise WrongUse(f"{name}, {where}: it is neither a list of files nor a reference and a list.", _HINT)
        others, reference = last, True
    paths = [file.path for file in (*files, *others)]
    if "" in paths:
        raise WrongUse(f"{name}, {where}, entry {paths.index('') + 1}: the path is empty.", _HINT)
    return paths, reference


def _say_place(raw: bytes, name: str, message: str) -> NoReturn:
    """A value of the wrong kind, by group and entry."""
    found = _AT.match(message)
    fault, at = (found[1], found[2] or "") if found else (message, "")
    where = ""
    if at.startswith("[...]"):  # of a mapping, msgspec does not say which key
        where, at = f"the groups of {_short(_guilty(raw))}, ", at.removeprefix("[...]")
        names = ["entry"] if at.count("[") == 1 else ["group", "entry", "entry"]
    else:
        names = ["group", "entry", "entry"]
    numbers = [int(place) for place in _PLACE.findall(at)]
    if len(numbers) == 3:  # among the others of a reference, which is entry 1 itself
        numbers = [numbers[0], numbers[2] + 1]
    told = ", ".join(f"{what} {number + 1}" for what, number in zip(names, numbers, strict=False))
    raise WrongUse(f"{name}, {where}{told or 'at the top'}: {_in_words(fault)}.", _HINT)


def _in_words(fault: str) -> str:
    """msgspec's "Expected `str`, got `int`" for a person."""
    kinds = _KIND.findall(fault)
    if len(kinds) == 2:
        return f"{_in_kinds(kinds[0])} should stand there, and it is {_in_kinds(kinds[1])}"
    return "the entry has no path" if "missing" in fault else fault.replace("`", "")


def _in_kinds(kinds: str) -> str:
    return " or ".join(_KINDS.get(kind, kind) for kind in kinds.split(" | "))


def _guilty(raw: bytes) -> str:
    """The first key of a mapping whose value is of the wrong kind."""
    one = msgspec.json.Decoder(list[_File | _Members])
    for key, value in msgspec.json.decode(raw, type=dict[str, msgspec.Raw]).items():
        try:
            one.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return key
    return ""


def _say_byte(raw: bytes, name: str, message: str) -> NoReturn:
    """A fault of the JSON itself, by line and column."""
    found = _BYTE.match(message)
    place = int(found[2]) if found else len(raw)
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        message, place = "this is not UTF-8 text", error.start
    line = raw.count(b"\n", 0, place) + 1
    column = place - raw.rfind(b"\n", 0, place)
    if found:
        message = found[1].replace("JSON is malformed", "it is not JSON")
    elif place >= len(raw):
        message = "the file ends in the middle"
    raise WrongUse(f"{name}, line {line}, column {column}: {message}.", _HINT)


def _short(text: str) -> str:
    plain = "".join(c if c.isprintable() else "�" for c in text)
    return plain if len(plain) <= 60 else plain[:59] + "…"
