"""Why a window was chosen, in sentences with numbers: pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median
from typing import TYPE_CHECKING

from screentest.prep.core.values import Face, FrameSignal, Scan
from screentest.prep.scoring.faceless import FacelessFactors, is_headless
from screentest.prep.scoring.faces import CLEAN, Factors
from screentest.prep.scoring.gaze import gaze_from_camera
from screentest.prep.vision.facing import is_person, is_seen, turn_deg

if TYPE_CHECKING:
    from screentest.prep.picking.windows import Window

# What a weak factor is called: in a window, and in a runner-up compared with the chosen window.
_OF_FACE = {
    "frontal": ("the head is turned away", "the head is turned away more"),
    "eyes": ("the eyes are closed too long", "the eyes are closed more"),
    "gaze": ("the eyes look past the camera", "the eyes look past the camera more"),
    "mouth": ("the mouth is wide open", "the mouth is open wider"),
    "clear": ("the face is hard to make out at times", "the face is harder to make out"),
    "size": ("the face is small", "the face is smaller"),
    "alone": ("another person is prominent too", "another person is prominent too"),
    "sharp": ("the face is soft", "the face is softer"),
    "exposed": ("the light on the face is poor", "the light on the face is worse"),
    "steady": ("the face moves a lot", "the face moves more"),
    "whole": ("the face is cut off by the frame", "the face is cut off by the frame"),
    "calm": ("the face is drawn out of shape", "the face is drawn out of shape more"),
    "bare": ("something covers part of the face", "more of the face is covered"),
    "alive": ("the face does not move by itself", "the face does not move by itself"),
}
_OF_PICTURE = {
    "shown": ("hardly any figure can be made out", "the figure is smaller or less clear"),
    "front": ("no head faces the camera for long", "a head faces the camera less"),
    "whole": ("the figure is cut off by the frame", "the figure is cut off by the frame"),
    "alone": ("another figure is prominent too", "another figure is prominent too"),
    "still": ("the figure moves a lot", "the figure moves more"),
    "crisp": ("the figure is soft", "the figure is softer"),
    "textured": ("much of the picture is blank", "more of the picture is blank"),
    "sharp": ("the picture is soft", "the picture is softer"),
    "lit": ("the light is poor", "the light is worse"),
    "calm": ("the picture moves a lot", "the picture moves more"),
}
_SMALL_LEAD = 0.02
# How surely a head faces the camera where that is said.
_FRONT = 0.5
_PAST_THE_CAMERA = 0.5


@dataclass(frozen=True, slots=True)
class _ChosenFaces:
    """The chosen person's faces inside a window."""

    faces: tuple[Face, ...]
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
    lines = _face_lines(best) if best.subject == "face" else [faceless, *_faceless_lines(best)]
    if best.score < CLEAN:
        lines.append(f"Its main weakness: {_lack(best)}.")
    if not any(best.start_s < cut_s < best.start_s + best.length_s - 1e-3 for cut_s in scan.cuts_s):
        lines.append("No cut inside.")
    if passed_over is not None:
        lines.append(
            f"The best {passed_over.length_s:.2f} s, from {passed_over.start_s:.1f} s on, score "
            f"{passed_over.score:.2f}; these {best.length_s:.2f} s have more good footage."
        )
    elif best.length_s < wanted_s - 0.25:
        whole = "show the face throughout" if best.subject == "face" else "without a cut were found"
        lines.append(
            f"No {wanted_s:g} s {whole}; of the shorter windows, these {best.length_s:.2f} s have the "
            "most good footage."
        )
    if runner_up is not None:
        lines.append(_versus(best, runner_up))
    return tuple(lines)


def _face_lines(window: Window) -> list[str]:
    seen = _chosen_faces(window)
    turns = [turn_deg(f) for f in seen.faces]
    rolls = [abs(f.roll_deg) for f in seen.faces]
    open_share = fmean(m.eyes > 0.5 for m in window.factors if isinstance(m, Factors))
    held_share = fmean(abs(gaze_from_camera(f)) < _PAST_THE_CAMERA for f in seen.faces)
    share = median(f.box.height for f in seen.faces)
    lines = [
        f"One person shows their face in {len(seen.faces)} of {seen.samples} samples.",
        f"Turned {median(turns):.0f}° from the camera (median), {max(turns):.0f}° at most; "
        f"tilted {median(rolls):.0f}°.",
        f"Eyes open in {open_share:.0%} of the samples, on the camera in {held_share:.0%}.",
        f"The face fills {share:.0%} of the footage's height; "
        f"sharpness {median(f.sharpness for f in seen.faces):.0f}, "
        f"brightness {fmean(f.exposure for f in seen.faces):.0%}.",
    ]
    others = _others(window)
    if others:
        more = f"Up to {others} more people show" if others > 1 else "One more person shows"
        lines.append(f"{more} their face too; you can choose a person by number.")
    return lines


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
    return f"A human face shows in {seen} of {len(signals)} samples, turned to the camera or not."


def _figures(signals: Sequence[FrameSignal]) -> str:
    """Whether figures show, where no face does for long enough; "" where faces say more."""
    boxes = [s.figure.box for s in signals if s.figure is not None]
    shown = sum(s.figure is not None or any(is_person(f) for f in s.faces) for s in signals)
    if not shown:
        return "" if faces_seen(signals) else "No person, animal or toy was recognised in it."
    high = f", {median(box.height for box in boxes):.0%} of the footage's height" if boxes else ""
    return f"A figure shows in {shown} of {len(signals)} samples{high}{_beside(signals)}."


def _heads(signals: Sequence[FrameSignal]) -> str:
    """In how many samples the figure's head faces the camera, or is not to be seen; "" without one."""
    figures = [s.figure for s in signals if s.figure is not None]
    if not figures:
        return ""
    fronts = sum(map(_faces_camera, signals))
    if fronts:
        return f"A head faces the camera in {fronts} of them."
    if sum(map(is_headless, figures)) > len(figures) / 2:
        return "It reaches the picture's upper edge, and no head was made out on it."
    return "No head that faces the camera was made out on it."


def _faces_camera(signal: FrameSignal) -> bool:
    if any(map(is_person, signal.faces)):
        return True
    return signal.figure is not None and signal.figure.front > _FRONT


def _beside(signals: Sequence[FrameSignal]) -> str:
    others = max((s.figure.others for s in signals if s.figure is not None), default=0)
    if not others:
        return ""
    return f", with up to {others} more beside it" if others > 1 else ", with one more beside it"


def _chosen_faces(window: Window) -> _ChosenFaces:
    assert window.track is not None  # noqa: S101  (face windows always carry their track)
    indices = range(window.first, window.first + len(window.signals))
    faces = [window.track.faces[i] for i in indices if i in window.track.faces]
    return _ChosenFaces(tuple(f for f in faces if is_person(f)), len(window.signals))


def _others(window: Window) -> int:
    return max((sum(is_person(f) for f in s.faces) for s in window.signals), default=1) - 1


def _versus(best: Window, runner_up: Window) -> str:
    place = (
        f"The runner-up, {runner_up.start_s:.1f}-{runner_up.start_s + runner_up.length_s:.1f} s, "
        f"scores {runner_up.score:.2f} against {best.score:.2f}"
    )
    weakness = _weakness(best, runner_up)
    if best.score - runner_up.score < _SMALL_LEAD:
        return f"{place}: nearly as good."
    return f"{place}: {weakness}." if weakness else f"{place}."


def _lack(window: Window) -> str:
    """What takes most off a window's score."""
    words = _words(window)
    return words[max(words, key=lambda name: _loss(window, name))][0]


def _weakness(best: Window, other: Window) -> str | None:
    """What takes more off the runner-up than off the chosen window, most of all."""
    if sum(m is None for m in other.factors) > sum(m is None for m in best.factors):
        return "the face is out of sight longer"
    words = _words(best)

    def drop(name: str) -> float:
        return _loss(other, name) - _loss(best, name)

    worst = max(words, key=drop)
    return words[worst][1] if drop(worst) > 0 else None


def _words(window: Window) -> dict[str, tuple[str, str]]:
    return _OF_FACE if window.subject == "face" else _OF_PICTURE


def _loss(window: Window, name: str) -> float:
    """What a factor takes off the scores of a window's samples, as a mean logarithm."""
    seen = [sample for sample in window.factors if sample is not None]
    return fmean(_loss_at(sample, name) for sample in seen) if seen else 0.0


def _loss_at(moment: Factors | FacelessFactors, name: str) -> float:
    flawless: Factors | FacelessFactors = replace(moment, **{name: 1.0})  # type: ignore[arg-type]
    return math.log(max(1e-6, flawless.score())) - math.log(max(1e-6, moment.score()))
