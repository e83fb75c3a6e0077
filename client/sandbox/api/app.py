"""The API stand-in's routes, over the sandbox's own store.

Paths, fields and statuses follow the service's documentation and its official clients' source
(2026); every path is below ``/api/v3``. ``/files/`` stands in for the service's file servers.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from screentest.client.sandbox.account import SandboxKeys
from screentest.client.sandbox.api.fault_injection import FaultInjection
from screentest.client.sandbox.api.files import Files
from screentest.client.sandbox.api.gate import PREFIX, Gate
from screentest.client.sandbox.api.journal import Journal
from screentest.client.sandbox.api.replies import bad_parameter, failure, prediction, success
from screentest.client.sandbox.faults import FaultPlan
from screentest.client.sandbox.models.known import MODELS
from screentest.client.sandbox.models.model import Model
from screentest.client.sandbox.work.backend import Backend
from screentest.client.sandbox.work.references import reference_lengths_s
from screentest.client.sandbox.work.tasks import Query, Task
from screentest.client.sandbox.work.worker import TaskWorkers

_SYNC_POLL_S = 0.05
_SYNC_TIMED_OUT = 5004
_PAGE_SIZES = range(1, 101)
_CLOCK_SKEW_S = 60.0  # a caller's clock may run ahead by as much

Handler = Callable[[Request], Awaitable[Response]]


def build_app(
    backend: Backend,
    *,
    account: SandboxKeys,
    journal: Journal,
    workers: TaskWorkers,
    faults: FaultPlan | None = None,
    now: Callable[[], float] = time.time,
) -> Starlette:
    """The ASGI application. Nothing is started here."""
    api = _Api(backend, account=account, workers=workers, now=now)
    files = Files(backend.folder, base_url=backend.base_url, key=account.webhook_secret, now=now)
    uploads = Route("/media/uploads", files.create_upload, methods=["POST"])
    return Starlette(
        routes=[Mount(PREFIX, routes=[uploads, *api.routes()]), *files.routes()],
        middleware=[
            Middleware(Gate, journal=journal, api_key=account.api_key, now=now),
            Middleware(FaultInjection, faults=faults or FaultPlan()),
        ],
        exception_handlers={HTTPException: _http_error},
    )


async def _http_error(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return failure(status, {404: "Not found.", 405: "Method not allowed."}.get(status, "Error."))


class _Api:
    """The handlers; each returns one of the service's replies."""

    def __init__(
        self, backend: Backend, *, account: SandboxKeys, workers: TaskWorkers, now: Callable[[], float]
    ) -> None:
        self._backend = backend
        self._account = account
        self._workers = workers
        self._now = now

    def routes(self) -> list[Route]:
        submits = [
            Route(f"/{model.id}", self._submit_to(model), methods=["POST"]) for model in MODELS.values()
        ]
        return [
            Route("/balance", self.balance),
            Route("/models", self.models),
            Route("/model/price", self.price, methods=["POST"]),
            Route("/predictions", self.listed, methods=["POST"]),
            Route("/predictions/delete", self.delete, methods=["POST"]),
            Route("/predictions/{id}", self.result),
            Route("/predictions/{id}/result", self.result),
            Route("/webhook/secret", self.webhook_secret),
            *submits,
            Route("/{model:path}", self.unknown_model, methods=["POST"]),
        ]

    async def balance(self, _: Request) -> Response:
        left = self._backend.settings.balance_usd - self._backend.store.spent_usd()
        return success({"balance": round(left, 6)})

    async def models(self, _: Request) -> Response:
        prices = self._backend.settings.prices_usd
        return success(
            [model.catalogue_entry(self._backend.base_url, prices) for model in MODELS.values()]
        )

    async def webhook_secret(self, _: Request) -> Response:
        return success({"secret": self._account.webhook_secret})

    async def price(self, request: Request) -> Response:
        body = _json_object(request)
        if body is None or not isinstance(body.get("model_id"), str):
            return bad_parameter('property "model_id" is missing')
        model = MODELS.get(body["model_id"])
        if model is None:
            return failure(404, f"Model {body['model_id']} not found.")
        given = body.get("inputs")
        inputs = model.inputs_from(given if isinstance(given, dict) else {})
        usd = await self._price_of(model, inputs)
        quote = {"model_id": model.id, "price": usd, "discounted_price": usd, "unit_price": usd}
        return success({**quote, "discount_rate": 100, "currency": "USD"})

    async def result(self, request: Request) -> Response:
        task = self._task(request.path_params["id"])
        if task is None:
            return failure(404, "Prediction not found.")
        return success(self._as_json(task))

    async def listed(self, request: Request) -> Response:
        now = self._now()
        try:
            query = self._query(_json_object(request) or {}, now)
        except ValueError as error:
            return bad_parameter(str(error))
        with_inputs = self._backend.settings.list_includes_inputs
        found = self._backend.store.listed(query, now=now)
        items = [self._as_json(task, with_inputs=with_inputs) for task in found]
        return success({"page": query.page, "items": items})

    async def delete(self, request: Request) -> Response:
        ids = (_json_object(request) or {}).get("ids")
        if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
            return bad_parameter('property "ids" must be an array of strings')
        return success({"deleted_count": self._backend.store.delete(ids, now=self._now())})

    async def unknown_model(self, request: Request) -> Response:
        return failure(404, f"Model {request.path_params['model']} not found.")

    def _submit_to(self, model: Model) -> Handler:
        async def submit(request: Request) -> Response:
            body = _json_object(request)
            if body is None:
                return bad_parameter("the request body must be a JSON object")
            inputs = model.inputs_from(body)
            problem = self._unknown(model, body) or model.problem(inputs)
            if problem := problem or self._too_many_characters(inputs):
                return bad_parameter(problem)
            webhook = request.query_params.get("webhook", "")
            sync = body.get("enable_sync_mode") is True
            return await self._accept(model, inputs, sync=sync, webhook=webhook)

        return submit

    def _unknown(self, model: Model, body: dict[str, Any]) -> str | None:
        """What the real service drops without a word, refused where the settings are strict."""
        name = model.unknown(body) if self._backend.settings.strict else None
        return f'property "{name}" is not known to {model.id}' if name else None

    async def _price_of(self, model: Model, inputs: dict[str, Any]) -> float:
        lengths_s = await run_in_threadpool(reference_lengths_s, model, inputs, self._backend)
        return model.price_of(inputs, self._backend.settings.prices_usd, lengths_s)

    def _too_many_characters(self, inputs: dict[str, Any]) -> str | None:
        most = self._backend.settings.max_characters
        if len(inputs.get("characters", ())) > most:
            return f'property "characters" must have at most {most} items'
        return None

    async def _accept(
        self, model: Model, inputs: dict[str, Any], *, sync: bool, webhook: str
    ) -> Response:
        price_usd = await self._price_of(model, inputs)
        settings, now = self._backend.settings, self._now()
        task = Task(
            id=uuid.uuid4().hex,
            model=model.id,
            inputs=inputs,
            price_usd=price_usd,
            created_at=now,
            starts_at=now + settings.queue_s,
            finished_at=None,
            outputs=(),
            code=0,
            error="",
            inference_ms=0,
        )
        if not self._backend.store.add(task, funds_usd=settings.balance_usd, webhook=webhook):
            return failure(402, "Insufficient balance. Please top up your account.")
        self._workers.wake()
        return success(await self._await_end(task) if sync else self._as_json(task))

    async def _await_end(self, task: Task) -> dict[str, Any]:
        """The task once it has ended, or the sync timeout that the official clients know."""
        deadline = self._now() + self._backend.settings.sync_wait_s
        while self._now() < deadline:
            latest = self._task(task.id) or task
            if latest.status(self._now()) in ("completed", "failed"):
                return self._as_json(latest)
            await asyncio.sleep(_SYNC_POLL_S)
        error = f"Sync mode timed out. Prediction ID: {task.id}."
        return {**self._as_json(task), "code": _SYNC_TIMED_OUT, "error": error}

    def _task(self, task_id: str) -> Task | None:
        return self._backend.store.get(task_id, since=self._now() - self._backend.settings.retention_s)

    def _as_json(self, task: Task, *, with_inputs: bool = False) -> dict[str, Any]:
        base_url = self._backend.base_url
        return prediction(task, now=self._now(), base_url=base_url, with_inputs=with_inputs)

    def _query(self, body: dict[str, Any], now: float) -> Query:
        """The list's filter and page. Raises ValueError in the service's words."""
        oldest = now - self._backend.settings.retention_s
        return Query(
            page=_integer(body, "page", range(1, 1_000_000)),
            page_size=min(_integer(body, "page_size", _PAGE_SIZES), self._backend.settings.page_most),
            after=max(oldest, _time(body, "created_after", oldest)),
            before=_time(body, "created_before", now + _CLOCK_SKEW_S),
            model=_text(body, "model"),
            status=_text(body, "status"),
        )


def _json_object(request: Request) -> dict[str, Any] | None:
    body = request.scope["state"]["json"]
    return body if isinstance(body, dict) else None


def _integer(body: dict[str, Any], name: str, allowed: range) -> int:
    value = body.get(name)
    if value is None:
        raise ValueError(f'property "{name}" is missing')
    if not isinstance(value, int) or isinstance(value, bool) or value not in allowed:
        raise ValueError(f'property "{name}" must be {allowed.start} to {allowed.stop - 1}')
    return value


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f'property "{name}" must be of type string')
    return value or None


def _time(body: dict[str, Any], name: str, default: float) -> float:
    text = _text(body, name)
    if text is None:
        return default
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    raise ValueError(f'property "{name}" must be an ISO 8601 time')
