"""A video as a paid task: what it costs, how its task is read, where its file goes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from screentest.client.errors import BadReply, ConfigError
from screentest.client.registry.videos import Video
from screentest.client.remote.http import Http, Request
from screentest.client.remote.replies import Prediction
from screentest.client.remote.video_models import video_model_of
from screentest.client.tasks.keys import IMAGES
from screentest.client.tasks.kind import Kind
from screentest.client.tasks.session import Session
from screentest.client.videos.place import as_recorded, is_url
from screentest.prep.core.files import holds
from screentest.prep.core.progress import stage
from screentest.prep.core.remedy import Remedy


def video_to(out: Path | None) -> Kind[Video]:
    """Videos whose file goes to ``out`` once their task is completed; None leaves it at the service."""

    def downloaded(row: Video, task: Prediction, session: Session) -> Video:
        if out is None:
            return row
        sha256 = row.out_sha256
        if sha256 is None or not lies_at(out, row):
            sha256 = _downloaded(row, task, out, session)
        return session.registry.videos.mark_done(
            row, path=str(out), sha256=sha256, has_nsfw=task.has_nsfw
        )

    return Kind(
        ledger=lambda registry: registry.videos,
        model=lambda row: video_model_of(row.model),
        price_usd=lambda row: row.cost_usd,
        kept_days=lambda row: video_model_of(row.model).results_kept_days,
        tells_name=False,
        label=lambda row: row.prompt,
        matches=matches,
        keep=downloaded,
        see=Remedy("list_videos"),
        decide=Remedy("decide_video"),
        go_on=Remedy("go_on_video"),
    )


def matches(row: Video, inputs: Mapping[str, object]) -> bool | None:
    """Whether a task's inputs are the row's; None where they cannot tell, as with another default."""
    prompt = inputs.get("prompt")
    if isinstance(prompt, str) and prompt != row.inputs.get("prompt"):
        return False
    if inputs.get("image") and not row.inputs.get("image"):
        return None
    asked = {key: value for key, value in row.inputs.items() if key != "image" or value}
    return True if all(_is_same(value, inputs.get(key), row) for key, value in asked.items()) else None


def _is_same(asked: object, shown: object, row: Video) -> bool:
    """Whether what a task shows is what was recorded: a file by its hash, and shown by its URL."""
    if isinstance(asked, list) and isinstance(shown, list):
        return len(asked) == len(shown) and all(
            _is_same(one, other, row) for one, other in zip(asked, shown, strict=True)
        )
    if isinstance(asked, Mapping) and isinstance(shown, Mapping):
        return all(_is_same(value, shown.get(key), row) for key, value in asked.items())
    if asked == shown:
        return True
    if not isinstance(asked, str) or not isinstance(shown, str):
        return False
    if _HASH.fullmatch(asked):
        return _of_this_order(shown, row)
    return is_url(asked) and as_recorded(shown) == asked


def _of_this_order(url: str, row: Video) -> bool:
    """Whether a URL is of an object that was put there for this very order."""
    place = url.partition("?")[0]
    return re.search(rf"/{IMAGES}/{row.identity[:32]}(?:-\d+)?(?:\.\w+)?$", place) is not None


_HASH = re.compile(r"[0-9a-f]{64}")


def url_in(task: Prediction) -> str:
    """Where a completed task's video can be fetched. Raises BadReply for outputs without a URL."""
    for output in _flat(task.outputs):
        if isinstance(output, str) and output.startswith(("https://", "http://")):
            return output
    raise BadReply(
        f"Task {task.task_id} is completed, but its outputs hold no URL.",
        "Look the task up at the service.",
        task_id=task.task_id,
    )


def lies_at(out: Path, row: Video) -> bool:
    """Whether a file is the row's own: its run was killed after it was fetched, before it was done."""
    return row.out_sha256 is not None and holds(out, row.out_sha256)


def _downloaded(row: Video, task: Prediction, out: Path, session: Session) -> str:
    def whole(sha256: str) -> None:
        session.registry.videos.mark_fetched(row, sha256=sha256)

    with (
        stage(session.watcher, "download") as under_way,
        Http(clock=session.clocks.clock, sleep=session.clocks.sleep) as http,
    ):
        sha256 = _fetched(url_in(task), out, http, under_way.advance, whole)
        under_way.summary = str(out)
    return sha256


def _fetched(
    url: str,
    out: Path,
    http: Http,
    progress: Callable[[float], None],
    whole: Callable[[str], None],
) -> str:
    try:
        return http.fetch(Request("GET", url), out, progress=progress, whole=whole)
    except OSError as error:
        raise ConfigError(
            f"{out} cannot be written: {error.strerror}.",
            "The video is paid for.",
            Remedy("out", words="do the same again into another file"),
        ) from None


def _flat(value: object, *, depth: int = 0) -> list[object]:
    if depth > _MOST_DEPTH:
        return []
    if isinstance(value, Mapping):
        value = [value.get(key) for key in _WHERE]
    if isinstance(value, list | tuple):
        return [one for item in value for one in _flat(item, depth=depth + 1)]
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):
            return _flat(json.loads(value), depth=depth + 1)
    return [value]


_WHERE = ("url", "video", "video_url", "download_url", "output", "videos", "outputs")
"""Where an output that is an object says where its file is, whatever else it says, such as its name."""
_MOST_DEPTH = 6

VIDEO = video_to(None)
"""Videos that are left at the service once they are settled."""
