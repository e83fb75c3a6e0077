"""A raw file as probed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from screentest.prep.core.crop import Crop

# Two times nearer than this are one, where recordings meet.
_SEAM_S = 1e-3

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
