"""From a submitted task to a recorded character: waiting, reading the result, tidying up.

Whoever comes by may do it: the run that submitted, a later one, ``characters wait`` or ``reconcile``.
"""

from __future__ import annotations

from screentest.client.characters import footage
from screentest.client.config import Settings
from screentest.client.errors import BadReply, HeldElsewhere, Rejected, StorageError, TaskFailed
from screentest.client.registry.locks import locked
from screentest.client.registry.records import CharacterRecord
from screentest.client.remote.character_models import CharacterModel, model_of
from screentest.client.remote.replies import CharacterOutput, Prediction, task_error
from screentest.client.tasks.session import Session
from screentest.prep.core.progress import stage


def finish(record: CharacterRecord, session: Session) -> CharacterRecord:
    """The row at ``done``, from one at ``submitted`` whose lock the caller holds.

    Raises TaskFailed (the row is then ``failed``), WaitTimeout and what the service said otherwise.
    """
    with stage(session.watcher, "wait") as under_way:
        task = _waited(record, session)
        if not task.completed:
            error = task_error(task)
            session.registry.failed(record, error)
            raise error
        character = _character_of(task, record.name)
        under_way.summary = task.status
    with stage(session.watcher, "record") as under_way:
        record = session.registry.finished(
            record, character_id=character.character_id, has_nsfw=task.has_nsfw
        )
        under_way.summary = character.character_id
    if task.has_nsfw:
        session.watcher.warned(footage.NSFW)
    return record if session.settings.keep_objects else tidied(record, session)


def tidied(record: CharacterRecord, session: Session) -> CharacterRecord:
    """The row once its clip is out of the bucket, if nothing else needs it there.

    The character exists, so what goes wrong here is told and nothing more.
    """
    clip, settings, key = record.clip, session.settings, record.object_key
    if clip is None or key is None or record.bucket != settings.bucket:
        return record
    if not key.startswith(f"{session.registry.folder}/"):
        # Of an earlier version or of another home, which may need it: `storage clean` knows when not.
        return record
    locks = settings.home / "locks"
    try:
        # The same lock as around an upload: no other run may find the object there and lose it then.
        with locked(locks, clip.sha256, what="the clip's object", wait_s=60.0):
            if session.registry.needing(clip.sha256, besides=record):
                return record
            _delete(key, settings)
            return session.registry.object_gone(record)
    except (StorageError, HeldElsewhere) as error:
        session.watcher.warned(f"The clip stays in the bucket: {error.message}")
        return record


def _delete(key: str, settings: Settings) -> None:
    from screentest.client.remote.storage import Bucket

    with Bucket(settings) as bucket:
        bucket.delete(key)


def _waited(record: CharacterRecord, session: Session) -> Prediction:
    model = model_of(record.model)
    try:
        return session.service.wait(
            record.task_id or "",
            model=model,
            deadline_s=session.settings.wait_s,
            clock=session.clocks.clock,
            sleep=session.clocks.sleep,
        )
    except Rejected as error:
        if 404 in (error.status, error.code) and _is_past(record, model, session):
            gone = TaskFailed(
                f"The service no longer knows task {record.task_id}: it keeps results for "
                f"{model.results_kept_days} days.",
                "Run the same command again to register anew, which costs again.",
                task_id=record.task_id,
            )
            session.registry.failed(record, gone)
            raise gone from error
        raise


def _is_past(record: CharacterRecord, model: CharacterModel, session: Session) -> bool:
    since = record.submitting_at or record.created_at
    return (session.clocks.now() - since).days >= model.results_kept_days


def _character_of(task: Prediction, name: str) -> CharacterOutput:
    found = task.characters
    if not found:
        raise BadReply(
            f"Task {task.task_id} is completed, but its outputs hold no character id.",
            "Look the task up at the service: the character may exist there.",
            task_id=task.task_id,
        )
    return next((one for one in found if one.name == name), found[0])
