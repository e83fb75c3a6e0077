"""A file that is a conforming clip already is used as it is: whether that holds, and the copy of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av.error
from av.video.frame import VideoFrame

from screentest.prep.clipping.check import Facts, look_inside, rules
from screentest.prep.clipping.framing import company_warning, framed, no_crop_warning
from screentest.prep.core.errors import FootageError
from screentest.prep.core.files import atomic_file, not_writable, sha256_of
from screentest.prep.core.progress import Progress
from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.values import Clip, Segment, Source
from screentest.prep.core.wishes import NO_WISHES, Wishes
from screentest.prep.media.containers.beside import (
    has_notes,
    is_overwritten,
    units_of_header,
    units_of_packet,
)
from screentest.prep.media.deadline import Deadline, limit_s
from screentest.prep.media.form import Form, display_matrix, form_of
from screentest.prep.media.opening import opened, packets
from screentest.prep.media.orientation import orientation
from screentest.prep.media.probe import video_stream

_MOST_NAMED = 3
_DAMAGE = "undamaged pictures"
# About who is shown: they decide on the window, and on nothing that is done to it.
_OF_THE_PICK = frozenset({"start_s", "length_s", "subject", "person", "match", "min_score"})
_UPRIGHT = (0, False)
_RULES_OF_FORM = {
    "resolution": ("width_px", "height_px"),
    "pixels": ("pixel_format",),
    "range": ("full_range",),
    "colour": ("transfer", "matrix", "primaries"),
}
# What a wish is about, where its name is no noun; the others are called by their names.
_CALLED = {"fit": "crop", "rotate_deg": "rotation"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a file stands to a model's rules. ``broken``: the names of those it breaks, () for none."""

    facts: Facts
    broken: tuple[str, ...]


def standing(source: Source, spec: ClipSpec) -> Standing | None:
    """How a file that could be a clip stands to a model's rules; None for one much too long or large,
    and for recordings that were joined, of which players may show any.

    Where it keeps them, every picture was decoded: one is whole, and holds no notes of its maker.
    """
    longest_s = float(spec.max_length_s) + 1 / float(source.fps)
    if source.joined or source.part is not None:
        return None
    if source.duration_s > longest_s or source.bytes > spec.max_bytes:
        return None
    try:
        return _standing(Path(source.path), source.fingerprint, spec)
    except (FootageError, OSError):
        return None


def why_not(
    found: Standing, wishes: Wishes, segment: Segment, source: Source, *, spec: ClipSpec
) -> str | None:
    """Why a clip is made of a window instead of taking the file as it is; None where that is taken.

    A sentence, "" for a file that breaks so many rules that nobody takes it for a clip.
    """
    if len(found.broken) > _MOST_NAMED:
        return ""
    if found.broken:
        why = f" but for {_listed(found.broken)}"
    elif not is_whole(segment, found, source):
        why = ", but another window was wanted"
    elif wish := _other_wish(wishes, segment, source, spec=spec):
        why = f", but {wish} was wanted"
    else:
        return None
    return f"The file keeps every rule of {spec.model}{why}: a new clip was made of it."


def taken_words(spec: ClipSpec) -> str:
    """What is said of a file that is taken as it is."""
    return f"The file keeps every rule of {spec.model}, so the clip is the file, byte for byte."


def is_whole(segment: Segment, found: Standing, source: Source) -> bool:
    """Whether a window is all of the file."""
    frame_s = 1 / float(source.fps) + 1e-3
    return segment.length_s > float(found.facts.length_s) - frame_s


def wants_all(wishes: Wishes, found: Standing) -> bool:
    """Whether no wish speaks of a window, or of whom it is to show."""
    others = (wishes.start_s, wishes.person, wishes.match)
    if wishes.insists or any(wish is not None for wish in others):
        return False
    return wishes.length_s is None or wishes.length_s >= float(found.facts.length_s)


def as_it_is(
    source: Source,
    segment: Segment,
    found: Standing,
    *,
    out: Path,
    spec: ClipSpec,
    wishes: Wishes = NO_WISHES,
    progress: Progress | None = None,
) -> Clip:
    """The clip at ``out`` with the very bytes of its footage. Raises OutputNotWritable or DiskFull."""
    with atomic_file(out) as part:
        try:
            shutil.copyfile(source.path, part)
        except OSError as error:
            raise not_writable(out, error, "clip") from error
    if progress is not None:
        progress(1.0)
    facts, heads = found.facts, segment.heads
    width_px, height_px = facts.width_px, facts.height_px
    said = [company_warning(heads, None, width_px=width_px, height_px=height_px, spec=spec)]
    if wishes.fit == "crop":
        said.append(no_crop_warning(heads, width_px=width_px, height_px=height_px, spec=spec))
    return Clip(
        path=str(out.absolute()),
        sha256=sha256_of(out),
        bytes=out.stat().st_size,
        segment=segment,
        model=spec.model,
        width_px=width_px,
        height_px=height_px,
        fps=facts.fps,
        frames=facts.frames,
        has_audio=bool(facts.audio),
        upscaled=False,
        warnings=tuple(sentence for sentence in said if sentence),
        face_height_px=round(heads.face_height * height_px) if heads is not None else None,
    )


def _other_wish(wishes: Wishes, segment: Segment, source: Source, *, spec: ClipSpec) -> str:
    """What the wish is about that the file as it is would not meet; "" for none."""
    if source.turned_deg:  # by a wish, or when it was probed
        return f"another {_CALLED['rotate_deg']}"
    width_px, height_px = source.width_px, source.height_px
    for name in (field.name for field in fields(wishes)):
        wish = getattr(wishes, name)
        if name in _OF_THE_PICK or wish == getattr(NO_WISHES, name):
            continue
        if name == "audio":
            if wish == "remove" and source.has_audio:
                return "no sound"
            continue
        if name == "audio_track" and wishes.audio_index(source) == source.audio_index:
            continue
        if name == "orientation" and (wish == "portrait") == (height_px > width_px):
            continue
        if name == "fit" and not _crops(wishes, segment, source, spec):
            continue
        return f"another {_CALLED.get(name, name.replace('_', ' '))}"
    return ""


def _crops(wishes: Wishes, segment: Segment, source: Source, spec: ClipSpec) -> bool:
    """Whether cropping would change the picture, with the pixels that it has."""
    width_px, height_px = source.width_px, source.height_px
    crop = framed(segment.heads, width_px=width_px, height_px=height_px, spec=spec, fit=wishes.fit)
    return crop is not None


@lru_cache(maxsize=8)
def _standing(path: Path, _fingerprint: str, spec: ClipSpec) -> Standing:
    facts = look_inside(path)
    broken = [row.rule for row in rules(facts, spec) if not row.ok]
    if not broken:
        broken = [*_broken_within(path, facts)]
    return Standing(facts, tuple(broken))


def _broken_within(path: Path, facts: Facts) -> tuple[str, ...]:
    """What only a look at every picture tells."""
    found: set[str] = set()
    shown = 0
    first: Form | None = None
    deadline = Deadline(path, limit_s(path))
    with opened(path, deadline) as container:
        stream = video_stream(container, path)
        # A damaged picture is otherwise patched up and passes for a whole one.
        stream.codec_context.options = {**stream.codec_context.options, "err_detect": "explode"}
        stream.thread_type = "AUTO"
        header = stream.codec_context.extradata or b""
        found.update(_broken_by_units(tuple(units_of_header(header))))
        try:
            for packet in packets(container, stream, deadline):
                found.update(_broken_by_units(tuple(units_of_packet(bytes(packet), header))))
                for picture in packet.decode():
                    shown += 1
                    form = form_of(picture, Fraction(1), _UPRIGHT)
                    first = first or form
                    found.update(_broken_by(picture))
                    found.update(rules_changed(form, first))
        except (av.error.FFmpegError, ValueError):
            return (_DAMAGE,)
    if shown != facts.frames:
        found.add(_DAMAGE)
    return tuple(sorted(found))


def _broken_by_units(units: tuple[bytes, ...]) -> set[str]:
    damaged = {_DAMAGE} if any(map(is_overwritten, units)) else set()
    return damaged | ({"metadata"} if has_notes(units) else set())


def _broken_by(picture: VideoFrame) -> set[str]:
    broken = set()
    if picture.is_corrupt:
        broken.add(_DAMAGE)
    if picture.interlaced_frame:
        broken.add("fields")
    if orientation(display_matrix(picture)) != _UPRIGHT:
        broken.add("upright")
    return broken


def rules_changed(form: Form, first: Form) -> set[str]:
    """The rules about what a picture has otherwise than the first one, which is all that facts know."""
    return {
        rule
        for rule, names in _RULES_OF_FORM.items()
        if any(getattr(form, name) != getattr(first, name) for name in names)
    }


def _listed(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]
