"""The page of licences: what Screentest holds of others, and what is installed beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = frozenset({"sandbox", "cluster", "studio"})
# Where a package's metadata says it in no name that can be read alike.
SAID = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "3-Clause BSD License": "BSD-3-Clause",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "MIT License": "MIT",
}
INTRODUCTION = """\
# Licences

Generated from the installed packages by `make docs`; do not edit.

Screentest itself is under Apache-2.0.

## Within the package

| what | licence | where its words are |
|---|---|---|
| weights that find faces, figures and identities | MIT, Apache-2.0 | `prep/vision/weights/NOTICE` |
| htmx, in the studio's pages | 0BSD | `client/studio/static/htmx.LICENSE` |

## Installed beside it

Each is a package of its own, with its own terms, and is not part of Screentest's wheel. Older Pythons
get a few more, which bring newer parts of Python's own library. **Three bring FFmpeg along:**

- `imageio-ffmpeg` holds an `ffmpeg` program under GPL-3.0 or later. Screentest runs it as a program of
  its own and is not linked with it; `SCREENTEST_FFMPEG` names another in its place.
- `av` holds FFmpeg's libraries, whose licence as they were built is in the table, and beside them
  libx264 and libx265, which are under GPL-2.0 or later.
- `opencv-python-headless` holds FFmpeg's libraries under LGPL-2.1 or later.

Whoever hands on a bundle of it all, such as a container image, hands those on too, by their terms.

| package | licence |
|---|---|
"""


def page() -> str:
    """docs/licences.md as Markdown."""
    rows = [f"| {one.name} | {_licence(one)} |" for one in _installed()]
    return INTRODUCTION + "\n".join(rows) + "\n"


def _installed() -> list[Distribution]:
    """Everything that an installation with all extras brings, Screentest itself not."""
    found: dict[str, Distribution] = {}
    wanted = list(_wants("screentest", EXTRAS))
    while wanted:
        name, extras = wanted.pop()
        if name not in found:
            found[name] = distribution(name)
            wanted += _wants(name, extras)
    return [found[name] for name in sorted(found)]


def _wants(name: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """What a package wants on every Python, so that the page is the same on each."""
    for text in distribution(name).requires or ():
        one = Requirement(text)
        environments = [{"extra": extra} for extra in (extras or {""})]
        is_for_some = one.marker is not None and re.search("python_(full_)?version", str(one.marker))
        if not is_for_some and (one.marker is None or any(map(one.marker.evaluate, environments))):
            yield canonicalize_name(one.name), frozenset(one.extras)


def _licence(one: Distribution) -> str:
    """As an SPDX expression where the metadata allows it."""
    fields = one.metadata.json
    if canonicalize_name(one.name) == "av":
        return f"{fields['license_expression']}; FFmpeg within: {_ffmpeg_in_av()}"
    said = str(fields.get("license_expression") or fields.get("license") or "").split("\n")[0]
    if said and said != "UNKNOWN":
        return SAID.get(said, said)
    kinds = [text.split(" :: ")[-1] for text in one.metadata.get_all("Classifier") or []]
    return str(next(SAID.get(kind, kind) for kind in kinds if kind.endswith("License")))


def _ffmpeg_in_av() -> str:
    from av import _core

    return str(_core.library_meta["libavcodec"]["license"])
