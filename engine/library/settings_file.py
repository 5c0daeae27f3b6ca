"""pickwise.toml: read it strictly, change one key at a time, keep the person's comments and order."""

from __future__ import annotations

import contextlib
import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from engine.errors import SettingsError
from engine.library.settings import Section, Settings

Value = bool | int | float | str | list[str]


def decode(text: str, name: str = "pickwise.toml") -> Settings:
    """Check settings text.

    Raises:
        SettingsError: not TOML, an unknown key, or a value out of its range; the sentence names the key.
    """
    fix = f"Mend {name}, or move it away to start from the defaults."
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib lets through what int() and deep nesting raise
        raise SettingsError(f"{name} is not valid TOML: {error}.", fix) from None
    try:
        return msgspec.convert(tree, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{name} has a setting that cannot be used: {_in_words(str(error))}.", fix) from None


def _in_words(problem: str) -> str:
    """What msgspec says of a key, in the words of the Settings screen."""
    what, _, where = problem.partition(" - at `$.")
    key = where.rstrip("`")
    about = next((describe(hint) for section, field, hint in fields() if f"{section}.{field}" == key), None)
    if about is None:
        unknown = re.search(r"unknown field `(.*?)`", what)
        if unknown:
            return f"there is no setting called {key + '.' if key else ''}{unknown[1]}"
        return f"{key}: {what}" if key else what
    low, high, unit = about["minimum"], about["maximum"], about["unit"]
    kinds = {"bool": "true or false", "int": "a whole number", "float": "a number", "list": "a list of texts"}
    wanted = " or ".join(about["choices"]) if about["choices"] else kinds.get(about["kind"], "a text")
    span = f" from {low:g} to {high:g}" if low is not None and high is not None else ""
    return f"{key} ({about['label']}) must be {wanted}{span}{' ' + unit if unit else ''}"


def load(path: Path) -> Settings:
    """The settings in a file; the defaults where there is none. Raises SettingsError."""
    try:
        return decode(path.read_text("utf-8"), path.name)
    except FileNotFoundError:
        return Settings()
    except UnicodeDecodeError:
        raise SettingsError(f"{path.name} is not UTF-8 text.", "Save it as UTF-8, or move it away.") from None
    except OSError as error:
        raise SettingsError(f"{path.name} cannot be read: {error.strerror}.", "Check the file's permissions.") from None


def write_atomically(path: Path, text: str) -> None:
    """Replace a file as a whole: a crash leaves the old one or the new one."""
    temporary = path.with_name(path.name + ".new")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


def change(path: Path, key: str, value: Value) -> Settings:
    """Set `section.name` in the file, checked first, comments kept; answers with the new settings.

    Raises:
        SettingsError: no such key, or a value the key cannot have; the file is unchanged.
    """
    import tomlkit

    section, _, name = key.partition(".")
    if name not in {field for _, field, _ in fields() if _section_of(section)} or not _section_of(section):
        raise SettingsError(f"There is no setting called {key}.", "See the Settings screen for the names.")
    load(path)  # a file that is already broken is not built upon
    document = tomlkit.parse(path.read_text("utf-8") if path.is_file() else "")
    document.setdefault(section, tomlkit.table())[name] = value
    text = tomlkit.dumps(document)
    try:
        settings = decode(text)
    except SettingsError as error:
        raise SettingsError(error.message, "The setting was left as it was.") from None
    write_atomically(path, text)
    return settings


def _section_of(name: str) -> type[Section] | None:
    return _sections().get(name)


def _sections() -> dict[str, type[Section]]:
    return {name: kind for name, kind in get_type_hints(Settings).items() if isinstance(kind, type)}


def fields() -> list[tuple[str, str, Any]]:
    """Every adjustable setting as (section, name, annotation with its Meta), in the order of the file."""
    return [
        (section, name, hint)
        for section, kind in _sections().items()
        for name, hint in get_type_hints(kind, include_extras=True).items()
    ]


def describe(hint: Any) -> dict[str, Any]:
    """What a control needs to know about one annotation: kind, words, range, step, unit, choices."""
    base, *metas = get_args(hint) if hasattr(hint, "__metadata__") else (hint,)
    meta = metas[0] if metas else msgspec.Meta()
    extra = meta.extra or {}
    kinds = {bool: "bool", int: "int", float: "float", str: "text"}
    choices = [str(c) for c in get_args(base)] if get_origin(base) is Literal else []
    return {
        "kind": "choice" if choices else kinds.get(base, "list"),
        "label": meta.title or "",
        "help": meta.description or "",
        "minimum": None if meta.ge is None else float(meta.ge),
        "maximum": None if meta.le is None else float(meta.le),
        "step": extra.get("step"),
        "unit": str(extra.get("unit", "")),
        "choices": choices,
    }


def views(settings: Settings) -> list[dict[str, Any]]:
    """Every setting with its value, default and control, for the Settings screen; lists are edited elsewhere."""
    defaults = Settings()
    rows = []
    for section, name, hint in fields():
        about = describe(hint)
        if about["kind"] != "list":
            value, default = (getattr(getattr(tree, section), name) for tree in (settings, defaults))
            rows.append({"key": f"{section}.{name}", "section": section, "value": value, "default": default, **about})
    return rows
