"""The shapes of the service's replies: the envelope, a prediction, and both kinds of error.

Sources, 2026: the service's documentation of results and error codes, and the official client's
source. Errors about parameters come as ``{"error": ...}``, all others as ``{"code", "message"}``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.responses import JSONResponse

from screentest.client.sandbox.work.tasks import Task


def success(data: Any) -> JSONResponse:
    """HTTP 200 with data in the service's envelope."""
    return JSONResponse({"code": 200, "message": "success", "data": data})


def failure(status: int, message: str) -> JSONResponse:
    """An HTTP error in the shape ``{"code", "message"}``."""
    return JSONResponse({"code": status, "message": message}, status)


def bad_parameter(message: str) -> JSONResponse:
    """HTTP 400 in the shape ``{"error"}``."""
    return JSONResponse({"error": message}, 400)


def prediction(task: Task, *, now: float, base_url: str, with_inputs: bool = False) -> dict[str, Any]:
    """A task as submit, result and list show it. ``code`` is there only when it failed."""
    status = task.status(now)
    ended = status in ("completed", "failed")
    outputs = list(task.outputs) if status == "completed" else []
    shown: dict[str, Any] = {
        "id": task.id,
        "model": task.model,
        "outputs": outputs,
        "urls": {"get": f"{base_url}/api/v3/predictions/{task.id}/result"},
        "has_nsfw_contents": [False for _ in outputs],
        "status": status,
        "created_at": iso(task.created_at),
        "error": task.error if ended else "",
        "timings": {"inference": task.inference_ms if ended else 0},
    }
    if status == "failed":
        shown["code"] = task.code
    if with_inputs:
        shown["inputs"] = task.inputs
    return shown


def iso(t: float) -> str:
    """A Unix time as the service writes it: UTC, milliseconds, Z."""
    return datetime.fromtimestamp(t, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
