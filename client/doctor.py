"""Whether everything a registration needs is there, and how to fix what is not.

Each check is a function that returns a finding and never raises. Nothing here is billed: the only
thing written is a small object in the bucket, which is deleted again.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from screentest.prep.core.errors import ScreentestError
from screentest.prep.core.remedy import Remedy, remedies_of

if TYPE_CHECKING:
    from screentest.client.config import Settings
    from screentest.client.remote.wavespeed import ServedModel, WaveSpeed

Verdict = Literal["ok", "warning", "failed", "skipped"]

LEAST_FREE_BYTES = 500_000_000
MOST_SKEW_S = 60.0
"""A SigV4 signature is refused at 15 minutes of skew; well before that something is wrong."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. ``remedies``: how to fix it, () where nothing is wrong.

    ``skipped``: it was not made, as something that it needs is missing; ``found`` says what.
    """

    check: str
    verdict: Verdict
    found: str
    remedies: tuple[Remedy, ...] = ()


def examine_here(home: Path) -> tuple[Finding, ...]:
    """What needs no network: ffmpeg, weights, disk, registry."""
    return tuple(
        _guarded(name, lambda check=check: check(home))  # type: ignore[misc]
        for name, check in (
            ("ffmpeg", _ffmpeg),
            ("weights", _weights),
            ("disk", _disk),
            ("registry", _registry),
        )
    )


def examine_services(
    settings: Settings, *, model_id: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> tuple[Finding, ...]:
    """What only the services can tell: key, balance, model, fields, clock, bucket, presigned URL.

    Without a bucket in the settings, what concerns it is skipped.
    """
    from screentest.client.tasks.session import Clocks, service_of

    with service_of(settings, Clocks()) as service:
        served = cache(lambda: {model.model_id: model for model in service.models()})
        account = [
            _guarded("key and balance", lambda: _balance(service)),
            _guarded("model", lambda: _model(served(), model_id)),
            _guarded("fields", lambda: _fields(served(), model_id)),
            _guarded("clock", lambda: _clock(service, now)),
        ]
    if not settings.bucket:
        return (*account, _skipped("bucket", "no bucket is set"))
    return (*account, _guarded("bucket", lambda: _bucket(settings, now)))


_OF_SERVICES = ("key and balance", "model", "fields", "clock", "bucket")


def not_examined(error: ScreentestError) -> tuple[Finding, ...]:
    """What is found without settings to reach the services with: why, and what was skipped."""
    why = Finding("settings", "failed", error.message, error.remedies)
    return (why, *(_skipped(name, "the settings are incomplete") for name in _OF_SERVICES))


def _skipped(name: str, why: str) -> Finding:
    return Finding(name, "skipped", f"not checked: {why}")


def is_well(findings: Sequence[Finding]) -> bool:
    """Whether nothing failed; warnings do not count."""
    return all(finding.verdict != "failed" for finding in findings)


_CHECK_RIGHTS = remedies_of("Check its rights.")


def _guarded(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except ScreentestError as error:
        return Finding(name, "failed", error.message, error.remedies)
    except OSError as error:
        return Finding(name, "failed", error.strerror or type(error).__name__, _CHECK_RIGHTS)
    except subprocess.TimeoutExpired as error:
        ways = remedies_of("Check the load of this computer.")
        return Finding(name, "failed", f"no answer in {error.timeout:g} s", ways)


def ffmpeg_in_use() -> tuple[str, str | None]:
    """(path, version) of the ffmpeg that makes clips; None for the version of one that does not run.

    Raises SetupError, OSError and subprocess.TimeoutExpired.
    """
    from screentest.prep.clipping.ffmpeg import executable

    binary = executable()
    run = subprocess.run([binary, "-version"], capture_output=True, timeout=20, check=False)
    words = run.stdout.decode("utf-8", "replace").split()
    return binary, None if run.returncode else " ".join(words[2:3])


def _ffmpeg(_: Path) -> Finding:
    binary, version = ffmpeg_in_use()
    if version is None:
        ways = remedies_of("Install screentest again, or name another with SCREENTEST_FFMPEG.")
        return Finding("ffmpeg", "failed", f"{binary} does not run", ways)
    return Finding("ffmpeg", "ok", f"ffmpeg version {version} at {binary}")


def _weights(_: Path) -> Finding:
    from screentest.prep.vision.weights import manifest, weights

    for name in manifest():
        weights(name)
    return Finding("weights", "ok", "all present, with the hashes of their manifest")


def _disk(home: Path) -> Finding:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    found = f"{free / 1e9:.1f} GB free at {place}"
    if free < LEAST_FREE_BYTES:
        make_room = Remedy("by_hand", words="make room")
        return Finding("disk", "warning", found, (make_room, Remedy("home")))
    return Finding("disk", "ok", found)


def _registry(home: Path) -> Finding:
    from screentest.client.registry.registry import FILE_NAME, Registry

    path = home / FILE_NAME
    if not path.exists():
        return Finding("registry", "ok", f"none yet; it will be {path}")
    with Registry(path) as registry:
        rows, unfinished = registry.registrations.list_all(), registry.registrations.list_unfinished()
    registrations = f"{len(rows)} registration{'' if len(rows) == 1 else 's'}"
    if unfinished:
        found = f"{path}: {registrations}, {len(unfinished)} unfinished"
        return Finding("registry", "warning", found, (Remedy("reconcile"),))
    return Finding("registry", "ok", f"{path}: {registrations}")


def _balance(service: WaveSpeed) -> Finding:
    left_usd = service.balance_usd()
    found = f"the key works; USD {left_usd:.2f} left"
    if left_usd <= 0:
        ways = remedies_of("Top up the account at the service.")
        return Finding("key and balance", "failed", found, ways)
    return Finding("key and balance", "ok", found)


def _model(served: Mapping[str, ServedModel], model_id: str) -> Finding:
    from screentest.client.remote.living import ways_out

    if model_id in served:
        return Finding("model", "ok", f"{model_id} is served")
    found = f"{model_id} is no longer served"
    return Finding("model", "failed", found, ways_out(model_id, served))


def _fields(served: Mapping[str, ServedModel], model_id: str) -> Finding:
    """Whether the bodies that would be sent still fit the schemas that the service shows."""
    from screentest.client.remote.models.schema import differences
    from screentest.client.remote.video_models import every_model

    known = [one for one in every_model() if one.model_id in served]
    schemas = {one.model_id: served[one.model_id].schema for one in known}
    silent = [model_id for model_id, schema in schemas.items() if schema is None]
    against = {
        one.model_id: dict.fromkeys(chain(*(differences(body, schema) for body in one.samples())))
        for one in known
        if (schema := schemas[one.model_id]) is not None
    }
    changed = {model_id: found for model_id, found in against.items() if found}
    fitting = len(against) - len(changed)
    told = [f"{name}: {'; '.join(found)}" for name, found in changed.items()]
    told += [f"bodies fit the schemas of {fitting} models"] if fitting else []
    told += [f"no schema is shown for {', '.join(silent)}"] if silent else []
    verdict: Verdict = "failed" if model_id in changed else "warning" if changed else "ok"
    ways = remedies_of("This program may be too old for them: update it.") if changed else ()
    return Finding("fields", verdict, ". ".join(told) or "none of the known models is served", ways)


def _clock(service: WaveSpeed, now: Callable[[], datetime]) -> Finding:
    served_at = service.served_at()
    if served_at is None:
        ways = remedies_of("Check the clock.")
        return Finding("clock", "warning", "the service does not report its time", ways)
    skew_s = (now() - served_at).total_seconds()
    found = f"{abs(skew_s):.0f} s {'ahead of' if skew_s > 0 else 'behind'} the service's"
    if abs(skew_s) > MOST_SKEW_S:
        ways = remedies_of("Set this computer's clock: signed URLs need it.")
        return Finding("clock", "failed", found, ways)
    return Finding("clock", "ok", found)


def _bucket(settings: Settings, now: Callable[[], datetime]) -> Finding:
    from screentest.client.registry.records import iso
    from screentest.client.remote.http import Http
    from screentest.client.remote.storage import RENEW_CREDENTIALS, Bucket, prove
    from screentest.client.tasks.proof import least_life

    with tempfile.TemporaryDirectory(prefix="screentest-") as folder, Bucket(settings) as bucket:
        path = Path(folder) / "doctor.txt"
        path.write_bytes(b"written by a check of the bucket")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        key = f"doctor/{sha256[:16]}.txt"
        bucket.put(path, sha256=sha256, key=key, content_type="text/plain")
        try:
            upload = bucket.present(key, expires_s=60)
            with Http() as http:
                prove(upload, path, http=http, service_url=settings.base_url)
        finally:
            bucket.delete(key)
    found = f"{settings.bucket} stores an object and serves it through a presigned URL"
    if upload.temporary and upload.credentials_end_at is None:
        ways = remedies_of(
            "URLs end with the temporary AWS credentials; use keys that last for long queues."
        )
        return Finding("bucket", "warning", found, ways)
    end_at = upload.credentials_end_at
    if end_at and end_at - now() < least_life(settings.url_expires_s):
        found += f"; the AWS credentials end at {iso(end_at)}, too soon for a submit"
        return Finding("bucket", "warning", found, RENEW_CREDENTIALS)
    return Finding("bucket", "ok", found)
