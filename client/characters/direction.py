"""What a person asks of the clip, where it is not simply the best window, padded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screentest.client.errors import ConfigError, ImpossibleWish
from screentest.prep.core.remedy import Remedy

if TYPE_CHECKING:
    from screentest.prep.clipping.framing import Fit
    from screentest.prep.core.spec import ClipSpec, Orientation
    from screentest.prep.core.values import Source, Subject
    from screentest.prep.picking.casting import Casting


_ENDLESS_S = 10**6


@dataclass(frozen=True, slots=True)
class Direction:
    """The wishes for one clip; a default is none.

    ``start_s``/``length_s``: the window, on the source's own clock, instead of the pick.
    ``orientation``: of the canvas, for square pictures. ``subject``: insist on a face, or look for
    none. ``person``: a number from the list of ``scan``. ``match``: a photo of the person. ``fit``:
    pad, crop around the head, or crop where it helps. ``audio_track``: from 1 on, the default one
    where None is given.
    """

    start_s: float | None = None
    length_s: float | None = None
    orientation: Orientation = "landscape"
    subject: Subject | None = None
    person: int | None = None
    match: str | None = None
    fit: Fit = "pad"
    audio_track: int | None = None

    def require_possible(self, spec: ClipSpec) -> None:
        """Raises ImpossibleWish for wishes that make no sense, alone, together or for a model."""
        if self.start_s is not None and not 0 <= self.start_s < _ENDLESS_S:
            raise ImpossibleWish(
                f"A start of {self.start_s} s makes no sense.", "Give seconds from 0 on."
            )
        shortest_s, longest_s = float(spec.min_length_s), float(spec.max_length_s)
        if self.length_s is not None and not shortest_s <= self.length_s <= longest_s:
            raise ImpossibleWish(
                f"{spec.model} takes no clip of {self.length_s} s.",
                Remedy("length_s", at_least=shortest_s, at_most=longest_s),
            )
        who = {"subject": self.subject, "person": self.person, "match": self.match}
        said = [name for name, value in who.items() if value is not None]
        if len(said) > 1:
            both = " and ".join(said).capitalize()
            raise ImpossibleWish(f"{both} cannot go together.", Remedy("one_of", tuple(said)))
        if said and self.start_s is not None:
            raise ImpossibleWish(
                f"Start and {said[0]} cannot go together: a given window is not picked.",
                Remedy("one_of", ("start_s", said[0])),
            )

    @property
    def casting(self) -> Casting:
        """Who is wanted."""
        from screentest.prep.picking.casting import Casting

        return Casting(subject=self.subject, person=self.person, match=self.match)

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
                "Without it, the default one is used.",
            )
        return tracks[self.audio_track - 1]

    def overrides(self) -> dict[str, float | str]:
        """What was said explicitly, as part of a registration's identity.

        A photo counts by its content, so that it may move. Raises ConfigError where it cannot be
        read.
        """
        said: dict[str, float | str] = {}
        if self.start_s is not None:
            said["start_s"] = float(self.start_s)
        if self.length_s is not None:
            said["length_s"] = float(self.length_s)
        if self.orientation != "landscape":
            said["orientation"] = self.orientation
        if self.subject is not None:
            said["subject"] = self.subject
        if self.person is not None:
            said["person"] = float(self.person)
        if self.match is not None:
            said["match"] = _content(self.match)
        if self.fit != "pad":
            said["fit"] = self.fit
        if self.audio_track is not None:
            said["audio_track"] = float(self.audio_track)
        return said


def _content(photo: str) -> str:
    from screentest.prep.media.opening import regular_file
    from screentest.prep.media.probe import fingerprint

    return fingerprint(regular_file(photo))


NO_WISHES = Direction()
