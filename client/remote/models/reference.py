"""What a model knows a character by: a clip, stills, or either; and which subjects it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from screentest.client.remote.models.facts import span
from screentest.prep.core.spec import ClipSpec, StillSpec

Subject = Literal["person", "animal", "drawing", "object"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
Way = Literal["video", "images"]
"""How a reference is given."""
WAYS: tuple[Way, ...] = get_args(Way)
Inputs = Literal["video", "images", "both"]
Reception = Literal["taken", "may be refused", "refused"]
"""What becomes of a subject. One that a model's data leaves out is unknown."""
Sound = Literal["cloned", "kept", "dropped", "unknown"]
"""What becomes of a clip's sound; cloned: a voice is made of the speech and bound to the character."""
Receptions = tuple[tuple[Subject, Reception], ...]


def all_are(reception: Reception) -> Receptions:
    """The same for every subject."""
    return tuple((subject, reception) for subject in SUBJECTS)


@dataclass(frozen=True, slots=True)
class StillUrls:
    """Stills of one character as URLs that the service can fetch."""

    frontal: str
    others: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (self.frontal, *self.others)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a model takes to know a character by.

    ``clip``/``stills``: None where it takes none. ``clip_subjects``/``still_subjects``: what becomes
    of a subject, by the way it is given. ``sound``: what becomes of a clip's sound.
    """

    clip: ClipSpec | None = None
    stills: StillSpec | None = None
    clip_subjects: Receptions = ()
    still_subjects: Receptions = ()
    sound: Sound = "unknown"

    @property
    def inputs(self) -> Inputs:
        if self.clip and self.stills:
            return "both"
        return "video" if self.clip else "images"

    def reception(self, subject: Subject, *, way: Way) -> Reception | None:
        """What becomes of a subject given this way; None where nobody knows."""
        subjects = self.clip_subjects if way == "video" else self.still_subjects
        return dict(subjects).get(subject)

    def limits(self) -> dict[str, str]:
        """Name -> value in words, of every limit that it sets."""
        stills = self.stills
        return {
            "inputs": self.inputs,
            "subjects": self._subjects_in_words(),
            **(_clip_limits(self.clip) if self.clip else {}),
            "sound": self.sound if self.clip else "",
            "stills": _stills_in_words(stills) if stills else "",
        }

    def _subjects_in_words(self) -> str:
        ways = {
            "video": self.clip_subjects if self.clip else (),
            "images": self.still_subjects if self.stills else (),
        }
        given = {way: subjects for way, subjects in ways.items() if subjects}
        if len(set(given.values())) == 1:
            return _in_words(next(iter(given.values())))
        return "; ".join(f"by {way}: {_in_words(subjects)}" for way, subjects in given.items())


def _in_words(subjects: Receptions) -> str:
    found: dict[Reception, list[str]] = {}
    for subject, reception in subjects:
        found.setdefault(reception, []).append(subject)
    return "; ".join(f"{', '.join(some)} {reception}" for reception, some in found.items())


def _clip_limits(spec: ClipSpec) -> dict[str, str]:
    short = f"{spec.min_short_px}" if spec.min_short_px == spec.max_short_px else ""
    size = f"{short}p" if short else f"{span(spec.min_short_px, spec.max_short_px, 'px')}, shorter side"
    ratio = f"{spec.aspect.numerator}:{spec.aspect.denominator}"
    return {
        "length": span(spec.min_length_s, spec.max_length_s, "s"),
        "size": size,
        "ratio": f"{ratio} or {spec.aspect.denominator}:{spec.aspect.numerator}",
        "bytes": f"{spec.max_bytes / 1e6:g} MB",
    }


def _stills_in_words(spec: StillSpec) -> str:
    count = f"{spec.least}-{spec.most}" if spec.least != spec.most else f"{spec.most}"
    return (
        f"{count}, {'/'.join(spec.formats)}, {_side_in_words(spec)} a side, "
        f"{spec.max_bytes / 1e6:g} MB each"
    )


def _side_in_words(spec: StillSpec) -> str:
    if spec.max_side_px is None:
        return f"at least {spec.min_side_px} px"
    return span(spec.min_side_px, spec.max_side_px, "px")
