"""A look at the window's own pictures: what they are there, and until when they stay so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from screentest.prep.core.values import Segment, Source
from screentest.prep.media.fields import FirstField, first_field
from screentest.prep.media.form import in_form
from screentest.prep.media.frames import FrameReader
from screentest.prep.media.recording import Frame

_AHEAD_S = 1.0
_AT_S = 0.02
# What is broadcast in fields; nothing else can be woven.
_FIELD_LINES = (480, 486, 576, 1080, 1088)
_FIELD_RATES = (24.5, 30.5)
_RUNS, _RUN_PICTURES = 3, 4
_FLAG_PICTURES = 10


@dataclass(frozen=True, slots=True)
class WindowForm:
    """``source``: as it is in the window. ``until_s``: when its form changes, None where it stays.

    ``first_field``: of woven pictures that are not marked so, "" where there is nothing to be said.
    """

    source: Source
    until_s: float | None
    first_field: FirstField


def look_at(
    reader: FrameReader, source: Source, segment: Segment, *, landing_s: float | None
) -> WindowForm:
    """What the pictures of a segment are; keyframes are decoded, and a few more in doubt.

    ``landing_s``: the keyframe before it, where the container has no index that finds it.
    """
    from_s = segment.start_s if landing_s is None else landing_s - _AHEAD_S
    keys = _with_changes(reader, list(reader.keyframes(from_s, segment.end_s)))
    if not keys:
        return WindowForm(source, None, "")
    at = max((n for n, key in enumerate(keys) if key.t_s <= segment.start_s + _AT_S), default=0)
    form, until_s = keys[at].form, None
    inside = [keys[at]]
    for key in keys[at + 1 :]:
        if key.form != form:
            until_s = key.t_s
            break
        inside.append(key)
    there = in_form(source, form)
    woven = there.is_interlaced or _is_marked(reader, inside, there)
    first = "" if woven else _unmarked(reader, inside, there)
    return WindowForm(replace(there, is_interlaced=woven), until_s, first)


def _with_changes(reader: FrameReader, keys: list[Frame]) -> list[Frame]:
    """Keyframes, with all of those that lie between two of different forms: one of them changes it."""
    found = keys[:1]
    for before, after in pairwise(keys):
        if before.form != after.form:
            between = reader.keyframes(before.t_s, after.t_s, every_s=0.0)
            found += [key for key in between if before.t_s < key.t_s < after.t_s]
        found.append(after)
    return found


def _is_marked(reader: FrameReader, keys: list[Frame], source: Source) -> bool:
    """Whether most pictures after a keyframe that is marked as woven are; telecine marks fewer."""
    key = next((key for key in keys if key.decoded.interlaced_frame), None)
    if key is None:
        return False
    length_s = (_FLAG_PICTURES + 0.5) / float(source.fps)
    marks = [f.decoded.interlaced_frame for f in reader.span(key.t_s, key.t_s + length_s)]
    return 2 * sum(marks) > len(marks)


def _unmarked(reader: FrameReader, keys: list[Frame], source: Source) -> FirstField:
    low, high = _FIELD_RATES
    is_broadcast = source.coded_height_px in _FIELD_LINES and low < source.fps < high
    if not is_broadcast or source.coded_width_px < source.coded_height_px:
        return ""
    chosen = keys[:: max(1, -(-len(keys) // _RUNS))]
    length_s = (_RUN_PICTURES - 0.5) / float(source.fps)
    return first_field(
        [[reader.stored_luma(f) for f in reader.span(k.t_s, k.t_s + length_s)] for k in chosen]
    )
