"""What a task makes of its inputs: a character from a clip or images, or a video that shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from screentest.client.sandbox.models.known import MODELS
from screentest.client.sandbox.models.media import CastField, ClipRules, ImageRules
from screentest.client.sandbox.models.model import Model
from screentest.client.sandbox.work.backend import Backend
from screentest.client.sandbox.work.clip_identity import ClipIdentity, character_id, clip_identity
from screentest.client.sandbox.work.references import Fetched, fetched
from screentest.client.sandbox.work.render import Panel, VideoRequest, render
from screentest.client.sandbox.work.tasks import StoredCharacter, Task
from screentest.client.sandbox.work.validation import (
    INVALID_PARAMETER,
    MODERATION,
    TOO_LONG,
    TaskRefused,
    ValidClip,
    validate,
    validate_image,
)

_SHORT_PX = {"480p": 480, "720p": 720, "1080p": 1080, "4k": 2160}


def character_of(task: Task, backend: Backend) -> StoredCharacter:
    """The character of a task, its clip or frontal image kept. Raises TaskRefused."""
    model = MODELS[task.model]
    with fetched(model, task.inputs, backend) as files:
        valid = [_validated(one) for one in files]
        identity = clip_identity([picture for one in valid for picture in one.samples])
        _check_subject(identity, files, backend)
        name = task.inputs["name"]
        prefix = model.result.id_prefix
        made = character_id(identity, name=name, task_id=task.id, prefix=prefix)
        suffix = "mp4" if isinstance(files[0].media.rules, ClipRules) else "image"
        kept = files[0].path.replace(backend.folder.clips / f"{made}.{suffix}")
    return StoredCharacter(made, name, task.id, identity.kind, kept.name)


def outputs_as(character: StoredCharacter, task: Task, shape: str) -> list[Any]:
    """A finished character task's outputs in one of the shapes seen (2026)."""
    result = MODELS[task.model].result
    entry: dict[str, Any] = {
        result.id_key: character.id if result.id_prefix else int(character.id),
        result.name_key: character.name,
        **{key: task.inputs.get(field, "") for key, field in result.extras},
    }
    shapes: dict[str, list[Any]] = {
        "object": [entry],
        "string": [character.id],
        "json-string": [json.dumps(entry)],
        "list": [[entry]],
    }
    return shapes[shape]


def video_of(task: Task, backend: Backend) -> str:
    """The URL of a task's video. Raises TaskRefused."""
    model, inputs = MODELS[task.model], task.inputs
    out = backend.folder.outputs / f"{task.id}.mp4"
    with fetched(model, inputs, backend) as files:
        valid = [_validated(one) for one in files]
        _check_lengths(model, inputs, files, valid)
        shape = (valid[0].width_px, valid[0].height_px) if valid else None
        panels, notes = _shown(files, inputs["prompt"])
        cast, absent = _cast(model, inputs, backend)
        width, height = frame_size(inputs, shape)
        request = VideoRequest(
            inputs["prompt"],
            width,
            height,
            int(inputs["duration"]),
            (*panels, *cast),
            (*notes, *absent),
        )
        render(request, out)
    return f"{backend.base_url}/files/outputs/{out.name}"


def frame_size(inputs: Mapping[str, Any], shape: tuple[int, int] | None) -> tuple[int, int]:
    """The asked size, else the asked resolution (720p where none) in the asked or the inputs' shape.

    ``shape``: width and height of the first file.
    """
    if "size" in inputs:
        width, height = map(int, inputs["size"].split("*"))
        return width, height
    short = _SHORT_PX[inputs.get("resolution", "720p")]
    ratio = re.fullmatch(r"(\d+):(\d+)", inputs.get("aspect_ratio", ""))
    wide, high = map(int, ratio.groups()) if ratio else (16, 9)
    if not ratio and shape and shape[0] < shape[1]:
        wide, high = 9, 16
    return _even(short * max(1.0, wide / high)), _even(short * max(1.0, high / wide))


def _even(side: float) -> int:
    return round(side / 2) * 2


def _validated(one: Fetched) -> ValidClip:
    rules = one.media.rules
    return (
        validate_image(one.path, rules) if isinstance(rules, ImageRules) else validate(one.path, rules)
    )


def _check_subject(identity: ClipIdentity, files: Sequence[Fetched], backend: Backend) -> None:
    rules = [one.media.rules for one in files]
    if identity.kind == "face" and backend.settings.reject_human_faces:
        raise TaskRefused(MODERATION, "The content shows a human likeness, which is blocked.")
    people_only = any(isinstance(one, ClipRules) and one.people_only for one in rules)
    if people_only and identity.kind != "face":
        raise TaskRefused(INVALID_PARAMETER, "Invalid video: it shows no realistic human figure.")


def _check_lengths(
    model: Model, inputs: Mapping[str, Any], files: Sequence[Fetched], valid: Sequence[ValidClip]
) -> None:
    whole_s = sum(one.length_s for one in valid)
    for media in model.media:
        lengths = [v.length_s for one, v in zip(files, valid, strict=True) if one.media is media]
        if media.total_s is not None and sum(lengths) > media.total_s + 0.05:
            raise TaskRefused(
                INVALID_PARAMETER, f"Invalid {media.field}: longer than {media.total_s:g} s."
            )
    most_s = model.most_total_s
    if most_s is not None and whole_s + int(inputs["duration"]) > most_s + 0.05:
        raise TaskRefused(TOO_LONG, f"References and output exceed {most_s:g} s.")


def _shown(files: Sequence[Fetched], prompt: str) -> tuple[list[Panel], list[str]]:
    """The files that the prompt names, or that need no name; and notes on the others."""
    panels = [Panel(one.path, one.named or one.media.field) for one in files if one.named in prompt]
    return panels, [
        f"absent: {one.named} (not in the prompt)" for one in files if one.named not in prompt
    ]


def _cast(model: Model, inputs: Mapping[str, Any], backend: Backend) -> tuple[list[Panel], list[str]]:
    """The characters that the prompt names, and notes on the others. Raises TaskRefused."""
    panels, notes = [], []
    for cast in model.cast:
        for place, wanted in enumerate(inputs.get(cast.field, []), start=1):
            found = _character(wanted[cast.item_key] if cast.item_key else wanted, cast, backend)
            forms = [form.format(name=found.name, place=place) for form in cast.forms]
            if any(form in inputs["prompt"] for form in forms):
                panels.append(Panel(backend.folder.clips / found.clip, found.name))
            else:
                notes.append(f"absent: {found.name} (not named in the prompt)")
    return panels, notes


def _character(wanted: str, cast: CastField, backend: Backend) -> StoredCharacter:
    found = backend.store.character(wanted) if re.fullmatch(cast.pattern, wanted) else None
    if found is None:
        raise TaskRefused(INVALID_PARAMETER, f"Invalid {cast.field}: {wanted} does not exist.")
    return found
