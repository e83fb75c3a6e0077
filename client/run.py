"""One run of ``register`` on one row: each step does what its state lacks, and records it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from client import footage
from client.config import Settings
from client.errors import BadReply, Rejected, TaskFailed
from client.models import CharacterModel
from client.order import Order
from client.records import CharacterRecord
from client.registry import Registry
from client.replies import CharacterOutput, Prediction, task_error
from client.stages import Watcher, stage
from client.states import UNSETTLED
from prep.values import Clip, Source

if TYPE_CHECKING:
    from client.storage import Bucket, Upload
    from client.wavespeed import WaveSpeed


@dataclass(frozen=True, slots=True)
class Run:
    """What a run needs besides its row, whose claim it holds."""

    order: Order
    settings: Settings
    model: CharacterModel
    source: Source
    registry: Registry
    watcher: Watcher
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    now: Callable[[], datetime]

    def to_the_end(self, record: CharacterRecord) -> tuple[CharacterRecord, bool]:
        """The row when it is done, and whether this run sent a submit."""
        submits = False
        with self._service() as service:
            if record.state in UNSETTLED:
                record = self._settled(record, service)
            if record.state == "failed":
                record = self._tried_again(record)
            if record.state != "submitted":
                record = self._with_clip(record)
                record = self._submitted(record, service)
                submits = True
            return self._finished(record, service), submits

    def _service(self) -> WaveSpeed:
        from client.http import Http
        from client.wavespeed import WaveSpeed

        return WaveSpeed(self.settings, http=Http(clock=self.clock, sleep=self.sleep))

    def _settled(self, record: CharacterRecord, service: WaveSpeed) -> CharacterRecord:
        from client.reconcile import settle

        self.watcher.warned("The reply to an earlier submit was lost: looking for its task.")
        return settle(
            record,
            model=self.model,
            registry=self.registry,
            service=service,
            settle_after_s=self.settings.settle_after_s,
            wait_s=self.settings.wait_s,
            now=self.now,
            clock=self.clock,
            sleep=self.sleep,
        )

    def _tried_again(self, record: CharacterRecord) -> CharacterRecord:
        usable = record.clip is not None and footage.intact(record.clip)
        note = f"tried again after: {record.error}"
        return self.registry.returned(record, "clipped" if usable else "planned", note=note)

    def _with_clip(self, record: CharacterRecord) -> CharacterRecord:
        """The row with a clip whose file is there, made anew where it is missing or changed."""
        if record.clip is None or not footage.intact(record.clip):
            if record.state != "planned":
                record = self.registry.returned(record, "planned", note="the clip's file is gone")
            record = self.registry.clipped(record, self._made(record.identity))
        clip = _clip_of(record)
        for warning in footage.warnings_about(clip):
            self.watcher.warned(warning)
        return record

    def _made(self, identity: str) -> Clip:
        home, spec = self.settings.home, self.model.clip
        segment = footage.chosen(
            self.source,
            spec=spec,
            start_s=self.order.start_s,
            length_s=self.order.length_s,
            scans=home / "scans",
            watcher=self.watcher,
        )
        with footage.draft(home / "clips", identity[:32]) as out:
            clip, _ = footage.made(
                self.source,
                segment,
                spec=spec,
                orientation=self.order.orientation,
                out=out,
                watcher=self.watcher,
            )
            return footage.kept(clip, home / "clips")

    def _submitted(self, record: CharacterRecord, service: WaveSpeed) -> CharacterRecord:
        from client.http import Http
        from client.storage import Bucket, prove
        from client.submit import submit

        with Bucket(self.settings) as bucket:
            record = self._uploaded(record, bucket)
            upload = self._presented(record, bucket)
        with (
            stage(self.watcher, "prove") as under_way,
            Http(clock=self.clock, sleep=self.sleep) as http,
        ):
            path = Path(_clip_of(record).path)
            prove(upload, path, http=http, service_url=self.settings.base_url)
            under_way.summary = "its URL gives the clip"
        with stage(self.watcher, "submit") as under_way:
            record = submit(
                record,
                model=self.model,
                upload=upload,
                description=self.order.description,
                registry=self.registry,
                service=service,
            )
            under_way.summary = f"task {record.task_id}, USD {self.model.price_usd:g}"
        return record

    def _uploaded(self, record: CharacterRecord, bucket: Bucket) -> CharacterRecord:
        clip = _clip_of(record)
        with stage(self.watcher, "upload") as under_way:
            stored = bucket.put(Path(clip.path), sha256=clip.sha256, progress=under_way.advance)
            place = f"{stored.bucket}/{stored.key}"
            under_way.summary = f"{place}{', already there' if stored.reused else ''}"
        if record.state == "uploaded":
            if (record.bucket, record.object_key) == (stored.bucket, stored.key):
                return record
            record = self.registry.returned(record, "clipped", note=f"now goes to {place}")
        return self.registry.uploaded(record, bucket=stored.bucket, key=stored.key)

    def _presented(self, record: CharacterRecord, bucket: Bucket) -> Upload:
        upload = bucket.present(
            record.object_key or "", expires_s=self.settings.url_expires_s, now=self.now()
        )
        if upload.temporary:
            self.watcher.warned(
                "The AWS credentials are temporary: the clip's URL ends with them, whatever its "
                "own expiry says."
            )
        return upload

    def _finished(self, record: CharacterRecord, service: WaveSpeed) -> CharacterRecord:
        with stage(self.watcher, "wait") as under_way:
            task = self._waited(record, service)
            if not task.completed:
                error = task_error(task)
                self.registry.failed(record, error)
                raise error
            character = _character_of(task, record.name)
            under_way.summary = task.status
        with stage(self.watcher, "record") as under_way:
            record = self.registry.finished(record, character_id=character.character_id)
            under_way.summary = character.character_id
        return record

    def _waited(self, record: CharacterRecord, service: WaveSpeed) -> Prediction:
        try:
            return service.wait(
                record.task_id or "",
                model=self.model,
                deadline_s=self.settings.wait_s,
                clock=self.clock,
                sleep=self.sleep,
            )
        except Rejected as error:
            if 404 in (error.status, error.code) and self._is_past(record):
                gone = TaskFailed(
                    f"The service no longer knows task {record.task_id}: it keeps results for "
                    f"{self.model.results_kept_days} days.",
                    "Run the same command again to register anew, which costs again.",
                    task_id=record.task_id,
                )
                self.registry.failed(record, gone)
                raise gone from error
            raise

    def _is_past(self, record: CharacterRecord) -> bool:
        since = record.submitting_at or record.created_at
        return (self.now() - since).days >= self.model.results_kept_days


def _clip_of(record: CharacterRecord) -> Clip:
    if record.clip is None:
        raise ValueError(f"a row at {record.state} has no clip")
    return record.clip


def _character_of(task: Prediction, name: str) -> CharacterOutput:
    found = task.characters
    if not found:
        raise BadReply(
            f"Task {task.task_id} is completed, but its outputs hold no character id.",
            "Look the task up at the service: the character may exist there.",
            task_id=task.task_id,
        )
    return next((one for one in found if one.name == name), found[0])
