"""A window as it would be judged at another place or length, fast enough to follow a drag.

From what was looked at closely before, where that holds all of the window; else from the glimpses that
were taken, and it says so, until somebody has looked there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from statistics import fmean
from typing import Literal

from screentest.client.studio.film.moments import Mark, moments_of, told
from screentest.client.studio.shelf.warned import is_on_cut, poor
from screentest.client.studio.shelf.wording import verdict
from screentest.prep.core.encoding import Json
from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.spec import ClipSpec, output_rate
from screentest.prep.core.text import lasting, timecode
from screentest.prep.core.values import EyesTrace, FrameSignal, Scan, Segment, Source
from screentest.prep.core.wishes import Wishes
from screentest.prep.picking.pick import segment_at
from screentest.prep.picking.reasons import is_on_length
from screentest.prep.picking.scored import scored_shots
from screentest.prep.picking.windows import window_at
from screentest.prep.scoring.faces import coarse_score
from screentest.prep.vision.facing import is_person

Looked = Literal["closely", "samples", "glimpses", "nothing"]

_EDGE_S = 0.1
"""A window may end so much later than a close look and still lie in it (``prep.picking.scans``)."""
_CHOSEN = "You chose this window."
_SAMPLES = (
    "Judged from five samples a second so far; the eyes are looked at more often once the clip is made."
)
_GLIMPSES = "Only glimpses were taken here so far: a close look follows."
_NEAR_CUT_S = 0.2
_MILLISECOND_S = 1e-3


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why no clip can be made of a window."""

    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A window as it was judged.

    ``start_s``/``length_s``: as a clip has them, in whole frames of it. ``looked``: how: "closely" with
    every frame's eyes, "samples" of a scan, "glimpses" or "nothing". ``score``: None where nothing was
    scored. ``moments``: what somebody should know of, and when.
    """

    start_s: float
    length_s: float
    looked: Looked
    score: float | None = None
    subject: str | None = None
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    moments: tuple[Mark, ...] = ()
    refusal: Refusal | None = None

    def json(self) -> Json:
        return {
            "start_s": round(self.start_s, 3),
            "length_s": round(self.length_s, 3),
            "looked": self.looked,
            "score": None if self.score is None else round(self.score, 4),
            "verdict": None if self.score is None else asdict(verdict(self.score)),
            "subject": self.subject,
            "reasons": list(self.reasons),
            "warnings": list(self.warnings),
            "moments": [
                {
                    "t_s": round(one.t_s, 3),
                    "length_s": round(one.length_s, 3),
                    "what": one.what,
                    "words": one.words,
                }
                for one in self.moments
            ],
            "refusal": None
            if self.refusal is None
            else {"message": self.refusal.message, "hint": self.refusal.hint},
        }


def judged(
    source: Source, *, start_s: float, length_s: float, spec: ClipSpec, kept: Scan | None
) -> Judged:
    """The window by what was looked at before; nothing is read. ``kept``: the scan, if there is one."""
    length_s = in_whole_frames(length_s, source, spec)
    try:
        Wishes(start_s=start_s, length_s=length_s).require_possible(spec)
        asked = segment_at(source, start_s=start_s, length_s=length_s, spec=spec)
    except ScreentestError as error:
        return Judged(start_s, length_s, "nothing", refusal=Refusal(error.message, error.hint))
    if kept is None:
        return Judged(asked.start_s, asked.length_s, "nothing", reasons=(_CHOSEN,))
    if not holds(kept, asked.start_s, asked.length_s):
        return _glimpsed(asked, kept)
    looked = with_known_eyes(kept, asked.start_s, asked.length_s)
    found = of_segment(_segment_in(looked, asked, spec), looked, looked_at="samples")
    return found if _knows_eyes(looked, found) else replace(found, reasons=(*found.reasons, _SAMPLES))


def in_whole_frames(length_s: float, source: Source, spec: ClipSpec) -> float:
    """The length of whole frames that was meant by one written to the millisecond, else the same.

    61 frames of 29.97 last 2.0354 s: taken at its word, 2.035 would be one less each time it is read.
    """
    rate = output_rate(source.fps, spec)
    exact_s = float(round(length_s * rate) / rate)
    return exact_s if abs(exact_s - length_s) <= _MILLISECOND_S else length_s


def closely(
    source: Source,
    *,
    start_s: float,
    length_s: float,
    spec: ClipSpec,
    look: Callable[[float, float], Scan],
) -> Judged:
    """The window after a close look at all of it. ``look``: takes it, from a start for a length.

    Raises what the look raises.
    """
    first = judged(source, start_s=start_s, length_s=length_s, spec=spec, kept=None)
    if first.refusal is not None:
        return first
    looked = look(first.start_s, first.length_s)
    asked = Segment(first.start_s, first.length_s, 0.0, "other", ())
    return of_segment(_segment_in(looked, asked, spec), looked, looked_at="closely")


def of_segment(segment: Segment, looked: Scan, *, looked_at: Looked) -> Judged:
    """A window that was judged already, with its moments."""
    window = window_at(looked, segment.start_s, segment.length_s)
    moments = moments_of(window, looked)
    return Judged(
        start_s=segment.start_s,
        length_s=segment.length_s,
        looked=looked_at,
        score=segment.score,
        subject=segment.subject,
        reasons=(*told(moments), *_length_first(_without_cut(segment.reasons))),
        warnings=(*_cut_warnings(segment, looked), *poor(segment)),
        moments=moments,
    )


def holds(scan: Scan, start_s: float, length_s: float) -> bool:
    """Whether all of a window was looked at closely."""
    end_s = start_s + length_s
    return any(s.start_s <= start_s + _EDGE_S and end_s <= s.end_s + _EDGE_S for s in scan.looked_at)


def with_known_eyes(kept: Scan, start_s: float, length_s: float) -> Scan:
    """The scan as ``window_at`` reads it: eyes by the tracks that the window alone would show.

    Eyes are known by the first face of a person in a shot, and a window begins later than its shot.
    """
    known = {trace.track: trace for trace in kept.traced}
    found: list[EyesTrace] = []
    end_s = start_s + length_s
    if any(start_s + 1e-3 < cut_s < end_s - 1e-3 for cut_s in kept.cuts_s):
        return replace(kept, eyes=())  # of another shot's eyes nothing is known
    for scored in scored_shots(replace(kept, eyes=kept.traced)):
        signals = scored.shot.signals
        for person in scored.people:
            trace = known.get(person.key)
            inside = [i for i in person.track.faces if start_s - 1e-3 <= signals[i].t_s < end_s - 1e-3]
            if trace is None or not inside or not _covers(trace, signals, inside):
                continue
            first = min(inside)
            found.append(replace(trace, track=(signals[first].t_s, person.track.faces[first].box)))
    return replace(kept, eyes=tuple(found))


def _covers(trace: EyesTrace, signals: tuple[FrameSignal, ...], inside: list[int]) -> bool:
    """Whether eyes were measured all along: what was not would be taken for the sample's own."""
    measured = trace.times_s
    return all(any(abs(signals[i].t_s - t_s) < _EDGE_S for t_s in measured) for i in inside)


def _knows_eyes(looked: Scan, found: Judged) -> bool:
    window = window_at(looked, found.start_s, found.length_s)
    return window.person is None or window.person.trace is not None


def _segment_in(looked: Scan, asked: Segment, spec: ClipSpec) -> Segment:
    return segment_at(
        looked.source,
        start_s=asked.start_s,
        length_s=asked.length_s,
        spec=spec,
        looked=looked,
        why=_CHOSEN,
    )


def _glimpsed(asked: Segment, kept: Scan) -> Judged:
    """What glimpses tell of a window: how promising it is, not more."""
    inside = [s for s in kept.signals if asked.start_s <= s.t_s < asked.end_s]
    shown = [s for s in inside if any(map(is_person, s.faces))]
    seen = f"A face shows in {len(shown)} of {len(inside)} glimpses." if inside else "Not seen yet."
    values = [_promise(signal, kept) for signal in inside]
    return Judged(
        start_s=asked.start_s,
        length_s=asked.length_s,
        looked="glimpses" if inside else "nothing",
        score=fmean(values) if values else None,
        subject="face" if shown else None,
        reasons=(_CHOSEN, seen, _GLIMPSES),
        warnings=_cut_warnings(asked, kept),
        moments=tuple(
            Mark(cut_s, 0.0, "cut") for cut_s in kept.cuts_s if asked.start_s < cut_s < asked.end_s
        ),
    )


def _promise(signal: FrameSignal, kept: Scan) -> float:
    return max((coarse_score(face, kept.source_of(signal)) for face in signal.faces), default=0.0)


def _without_cut(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Without the sentence on a cut, which the warnings give with more of it."""
    return tuple(reason for reason in reasons if not is_on_cut(reason))


def _length_first(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Why a clip is shorter than wanted comes first: it is what somebody asks who sees it."""
    return tuple(sorted(reasons, key=lambda reason: not is_on_length(reason)))


def _cut_warnings(segment: Segment, looked: Scan) -> tuple[str, ...]:
    """Cuts in the window, and how to leave out what is beyond one near an edge."""
    said = []
    for cut_s in looked.cuts_s:
        if not segment.start_s + 1e-3 < cut_s < segment.end_s - 1e-3:
            continue
        before_s, after_s = cut_s - segment.start_s, segment.end_s - cut_s
        line = f"There is a cut in the window, at {timecode(cut_s)}."
        if min(before_s, after_s) <= _NEAR_CUT_S:
            edge = "in point" if before_s < after_s else "out point"
            line += f" It is only {lasting(min(before_s, after_s))} from the {edge}: snap that to it."
        said.append(line)
    return (" ".join(said),) if said else ()
