"""Characters, videos and tasks as JSON objects with stable keys, without secrets.

Moments are ISO 8601 in UTC. What an export holds is read back by ``records.stored_columns`` and
``videos.stored_video``.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from screentest.client.registry.records import Move, Registration, iso
from screentest.prep.core.encoding import CLIP_KEPT, Json, clip_json, segment_json

if TYPE_CHECKING:
    from screentest.client.registry.videos import Video
    from screentest.client.remote.replies import Prediction


def registration_json(record: Registration) -> Json:
    """One registration; its window is exact, so that it can be read back."""
    clip = record.clip
    return {
        "name": record.name,
        "character_id": record.character_id,
        "state": record.state,
        "model": record.model,
        "service": record.service,
        "source": record.source_path,
        "source_fingerprint": record.source_fingerprint,
        "overrides": dict(record.overrides),
        "segment": segment_json(clip.segment, exact=True) if clip else None,
        "clip": clip.path if clip else None,
        "clip_sha256": clip.sha256 if clip else None,
        "clip_facts": clip_json(clip, CLIP_KEPT) if clip else None,
        "bucket": record.bucket,
        "object_key": record.object_key,
        "task_id": record.task_id,
        "cost_usd": record.cost_usd,
        "error": _error(record),
        "created_at": iso(record.created_at),
        "updated_at": iso(record.updated_at),
        "submitting_at": _iso_or_none(record.submitting_at),
        "done_at": _iso_or_none(record.done_at),
        "consent": record.consent,
        "has_nsfw_contents": record.has_nsfw,
        "object_deleted_at": _iso_or_none(record.object_deleted_at),
        "deleted_at": _iso_or_none(record.deleted_at),
        "generation": record.generation,
        "identity": record.identity,
        "account": record.account,
        "character": record.character,
        "stills": [asdict(one) for one in record.stills],
    }


def move_json(move: Move) -> Json:
    """One step of a registration."""
    return {"at": iso(move.at), "before": move.before, "after": move.after, "note": move.note}


def video_json(record: Video) -> Json:
    """One video."""
    return {
        "identity": record.identity,
        "state": record.state,
        "model": record.model,
        "service": record.service,
        "account": record.account,
        "prompt": record.prompt,
        "inputs": dict(record.inputs),
        "cost_usd": record.cost_usd,
        "task_id": record.task_id,
        "video": record.out_path,
        "video_sha256": record.out_sha256,
        "has_nsfw_contents": record.has_nsfw,
        "error": _error(record) if record.error else None,
        "created_at": iso(record.created_at),
        "submitting_at": _iso_or_none(record.submitting_at),
        "done_at": _iso_or_none(record.done_at),
        "shows": [asdict(one) for one in record.shows],
        "likeness": dict(record.likeness) if record.likeness is not None else None,
    }


def task_json(task: Prediction) -> Json:
    """One task at the service, with the characters it made."""
    return {
        "task_id": task.task_id,
        "model": task.model,
        "status": task.status,
        "created_at": _iso_or_none(task.created_at),
        "characters": [{"character_id": one.character_id, "name": one.name} for one in task.characters],
        "error": task.error,
        "code": task.code,
        "has_nsfw_contents": task.has_nsfw,
    }


def _iso_or_none(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def _error(record: Registration | Video) -> Json | None:
    return {"type": record.error_type, "message": record.error} if record.error is not None else None
