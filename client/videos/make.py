"""Making a video that was planned: submitted once, waited for, downloaded, recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from screentest.client.characters.footage import warnings_of
from screentest.client.characters.keeping import kept_at
from screentest.client.errors import ConfigError, RegistryError
from screentest.client.registry.states import UNSETTLED, VIDEO_COURSE
from screentest.client.registry.videos import Video, VideoLedger, VideoWish
from screentest.client.remote.living import require_served
from screentest.client.remote.prices import quoted_usd, require_affordable
from screentest.client.remote.storage import require_bucket
from screentest.client.tasks.finish import finish
from screentest.client.tasks.keys import object_keys
from screentest.client.tasks.objects import put_objects, take_objects_out
from screentest.client.tasks.session import Session
from screentest.client.tasks.settle import settle
from screentest.client.tasks.submit import submit
from screentest.client.videos.cast import Member, ReferenceFile, kept, shown_in
from screentest.client.videos.ordered import as_ordered
from screentest.client.videos.out import file_name
from screentest.client.videos.place import as_recorded, is_url
from screentest.client.videos.plan import VideoPlan
from screentest.client.videos.prompts import require_names
from screentest.client.videos.task import lies_at, video_to
from screentest.prep.clipping.place import require_writable
from screentest.prep.core.errors import OutputExists
from screentest.prep.core.files import holds, sha256_of
from screentest.prep.core.progress import stage
from screentest.prep.core.remedy import Remedy


@dataclass(frozen=True, slots=True)
class Made:
    """A video on disk.

    ``submitted``: whether this run was the one that paid for it. ``found``: it was there already.
    """

    record: Video
    submitted: bool
    found: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A plan with the price the service asks, and everything that is sent of its cast.

    ``out``: where the video goes. ``resumes``: it was paid for by an earlier run. ``done``: the video
    of an earlier run, whose file is there. ``newest``: the row of the order's newest video, which this
    one comes after; None for the first.
    """

    plan: VideoPlan
    wish: VideoWish
    out: Path
    resumes: bool = False
    done: Video | None = None
    image_sha256: str = field(default="", repr=False)
    newest: int | None = None


def quote(plan: VideoPlan, session: Session) -> Quote:
    """What the video costs, asked of the service; raises CostTooHigh. Nothing is spent or uploaded.

    A character that the model takes inline, and that is not kept for it yet, is kept now. Raises what
    that raises, and OutputExists for a file that has the name of the video's own.
    """
    order = plan.order
    sha256 = "" if not order.image or is_url(order.image) else _image_sha256(order.image)
    if paid := _of_an_earlier_run(plan, sha256, session):
        return paid
    is_inline = plan.model.delivery == "inline"
    if is_inline and not _is_open(plan, sha256, session):
        plan = as_ordered(plan, session.registry, session.settings) or plan
        if paid := _of_an_earlier_run(plan, sha256, session):
            return paid
    if sha256 or is_inline:
        require_bucket(session.settings)
    if is_inline and not _is_open(plan, sha256, session):
        require_served(session.service, plan.model.model_id)
        _require_affordable_bare(plan, session)
        plan = _with_kept(plan, session)
        if paid := _of_an_earlier_run(plan, sha256, session):
            return paid
    wish = _wish_of(plan, sha256, session)
    out, newest = _own_file(plan, wish), _newest(wish, session)
    priced = replace(wish, cost_usd=_asked_usd(plan, session))
    return Quote(plan, priced, out, image_sha256=sha256, newest=newest)


def make(quoted: Quote, session: Session) -> Made:
    """The video, downloaded to the quote's ``out`` and recorded.

    The same order goes on with a video that an earlier run paid for and did not fetch. Another run
    that works on it is waited for, and what one has finished since the quote is given as it is. Raises
    a ScreentestError with the way out; a submit whose reply was lost is looked for and never sent
    again blindly.
    """
    if quoted.done is not None:
        return Made(quoted.done, submitted=False, found=True)
    kind = video_to(quoted.out)
    identity, videos = quoted.wish.identity, session.registry.videos
    with session.held(identity, what="this video"):
        if (done := videos.find_done(identity)) and done.row_id != quoted.newest:
            return Made(done, submitted=False, found=True)
        _require_resumed(quoted, videos)
        row = videos.record_wish(quoted.wish)
        if row.state in UNSETTLED:
            row = settle(row, kind=kind, session=session)
        submits = row.state == VIDEO_COURSE.ready
        if submits:
            row = _submitted(row, quoted, session)
        row = finish(row, kind=kind, session=session)
        if not session.settings.keep_objects:
            _take_out(quoted, session)
        return Made(row, submits)


def _require_resumed(quoted: Quote, videos: VideoLedger) -> None:
    """Raises RegistryError where what was paid for has failed since: no price was agreed to."""
    if quoted.resumes and not videos.find_under_way(quoted.wish.identity):
        raise RegistryError(
            "The video that was paid for has failed meanwhile; nothing was submitted.", Remedy("retry")
        )


# What it costs, and what of it is there


def _newest(wish: VideoWish, session: Session) -> int | None:
    done = session.registry.videos.find_done(wish.identity)
    return done.row_id if done else None


def _wish_of(plan: VideoPlan, image_sha256: str, session: Session) -> VideoWish:
    order = plan.order
    return VideoWish(
        service=session.settings.service,
        account=session.settings.account,
        model=plan.model.model_id,
        prompt=order.prompt,
        inputs=plan.inputs(image=image_sha256 or as_recorded(order.image)),
        cost_usd=plan.cost_usd,
        shows=shown_in(plan.cast),
    )


def _of_an_earlier_run(plan: VideoPlan, image_sha256: str, session: Session) -> Quote | None:
    """The quote of what was paid for; None where there is no such video.

    Neither a limit nor a bucket nor a file that is gone stands between it and its owner.
    """
    if not plan.is_known:
        return None
    wish, videos = _wish_of(plan, image_sha256, session), session.registry.videos
    under_way = videos.find_under_way(wish.identity)
    if under_way is not None and under_way.state == "submitted":
        wish = replace(wish, cost_usd=under_way.cost_usd)
        out, newest = _own_file(plan, wish, under_way), _newest(wish, session)
        return Quote(plan, wish, out, True, image_sha256=image_sha256, newest=newest)
    if plan.order.out is None and under_way is None and not plan.order.overwrite:
        for row in reversed(videos.list_done(wish.identity)):
            if row.out_path and holds(Path(row.out_path), row.out_sha256 or ""):
                return Quote(plan, wish, Path(row.out_path), done=row)
    return None


def _is_open(plan: VideoPlan, image_sha256: str, session: Session) -> bool:
    """Whether this very order may be paid for: another clip would make another order of it."""
    if not plan.is_known:
        return False
    wish = _wish_of(plan, image_sha256, session)
    under_way = session.registry.videos.find_under_way(wish.identity)
    return under_way is not None and under_way.state in UNSETTLED


def _own_file(plan: VideoPlan, wish: VideoWish, under_way: Video | None = None) -> Path:
    """Where the video goes. Raises OutputExists where another file has the name of its own.

    ``under_way``: the video, whose file may lie there though no run could record it.
    """
    if plan.order.out is not None:
        return plan.order.out
    out = Path(file_name(plan.order.prompt, wish.identity)).absolute()
    require_writable(out)
    is_left = under_way is not None and lies_at(out, under_way)
    if out.exists() and not plan.order.overwrite and not is_left:
        raise OutputExists(f"{out} already exists.", Remedy("out"), Remedy("overwrite"))
    return out


def _with_kept(plan: VideoPlan, session: Session) -> VideoPlan:
    """The plan with the clips and stills that are sent, made where they are missing.

    Raises PromptProblem where the prompt lacks the name of what is sent, which may be another
    registration's than the planned one.
    """
    cast = [_kept(one, plan, session) for one in plan.cast]
    require_names(plan.order.prompt, [one.name for one in cast])
    return plan.with_cast(cast)


def _kept(member: Member, plan: VideoPlan, session: Session) -> Member:
    number = member.registration.character_no
    row = kept_at(number, plan.model, session, way=member.way or "video")
    if not member.is_known:
        for said in warnings_of(row, plan.model):
            session.watcher.warned(f"{row.name}: {said}")
    return kept(row, upright=member.upright)


def _asked_usd(plan: VideoPlan, session: Session) -> float:
    """The service's price. Raises CostTooHigh.

    It is asked without the references, which it cannot fetch yet, and theirs is added by the rule: as
    much more as the list price is with them.
    """
    order, model = plan.order, plan.model
    listed_usd, usd = _listed_bare_usd(plan), _asked_bare_usd(plan, session)
    whole_usd = round(usd * plan.cost_usd / listed_usd, 6) if listed_usd else usd
    require_affordable(whole_usd, max_cost_usd=order.max_cost_usd, model_id=model.model_id)
    return whole_usd


def _require_affordable_bare(plan: VideoPlan, session: Session) -> None:
    """Raises CostTooHigh where the video costs too much though nothing is sent with it."""
    limit_usd = plan.order.max_cost_usd
    if limit_usd is not None:
        bare = f"{plan.model.model_id} without references"
        require_affordable(_asked_bare_usd(plan, session), max_cost_usd=limit_usd, model_id=bare)


def _asked_bare_usd(plan: VideoPlan, session: Session) -> float:
    bare = replace(plan, cast=tuple(one for one in plan.cast if one.way is None))
    return quoted_usd(
        session.service,
        plan.model.model_id,
        inputs=bare.inputs(image="https://example.invalid/image.png" if plan.order.image else ""),
        listed_usd=_listed_bare_usd(plan),
        max_cost_usd=None,
    )


def _listed_bare_usd(plan: VideoPlan) -> float:
    return plan.model.price_usd(size=plan.size, ratio=plan.ratio, duration_s=plan.order.duration_s)


# What is sent


def _submitted(row: Video, quoted: Quote, session: Session) -> Video:
    order = quoted.plan.order
    image = _image_url(quoted, session)
    _require_unchanged(quoted.plan.files)
    files = [Path(file.path) for file in quoted.plan.files]
    identity = quoted.wish.identity
    urls = put_objects(files, identity=identity, session=session, what="reference")
    body = quoted.plan.inputs(image=image, urls=urls)
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


def _require_unchanged(files: Sequence[ReferenceFile]) -> None:
    """Raises ConfigError for a clip or still that is not what is recorded of it any more."""
    for file in files:
        if not holds(Path(file.path), file.sha256):
            raise ConfigError(
                f"{file.path} is gone or was changed. Nothing was submitted.",
                Remedy("retry", ("to have another one made",)),
            )


def _image_url(quoted: Quote, session: Session) -> str:
    image, sha256 = quoted.plan.order.image, quoted.image_sha256
    if not sha256:
        return image
    identity = quoted.wish.identity
    (url,) = put_objects(
        [Path(image)], identity=identity, session=session, what="image", numbered=False
    )
    return url


def _take_out(quoted: Quote, session: Session) -> None:
    """Delete what was sent from the bucket, once the video is on disk."""
    if keys := _keys_of(quoted, session):
        take_objects_out(keys, session=session, what="references" if quoted.plan.files else "image")


def _keys_of(quoted: Quote, session: Session) -> Sequence[str]:
    identity, folder = quoted.wish.identity, session.registry.folder
    images = [Path(quoted.plan.order.image)] if quoted.image_sha256 else []
    files = [Path(file.path) for file in quoted.plan.files]
    return (
        *object_keys(images, identity=identity, folder=folder, numbered=False),
        *object_keys(files, identity=identity, folder=folder),
    )


def _image_sha256(image: str) -> str:
    """The hex sha256 of an image's file. Raises ConfigError where it cannot be read."""
    try:
        return sha256_of(Path(image))
    except OSError as error:
        raise ConfigError(
            f"The image {image} cannot be read: {error.strerror}.", "Give a path or a URL."
        ) from None
