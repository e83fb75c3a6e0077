"""Registrations and videos brought to a state, over a real registry; the only place of these tests
that knows the registry's verbs.
"""

from __future__ import annotations

from fractions import Fraction

from screentest.client.errors import Rejected, ReplyLost
from screentest.client.registry.characters import FILE_NAME as FILE_NAME
from screentest.client.registry.characters import Registry as Registry
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import CharacterRecord as Character
from screentest.client.registry.validation import require_sound as require_valid
from screentest.client.registry.videos import VideoLedger, VideoWish
from screentest.client.registry.videos import VideoRecord as Video
from screentest.client.tasks.clean_up import tidy as clean_up
from screentest.prep.core.values import Candidate, Clip, Segment

__all__ = ["FILE_NAME", "Character", "Registry", "Video", "clean_up", "require_valid"]

MODEL = "openai/sora-2/characters"
WISH = Wish("https://s/api/v3", "acc", MODEL, "Joe", "/raw/joe.mov", "f00d", {})
VIDEO_WISH = VideoWish(
    WISH.service, "acc", "openai/sora-2/text-to-video", "Joe waves.", {"prompt": "Joe waves."}, 0.4
)
CLIP = Clip(
    path="/home/clips/ab.mp4",
    sha256="ab" * 32,
    bytes=10,
    segment=Segment(8.0, 4.0, 0.9, "face", ("Best.",), (Candidate(1.0, 4.0, 0.5),)),
    model=MODEL,
    width_px=1280,
    height_px=720,
    fps=Fraction(30000, 1001),
    frames=119,
    has_audio=True,
    upscaled=False,
    warnings=("careful",),
)
LOST = ReplyLost("The reply was lost.")
NO = Rejected("The service said no.")


def brought(
    registry: Registry,
    to: str,
    *,
    wish: Wish = WISH,
    number: int = 1,
    clip: Clip = CLIP,
    key: str = "clips/ab.mp4",
    bucket: str = "b",
) -> Character:
    """A new registration at the state ``to``; ``number`` names its task and its character."""
    row = registry.plan(wish, again=True)
    if to == "planned":
        return row
    row = registry.clipped(row, clip)
    if to == "clipped":
        return row
    row = registry.uploaded(row, bucket=bucket, key=key)
    if to == "uploaded":
        return row
    row = registry.submitting(row)
    if to == "submitting":
        return row
    if to == "unknown":
        return registry.unknown(row, LOST)
    if to == "failed":
        return registry.failed(row, NO)
    row = registry.submitted(row, task_id=f"task-{number}", cost_usd=0.001)
    return row if to == "submitted" else registry.finished(row, character_id=f"char_{number}")


def deleted(registry: Registry, row: Character) -> Character:
    """Its tombstone."""
    return registry.deleted(row)


def noted(registry: Registry, row: Character, consent: str) -> Character:
    """With a note of consent."""
    return registry.with_consent(row, consent)


def everyone(registry: Registry) -> tuple[Character, ...]:
    """Every registration, tombstones included."""
    return registry.list(deleted=True)


def steps(registry: Registry, row: Character) -> list[str]:
    """The states that a registration went through."""
    return [move.after for move in registry.moves(row)]


def tasks(registry: Registry) -> frozenset[str]:
    """Every task that belongs to anything."""
    return registry.claimed_tasks()


def spent_usd(registry: Registry) -> float:
    return registry.spent_usd()


def video_brought(
    registry: Registry, to: str, *, wish: VideoWish = VIDEO_WISH, number: int = 1
) -> Video:
    """A video at the state ``to``."""
    videos = VideoLedger(registry)
    row = videos.plan(wish)
    if to == "planned":
        return row
    row = videos.submitting(row)
    if to == "submitting":
        return row
    if to == "unknown":
        return videos.unknown(row, LOST)
    if to == "failed":
        return videos.failed(row, NO)
    row = videos.submitted(row, task_id=f"video-{number}")
    if to == "submitted":
        return row
    return videos.finished(row, path="/out.mp4", sha256="cd" * 32, has_nsfw=False)


def every_video(registry: Registry) -> tuple[Video, ...]:
    return VideoLedger(registry).list()


def video_under_way(registry: Registry, wish: VideoWish) -> Video | None:
    """The unfinished video of an order."""
    return VideoLedger(registry).under_way(wish)
