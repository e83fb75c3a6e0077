"""Why a window was chosen, in sentences with numbers: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING

from screentest.prep.core.text import lasting, timecode
from screentest.prep.core.values import Face, FrameSignal, Scan
from screentest.prep.picking.weaknesses import faces_camera, lack, weakness
from screentest.prep.scoring.eyes import BLINK_S, eyes_seen
from screentest.prep.scoring.faceless import is_headless
from screentest.prep.scoring.faces import CLEAN, Factors
from screentest.prep.scoring.gaze import (
    is_gaze_readable,
    is_on_camera,
    looked_at_px,
)
from screentest.prep.scoring.life import is_dead
from screentest.prep.vision.covers import EYES_HIDDEN
from screentest.prep.vision.facing import is_person, is_seen, tilt_deg, turn_deg

if TYPE_CHECKING:
    from screentest.prep.picking.windows import Window

_SMALL_LEAD = 0.02
# Of a face 60 pixels high, in the picture looked at, dark glasses and open eyes are much the same.
_SMALL_PX = 70.0
# In fewer samples than this share, where the eyes look is not told.
_TOLD_SHARE = 0.5
_COVERED = 0.3


@dataclass(frozen=True, slots=True)
class _ChosenFaces:
    """The chosen person's faces inside a window, and the moment of each."""

    faces: tuple[Face, ...]
    signals: tuple[FrameSignal, ...]
    samples: int


def reasons_for(
    best: Window,
    runner_up: Window | None,
    scan: Scan,
    wanted_s: float,
    *,
    faceless: str,
    passed_over: Window | None = None,
) -> tuple[str, ...]:
    """Sentences, most important first.

    ``passed_over``: the best window of the full length, where a shorter one was chosen instead.
    ``faceless``: why no face counts, for a window without one that shows itself.
    """
    lines = _face_lines(best, scan) if best.subject == "face" else [faceless, *_faceless_lines(best)]
    if best.score < CLEAN:
        lines.append(f"Its main weakness: {lack(best)}.")
    if not any(best.start_s < cut_s < best.start_s + best.length_s - 1e-3 for cut_s in scan.cuts_s):
        lines.append("No cut inside.")
    if passed_over is not None:
        lines.append(
            f"The best {lasting(passed_over.length_s)}, from {timecode(passed_over.start_s)} on, score "
            f"{passed_over.score:.2f}; these {lasting(best.length_s)} leave out weak moments."
        )
    elif best.length_s < wanted_s - 0.25:
        whole = "with the face" if best.subject == "face" else "without a cut"
        lines.append(
            f"No {lasting(wanted_s)} {whole} were good enough; these {lasting(best.length_s)} were."
        )
    if runner_up is not None:
        lines.append(_versus(best, runner_up))
    return tuple(lines)


def is_on_length(reason: str) -> bool:
    """Whether one of the sentences says why a window is shorter than wanted."""
    return reason.endswith((" were.", " leave out weak moments.")) and "these " in reason


def _face_lines(window: Window, scan: Scan) -> list[str]:
    seen = _chosen_faces(window)
    turns = [turn_deg(f) for f in seen.faces]
    tilts = [tilt_deg(f) for f in seen.faces]
    share = median(f.box.height for f in seen.faces)
    lines = [
        f"{_who(window)} shows their face in {len(seen.faces)} of {seen.samples} samples.",
        f"Turned about {median(turns):.0f}° from the camera (median), up to {max(turns):.0f}° in these "
        f"samples; tilted about {median(tilts):.0f}°, up to {max(tilts):.0f}°.",
        *_eyes_lines(window, seen, scan),
        *_gaze_lines(seen, scan),
        f"The face fills {share:.0%} of the footage's height; "
        f"sharpness {median(f.sharpness for f in seen.faces):.0f}, "
        f"brightness {fmean(f.exposure for f in seen.faces):.0%}.",
    ]
    lines += [*_covered(seen), *_lifeless(window)]
    others = _others(window)
    if others:
        more = f"Up to {others} more people show" if others > 1 else "One more person shows"
        lines.append(f"{more} their face too; you can choose a person by number.")
    return lines


def _who(window: Window) -> str:
    """Beside others, one of them was chosen: no count of who is there."""
    kept = {id(face) for _, face in window.moments}
    beside = any(is_person(f) and id(f) not in kept for s in window.signals for f in s.faces)
    return "The chosen person" if beside else "One person"


def _gaze_lines(seen: _ChosenFaces, scan: Scan) -> list[str]:
    """Whether the eyes look toward the camera; nothing where that can hardly be read."""
    readable = [
        is_on_camera(face)
        for face, signal in zip(seen.faces, seen.signals, strict=True)
        if face.covered < EYES_HIDDEN
        and is_gaze_readable(face, face_px=looked_at_px(face, scan.source_of(signal)))
    ]
    if len(readable) < max(1, _TOLD_SHARE * len(seen.faces)):
        return []
    return [
        f"Where they are open, the eyes seem to look toward the camera in {fmean(readable):.0%} of the "
        "samples."
    ]


def _covered(seen: _ChosenFaces) -> list[str]:
    """That something hides the eyes, or what is below them, where that is so."""
    hidden = sum(f.covered >= EYES_HIDDEN for f in seen.faces)
    partly = sum(_COVERED <= f.covered < EYES_HIDDEN for f in seen.faces)
    told = (
        (hidden, "hides one eye or both"),
        (partly, "covers part of the face"),
    )
    return [f"Something {what} in {count} of {seen.samples} samples." for count, what in told if count]


def _lifeless(window: Window) -> list[str]:
    """That the face does not move by itself, where that is so."""
    seen = [moment for moment in window.factors if isinstance(moment, Factors)]
    dead = sum(is_dead(moment.alive) for moment in seen)
    if not dead:
        return []
    if dead == len(seen):
        return ["The face never moves by itself: it may be a photo."]
    return [f"The face does not move by itself in {dead} of {len(window.signals)} samples."]


def _eyes_lines(window: Window, faces: _ChosenFaces, scan: Scan) -> list[str]:
    """How often the eyes are open, in the frames that were measured; nothing where they are hidden."""
    bare = [f.covered < EYES_HIDDEN for f in faces.faces]
    if sum(bare) < max(1, _TOLD_SHARE * len(bare)):
        return []
    person = window.person
    assert person is not None  # noqa: S101  (face windows always carry their person)
    eyes = "As far as so few pixels show, the eyes are" if _is_small(faces, scan) else "Eyes"
    end_s = window.start_s + window.length_s
    trace, usual = person.trace, person.usual
    seen = eyes_seen(trace, usual, start_s=window.start_s, end_s=end_s) if trace else None
    if seen is None:
        judged = [m for m in window.factors if isinstance(m, Factors)]
        share = fmean(m.eyes > 0.5 and known for m, known in zip(judged, bare, strict=True))
        return [f"{eyes} open in {_share(share)} of the samples."]
    blinks = [shut_s for shut_s in seen.shut_s if round(shut_s, 1) <= BLINK_S]
    longer = [shut_s for shut_s in seen.shut_s if round(shut_s, 1) > BLINK_S]
    said = [
        f"{eyes} open in {_share(seen.open_share)} of the frames looked at",
        _blinks(blinks),
        _shut(longer),
    ]
    return ["; ".join(one for one in said if one) + "."]


def _is_small(faces: _ChosenFaces, scan: Scan) -> bool:
    """Whether eyes are too few pixels to be sure of, in glasses or low light."""
    shown = zip(faces.faces, faces.signals, strict=True)
    return median(looked_at_px(face, scan.source_of(signal)) for face, signal in shown) < _SMALL_PX


def _blinks(lengths_s: Sequence[float]) -> str:
    """Those that were seen: between the frames looked at, a short one can pass unseen."""
    longest_s = max((0.1, *lengths_s))
    if len(lengths_s) > 1:
        return f"{len(lengths_s)} blinks seen, of up to about {longest_s:.1f} s"
    return f"one blink seen, of about {longest_s:.1f} s" if lengths_s else ""


def _shut(lengths_s: Sequence[float]) -> str:
    if len(lengths_s) > 1:
        return f"shut {len(lengths_s)} times, for up to about {max(lengths_s):.1f} s"
    return f"shut once, for about {lengths_s[0]:.1f} s" if lengths_s else ""


def _share(value: float) -> str:
    """In percent; neither all nor none where it is only nearly so."""
    return f"{min(0.99, max(0.01, value)) if 0 < value < 1 else value:.0%}"


def faces_seen(signals: Sequence[FrameSignal]) -> int:
    """In how many samples a human face shows, turned to the camera or not."""
    return sum(any(map(is_seen, signal.faces)) for signal in signals)


def _faceless_lines(window: Window) -> list[str]:
    signals = window.signals
    inside = [s.figure.sharpness for s in signals if s.figure is not None]
    of_figure = f", {median(inside):.0f} inside the figure" if inside else ""
    lines = [
        _faces(signals),
        _figures(signals),
        _heads(signals),
        f"Sharpness {median(s.sharpness for s in signals):.0f}{of_figure}, "
        f"brightness {fmean(s.exposure for s in signals):.0%}, "
        f"detail in {fmean(s.detail for s in signals):.0%} of the picture.",
    ]
    return [line for line in lines if line]


def _faces(signals: Sequence[FrameSignal]) -> str:
    """In how many samples a face shows that does not count, "" where none does."""
    seen = faces_seen(signals)
    if not seen:
        return ""
    front = sum(any(is_seen(f) and is_person(f) for f in signal.faces) for signal in signals)
    return (
        f"A human face was made out in {seen} of {len(signals)} samples, turned to the camera in "
        f"{front or 'none'} of them."
    )


def _figures(signals: Sequence[FrameSignal]) -> str:
    """Whether figures show, where no face does for long enough; "" where faces say more."""
    boxes = [s.figure.box for s in signals if s.figure is not None]
    shown = sum(s.figure is not None or any(is_person(f) for f in s.faces) for s in signals)
    if not shown:
        return "" if faces_seen(signals) else "No person, animal or toy was recognised in it."
    high = f", {median(box.height for box in boxes):.0%} of the footage's height" if boxes else ""
    figure = "A figure, looked for about once a second," if boxes else "A figure"
    return f"{figure} was made out in {shown} of {len(signals)} samples{high}{_beside(signals)}."


def _heads(signals: Sequence[FrameSignal]) -> str:
    """In how many samples the figure's head faces the camera, or is not to be seen; "" without one."""
    figures = [s.figure for s in signals if s.figure is not None]
    if not figures:
        return ""
    fronts = sum(map(faces_camera, signals))
    if fronts:
        return f"A head that may face the camera was made out in {fronts} of them."
    if sum(map(is_headless, figures)) > len(figures) / 2:
        return "It reaches the picture's upper edge, and no head was made out on it."
    return "No head that faces the camera was made out on it."


def _beside(signals: Sequence[FrameSignal]) -> str:
    others = max((s.figure.others for s in signals if s.figure is not None), default=0)
    if not others:
        return ""
    return f", with up to {others} more beside it" if others > 1 else ", with one more beside it"


def _chosen_faces(window: Window) -> _ChosenFaces:
    shown = [(face, signal) for signal, face in window.moments if is_person(face)]
    faces, signals = tuple(f for f, _ in shown), tuple(s for _, s in shown)
    return _ChosenFaces(faces, signals, len(window.signals))


def _others(window: Window) -> int:
    """How many more people show their face at once; faces in pictures on the wall are none."""
    if window.person is None:
        return 0
    known = {id(face) for face in window.person.track.faces.values()} | window.person.pictured
    beside = ([f for f in s.faces if is_person(f) and id(f) not in known] for s in window.signals)
    return max(map(len, beside))


def _versus(best: Window, runner_up: Window) -> str:
    place = (
        f"The runner-up, {timecode(runner_up.start_s)} to "
        f"{timecode(runner_up.start_s + runner_up.length_s)}, "
        f"scores {runner_up.score:.2f} against {best.score:.2f}"
    )
    weaker = weakness(best, runner_up)
    if best.score - runner_up.score < _SMALL_LEAD:
        return f"{place}: nearly as good."
    return f"{place}: {weaker}." if weaker else f"{place}."
