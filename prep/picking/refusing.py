"""Why no window can be picked for a person, in words that are about that person: pure."""

from __future__ import annotations

from screentest.prep.core.errors import NoUsableSegment
from screentest.prep.core.shots import Shot, shots_of
from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.text import lasting, shown_name, timecode
from screentest.prep.core.values import Scan, Span
from screentest.prep.people.grouping import Person
from screentest.prep.people.tracks import Track, joined, tracks_of
from screentest.prep.vision.facing import is_person

# A face that is lost for longer is not shown without a break.
_BREAK_S = 0.3


def not_long_enough(
    scan: Scan, person: Person, spec: ClipSpec, error: NoUsableSegment
) -> NoUsableSegment:
    """The error of a person without a window. ``error``: as picking raised it, with its remedies."""
    name, least_s = shown_name(scan.source.path), float(spec.min_length_s)
    longest = longest_run(scan, person)
    longest_s = longest.end_s - longest.start_s
    where = f"{lasting(longest_s)}, from {timecode(longest.start_s)} on"
    if longest_s == 0:
        said = f"Person {person.number} never shows their face turned to the camera in {name}."
    elif longest_s >= least_s:
        said = (
            f"No {lasting(least_s)} of person {person.number} in {name} are good enough: the longest "
            f"stretch that shows their face is {where}."
        )
    else:
        said = (
            f"Person {person.number} never shows their face for {lasting(least_s)} without a break in "
            f"{name}: the longest stretch is {where}."
        )
    return NoUsableSegment(said, *error.remedies)


def longest_run(scan: Scan, person: Person) -> Span:
    """The longest stretch within a shot that shows a person's face without a break."""
    runs = [run for shot in shots_of(scan) for run in _runs(shot, scan, person)]
    return max(runs, key=lambda run: run.end_s - run.start_s, default=Span(0.0, 0.0))


def _runs(shot: Shot, scan: Scan, person: Person) -> list[Span]:
    signals, aspect = shot.signals, shot.aspect
    tracks = joined(tracks_of(signals, aspect=aspect), signals, scan.together, aspect=aspect)
    theirs = [track for track in tracks if track.key(signals) in person.tracks]
    return [run for track in theirs for run in _unbroken(track, shot)]


def _unbroken(track: Track, shot: Shot) -> list[Span]:
    times_s = [signal.t_s for signal in shot.signals] + [shot.span.end_s]
    runs: list[Span] = []
    for index in sorted(i for i, face in track.faces.items() if is_person(face)):
        shown = Span(times_s[index], times_s[index + 1])
        if runs and shown.start_s - runs[-1].end_s <= _BREAK_S:
            runs[-1] = Span(runs[-1].start_s, shown.end_s)
        else:
            runs.append(shown)
    return runs
