"""The service's calls, typed: WaveSpeed's API v3 as its documentation describes it in 2026."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from urllib.parse import quote

from screentest.client.config import Secret, Settings
from screentest.client.errors import BadReply, Rejected, ServiceError, WaitTimeout
from screentest.client.remote.http import Http, Reply, Request
from screentest.client.remote.models.polling import Polled
from screentest.client.remote.models.schema import Schema, request_schema
from screentest.client.remote.replies import (
    Prediction,
    parse_object,
    parse_prediction,
    parse_submitted,
)
from screentest.client.remote.scrub import scrubbed
from screentest.prep.core.remedy import Remedy

PAGE_SIZE = 100
"""The documented maximum."""
MOST_PAGES = 200
MOST_READINGS = 5
NOT_YET_S = 30.0
"""How long a task just made may be unknown to the result call (assumed)."""


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model the service serves now.

    ``base_price_usd``: None where it names none. ``schema``: of a run's body, None where it shows none.
    """

    model_id: str
    base_price_usd: float | None
    schema: Schema | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Price:
    """What a submit with these inputs would cost; ``discounted`` is what this account pays."""

    price: float
    discounted: float
    currency: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Tasks as the service lists them; ``served_at``: its clock then, None if it did not say."""

    tasks: tuple[Prediction, ...]
    served_at: datetime | None


class WaveSpeed:
    """One account at the service.

    Every call raises a ServiceError of the kind the reply stands for; reads are retried for a
    minute, submits never. Close it, or use it as a context manager.
    """

    def __init__(self, settings: Settings, *, http: Http | None = None) -> None:
        self._base = settings.base_url
        self._key = settings.api_key
        self._http = http or Http()

    def __enter__(self) -> WaveSpeed:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def submit(self, model_id: str, inputs: Mapping[str, object], *, webhook: str = "") -> Prediction:
        """The task of a model; this call costs money.

        ``webhook``: URL that the service calls when the task has ended.

        Raises ServiceUnreachable (nothing sent), Unauthorized, NoBalance, RateLimited or Rejected
        (a definite no), ReplyLost (it may have been accepted).
        """
        query = f"?webhook={_quoted(webhook)}" if webhook else ""
        request = self._request("POST", f"/{model_id}{query}", body=dict(inputs))
        return parse_submitted(self._http.submit(request), secrets=self._secrets)

    def result(self, task_id: str) -> Prediction:
        """The task as it stands now; a failed one is returned, not raised."""
        path = f"/predictions/{_quoted(task_id)}/result"
        return parse_prediction(self._data(self._request("GET", path)), secrets=self._secrets)

    def wait(
        self,
        task_id: str,
        *,
        model: Polled,
        deadline_s: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> Prediction:
        """The task when it has ended, well or not.

        Polls at the model's growing intervals. Raises WaitTimeout after ``deadline_s`` seconds.
        """
        began = clock()
        polls = 0
        while True:
            prediction = self._poll(task_id, patient=clock() - began < NOT_YET_S)
            if prediction is not None and prediction.ended:
                return prediction
            pause_s = model.poll_interval_s(polls) * random.uniform(0.9, 1.1)  # noqa: S311 - jitter
            if clock() + pause_s - began > deadline_s:
                raise _still_running(task_id, prediction, deadline_s)
            sleep(pause_s)
            polls += 1

    def _poll(self, task_id: str, *, patient: bool) -> Prediction | None:
        try:
            return self.result(task_id)
        except Rejected as error:
            if patient and 404 in (error.status, error.code):
                return None
            error.task_id = task_id
            raise

    def list_predictions(self, *, model_id: str, since: datetime) -> Listing:
        """The account's tasks of one model made at ``since``, by the service's clock, or later.

        The service lists the last 7 days. The list is read again until it shows no older task that
        was not seen: one that is deleted while it is read draws others past the page being asked for.
        Raises BadReply for a list that does not end, or does not come to rest.
        """
        wanted: dict[str, object] = {
            "model": model_id,
            "created_after": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "page_size": PAGE_SIZE,
        }
        found, served_at = self._read_once(wanted)
        for _ in range(MOST_READINGS):
            again, _ = self._read_once(wanted) if found else ({}, None)
            missed = [task for task_id, task in again.items() if task_id not in found]
            found |= again
            if not any(_may_be_older(task, served_at) for task in missed):
                return Listing(_of_model(found.values(), model_id, since), served_at)
        raise BadReply(f"The service's list of tasks changed each time, {MOST_READINGS} times.")

    def _read_once(self, wanted: Mapping[str, object]) -> tuple[dict[str, Prediction], datetime | None]:
        """Tasks by their ids, page by page to the end, and the service's clock at the first."""
        found: dict[str, Prediction] = {}
        served_at = None
        for page in range(1, MOST_PAGES + 1):
            reply = self._read(self._request("POST", "/predictions", body={**wanted, "page": page}))
            served_at = served_at or reply.served_at
            items = _items(parse_object(reply, secrets=self._secrets))
            tasks = (parse_prediction(item, secrets=self._secrets) for item in items)
            fresh = [task for task in tasks if task.task_id not in found]
            found |= {item.task_id: item for item in fresh}
            # A short page is no end: a service may give fewer entries a page than it was asked for.
            if not fresh:
                return found, served_at
        raise BadReply(f"The service's list of tasks did not end after {MOST_PAGES} pages.")

    def recent(self, *, model_id: str = "", count: int = PAGE_SIZE) -> tuple[Prediction, ...]:
        """The account's newest tasks of the last 7 days, newest first, at most 100."""
        wanted: dict[str, object] = {"page": 1, "page_size": min(count, PAGE_SIZE)}
        wanted |= {"model": model_id} if model_id else {}
        items = _items(self._data(self._request("POST", "/predictions", body=wanted)))
        return tuple(parse_prediction(item, secrets=self._secrets) for item in items)

    def delete(self, task_ids: Sequence[str]) -> int:
        """How many tasks were deleted at the service, which skips those that still run."""
        request = self._request("POST", "/predictions/delete", body={"ids": list(task_ids)})
        data = self._data(request)
        count = data.get("deleted_count") if isinstance(data, Mapping) else None
        return int(_amount(count, "count of deleted tasks"))

    def webhook_secret(self) -> Secret:
        """What the service signs its webhooks with, for ``verify_webhook``."""
        data = self._data(self._request("GET", "/webhook/secret"))
        found = data.get("secret") if isinstance(data, Mapping) else data
        if not isinstance(found, str) or not found:
            raise BadReply("The service answered without a webhook secret.")
        return Secret(found)

    def served_at(self) -> datetime | None:
        """The service's own clock, to the second, None where it does not say."""
        return self._read(self._request("GET", "/balance")).served_at

    def balance_usd(self) -> float:
        """What is left on the account."""
        data = self._data(self._request("GET", "/balance"))
        return _amount(data.get("balance") if isinstance(data, Mapping) else data, "balance")

    def models(self) -> tuple[ServedModel, ...]:
        """Every model the service serves now."""
        data = self._data(self._request("GET", "/models"))
        return tuple(
            ServedModel(model_id, _price(item.get("base_price")), request_schema(item))
            for item in _items(data)
            if isinstance(model_id := item.get("model_id"), str)
        )

    def price(self, model_id: str, *, inputs: Mapping[str, object]) -> Price:
        """What a submit would cost, from the service itself; costs nothing."""
        body = {"model_id": model_id, "inputs": dict(inputs)}
        data = self._data(self._request("POST", "/model/price", body=body))
        if not isinstance(data, Mapping):
            raise BadReply("The service answered without a price.")
        price = _amount(data.get("price"), "price")
        discounted = _price(data.get("discounted_price"))
        currency = scrubbed(str(data.get("currency") or "USD"), most=12)
        return Price(price, price if discounted is None else discounted, currency)

    @property
    def _secrets(self) -> tuple[str, ...]:
        return (self._key.reveal(),)

    def _request(self, method: str, path: str, *, body: object = None) -> Request:
        _require_text(body)
        headers = {"Authorization": f"Bearer {self._key.reveal()}", "Accept": "application/json"}
        return Request(method, self._base + path, headers=headers, json=body)

    def _read(self, request: Request) -> Reply:
        return self._http.read(request)

    def _data(self, request: Request) -> object:
        return parse_object(self._read(request), secrets=self._secrets)


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _require_text(document: object) -> None:
    """Raises Rejected for a body that no request can carry, before anything is sent."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Rejected(
            "The request holds text that is not valid UTF-8; nothing was sent.", "Write it in UTF-8."
        ) from None


def _still_running(task_id: str, last: Prediction | None, waited_s: float) -> ServiceError:
    status = scrubbed(last.status, most=60) if last else "unknown"
    return WaitTimeout(
        f"Task {task_id} did not end within {waited_s:.0f} s (its status: {status}).",
        "It goes on at the service; to go on waiting costs nothing.",
        Remedy("retry"),
        task_id=task_id,
    )


def _may_be_older(task: Prediction, moment: datetime | None) -> bool:
    """Whether a task may have been there at a moment already."""
    return moment is None or task.created_at is None or task.created_at <= moment


def _of_model(tasks: Iterable[Prediction], model_id: str, since: datetime) -> tuple[Prediction, ...]:
    # A task without model or time cannot be ruled out, so it stays in.
    return tuple(
        task
        for task in tasks
        if task.model in ("", model_id) and (task.created_at is None or task.created_at >= since)
    )


def _items(data: object) -> list[Mapping[str, object]]:
    if isinstance(data, Mapping):
        data = data.get("items")
    if data is None:
        return []
    if not isinstance(data, list) or not all(isinstance(item, Mapping) for item in data):
        raise BadReply("The service answered without a list.")
    return data


def _amount(value: object, what: str) -> float:
    amount = _price(value)
    if amount is None:
        raise BadReply(f"The service answered without a {what}.")
    return amount


def _price(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = float(value)
    except (ValueError, OverflowError):
        return None
    # NaN compares as affordable with any limit.
    return amount if math.isfinite(amount) else None
