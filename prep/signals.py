"""scan: a ``Source`` becomes a ``Scan``, its signals over time.

Looks twice. First sparsely, at keyframes, for where faces are and how they are turned; then closely
at the stretches that promise most, best first, until the next cannot beat what was found. Short
footage is looked at closely from end to end.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import cv2

from prep.errors import Unreadable
from prep.faces import FaceStack, Picture
from prep.frames import FrameReader, reading
from prep.look import fitted, glimpsed, signal
from prep.measure import difference
from prep.segment import best_score
from prep.shots import CutDetector
from prep.source import probe
from prep.stretches import Stretch, promising
from prep.text import shown_name
from prep.values import FrameSignal, Scan, Source, Span

Progress = Callable[[float], None]

SHORT_S = 12.0
COARSE_EVERY_S = 1.0
FINE_PER_S = 6.0
MAX_STRETCHES = 6
_GOOD_ENOUGH = 0.97
_THOROUGH_GLIMPSES = 60
_SMALL_LOOKS = 4
_COARSE_SHARE = 0.6


def scan(source: Source | str | os.PathLike[str], *, progress: Progress | None = None) -> Scan:
    """The signals of a source's pictures over time, fine where it matters.

    ``progress`` is called with the share done, 0 to 1. Raises what ``probe`` raises for a path, and
    Unreadable where no picture decodes.
    """
    found = source if isinstance(source, Source) else probe(source)
    tell = progress or (lambda _: None)
    cv2.setNumThreads(1)
    with reading(found) as reader:
        result = _looked_at(found, reader, FaceStack(), tell)
    tell(1.0)
    if not result.signals:
        raise Unreadable(
            f"No picture of {shown_name(found.path)} can be decoded.",
            "The file is damaged; export it anew.",
        )
    return result


def look_at(
    source: Source, *, start_s: float, length_s: float, progress: Progress | None = None
) -> Scan:
    """A scan of one stretch alone, looked at closely. Raises Unreadable where it does not decode."""
    cv2.setNumThreads(1)
    span = Span(start_s, start_s + length_s)
    with reading(source) as reader:
        return _closely(_blank(source), span, reader, FaceStack(), progress or (lambda _: None))


def _blank(source: Source) -> Scan:
    return Scan(source, (), (), (), source.video_start_s)


def _looked_at(source: Source, reader: FrameReader, faces: FaceStack, tell: Progress) -> Scan:
    if source.duration_s <= SHORT_S:
        whole = Span(source.video_start_s, source.video_start_s + source.duration_s)
        return _closely(_blank(source), whole, reader, faces, tell)
    coarse = _sparsely(source, reader, faces, lambda share: tell(share * _COARSE_SHARE))

    def tell_rest(share: float) -> None:
        tell(_COARSE_SHARE + (1 - _COARSE_SHARE) * share)

    return _refined(coarse, reader, faces, tell_rest)


def _sparsely(source: Source, reader: FrameReader, faces: FaceStack, tell: Progress) -> Scan:
    """Coarse signals about a second apart."""
    signals: list[FrameSignal] = []
    thorough_left = _THOROUGH_GLIMPSES
    last: tuple[float, Picture] | None = None
    for shot in reader.sparse(COARSE_EVERY_S):
        picture, thumb = reader.picture(shot), reader.thumb(shot)
        seen = glimpsed(picture, faces, thorough=thorough_left > 0)
        thorough_left -= not seen
        motion = _motion(last, shot.t_s, thumb)
        signals.append(signal(shot.t_s, picture, seen, motion=motion, fine=False))
        last = (shot.t_s, thumb)
        tell(min(1.0, (shot.t_s - source.video_start_s) / source.duration_s))
    return Scan(source, tuple(signals), (), (), source.video_start_s + source.duration_s)


def _refined(coarse: Scan, reader: FrameReader, faces: FaceStack, tell: Progress) -> Scan:
    """The scan with its promising stretches looked at closely, best first."""
    result = coarse
    stretches = promising(coarse, most=MAX_STRETCHES)
    for done, stretch in enumerate(stretches):
        if _settled(result, stretch):
            break

        def tell_one(share: float, done: int = done) -> None:
            tell((done + share) / len(stretches))

        result = _closely(result, stretch.span, reader, faces, tell_one)
    return result


def _settled(looked: Scan, stretch: Stretch) -> bool:
    """Whether what was found is within a hair of the most that this stretch can give."""
    return best_score(looked) >= _GOOD_ENOUGH * stretch.ceiling


def _closely(before: Scan, span: Span, reader: FrameReader, faces: FaceStack, tell: Progress) -> Scan:
    """The scan with one more span of fine signals, in place of the coarse ones there."""
    fine: list[FrameSignal] = []
    cuts: list[float] = []
    detector = CutDetector()
    last: tuple[float, Picture] | None = None
    due_s = end_s = span.start_s
    patience = _SMALL_LOOKS
    for shot in reader.span(span.start_s, span.end_s):
        thumb = reader.thumb(shot)
        is_cut = detector.is_cut(thumb)
        if is_cut:
            cuts.append(shot.t_s)
        end_s = shot.t_s + 1 / float(before.source.fps)
        if shot.t_s < due_s - 1e-6 and not is_cut:
            continue
        due_s = shot.t_s + 1 / FINE_PER_S
        picture = reader.picture(shot)
        motion = _motion(last, shot.t_s, thumb)
        # Small faces are looked for at first, while they are found, and every so often.
        seen = fitted(picture, faces, small=patience > 0 or len(fine) % _SMALL_LOOKS == 0)
        patience = _SMALL_LOOKS if seen else patience - 1
        fine.append(signal(shot.t_s, picture, seen, motion=motion, fine=True))
        last = (shot.t_s, thumb)
        tell((shot.t_s - span.start_s) / max(1e-6, span.end_s - span.start_s))
    return _merged(before, fine, cuts, Span(fine[0].t_s, end_s)) if fine else before


def _motion(last: tuple[float, Picture] | None, t_s: float, thumb: Picture) -> float:
    """Luma difference to the sample before, per second."""
    if last is None or last[1].shape != thumb.shape:
        return 0.0
    return difference(last[1], thumb) / max(0.05, t_s - last[0])


def _merged(before: Scan, fine: list[FrameSignal], cuts: list[float], looked: Span) -> Scan:
    outside = [s for s in before.signals if not looked.start_s <= s.t_s < looked.end_s]
    return replace(
        before,
        signals=tuple(sorted((*outside, *fine), key=lambda s: s.t_s)),
        cuts_s=tuple(sorted({*before.cuts_s, *cuts})),
        refined=(*before.refined, looked),
        end_s=max(before.end_s, looked.end_s),
    )
