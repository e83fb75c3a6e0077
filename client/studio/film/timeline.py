"""What the timeline of one film is drawn from: pure.

However long a film is, there are no more points than a wide screen has columns: of each column the best
moment is kept, as that is what a person looks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from screentest.prep.core.encoding import Json
from screentest.prep.core.spec import ClipSpec, frames_for_at_least, frames_within, output_rate
from screentest.prep.core.values import Candidate, Scan, Segment, Span, united
from screentest.prep.people.closeups import TrackMoments, tracks_in
from screentest.prep.people.grouping import FoundPeople
from screentest.prep.report.story import Point, curve_of
from screentest.prep.vision.facing import is_person

MOST_COLUMNS = 1600
"""Of each curve; spans and cuts that lie closer together than that are drawn as one."""
_STANDS_FOR_S = 0.5
# Glimpses further apart than this say nothing of what lies between them.
_GLIMPSE_S = 4.0


def timeline_of(
    scan: Scan,
    segment: Segment | None,
    *,
    spec: ClipSpec,
    picked: Segment | None = None,
    cast: FoundPeople | None = None,
) -> Json:
    """What is drawn, as plain JSON; every time in seconds on the footage's own clock.

    ``segment``: the window that the clip is made of now, None before there is one. ``picked``: what
    would be picked with nothing decided, whose runners-up are shown. ``cast``: where people are known,
    each has a row of faces; else all faces share one.
    """
    source = scan.source
    first_s = source.video_start_s
    end_s = max(scan.end_s, source.end_s, segment.end_s if segment else 0.0)
    column_s = max(1e-3, (end_s - first_s) / MOST_COLUMNS)
    shown = picked or segment
    curve = curve_of(scan, shown.subject if shown else "face")
    return {
        "first_s": _ms(first_s),
        "end_s": _ms(end_s),
        "fps": round(float(source.fps), 4),
        "subject": shown.subject if shown else None,
        "coarse": _points(curve.coarse, column_s),
        "close": [_points(run, column_s) for run in curve.close],
        "cuts_s": _apart(scan.cuts_s, column_s),
        "looked_at": _spans(scan.looked_at, column_s),
        "faces": _faces(scan, cast, column_s),
        "glimpses": _spans(_glimpsed(scan), column_s),
        "window": _window(segment) if segment else None,
        "picked": _window(picked) if picked else None,
        "runners_up": [_window(one) for one in shown.alternatives] if shown else [],
        "lengths": lengths_json(scan, spec),
    }


def lengths_json(scan: Scan, spec: ClipSpec) -> Json:
    """How long a clip of this footage may be, in whole frames of the clip."""
    rate = output_rate(scan.source.fps, spec)
    return {
        "shortest_s": float(frames_for_at_least(spec.min_length_s, rate) / rate),
        "longest_s": float(frames_within(spec.max_length_s, rate) / rate),
        "target_s": float(frames_within(spec.target_length_s, rate) / rate),
        "frame_s": float(1 / rate),
    }


def _window(one: Segment | Candidate) -> Json:
    return {
        "start_s": _ms(one.start_s),
        "length_s": _ms(one.length_s),
        "score": round(one.score, 4),
    }


def _points(points: Iterable[Point], column_s: float) -> list[tuple[float, float]]:
    """The best point of each column, in order of time."""
    best: dict[int, Point] = {}
    for point in points:
        column = int(point.t_s / column_s)
        if column not in best or point.score > best[column].score:
            best[column] = point
    return [(_ms(best[column].t_s), round(best[column].score, 3)) for column in sorted(best)]


def _apart(times_s: Iterable[float], column_s: float) -> list[float]:
    """The times, but for those in the same column as the one before."""
    kept: list[float] = []
    for t_s in sorted(times_s):
        if not kept or t_s - kept[-1] >= column_s:
            kept.append(t_s)
    return [_ms(t_s) for t_s in kept]


def _spans(spans: Iterable[Span], column_s: float) -> list[tuple[float, float]]:
    """The spans in order, those that a screen cannot tell apart made one."""
    found: list[Span] = []
    for span in united(spans):
        if found and span.start_s - found[-1].end_s < column_s:
            found[-1] = Span(found[-1].start_s, max(found[-1].end_s, span.end_s))
        else:
            found.append(span)
    return [(_ms(span.start_s), _ms(span.end_s)) for span in found]


def _faces(scan: Scan, cast: FoundPeople | None, column_s: float) -> list[Json]:
    """Where each person shows their face in what was looked at closely."""
    tracks = tracks_in(cast.scan if cast else scan)
    if cast is None:
        rows: list[tuple[int | None, list[Span]]] = [(None, _shown(tracks))]
    else:
        rows = [(p.number, _shown(t for t in tracks if t.key in p.tracks)) for p in cast.people]
    return [{"person": number, "spans": _spans(spans, column_s)} for number, spans in rows if spans]


def _shown(tracks: Iterable[TrackMoments]) -> list[Span]:
    return [Span(*interval) for track in tracks for interval in track.shown]


def _glimpsed(scan: Scan) -> Iterable[Span]:
    """Where glimpses show a face, as far as the next one."""
    coarse = [signal for signal in scan.signals if not signal.fine]
    for one, after in pairwise(coarse):
        if any(map(is_person, one.faces)):
            yield Span(one.t_s, min(after.t_s, one.t_s + _GLIMPSE_S))
    if coarse and any(map(is_person, coarse[-1].faces)):
        yield Span(coarse[-1].t_s, min(scan.end_s, coarse[-1].t_s + _STANDS_FOR_S))


def _ms(t_s: float) -> float:
    return round(t_s, 3)
