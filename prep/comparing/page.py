"""The page about one comparison: verdict, similarity over time, pictures of the worst moments. Pure.

Every text from outside is escaped; the frame, the style and the safety are the report's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screentest.prep.comparing.verdict import MATCHES, Likeness, Resemblance
from screentest.prep.core.text import timecode
from screentest.prep.report.markup import data_uri, escaped, framed

_PLOT_PX = 140
_GAP_STEPS = 2.5
_SAID = {
    "same": "the same person",
    "unsure": "not certain",
    "other": "somebody else",
    "no face": "no face shows",
}
_LEVEL = {"same": "clean", "unsure": "fair", "other": "poor", "no face": "poor"}


@dataclass(frozen=True, slots=True)
class Sides:
    """What was held against what, as the page calls it."""

    video: str
    reference: str


def compare_page(
    likeness: Likeness,
    sides: Sides,
    *,
    length_s: float,
    reference: bytes,
    pictures: Mapping[float, bytes],
) -> str:
    """The whole page. ``reference``: a JPEG of the face, b"" for none. ``pictures``: by time."""
    body = (
        f"{_head(likeness, sides)}{_curve(likeness, length_s)}"
        f"{_moments(likeness, sides, reference, pictures)}"
        "<footer><p>This page shows faces. It is self-contained and loads nothing from the network."
        "</p></footer>"
    )
    return framed(f"<main>{body}</main>", title=f"{sides.video}: compared with {sides.reference}")


def shown_moments(likeness: Likeness) -> tuple[Resemblance, ...]:
    """The moments whose pictures the page shows: the best, then the worst."""
    best = () if likeness.best is None else (likeness.best,)
    return (*best, *(one for one in likeness.worst if one != likeness.best))


def _head(likeness: Likeness, sides: Sides) -> str:
    numbers = ""
    if likeness.similarity is not None and likeness.share is not None:
        numbers = (
            f"<div><dt>Similarity</dt><dd>{likeness.similarity:.2f}<small>of 1</small></dd></div>"
            f"<div><dt>Matching</dt><dd>{likeness.share:.0%}"
            "<small>of the moments with a face</small></dd></div>"
        )
    return (
        '<header><div class="who"><p class="brand">Screentest</p>'
        f"<h1>{escaped(sides.video)}</h1>"
        f'<p class="facts">compared with {escaped(sides.reference)}</p></div>'
        f'<dl class="verdict"><div><dt>Verdict</dt><dd class="score {_LEVEL[likeness.verdict]}">'
        f"{_SAID[likeness.verdict]}</dd></div>{numbers}</dl>"
        f'<p class="note">{escaped(likeness.reason)}</p></header>'
    )


def _curve(likeness: Likeness, length_s: float) -> str:
    if not likeness.moments:
        return ""
    lines = "".join(f'<path class="close" d="{_path(run, length_s)}"/>' for run in _runs(likeness))
    threshold = 100 * (1 - MATCHES)
    seconds = f"{timecode(0)} to {timecode(length_s)}"
    return (
        "<section><h2>Similarity over time</h2>"
        f'<svg class="timeline" width="100%" height="{_PLOT_PX}" viewBox="0 0 1000 100" '
        'preserveAspectRatio="none" role="img" aria-labelledby="curve"><title id="curve">'
        f"Similarity from {seconds}; a face matches from {MATCHES:g} on.</title>"
        '<line class="level" x1="0" x2="1000" y1="0" y2="0"/>'
        '<line class="level" x1="0" x2="1000" y1="100" y2="100"/>'
        f'<line class="cut" x1="0" x2="1000" y1="{threshold:g}" y2="{threshold:g}"/>{lines}</svg>'
        f'<ul class="legend"><li>{seconds}</li><li><i class="key-close"></i>the face most alike</li>'
        f"<li>red line: {MATCHES:g}, from which a face matches</li></ul></section>"
    )


def _runs(likeness: Likeness) -> list[list[Resemblance]]:
    """Moments in a row: where no face shows, the curve is open."""
    steps = [b.t_s - a.t_s for a, b in zip(likeness.moments, likeness.moments[1:], strict=False)]
    usual_s = sorted(steps)[len(steps) // 2] if steps else 0.0
    runs: list[list[Resemblance]] = []
    for one in likeness.moments:
        if runs and one.t_s - runs[-1][-1].t_s <= usual_s * _GAP_STEPS:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _path(run: Sequence[Resemblance], length_s: float) -> str:
    points = [
        f"{1000 * one.t_s / max(length_s, 1e-6):.1f} {100 * (1 - max(0.0, one.similarity)):.1f}"
        for one in run
    ]
    # A single moment is a dash, as a line of one point shows nothing.
    return f"M{'L'.join(points)}" if len(points) > 1 else f"M{points[0]}h4"


def _moments(
    likeness: Likeness, sides: Sides, reference: bytes, pictures: Mapping[float, bytes]
) -> str:
    figures = [_figure(reference, "the reference", f"<b>Reference</b> {escaped(sides.reference)}")]
    for one in shown_moments(likeness):
        what = "best" if one == likeness.best else "least alike"
        said = f'<span class="row"><time>{timecode(one.t_s)}</time><b>{one.similarity:.2f}</b></span>'
        alt = f"the video at {timecode(one.t_s)}, {what}"
        figures.append(_figure(pictures.get(one.t_s, b""), alt, f"{said} {what}"))
    note = "The best moment, then those least alike." if likeness.moments else ""
    return (
        f'<section><h2>Pictures</h2><div class="filmstrip">{"".join(figures)}</div>'
        f'<p class="note">{note}</p></section>'
    )


def _figure(jpeg: bytes, alt: str, caption: str) -> str:
    image = (
        f'<img src="{data_uri("image/jpeg", jpeg)}" alt="{escaped(alt)}">'
        if jpeg
        else '<div class="missing">no picture</div>'
    )
    return f'<figure><div class="frame">{image}</div><figcaption>{caption}</figcaption></figure>'
