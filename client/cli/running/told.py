"""Where each setting's value comes from: flag, environment, settings file or default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from screentest.client.cli.running.call import FileKind, SettingsFile
from screentest.client.cli.running.environment import NamedOption

Origin = FileKind | Literal["flag", "environment", "default"]
# These are about one call.
_PER_CALL = frozenset({"json", "quiet", "verbose", "version", "help", "config"})


@dataclass(frozen=True, slots=True)
class Told:
    """A setting. ``value``: None where nothing says one. ``where``: the variable or the file."""

    name: str
    value: object
    origin: Origin = "default"
    where: str = ""


def told(
    options: Iterable[NamedOption],
    *,
    always: Sequence[str],
    flags: Mapping[str, object],
    environ: Mapping[str, str],
    files: Sequence[SettingsFile],
    effective: Mapping[str, Any],
) -> list[Told]:
    """Each setting that something says, and those of ``always`` in any case, which come first.

    An option that means the same to every command that has it goes by its name alone, else with its
    command's: ``register.fit``. ``flags``: what this command line says, by key. ``effective``: the
    defaults that the files make together, the one that beats the others last among them.
    """
    by_key: dict[str, list[tuple[tuple[str, ...], Told]]] = {}
    for one in options:
        if one.key and one.key not in _PER_CALL:
            said = _said(one, environ=environ, files=files, effective=effective)
            by_key.setdefault(one.key, []).append((one.path, said))
    rows: list[Told] = []
    for key, found in by_key.items():
        if key in flags:
            rows.append(Told(key, flags[key], "flag", f"--{key}"))
        elif len({(one.value, one.origin, one.where) for _, one in found}) == 1:
            rows.append(found[0][1])
        else:
            rows += [
                replace(one, name=".".join((*path, key)))
                for path, one in found
                if one.origin != "default"
            ]
    first = [row for key in always for row in rows if row.name == key]
    return first + [row for row in rows if row.name not in always and row.origin != "default"]


def _said(
    one: NamedOption,
    *,
    environ: Mapping[str, str],
    files: Sequence[SettingsFile],
    effective: Mapping[str, Any],
) -> Told:
    for name in one.names:
        if environ.get(name):
            return Told(one.key, environ[name], "environment", name)
    param = str(one.option.name)
    value = _at(effective, one.path).get(param)
    for file in reversed(files):
        if value is not None and _at(file.defaults, one.path).get(param) == value:
            return Told(one.key, _plain(value), file.kind, str(file.path))
    return Told(one.key, None)


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool) else str(value)


def _at(defaults: Mapping[str, Any], path: Sequence[str]) -> Mapping[str, Any]:
    for name in path:
        defaults = defaults.get(name) or {}
    return defaults
