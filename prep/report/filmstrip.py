"""The window's pictures with face boxes, angles and eyes: pure HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from screentest.prep.core.text import timecode
from screentest.prep.core.values import Box, Face
from screentest.prep.report.markup import data_uri, escaped
from screentest.prep.report.story import Moment

_DIAL_DEG = 45.0
_DIAL_PX = 9.0
_CLOSED, _HALF = 0.4, 0.6


def filmstrip(moments: Sequence[Moment], jpegs: Mapping[float, bytes], *, captions: bool = True) -> str:
    """One figure a moment. ``jpegs``: by time; a moment without one shows an empty frame.

    ``captions``: whether angles and eyes are written under each picture.
    """
    figures = (_figure(moment, jpegs.get(moment.t_s, b""), captions) for moment in moments)
    return f'<div class="filmstrip">{"".join(figures)}</div>'


def _figure(moment: Moment, jpeg: bytes, captions: bool) -> str:
    caption = f"<figcaption>{_caption(moment)}</figcaption>" if captions else ""
    return f'<figure><div class="frame">{_image(moment, jpeg)}{_boxes(moment)}</div>{caption}</figure>'


def _image(moment: Moment, jpeg: bytes) -> str:
    if not jpeg:
        return '<div class="missing">no picture</div>'
    alt = escaped(f"The footage at {timecode(moment.t_s)}: {described(moment)}")
    return f'<img src="{data_uri("image/jpeg", jpeg)}" alt="{alt}">'


def described(moment: Moment) -> str:
    """What a moment shows, in words."""
    face = moment.face
    if face is None:
        return "a figure." if moment.figure is not None else "no chosen face."
    return (
        f"face turned {face.yaw_deg:+.0f}°, chin {face.pitch_deg:+.0f}°, tilted {face.roll_deg:+.0f}°, "
        f"{eyes_word(face)}."
    )


def eyes_word(face: Face) -> str:
    """How the eyes are, in words; open ones read 0.8 to 0.98, closed ones below 0.4."""
    if face.eyes_open < _CLOSED:
        return "eyes closed"
    return "half open" if face.eyes_open < _HALF else "eyes open"


def _boxes(moment: Moment) -> str:
    rects = [_rect(face.box, "other") for face in moment.others]
    if moment.figure is not None:
        rects += [_rect(moment.figure.box, "halo"), _rect(moment.figure.box, "own")]
    if moment.face is not None:
        rects += [_rect(moment.face.box, "halo"), _rect(moment.face.box, "own")]
    return f'<svg class="boxes" aria-hidden="true">{"".join(rects)}</svg>' if rects else ""


def _rect(box: Box, name: str) -> str:
    x, y, width, height = (f"{100 * v:.2f}%" for v in (box.x, box.y, box.width, box.height))
    return f'<rect class="{name}" x="{x}" y="{y}" width="{width}" height="{height}" rx="3"/>'


def _caption(moment: Moment) -> str:
    score = "" if moment.score is None else f"<b>{moment.score:.2f}</b>"
    first = f'<span class="row"><time>{timecode(moment.t_s)}</time>{score}</span>'
    return first + (_angles(moment.face) if moment.face is not None else "")


def _angles(face: Face) -> str:
    angles = (
        ("yaw", "turned left or right", face.yaw_deg),
        ("pitch", "chin up or down", face.pitch_deg),
        ("roll", "tilted sideways", face.roll_deg),
    )
    cells = "".join(
        f'<span><abbr title="{what}">{name}</abbr><b>{degrees(angle)}</b></span>'
        for name, what, angle in angles
    )
    return (
        f'<span class="angles">{dial(face)}{cells}</span>'
        f'<span class="row">{eyes_word(face)}<span>{face.eyes_open:.0%}</span></span>'
    )


def degrees(angle: float) -> str:
    """An angle with its sign, in whole degrees."""
    rounded = round(angle)
    sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
    return f"{sign}{abs(rounded)}°"


def dial(face: Face) -> str:
    """Where the head points: a dot in a circle, its middle being the camera."""
    x = _DIAL_PX * max(-1.0, min(1.0, face.yaw_deg / _DIAL_DEG))
    y = -_DIAL_PX * max(-1.0, min(1.0, face.pitch_deg / _DIAL_DEG))
    return (
        '<svg class="dial" width="24" height="24" viewBox="-12 -12 24 24" aria-hidden="true">'
        '<circle r="11"/><path d="M-11 0H11M0 -11V11"/>'
        f'<circle class="nose" cx="{x:.1f}" cy="{y:.1f}" r="3"/></svg>'
    )
