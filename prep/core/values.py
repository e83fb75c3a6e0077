"""The values that flow from stage to stage: frozen, slotted, picklable.

All times are seconds on the source's own clock, counted from the container's start time: what a
player shows as 0:00. All boxes are fractions of the displayed picture (upright, square pixels), with
0,0 at its top left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from screentest.prep.core.crop import Crop

Subject = Literal["face", "other"]

_SEAM_S = 1e-3


def require_kind(value: object, kind: type, *, hint: str) -> None:
    """Raises TypeError with ``hint`` unless ``value`` is of a kind, for callers that check no types."""
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} instead of {kind.__name__}: {hint}")


# Codecs that keep what can be seen through in a second picture, and the decoders that read it.
ALPHA_BESIDE = {"vp8": "libvpx", "vp9": "libvpx-vp9"}


@dataclass(frozen=True, slots=True)
class Source:
    """A raw file as probed.

    ``fingerprint``: hex digest that names the content (see ``prep.media.probe.fingerprint``).
    ``start_s``: the container's start time, already subtracted from every other time.
    ``video_start_s``/``duration_s``: when the first picture shows, and when the last one ends.
    ``width_px``/``height_px``: as displayed, upright and with square pixels. ``coded_*``: as stored.
    ``rotation_deg``: clockwise quarter turns that make the stored picture upright (0, 90, 180, 270),
    after the left-right flip that ``mirrored`` asks for; ``turned_deg`` of them were asked for by a
    person, on top of what the file says. ``sar``: sample aspect ratio as stored.
    ``fps``: the nominal rate. ``keyframes_s``: from the container's index, () where it has none; hints
    for seeking, as they may be decode times. ``audio_index``: stream index, None without sound.
    ``transfer``/``matrix``/``primaries``/``full_range``: how the stored samples mean colour, in
    ffmpeg's names, "" where the file does not say. ``aperture``: the part of the upright picture that
    is meant to be seen, None for all of it. ``is_counted``: its pictures carry no times of their own
    (AVI with reordered frames), so that their number tells when they show; ``late_s`` is how much
    later the times say that FFmpeg makes up for them. ``audio_tracks``: the indices of all streams of
    sound that can be decoded, in the file's order. ``slowed``: how many times slower than life it
    plays, where the camera noted how fast it recorded; else 1.

    ``joined``: the recordings that lie end to end in the file, each a source of its own whose times go
    on where the one before ends; () where the file is one recording. The other values are the first
    one's then, but for the length, which is that of all. Of such a recording, ``part`` is the bytes of
    the file that it lies in, and ``begins_s`` by how much its times are later than its file's.
    """

    path: str
    fingerprint: str
    bytes: int
    container: str
    codec: str
    pixel_format: str
    start_s: float
    video_start_s: float
    duration_s: float
    width_px: int
    height_px: int
    coded_width_px: int
    coded_height_px: int
    rotation_deg: int
    mirrored: bool
    sar: Fraction
    fps: Fraction
    is_vfr: bool
    is_hdr: bool
    is_interlaced: bool
    transfer: str
    matrix: str
    primaries: str
    full_range: bool
    video_index: int
    audio_index: int | None
    keyframes_s: tuple[float, ...]
    aperture: Crop | None = None
    has_alpha: bool = False
    is_counted: bool = False
    late_s: float = 0.0
    audio_tracks: tuple[int, ...] = ()
    slowed: float = 1.0
    turned_deg: int = 0
    joined: tuple[Source, ...] = ()
    part: tuple[int, int] | None = None
    begins_s: float = 0.0

    @property
    def has_audio(self) -> bool:
        return self.audio_index is not None

    @property
    def end_s(self) -> float:
        """When the last picture ends."""
        return self.video_start_s + self.duration_s

    @property
    def recordings(self) -> tuple[Source, ...]:
        """The recordings in the file, in order of time: often it is one itself."""
        return self.joined or (self,)

    @property
    def joints_s(self) -> tuple[float, ...]:
        """When each recording but the first begins."""
        return tuple(recording.video_start_s for recording in self.joined[1:])

    def at(self, t_s: float) -> Source:
        """The recording whose picture shows at a time."""
        begun = [r for r in self.recordings if r.video_start_s <= t_s + _SEAM_S]
        return begun[-1] if begun else self.recordings[0]

    @property
    def turn_mark(self) -> str:
        """What a name ends in of something that is kept of this file as a person turned it."""
        return f".r{self.turned_deg}" if self.turned_deg else ""


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
    drops where a hand or hair covers part of the face. ``gaze``, ``mouth_open``: see
    ``prep.vision.mesh.Expression``.
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


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that could be a character without a human face: an animal, a toy, a person's back.

    ``sureness``: the detector's belief, in [0, 1]. ``sharpness``: variance of the Laplacian inside the
    box, in the picture of the moment. ``others``: how many more figures of the moment are at least
    half as prominent. ``sizes_per_s``: how fast it moved since the look before in the same shot, in its
    own sizes; 0 for the first.
    """

    box: Box
    sureness: float
    sharpness: float = 0.0
    others: int = 0
    sizes_per_s: float = 0.0


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
class Scan:
    """A source's signals over time.

    ``signals``: in order of time. ``cuts_s``: times of the first frame of each new shot; where pictures
    change their form, another begins.
    ``refined``: the stretches sampled closely enough to pick from. ``end_s``: when the last decodable
    picture ends; it may be earlier than the source claims. ``checked``: what is known of windows that
    were about to be picked. ``together``: tracks that identity tells to be of one person, each set from
    one or more shots.
    """

    source: Source
    signals: tuple[FrameSignal, ...]
    cuts_s: tuple[float, ...]
    refined: tuple[Span, ...]
    end_s: float
    checked: tuple[IdentityCheck, ...] = ()
    together: tuple[frozenset[TrackKey], ...] = ()

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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A window that could have been chosen."""

    start_s: float
    length_s: float
    score: float


@dataclass(frozen=True, slots=True)
class Heads:
    """Where faces are during a window.

    ``person``: wherever the chosen person's face is, in one box. ``face_height``: its middle height,
    as a share of the picture's. ``others``: one box for each
    cluster of other people's faces, () without any.
    """

    person: Box
    face_height: float
    others: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """The chosen window.

    ``score`` in [0, 1]. ``reasons``: sentences with numbers. ``alternatives``: runners-up, best
    first, none overlapping the choice or one another. ``heads``: None where no face shows itself.
    ``face_seen``: whether a human face shows at all, turned to the camera or not.
    """

    start_s: float
    length_s: float
    score: float
    subject: Subject
    reasons: tuple[str, ...]
    alternatives: tuple[Candidate, ...] = ()
    heads: Heads | None = None
    face_seen: bool = False

    @property
    def end_s(self) -> float:
        return self.start_s + self.length_s

    @property
    def shows_face(self) -> bool:
        """Whether a human face shows, as the subject or not."""
        return self.subject == "face" or self.face_seen


@dataclass(frozen=True, slots=True)
class Choice:
    """A window and the scan it was picked from; ``warnings``: what is wrong with the footage."""

    scan: Scan
    segment: Segment
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clip:
    """A conforming clip on disk.

    ``sha256``: of its bytes. ``upscaled``: of fewer lines than it has. ``face_height_px``: the face's
    middle height in the clip, None where no face shows or none was looked for.
    """

    path: str
    sha256: str
    bytes: int
    segment: Segment
    model: str
    width_px: int
    height_px: int
    fps: Fraction
    frames: int
    has_audio: bool
    upscaled: bool
    warnings: tuple[str, ...] = ()
    face_height_px: int | None = None

    @property
    def length_s(self) -> Fraction:
        return self.frames / self.fps

    @property
    def face_share(self) -> float | None:
        """The face's height as a share of the clip's."""
        return self.face_height_px / self.height_px if self.face_height_px else None


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule of a ClipSpec against one clip."""

    rule: str
    found: str
    wanted: str
    ok: bool
    source: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A clip against every rule of its model."""

    clip: str
    model: str
    rules: tuple[RuleResult, ...]

    @property
    def ok(self) -> bool:
        return all(rule.ok for rule in self.rules)
