"""What a user asks of a clip that is not simply the best window, padded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from screentest.prep.core.errors import ConfigError, ImpossibleWish, ScoreTooLow
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import timecode

if TYPE_CHECKING:  # the command line reads wishes for --help, which must not wait for more
    from screentest.prep.core.spec import Audio, ClipSpec, Fit, Orientation
    from screentest.prep.core.values import Segment, Source, Subject

_ENDLESS_S = 10**6
TURNS_DEG = (90, 180, 270)

SubjectWord = Literal["face", "other", "person", "animal", "drawing", "object"]
"""What to look for, as ``face`` and ``other`` say; or what it is, as its owner knows."""
SUBJECT_WORDS: tuple[SubjectWord, ...] = get_args(SubjectWord)
_LOOKED_FOR: Mapping[SubjectWord, Subject] = {"face": "face", "person": "face"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """The wishes for one clip; the defaults ask for nothing.

    ``start_s``/``length_s``: the window, on the source's own clock, instead of the pick.
    ``orientation``: of the clip; left out, footage keeps its own. ``subject``: insist on a face, or
    look for none; or what it is, which decides on that too. ``person``: a number from the list of
    ``scan``. ``match``: a photo of the person. ``fit``: pad, crop around the head, or crop where it
    helps. ``audio``: keep the sound, or remove it; None where nobody chose, which keeps it.
    ``audio_track``: from 1 on, the default one where None is given. ``min_score``: refuse a window that
    scores less, from 0 to 1. ``rotate_deg``: 90, 180 or 270 clockwise, for footage that does not say
    how it is to be turned, or says it wrong.
    """

    start_s: float | None = None
    length_s: float | None = None
    orientation: Orientation | None = None
    subject: SubjectWord | None = None
    person: int | None = None
    match: str | os.PathLike[str] | None = None
    fit: Fit = "pad"
    audio: Audio | None = None
    audio_track: int | None = None
    min_score: float | None = None
    rotate_deg: int | None = None

    @property
    def looks_for(self) -> Subject | None:
        """What a window has to show; None: a face if there is one."""
        return _LOOKED_FOR.get(self.subject, "other") if self.subject is not None else None

    @property
    def insists(self) -> bool:
        """Whether the subject is about the window alone, and says nothing of what it shows."""
        return self.subject in ("face", "other")

    def require_possible(self, spec: ClipSpec | None) -> None:
        """Raises ImpossibleWish for wishes that make no sense, alone, together or for a model.

        ``spec``: None where stills are made, which a start and a length only bound.
        """
        if self.start_s is not None and not 0 <= self.start_s < _ENDLESS_S:
            raise ImpossibleWish(
                f"A start of {self.start_s} s is out of range.",
                "Give seconds from the start of the footage, 0 or more.",
            )
        if spec is not None:
            self._require_length(spec)
        if self.min_score is not None and not 0 <= self.min_score <= 1:
            raise ImpossibleWish(
                f"A lowest score of {self.min_score} is out of range.", "Scores lie between 0 and 1."
            )
        self.require_quarter_turns()
        self._require_known_words()
        said = self.require_one_subject()
        if said and self.start_s is not None and spec is not None:
            raise ImpossibleWish(
                f"Start and {said[0]} cannot be combined: with a start, no window is picked.",
                Remedy("one_of", ("start_s", said[0])),
            )
        if self.audio == "remove" and self.audio_track is not None:
            raise ImpossibleWish(
                "An audio track cannot be kept and removed.", Remedy("one_of", ("audio", "audio_track"))
            )

    def _require_length(self, spec: ClipSpec) -> None:
        shortest_s, longest_s = float(spec.min_length_s), float(spec.max_length_s)
        if self.length_s is not None and not shortest_s <= self.length_s <= longest_s:
            raise ImpossibleWish(
                f"{spec.model} does not accept a clip of {self.length_s} s.",
                Remedy("length_s", at_least=shortest_s, at_most=longest_s),
            )

    def require_quarter_turns(self) -> None:
        """Raises ImpossibleWish for a rotation that no footage can be given."""
        if self.rotate_deg not in (None, *TURNS_DEG):
            raise ImpossibleWish(
                f"Footage cannot be rotated by {self.rotate_deg} degrees.",
                "It can be by 90, 180 or 270, clockwise.",
            )

    def _require_known_words(self) -> None:
        """Whatever a caller from Python writes; a wrong word would pass for another one."""
        for what, word, known in (
            ("orientation", self.orientation, ("landscape", "portrait")),
            ("fit", self.fit, ("pad", "crop", "auto")),
            ("audio", self.audio, ("keep", "remove")),
            ("subject", self.subject, SUBJECT_WORDS),
        ):
            if word is not None and word not in known:
                raise ImpossibleWish(
                    f"There is no {what} {word!r}.", f"It can be {' or '.join(known)}."
                )

    def require_one_subject(self) -> tuple[str, ...]:
        """The wish that says whom to pick, if any; raises ImpossibleWish for several.

        What it is says nothing of that: it is that from any start on.
        """
        subject = None if self.subject == "person" else self.subject
        who = {"subject": subject, "person": self.person, "match": self.match}
        said = [name for name, value in who.items() if value is not None]
        if len(said) > 1:
            both = " and ".join(said).capitalize()
            raise ImpossibleWish(f"{both} cannot be combined.", Remedy("one_of", tuple(said)))
        return tuple(name for name in said if name != "subject" or self.insists)

    def require_score(self, segment: Segment) -> None:
        """Raises ScoreTooLow for a window that scores less than was asked for."""
        if self.min_score is None or segment.score >= self.min_score:
            return
        score = f"{segment.score:.2f}"
        if float(score) >= self.min_score:  # rounded up, it would seem to be enough
            score = f"{segment.score:.6f}"
        raise ScoreTooLow(
            f"The window from {timecode(segment.start_s)} on scores {score}, less than the "
            f"{self.min_score:g} asked for.",
            Remedy("min_score", words="allow a lower score"),
            Remedy("start_s", words="choose another window by hand"),
            Remedy("footage", words="use other footage of the same subject"),
        )

    def audio_index(self, source: Source) -> int | None:
        """The stream of the track asked for, None for the default one. Raises ConfigError."""
        if self.audio_track is None:
            return None
        tracks = source.audio_tracks
        if not 1 <= self.audio_track <= len(tracks):
            count = f"{len(tracks)} audio tracks" if len(tracks) != 1 else "one audio track"
            raise ConfigError(
                f"There is no audio track {self.audio_track}: the footage has {count}.",
                Remedy("without", ("audio_track",)),
                "Without it, the default track is used.",
            )
        return tracks[self.audio_track - 1]


NO_WISHES = Wishes()
