"""Making a video that was planned: submitted once, waited for, downloaded, recorded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from screentest.client.errors import ConfigError, RegistryError
from screentest.client.registry.locks import locked
from screentest.client.registry.states import UNSETTLED, VIDEO_COURSE
from screentest.client.registry.videos import Video, VideoLedger, VideoWish
from screentest.client.remote.prices import quoted_usd
from screentest.client.remote.storage import require_bucket
from screentest.client.tasks.finish import finish
from screentest.client.tasks.keys import object_keys
from screentest.client.tasks.objects import put_objects, take_objects_out
from screentest.client.tasks.session import Session
from screentest.client.tasks.settle import settle
from screentest.client.tasks.submit import submit
from screentest.client.videos.place import as_recorded, is_url
from screentest.client.videos.plan import VideoPlan
from screentest.client.videos.task import video_to
from screentest.prep.core.files import sha256_of
from screentest.prep.core.progress import stage
from screentest.prep.core.remedy import Remedy


@dataclass(frozen=True, slots=True)
class Made:
    """A video on disk. ``submitted``: whether this run was the one that paid for it."""

    record: Video
    submitted: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """A plan with the price the service asks.

    ``resumes``: it was paid for by an earlier run. ``done``: the row of the order's newest video, which
    this one comes after; None for the first.
    """

    plan: VideoPlan
    wish: VideoWish
    resumes: bool
    image_sha256: str = field(default="", repr=False)
    done: int | None = None


def quote(plan: VideoPlan, session: Session) -> Quote:
    """What the video costs, asked of the service; raises CostTooHigh. Nothing is spent."""
    order = plan.order
    sha256 = "" if not order.image or is_url(order.image) else _image_sha256(order.image)
    wish = VideoWish(
        service=session.settings.service,
        account=session.settings.account,
        model=plan.model.model_id,
        prompt=order.prompt,
        inputs=plan.inputs(image=sha256 or as_recorded(order.image)),
        cost_usd=plan.cost_usd,
    )
    before = session.registry.videos.find_done(wish.identity)
    done = before.row_id if before else None
    under_way = session.registry.videos.find_under_way(wish.identity)
    if under_way is not None and under_way.state == "submitted":
        # Paid for: neither a limit nor a bucket stands between it and its owner.
        return Quote(plan, replace(wish, cost_usd=under_way.cost_usd), True, sha256, done)
    usd = quoted_usd(
        session.service,
        plan.model.model_id,
        inputs=plan.inputs(image="https://example.invalid/image.png" if order.image else ""),
        listed_usd=plan.cost_usd,
        max_cost_usd=order.max_cost_usd,
    )
    if sha256:
        require_bucket(session.settings)
    return Quote(plan, replace(wish, cost_usd=usd), False, sha256, done)


def make(quoted: Quote, session: Session) -> Made:
    """The video, downloaded to the order's ``out`` and recorded.

    The same order goes on with a video that an earlier run paid for and did not fetch. Another run
    that works on it is waited for, and what one has finished since the quote is given as it is. Raises
    a ScreentestError with the way out; a submit whose reply was lost is looked for and never sent
    again blindly.
    """
    kind = video_to(quoted.plan.order.out)
    identity, videos = quoted.wish.identity, session.registry.videos
    with locked(
        session.settings.home / "locks",
        identity,
        what="this video",
        wait_s=session.settings.wait_s,
        told=session.watcher.warned,
        clock=session.clocks.clock,
        sleep=session.clocks.sleep,
    ):
        if (done := videos.find_done(identity)) and done.row_id != quoted.done:
            return Made(done, submitted=False)
        _require_resumed(quoted, videos)
        row = videos.record_wish(quoted.wish)
        if row.state in UNSETTLED:
            row = settle(row, kind=kind, session=session)
        submits = row.state == VIDEO_COURSE.ready
        if submits:
            row = _submitted(row, quoted, session)
        row = finish(row, kind=kind, session=session)
        if quoted.image_sha256 and not session.settings.keep_objects:
            folder, image = session.registry.folder, Path(quoted.plan.order.image)
            keys = object_keys([image], identity=identity, folder=folder, numbered=False)
            take_objects_out(keys, session=session, what="image")
        return Made(row, submits)


def _require_resumed(quoted: Quote, videos: VideoLedger) -> None:
    """Raises RegistryError where what was paid for has failed since: no price was agreed to."""
    if quoted.resumes and not videos.find_under_way(quoted.wish.identity):
        raise RegistryError(
            "The video that was paid for has failed meanwhile; nothing was submitted.", Remedy("retry")
        )


def _submitted(row: Video, quoted: Quote, session: Session) -> Video:
    order = quoted.plan.order
    body = quoted.plan.inputs(image=_image_url(quoted, session))
    with stage(session.watcher, "submit") as under_way:
        row = submit(
            row,
            body=body,
            cost_usd=quoted.wish.cost_usd,
            ledger=session.registry.videos,
            service=session.service,
            webhook=order.webhook,
            key_hash=session.settings.key_hash,
        )
        under_way.summary = f"task {row.task_id}, USD {row.cost_usd:g}"
    return row


def _image_url(quoted: Quote, session: Session) -> str:
    image, sha256 = quoted.plan.order.image, quoted.image_sha256
    if not sha256:
        return image
    (url,) = put_objects(
        [Path(image)],
        identity=quoted.wish.identity,
        session=session,
        what="image",
        numbered=False,
    )
    return url


def _image_sha256(image: str) -> str:
    """The hex sha256 of an image's file. Raises ConfigError where it cannot be read."""
    try:
        return sha256_of(Path(image))
    except OSError as error:
        raise ConfigError(
            f"The image {image} cannot be read: {error.strerror}.", "Give a path or a URL."
        ) from None
