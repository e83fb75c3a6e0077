"""How the sandbox behaves, as one frozen value that a test or a user may vary.

The defaults follow the service's documentation; where it says nothing they are assumptions (2026).
Each can be changed in ``DIR/settings.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from screentest.client.errors import SandboxError

OutputsShape = Literal["object", "string", "json-string", "list"]

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """The API stand-in's behaviour.

    ``balance_usd``: what the account starts with. ``queue_s``: how long a task stays ``created``
    before work on it begins. ``character_s``/``video_s``: earliest end of a task after its submit.
    ``outputs``: shape of a finished character task. ``list_includes_inputs``: whether items of the
    task list carry their inputs. ``page_most``: how many of them a page holds, however many were
    asked for. ``prices_usd``: model id -> price per task, or per second for
    video models, instead of the documented one. ``reject_human_faces``: fail clips that show a
    human face with 1200, as the model's owner does by default. ``sync_wait_s``: how long a submit
    with ``enable_sync_mode`` is held. ``retention_s``: age at which results are gone.
    ``fetch_wait_s``/``fetch_max_bytes``: limits on downloading an input. ``at_once``: tasks worked
    on in parallel; a surplus task waits. ``max_characters``: how many a video may show (assumed).
    ``strict``: refuse a field that the model does not have, which the service drops without a word.
    """

    balance_usd: float = 10.0
    queue_s: float = 0.3
    character_s: float = 1.0
    video_s: float = 2.0
    outputs: OutputsShape = "object"
    list_includes_inputs: bool = False
    page_most: int = 100
    prices_usd: Mapping[str, float] = field(default_factory=dict)
    reject_human_faces: bool = False
    sync_wait_s: float = 60.0
    retention_s: float = 7 * DAY_S
    fetch_wait_s: float = 60.0
    fetch_max_bytes: int = 200_000_000
    at_once: int = 2
    max_characters: int = 2
    strict: bool = False


def load_settings(path: Path) -> SandboxSettings:
    """The defaults, changed by the JSON object in ``path`` if there is one.

    Raises SandboxError for a file that cannot be read, an unknown name or a value of another kind.
    """
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return SandboxSettings()
    except (OSError, ValueError) as error:
        raise SandboxError(
            f"The sandbox settings {path} cannot be read as JSON.", "Fix the file, or delete it."
        ) from error
    if not isinstance(given, dict):
        raise SandboxError(f"The sandbox settings {path} are not a JSON object.", "Delete the file.")
    return replace(SandboxSettings(), **{name: _checked(name, value) for name, value in given.items()})


def _checked(name: str, value: Any) -> Any:
    default = {f.name: getattr(SandboxSettings(), f.name) for f in fields(SandboxSettings)}
    if name not in default:
        known = ", ".join(default)
        raise SandboxError(f"The sandbox has no setting {name!r}.", f"The settings are: {known}.")
    if not _fits(name, value, default[name]):
        kind = type(default[name]).__name__
        raise SandboxError(
            f"The sandbox setting {name!r} must not be {value!r}.", f"Its type is {kind}."
        )
    return value


def _fits(name: str, value: object, default: object) -> bool:
    if name == "outputs":
        return value in get_args(OutputsShape)
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float) and value >= 0
    if isinstance(default, int):
        return isinstance(value, int) and value >= 1
    return isinstance(value, dict) and all(isinstance(v, int | float) for v in value.values())
