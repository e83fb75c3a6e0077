"""Registrations and videos brought to a state, over a real registry; the only place of these tests
that knows the registry's verbs.
"""

from __future__ import annotations

from fractions import Fraction

from screentest.client.errors import Rejected, ReplyLost
from screentest.client.registry.file.validation import require_valid as require_valid
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import Registration as Registration
from screentest.client.registry.registry import FILE_NAME as FILE_NAME
from screentest.client.registry.registry import Registry as Registry
from screentest.client.registry.videos import Video as Video
from screentest.client.registry.videos import VideoWish
from screentest.client.tasks.clean_up import clean_up as clean_up
from screentest.prep.core.values import Candidate, Clip, Segment

__all__ = ["FILE_NAME", "Registration", "Registry", "Video", "clean_up", "require_valid"]

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
) -> Registration:
    """A new registration at the state ``to``; ``number`` names its task and its character."""
    ledger = registry.registrations
    row = ledger.record_wish(wish, again=True)
    if to == "planned":
        return row
    row = ledger.mark_clipped(row, clip)
    if to == "clipped":
        return row
    row = ledger.mark_uploaded(row, bucket=bucket, key=key)
    if to == "uploaded":
        return row
    row = ledger.mark_submitting(row)
    if to == "submitting":
        return row
    if to == "unknown":
        return ledger.mark_unknown(row, LOST)
    if to == "failed":
        return ledger.mark_failed(row, NO)
    row = ledger.mark_submitted(row, task_id=f"task-{number}", cost_usd=0.001)
    return row if to == "submitted" else ledger.mark_done(row, character_id=f"char_{number}")


def deleted(registry: Registry, row: Registration) -> Registration:
    """Its tombstone."""
    return registry.registrations.mark_deleted(row)


def noted(registry: Registry, row: Registration, consent: str) -> Registration:
    """With a note of consent."""
    return registry.registrations.record_consent(row, consent)


def everyone(registry: Registry) -> tuple[Registration, ...]:
    """Every registration, tombstones included."""
    return registry.registrations.list_all(deleted=True)


def steps(registry: Registry, row: Registration) -> list[str]:
    """The states that a registration went through."""
    return [move.after for move in registry.registrations.moves_of(row)]


def tasks(registry: Registry) -> frozenset[str]:
    """Every task that belongs to anything."""
    return registry.list_task_ids()


def spent_usd(registry: Registry) -> float:
    return registry.spent_usd


def video_brought(
    registry: Registry, to: str, *, wish: VideoWish = VIDEO_WISH, number: int = 1
) -> Video:
    """A video at the state ``to``."""
    videos = registry.videos
    row = videos.record_wish(wish)
    if to == "planned":
        return row
    row = videos.mark_submitting(row)
    if to == "submitting":
        return row
    if to == "unknown":
        return videos.mark_unknown(row, LOST)
    if to == "failed":
        return videos.mark_failed(row, NO)
    row = videos.mark_submitted(row, task_id=f"video-{number}", cost_usd=wish.cost_usd)
    if to == "submitted":
        return row
    return videos.mark_done(row, path="/out.mp4", sha256="cd" * 32, has_nsfw=False)


def every_video(registry: Registry) -> tuple[Video, ...]:
    return registry.videos.list_all()


def video_under_way(registry: Registry, wish: VideoWish) -> Video | None:
    """The unfinished video of an order."""
    return registry.videos.find_under_way(wish.identity)
