"""What was measured in pictures, and over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from screentest.prep.core.values.source import Source

_SEAM_S = 1e-3


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in fractions of the displayed picture."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x + self.width / 2, self.y + self.height / 2)


@dataclass(frozen=True, slots=True)
class Face:
    """One face in one frame.

    ``presence``: the mesh's own belief in [0, 1] that it lies on a face; the detector's score where
    no mesh was fitted. ``yaw_deg``: turned to the viewer's right is positive. ``pitch_deg``: chin up
    is positive. ``roll_deg``: head tilted clockwise as the viewer sees it is positive.
    ``eyes_open`` in [0, 1], the less open eye. ``sharpness``: variance of the Laplacian inside the
    face at a fixed face size. ``exposure``: mean luma inside the face, in [0, 1].
    ``nose_offset``: see ``prep.vision.pose.nose_offset``. ``clarity``: the detector's score, which
    drops where a hand or hair covers part of the face. ``gaze``, ``gaze_up``, ``mouth_open``,
    ``grimace``, ``crossed``: see ``prep.vision.mesh.Expression``. ``covered``: how much of the face
    something hides, in [0, 1] (``prep.vision.covers``). ``own_motion``: how much the face changed in
    its own frame since the sample before, which a picture of a face never does
    (``prep.vision.life``); None where that is not known.
    """

    box: Box
    presence: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    eyes_open: float
    sharpness: float
    exposure: float
    nose_offset: float
    clarity: float = 1.0
    gaze: float = 0.0
    mouth_open: float = 0.0
    gaze_up: float = 0.0
    grimace: float = 0.0
    crossed: float = 0.0
    covered: float = 0.0
    own_motion: float | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that could be a character without a human face: an animal, a toy, a person's back.

    ``sureness``: the detector's belief, in [0, 1]. ``sharpness``: variance of the Laplacian inside the
    box, in the picture of the moment. ``others``: how many more figures of the moment are at least
    half as prominent. ``sizes_per_s``: how fast it moved since the look before in the same shot, in its
    own sizes; 0 for the first. ``head``: where its head is, None where none was made out. ``front``:
    how surely that head faces the camera, in [0, 1] (``prep.vision.heads``).
    """

    box: Box
    sureness: float
    sharpness: float = 0.0
    others: int = 0
    sizes_per_s: float = 0.0
    head: Box | None = None
    front: float = 0.0


# Names a person's track in one shot: when its first face was seen, and that face's box.
TrackKey = tuple[float, Box]


@dataclass(frozen=True, slots=True)
class FrameSignal:
    """What was measured in one frame.

    ``sharpness``: variance of the Laplacian of the analysis frame. ``exposure``: mean luma in
    [0, 1]. ``detail``: share of the picture that holds texture. ``motion``: mean absolute luma
    difference per second to the sample before, 0 for a shot's first. ``fine``: whether the faces carry
    mesh poses; coarse samples hold detections only. ``figure``: the most prominent one, looked for
    about once a second where no face shows; None where none was found or none was looked for.
    ``shown_px``: (width, height) of the displayed picture, None where it is the source's.
    """

    t_s: float
    faces: tuple[Face, ...]
    sharpness: float
    exposure: float
    detail: float
    motion: float
    fine: bool
    figure: Figure | None = None
    shown_px: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, from its first frame to the end of its last."""

    start_s: float
    end_s: float


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order of time, those that overlap or meet made one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start_s):
        if found and span.start_s <= found[-1].end_s + _SEAM_S:
            found[-1] = Span(found[-1].start_s, max(found[-1].end_s, span.end_s))
        else:
            found.append(span)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """A window whose face was followed by identity (``prep.people.splices``).

    ``face``: where the face is at first. ``cut_s``: the first frame of another person, None where it is
    one person throughout.
    """

    window: Span
    face: Box
    cut_s: float | None


@dataclass(frozen=True, slots=True)
class EyesTrace:
    """How open one person's eyes were, measured at least fifteen times a second.

    ``track``: whose. ``times_s``: in order of time. ``eyes_open``: of each of them, in [0, 1].
    """

    track: TrackKey
    times_s: tuple[float, ...]
    eyes_open: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """A source's signals over time.

    ``signals``: in order of time. ``cuts_s``: times of the first frame of each new shot; where pictures
    change their form, another begins.
    ``refined``: the stretches sampled closely enough to pick from. ``end_s``: when the last decodable
    picture ends; it may be earlier than the source claims. ``checked``: what is known of windows that
    were about to be picked. ``eyes``: of those among which the pick is made, where they were measured.
    ``together``: tracks that identity tells to be of one person, each set from one or more shots.
    ``traced``: all that was measured of eyes, for this pick or another; a pick does not depend on it.
    """

    source: Source
    signals: tuple[FrameSignal, ...]
    cuts_s: tuple[float, ...]
    refined: tuple[Span, ...]
    end_s: float
    checked: tuple[IdentityCheck, ...] = ()
    eyes: tuple[EyesTrace, ...] = ()
    together: tuple[frozenset[TrackKey], ...] = ()
    traced: tuple[EyesTrace, ...] = ()

    def source_of(self, signal: FrameSignal) -> Source:
        """The source, shaped as it is at a moment."""
        if signal.shown_px is None:
            return self.source
        width_px, height_px = signal.shown_px
        return replace(self.source, width_px=width_px, height_px=height_px)

    @property
    def looked_at(self) -> tuple[Span, ...]:
        """``refined`` in order of time, those that overlap or meet made one."""
        return united(self.refined)
