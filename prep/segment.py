"""pick: a ``Scan`` becomes the ``Segment`` that a casting director would choose. Pure.

Requirements first: inside one shot that was looked at closely, and one and the same person in at least
nine of ten samples. Scores second (``prep.score``). Where no window has the full length, the longest
that meets the requirements, down to the model's minimum. Where there is no person, the clearest
window without one, and it says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from statistics import median

from prep.errors import NoUsableSegment, TooShort
from prep.reasons import reasons_for
from prep.score import (
    WEIGHTS,
    Factors,
    Weights,
    combined,
    factors,
    is_person,
    plain_moment,
)
from prep.spec import SORA_2, ClipSpec, frames_for_at_least, frames_within, output_rate
from prep.text import shown_name
from prep.tracks import Track, step_faces, tracks_of
from prep.values import Candidate, FrameSignal, Scan, Segment, Source, Span, Subject

_PERSON_SHARE = 0.9
_SHORTER_STEP_S = Fraction(1, 4)
_MIN_FACE_SCORE = 0.10
_MIN_PLAIN_SCORE = 0.12
_MAX_ALTERNATIVES = 4
_EDGE_S = 1e-3


@dataclass(frozen=True, slots=True)
class Policy:
    """How to choose. ``version`` changes whenever the same scan would give another segment."""

    weights: Weights = WEIGHTS
    version: int = 1


POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Window:
    """A candidate with what its reasons need. ``moments``: factors a sample, None where unseen."""

    start_s: float
    length_s: float
    score: float
    subject: Subject
    prominence: float
    moments: tuple[Factors | None, ...]
    signals: tuple[FrameSignal, ...]
    track: Track | None
    first: int


@dataclass(frozen=True, slots=True)
class _Shot:
    """A stretch without a cut, and its fine samples."""

    span: Span
    signals: tuple[FrameSignal, ...]


def pick(
    scan: Scan,
    *,
    spec: ClipSpec = SORA_2,
    length_s: float | None = None,
    policy: Policy = POLICY,
) -> Segment:
    """The best window of a scan.

    ``length_s``: the length wanted, in seconds, instead of the model's target. Its own length is a
    whole number of output frames, never longer than wanted. Raises TooShort where less than the
    model's minimum shows without a cut, NoUsableSegment where nothing meets the requirements.
    """
    wanted = _wanted_length(spec, length_s)
    shots = _shots(scan)
    _require_length(scan, shots, spec)
    rate = output_rate(scan.source.fps, spec)
    for subject in ("face", "other"):
        for frames in _lengths(wanted, spec, rate):
            windows = _ranked(scan, shots, float(frames / rate), subject, policy)
            if windows:
                return _segment(windows, scan, wanted)
    raise _nothing_usable(scan, shots)


def best_score(scan: Scan, *, spec: ClipSpec = SORA_2) -> float:
    """The score of the best full-length window with a person so far, 0 where there is none."""
    rate = output_rate(scan.source.fps, spec)
    frames = frames_within(spec.target_length_s, rate)
    windows = _ranked(scan, _shots(scan), float(frames / rate), "face", POLICY)
    return windows[0].score if windows else 0.0


def segment_at(
    source: Source,
    *,
    start_s: float,
    length_s: float | None = None,
    spec: ClipSpec = SORA_2,
) -> Segment:
    """The segment that a person chose: from ``start_s`` on, the source's own clock.

    Its length is ``length_s`` or the model's target, cut to what the footage has and to whole output
    frames. Raises TooShort where less than the model's minimum is left.
    """
    wanted = _wanted_length(spec, length_s)
    first_s = max(start_s, source.video_start_s)
    left = Fraction(source.video_start_s + source.duration_s - first_s).limit_denominator(10**6)
    rate = output_rate(source.fps, spec)
    frames = frames_within(min(wanted, left + Fraction(1, 1000)), rate)
    if frames < frames_for_at_least(spec.min_length_s, rate):
        raise TooShort(
            f"Only {max(0.0, float(left)):.2f} s of {shown_name(source.path)} are left from "
            f"{start_s:.2f} s on; {spec.model} wants at least {float(spec.min_length_s):.1f} s.",
            f"Start earlier: the picture runs from {source.video_start_s:.2f} s to "
            f"{source.video_start_s + source.duration_s:.2f} s.",
        )
    return Segment(
        start_s=first_s,
        length_s=float(frames / rate),
        score=0.0,
        subject="other",
        reasons=("The start was given, so nothing was judged.",),
    )


def _wanted_length(spec: ClipSpec, length_s: float | None) -> Fraction:
    if length_s is None:
        return spec.target_length_s
    wanted = Fraction(length_s).limit_denominator(10**6)
    if wanted < spec.min_length_s:
        raise TooShort(
            f"A clip of {length_s:g} s is shorter than the {float(spec.min_length_s):g} s that "
            f"{spec.model} wants.",
            f"Ask for {float(spec.min_length_s):g} to {float(spec.max_length_s):g} s.",
        )
    return min(wanted, spec.max_length_s)


def _lengths(wanted: Fraction, spec: ClipSpec, rate: Fraction) -> Iterator[int]:
    """Window lengths to try, in output frames, longest first."""
    shortest = frames_for_at_least(spec.min_length_s, rate)
    tried = wanted
    last = 0
    while (frames := frames_within(tried, rate)) >= shortest:
        yield frames
        last = frames
        tried -= _SHORTER_STEP_S
    if last != shortest:
        yield shortest


def _shots(scan: Scan) -> tuple[_Shot, ...]:
    """Cut-free stretches of what was looked at closely, in order of time."""
    fine = sorted((s for s in scan.signals if s.fine), key=lambda s: s.t_s)
    shots: list[_Shot] = []
    for span in _united(scan.refined):
        inner = sorted(c for c in scan.cuts_s if span.start_s < c < span.end_s)
        edges = [span.start_s, *inner, span.end_s]
        for start_s, end_s in pairwise(edges):
            inside = tuple(s for s in fine if start_s - _EDGE_S <= s.t_s < end_s - _EDGE_S)
            if inside:
                shots.append(_Shot(Span(start_s, end_s), inside))
    return tuple(shots)


def _united(spans: tuple[Span, ...]) -> list[Span]:
    """Overlapping spans made one."""
    united: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start_s):
        if united and span.start_s <= united[-1].end_s + _EDGE_S:
            united[-1] = replace(united[-1], end_s=max(united[-1].end_s, span.end_s))
        else:
            united.append(span)
    return united


def _ranked(
    scan: Scan, shots: tuple[_Shot, ...], length_s: float, subject: Subject, policy: Policy
) -> list[Window]:
    """Every window of a length that meets the requirements, best first."""
    found: list[Window] = []
    for shot in shots:
        if shot.span.end_s - shot.span.start_s + _EDGE_S < length_s:
            continue
        if subject == "face":
            found.extend(_face_windows(shot, scan.source, length_s, policy))
        else:
            found.extend(_plain_windows(shot, length_s))
    floor = _MIN_FACE_SCORE if subject == "face" else _MIN_PLAIN_SCORE
    good = [w for w in found if w.score >= floor]
    return sorted(good, key=lambda w: (-round(w.score, 6), -w.prominence, w.start_s))


def _starts(shot: _Shot, length_s: float) -> Iterator[tuple[int, int]]:
    """(first, past last) sample of each window that fits into the shot."""
    times = [s.t_s for s in shot.signals]
    past = 0
    for first, start_s in enumerate(times):
        end_s = start_s + length_s
        if end_s > shot.span.end_s + _EDGE_S:
            return
        while past < len(times) and times[past] < end_s - _EDGE_S:
            past += 1
        yield first, past


def _face_windows(shot: _Shot, source: Source, length_s: float, policy: Policy) -> Iterator[Window]:
    aspect = source.width_px / source.height_px
    for track in tracks_of(shot.signals, aspect=aspect):
        moments = _moments(track, shot, source, aspect)
        scores = [m.score(policy.weights) if m else 0.0 for m in moments]
        for first, past in _starts(shot, length_s):
            seen = sum(m is not None for m in moments[first:past])
            if seen < _PERSON_SHARE * (past - first):
                continue
            yield Window(
                start_s=shot.signals[first].t_s,
                length_s=length_s,
                score=combined(scores[first:past]),
                subject="face",
                prominence=track.prominence,
                moments=tuple(moments[first:past]),
                signals=shot.signals[first:past],
                track=track,
                first=first,
            )


def _moments(track: Track, shot: _Shot, source: Source, aspect: float) -> list[Factors | None]:
    """The person's factors a sample; None where the person does not show the face."""
    shown = {i: f for i, f in track.faces.items() if is_person(f)}
    if not shown:
        return [None] * len(shot.signals)
    usual_pitch_deg = median(f.pitch_deg for f in shown.values())
    usual_eyes = median(f.eyes_open for f in shown.values())
    moments: list[Factors | None] = []
    for index, signal in enumerate(shot.signals):
        face, before = shown.get(index), shown.get(index - 1)
        if face is None:
            moments.append(None)
            continue
        speed = 0.0
        if before is not None:
            gap_s = max(0.05, signal.t_s - shot.signals[index - 1].t_s)
            speed = step_faces(before, face, aspect) / gap_s
        moments.append(
            factors(face, source, usual_pitch_deg=usual_pitch_deg, usual_eyes=usual_eyes, speed=speed)
        )
    return moments


def _plain_windows(shot: _Shot, length_s: float) -> Iterator[Window]:
    for first, past in _starts(shot, length_s):
        inside = shot.signals[first:past]
        yield Window(
            start_s=shot.signals[first].t_s,
            length_s=length_s,
            score=combined([plain_moment(s) for s in inside]),
            subject="other",
            prominence=0.0,
            moments=(),
            signals=inside,
            track=None,
            first=first,
        )


def _segment(windows: list[Window], scan: Scan, wanted: Fraction) -> Segment:
    best = windows[0]
    runners_up = _apart(windows)
    return Segment(
        start_s=best.start_s,
        length_s=best.length_s,
        score=best.score,
        subject=best.subject,
        reasons=reasons_for(best, runners_up[0] if runners_up else None, scan, float(wanted)),
        alternatives=tuple(Candidate(w.start_s, w.length_s, w.score) for w in runners_up),
    )


def _apart(windows: list[Window]) -> list[Window]:
    """The best windows that overlap neither the first nor one another."""
    kept = [windows[0]]
    for window in windows[1:]:
        if len(kept) > _MAX_ALTERNATIVES:
            break
        if all(abs(window.start_s - k.start_s) >= k.length_s - _EDGE_S for k in kept):
            kept.append(window)
    return kept[1:]


def _require_length(scan: Scan, shots: tuple[_Shot, ...], spec: ClipSpec) -> None:
    """Raises TooShort where no shot has the model's minimum, in whole output frames."""
    rate = output_rate(scan.source.fps, spec)
    shortest_s = float(frames_for_at_least(spec.min_length_s, rate) / rate)
    longest_s = max((s.span.end_s - s.span.start_s for s in shots), default=0.0)
    if longest_s + _EDGE_S >= shortest_s:
        return
    name = shown_name(scan.source.path)
    what = "between two cuts" if len(shots) > 1 else "in all"
    raise TooShort(
        f"{name} shows at most {longest_s:.2f} s {what}; "
        f"{spec.model} wants at least {float(spec.min_length_s):.1f} s.",
        "Use longer footage of the same subject.",
    )


def _nothing_usable(scan: Scan, shots: tuple[_Shot, ...]) -> NoUsableSegment:
    name = shown_name(scan.source.path)
    longest = max(shots, key=lambda s: s.span.end_s - s.span.start_s)
    moments = [(plain_moment(s), s) for s in longest.signals]
    value, best = max(moments, key=lambda pair: pair[0])
    return NoUsableSegment(
        f"Nothing in {name} can be used: the best picture, at {best.t_s:.1f} s, scores "
        f"{value:.2f} of the {_MIN_PLAIN_SCORE:.2f} wanted (brightness {best.exposure:.0%}, "
        f"detail {best.detail:.0%}).",
        "Use footage with a clear, well-lit subject, or choose by hand with --start.",
    )
