"""pick: a ``Scan`` becomes the ``Segment`` that a casting director would choose. Pure.

Requirements first: inside one shot that was looked at closely, and the same person in at least nine of
ten samples. Scores second (``prep.scoring.faces``). Where no window has the full length, or the
best that has is not clean throughout, perhaps a shorter one, down to the model's minimum: the longest
that no shorter one clearly beats. Where there is no person, the clearest window without one, and it
says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from screentest.prep.core.errors import NoUsableSegment, TooShort
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.shots import EDGE_S, Shot
from screentest.prep.core.spec import SORA_2, ClipSpec, frames_for_at_least, frames_within, output_rate
from screentest.prep.core.text import lasting, shown_name, timecode
from screentest.prep.core.values import Candidate, Scan, Segment, Source, Subject, require_kind
from screentest.prep.picking.reasons import faces_seen, reasons_for
from screentest.prep.picking.scored import scored_shots
from screentest.prep.picking.windows import (
    MIN_FACELESS_SCORE,
    POLICY,
    Policy,
    Window,
    bare_life,
    heads_of,
    ranked,
    window_at,
)
from screentest.prep.scoring.faceless import faceless_score
from screentest.prep.scoring.faces import CLEAN
from screentest.prep.vision.facing import is_person

if TYPE_CHECKING:
    from screentest.prep.people.grouping import Person

_SHORTER_STEP_S = Fraction(1, 4)
# What scores less is not worth a shorter clip; few windows without a face score more than a half.
_FAIR = {"face": 0.45, "other": 0.25}
# So much more than another a window scores where people see at once that it is better, and what share
# of a low score that is.
_PLAIN, _PLAIN_SHARE = 0.12, 0.25
# Of a window's score: a moment below it is better left out where that can be.
_BAD = 0.5
# A face that scores less gives way to what has none and scores so much more: of such faces people took
# two in three, of such others nearly all (``prep.scoring.scale``).
_HARDLY_A_FACE, _MUCH_MORE = 0.25, 0.3
# It is no window without a face where one shows in so many samples.
_SHOWN_SHARE = 0.9
_MAX_ALTERNATIVES = 4
_GIVEN = "The start was given."
_NO_FACE = "No face was made out turned to the camera for long enough, so this is the clearest stretch."
_HARDLY_ANY_FACE = "This is the clearest stretch, as hardly any face shows itself."
_FACES_IGNORED = "Faces were ignored, as requested: this is the clearest stretch."


def pick(
    scan: Scan,
    *,
    spec: ClipSpec = SORA_2,
    length_s: float | None = None,
    subject: Subject | None = None,
    person: Person | None = None,
    policy: Policy = POLICY,
) -> Segment:
    """The best window of a scan.

    ``length_s``: the length wanted, in seconds, instead of the model's target. Its own length is a
    whole number of output frames, never longer than wanted. ``subject``: insist on a face, or look
    for none; left out, a face is preferred. ``person``: one of ``prep.people.grouping.people``, and
    nobody else. Raises TooShort where less than the model's minimum shows without a cut,
    NoUsableSegment where nothing meets the requirements.
    """
    require_kind(scan, Scan, hint="pick takes what scan returns, as in pick(scan(path))")
    wanted = _wanted_length(spec, length_s)
    scored = scored_shots(scan)
    shots = tuple(one.shot for one in scored)
    _require_length(scan, shots, spec)
    rate = output_rate(scan.source.fps, spec)
    tracks = person.tracks if person is not None else None
    lengths_s = [float(frames / rate) for frames in _lengths(wanted, spec, rate)]

    def best(kind: Subject) -> _Best:
        by_length = (ranked(scored, s, kind, policy, tracks=tracks) for s in lengths_s)
        full = next(by_length, [])
        will_do = _will_do(full, insisted=length_s is not None)
        return _Best(full if will_do else _better(full, by_length), full)

    chosen, faceless = _of_kinds(best, "face" if person is not None else subject)
    if chosen.windows:
        return _segment(chosen.windows, scan, wanted, chosen.full, faceless=faceless)
    if subject == "face" or person is not None:
        raise _no_face(scan, shots, person)
    raise _nothing_usable(scan, shots)


def _will_do(full: list[Window], *, insisted: bool) -> bool:
    """Whether windows of the full length need no comparison with shorter ones."""
    return bool(full) and (insisted or full[0].score >= CLEAN)


def _better(full: list[Window], shorter: Iterable[list[Window]]) -> list[Window]:
    """Windows of the longest length whose best one no shorter one clearly beats; ``full`` if none does.

    Services warn that a shorter clip may lack identity, as it shows less of a person. So what a window
    gains by being shorter has to be plain to see, and three seconds come before two.
    """
    by_length = [w for w in shorter if w and (not full or _beats(w[0], full[0]))]
    for index, windows in enumerate(by_length):
        if not any(_beats(rival[0], windows[0]) for rival in by_length[index + 1 :]):
            return windows
    return full


def _beats(shorter: Window, longer: Window) -> bool:
    """Whether a window is fair, plainly better than a longer one, and lacks but bad moments of it.

    By eye: a clean stretch is better without the second before it in which a hand is on the face; it is
    not better without one that is nearly as good.
    """
    good_s, longer_good_s = _without_bad_ends_s(shorter), _without_bad_ends_s(longer)
    margin = min(_PLAIN, _PLAIN_SHARE * longer.score)
    plain = margin if longer_good_s == longer.length_s else 0.0
    if shorter.score < max(_FAIR[shorter.subject], longer.score + plain):
        return False
    added = longer.score * longer_good_s - shorter.score * good_s
    return added <= _BAD * shorter.score * max(0.0, longer_good_s - good_s)


def _without_bad_ends_s(window: Window) -> float:
    """How long a window is without the bad moments that it begins and ends with."""
    good = [value >= _BAD * window.score for value in window.values]
    ends = good.index(True) + good[::-1].index(True)
    return window.length_s * (1 - ends / len(good))


@dataclass(frozen=True, slots=True)
class _Best:
    """The windows of the length that is best, best first, and those of the full length."""

    windows: list[Window]
    full: list[Window]


def _of_kinds(best: Callable[[Subject], _Best], subject: Subject | None) -> tuple[_Best, str]:
    """The best windows of the subject asked for, else of faces if that will do, and what is said of one
    without a face.
    """
    if subject is not None:
        return best(subject), _FACES_IGNORED if subject == "other" else _NO_FACE
    faces = best("face")
    if faces.windows and _is_face_enough(faces.windows[0]):
        return faces, _NO_FACE
    others = best("other")
    if not faces.windows:
        return others, _NO_FACE
    score = faces.windows[0].score
    better = others.windows and others.windows[0].score >= score + _MUCH_MORE
    if better and not _shows_people(others.windows[0]):
        return others, f"{_HARDLY_ANY_FACE[:-1]}: its best window scores {score:.2f}."
    return faces, _NO_FACE


def _shows_people(window: Window) -> bool:
    """Whether faces are turned to the camera all along: no sentence may say that hardly any is."""
    shown = sum(any(map(is_person, signal.faces)) for signal in window.signals)
    return shown >= _SHOWN_SHARE * len(window.signals)


def _is_face_enough(window: Window) -> bool:
    return window.score >= _HARDLY_A_FACE * bare_life(window)


def segment_at(
    source: Source,
    *,
    start_s: float,
    length_s: float | None = None,
    spec: ClipSpec = SORA_2,
    looked: Scan | None = None,
    why: str = _GIVEN,
) -> Segment:
    """The segment that a person chose: from ``start_s`` on, the source's own clock.

    Its length is ``length_s`` or the model's target, cut to what the footage has and to whole output
    frames. ``looked``: a close look at that stretch (``prep.scanning.scan.look_at``), which gives its
    score, its subject and its weaknesses; none of them refuses it. ``why``: the first of its reasons.
    Raises TooShort where less than the model's minimum is left.
    """
    require_kind(source, Source, hint="segment_at takes what probe returns")
    wanted = _wanted_length(spec, length_s)
    first_s = max(start_s, source.video_start_s)
    length = _length_left(source, first_s, wanted, spec)
    if looked is None:
        return Segment(first_s, length, 0.0, "other", (why, "Nothing was scored."))
    window = window_at(looked, first_s, length)
    cuts = [c for c in looked.cuts_s if first_s + EDGE_S < c < first_s + length - EDGE_S]
    warned = [f"There is a cut in it, at {timecode(cuts[0])}."] if cuts else []
    faceless = "No face in it was made out turned to the camera for long enough."
    judged = reasons_for(window, None, looked, length, faceless=faceless) if window.signals else ()
    return Segment(
        start_s=first_s,
        length_s=length,
        score=window.score,
        subject=window.subject,
        reasons=(why, *warned, *judged),
        heads=heads_of(window),
        face_seen=_shows_face(window),
    )


def _length_left(source: Source, first_s: float, wanted: Fraction, spec: ClipSpec) -> float:
    """The wanted length, cut to what is left from ``first_s`` on, in whole output frames."""
    end_s = source.video_start_s + source.duration_s
    left = Fraction(max(0.0, end_s - first_s)).limit_denominator(10**6)
    rate = output_rate(source.fps, spec)
    shortest = frames_for_at_least(spec.min_length_s, rate)
    there = frames_within(left + Fraction(1, 1000), rate)
    if there >= shortest:
        # Two seconds of 29.97 are 59.9 frames: the shortest that is long enough is 60.
        return float(max(shortest, min(there, frames_within(wanted, rate))) / rate)
    raise TooShort(
        f"Only {lasting(left)} of {shown_name(source.path)} remain after {timecode(first_s)}; "
        f"{spec.model} needs at least {lasting(spec.min_length_s)}.",
        f"The picture runs from {timecode(source.video_start_s)} to {timecode(end_s)}.",
        Remedy("start_s", words="choose an earlier start"),
    )


def _wanted_length(spec: ClipSpec, length_s: float | None) -> Fraction:
    if length_s is None:
        return spec.target_length_s
    wanted = Fraction(length_s).limit_denominator(10**6)
    if wanted < spec.min_length_s:
        raise TooShort(
            f"A clip of {length_s:g} s is shorter than the {lasting(spec.min_length_s)} that "
            f"{spec.model} needs.",
            Remedy("length_s", at_least=float(spec.min_length_s), at_most=float(spec.max_length_s)),
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


def _segment(
    windows: list[Window], scan: Scan, wanted: Fraction, full: list[Window], *, faceless: str
) -> Segment:
    """The segment of the best window. ``faceless``: what is said of one without a face."""
    best = windows[0]
    runners_up = _apart(windows)
    passed_over = full[0] if full and windows is not full else None
    return Segment(
        start_s=best.start_s,
        length_s=best.length_s,
        score=best.score,
        subject=best.subject,
        reasons=reasons_for(
            best,
            runners_up[0] if runners_up else None,
            scan,
            float(wanted),
            faceless=faceless,
            passed_over=passed_over,
        ),
        alternatives=tuple(Candidate(w.start_s, w.length_s, w.score) for w in runners_up),
        heads=heads_of(best),
        face_seen=_shows_face(best),
    )


def _shows_face(window: Window) -> bool:
    return window.subject == "face" or faces_seen(window.signals) > 0


def _apart(windows: list[Window]) -> list[Window]:
    """The best windows that overlap neither the first nor one another."""
    kept = [windows[0]]
    for window in windows[1:]:
        if len(kept) > _MAX_ALTERNATIVES:
            break
        if all(abs(window.start_s - k.start_s) >= k.length_s - EDGE_S for k in kept):
            kept.append(window)
    return kept[1:]


def _require_length(scan: Scan, shots: tuple[Shot, ...], spec: ClipSpec) -> None:
    """Raises TooShort where no shot has the model's minimum, in whole output frames."""
    rate = output_rate(scan.source.fps, spec)
    shortest_s = float(frames_for_at_least(spec.min_length_s, rate) / rate)
    longest_s = max((s.span.end_s - s.span.start_s for s in shots), default=0.0)
    if longest_s + EDGE_S >= shortest_s:
        return
    name = shown_name(scan.source.path)
    what = "between cuts" if len(shots) > 1 else "in total"
    looked_s = sum(span.end_s - span.start_s for span in scan.looked_at)
    needs = f"{spec.model} needs at least {lasting(spec.min_length_s)}."
    if looked_s < scan.source.duration_s - 1:
        raise TooShort(
            f"The most promising {lasting(round(looked_s))} of {name} have at most "
            f"{lasting(longest_s)} {what}; {needs}",
            Remedy("start_s", words="choose a longer shot by hand"),
            Remedy("footage", words="use other footage of the same subject"),
        )
    raise TooShort(
        f"{name} has at most {lasting(longest_s)} {what}; {needs}",
        Remedy("footage", words="use longer footage of the same subject"),
    )


def _no_face(scan: Scan, shots: tuple[Shot, ...], person: Person | None) -> NoUsableSegment:
    samples = [s for shot in shots for s in shot.signals]
    shown = sum(any(is_person(f) for f in s.faces) for s in samples)
    who = f"Person {person.number}" if person is not None else "Nobody"
    verb = "never shows" if person is not None else "shows"
    return NoUsableSegment(
        f"{who} in {shown_name(scan.source.path)} {verb} their face for long enough: a face turned to "
        f"the camera was seen in {shown} of {len(samples)} samples.",
        Remedy("footage", words="use footage in which the person faces the camera"),
        Remedy("start_s", words="choose by hand"),
        Remedy("without", ("subject", "person")),
    )


def _nothing_usable(scan: Scan, shots: tuple[Shot, ...]) -> NoUsableSegment:
    name = shown_name(scan.source.path)
    longest = max(shots, key=lambda s: s.span.end_s - s.span.start_s)
    moments = [(faceless_score(s), s) for s in longest.signals]
    value, best = max(moments, key=lambda pair: pair[0])
    return NoUsableSegment(
        f"Nothing in {name} is usable: the best sample, at {timecode(best.t_s)}, scores "
        f"{value:.2f} of the {MIN_FACELESS_SCORE:.2f} needed (brightness {best.exposure:.0%}, "
        f"detail {best.detail:.0%}).",
        Remedy("footage", words="use footage with a clear, well-lit subject"),
        Remedy("start_s", words="choose by hand"),
    )
