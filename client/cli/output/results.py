"""What a command prints as JSON, where it is more than a value alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from screentest.client.cli.output.remedies import spoken
from screentest.client.cli.output.sheets import still_result
from screentest.client.cli.output.wording import SANDBOX
from screentest.prep.clipping.warnings import own_warnings
from screentest.prep.core.encoding import CLIP_MADE, Json, clip_json, segment_json, window_json

if TYPE_CHECKING:
    from screentest.client.characters.register import Forecast, Registered
    from screentest.client.registry.records import Registration
    from screentest.client.registry.videos import Video
    from screentest.client.tasks.recover import Settled
    from screentest.client.videos.make import Made
    from screentest.prep.core.values import Clip, Segment, Source


def pick_result(source: Source, segment: Segment, warnings: Sequence[str] = ()) -> Json:
    """``pick --json``."""
    return {
        "source": source.path,
        "turned_deg": source.turned_deg,
        **segment_json(segment),
        "warnings": list(warnings),
    }


def clip_result(clip: Clip) -> Json:
    """``clip --json``."""
    return {
        "clip": clip.path,
        "sha256": clip.sha256,
        "segment": window_json(clip.segment),
        **clip_json(clip, CLIP_MADE),
        "warnings": list(own_warnings(clip)),
    }


def registration_result(done: Registered) -> Json:
    """``register --json``."""
    return {
        "name": done.name,
        "character_id": done.character_id,
        "model": done.model,
        "clip": done.clip,
        "clip_sha256": done.clip_sha256,
        "segment": window_json(done.segment) if done.segment else None,
        "stills": [still_result(still) for still in done.stills],
        "submitted": done.submitted,
        "cost_usd": done.cost_usd,
        "warnings": list(done.warnings),
        "reasons": list(done.segment.reasons) if done.segment else [],
        **({} if done.character_id or done.is_kept else {"task_id": done.task_id}),
    }


def forecast_result(forecast: Forecast) -> Json:
    """``register --dry-run --json``: the keys of a registration, and what would happen."""
    return {
        "name": forecast.name,
        "character_id": forecast.recorded.character_id if forecast.recorded else None,
        "model": forecast.model,
        "clip": forecast.clip.path if forecast.clip else None,
        "clip_sha256": forecast.clip.sha256 if forecast.clip else None,
        "segment": window_json(forecast.segment) if forecast.segment else None,
        "stills": [still_result(still) for still in forecast.stills],
        "submitted": False,
        "cost_usd": forecast.cost_usd,
        "dry_run": True,
        "steps": list(forecast.steps),
        "warnings": list(forecast.warnings),
        "reasons": list(forecast.segment.reasons) if forecast.segment else [],
    }


def video_result(made: Made) -> Json:
    """``video --json``: a record's own keys, but for its file and who paid."""
    from screentest.client.registry.encoding import video_json

    record = made.record
    known = video_json(record)
    return {
        "video": record.out_path,
        "sha256": record.out_sha256,
        **{name: known[name] for name in ("task_id", "model", "prompt", "inputs")},
        "submitted": made.submitted,
        **{name: known[name] for name in ("cost_usd", "has_nsfw_contents", "shows", "likeness")},
    }


def settled_video_result(one: Settled[Video]) -> Json:
    """One video of ``videos reconcile --json`` and ``characters reconcile --json``."""
    return _settled(one, {"prompt": one.record.prompt}, {"video": one.record.out_path})


def settled_result(one: Settled[Registration]) -> Json:
    """One of ``characters reconcile --json`` and ``characters wait --json``."""
    return _settled(one, {"name": one.record.name}, {"character_id": one.record.character_id})


def _settled(one: Settled[Registration] | Settled[Video], called: Json, made: Json) -> Json:
    record = one.record
    return {
        **called,
        "identity": record.identity,
        "before": one.before,
        "state": record.state,
        "outcome": one.outcome,
        "task_id": record.task_id,
        **made,
        "reason": one.reason,
        "hint": spoken(one.remedies, sandbox=record.service == SANDBOX),
    }
