"""What the service's JSON means: pure functions from bytes to values and errors.

The contract was read in the service's documentation and its official SDK in 2026; where third
parties observed other shapes, all of them are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from screentest.client.errors import (
    BadReply,
    NoBalance,
    RateLimited,
    Rejected,
    ReplyLost,
    ServiceError,
    TaskFailed,
    Unauthorized,
)
from screentest.client.remote.http import Reply
from screentest.client.remote.scrub import scrubbed
from screentest.prep.core.remedy import Remedy, remedies_of

COMPLETED = "completed"
FAILED = frozenset({"failed", "cancelled", "timeout", "deleted"})
"""Ends without a result: the first is documented, the others are in the official SDK (2026)."""

_OTHER_WINDOW = remedies_of(
    "The model failed on this clip.", Remedy("start_s", words="choose another window")
)
_LATER = Remedy("retry", ("later",))

ADVICE: Mapping[int, tuple[Remedy, ...]] = {
    401: remedies_of(
        "Check WAVESPEED_API_KEY; a key also counts as wrong until its account is topped up."
    ),
    402: remedies_of("Top up the account at the service.", Remedy("retry")),
    404: remedies_of("The service keeps results for 7 days only."),
    429: remedies_of("Wait a little, or ask the service for a higher tier.", Remedy("retry")),
    1200: remedies_of(
        "Moderation stopped it: the service blocks most human likenesses by default.",
        Remedy(
            "footage",
            words="use footage of an animal, mascot or object, or of a person whose consent the "
            "service knows",
        ),
    ),
    1400: remedies_of("A parameter is missing: this program may be too old for the model."),
    1401: remedies_of("A parameter or the clip breaks a rule of the model.", Remedy("check")),
    1402: remedies_of(
        "The service could not fetch the clip: check that the bucket is reachable from the "
        "internet and the URL's life is long enough."
    ),
    1403: _OTHER_WINDOW,
    1405: _OTHER_WINDOW,
    5000: remedies_of("The service failed.", _LATER),
    5003: remedies_of("The model is unavailable.", _LATER),
    5004: remedies_of("The model took too long.", _LATER),
}
"""The service's own code or HTTP status -> the way out."""

_MOST_RAW_BYTES = 20_000
"""Of a body that is not JSON; more than ``scrubbed`` reads, which cuts where no key is cut in two."""
_MOST_DEPTH = 6
"""How deep a reply's own nesting is followed."""
_TASK_NEVER_MADE = frozenset({1200, 1400, 1401, 1402})
_CODE_AT_END = re.compile(r" \((\d{3,6})\)$")
_MONEY = re.compile(r"balance|insufficient|top.?up", re.IGNORECASE)
_ID_AND_NAME = (("id", "name"), ("element_id", "element_name"))
"""Keys of a character in a task's outputs, as different models write them."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{3,127}")


@dataclass(frozen=True, slots=True)
class CharacterOutput:
    """One character of a task's outputs; ``name`` None where the service gave a bare id."""

    character_id: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Prediction:
    """A task at the service.

    ``status``: created, processing, completed, failed, cancelled, timeout, deleted, or one that
    this program does not know, which means: not ended yet. ``code``: the service's own, for a
    failed task. ``outputs``: as the service wrote them. ``input_name``: the name it was submitted
    with; ``inputs``: all that it was submitted with. None where the service does not repeat them.
    """

    task_id: str
    model: str
    status: str
    outputs: tuple[object, ...] = field(default=(), repr=False)
    error: str = ""
    code: int | None = None
    created_at: datetime | None = None
    has_nsfw: bool = False
    input_name: str | None = None
    inputs: Mapping[str, object] | None = field(default=None, repr=False)

    @property
    def completed(self) -> bool:
        return self.status == COMPLETED

    @property
    def ended(self) -> bool:
        return self.completed or self.status in FAILED

    @property
    def characters(self) -> tuple[CharacterOutput, ...]:
        """The characters it made, in the service's order, each id once."""
        found = {one.character_id: one for one in _characters_in(self.outputs, depth=0)}
        return tuple(found.values())

    @property
    def name(self) -> str | None:
        """The character's name as far as the service tells it."""
        named = [one.name for one in self.characters if one.name is not None]
        return named[0] if named else self.input_name


def parse_object(reply: Reply, *, secrets: Sequence[str] = ()) -> object:
    """The reply's ``data``, or its whole JSON where there is no envelope.

    Raises the ServiceError that the status or the envelope's code stands for.
    """
    document = _json(reply)
    code = _envelope_code(document)
    if not 200 <= reply.status < 300 or (code is not None and not 200 <= code < 300):
        raise error_of(reply, secrets=secrets)
    if document is None:
        raise BadReply("The service answered with something that is not JSON.", status=reply.status)
    if isinstance(document, Mapping) and "data" in document:
        return document["data"]
    return document


def parse_prediction(document: object, *, secrets: Sequence[str] = ()) -> Prediction:
    """A task from its JSON object; raises BadReply where it has no id or no status.

    ``secrets``: keys that its error may repeat, and that are taken out.
    """
    if not isinstance(document, Mapping):
        raise BadReply("The service answered without a task.")
    task_id, status = document.get("id"), document.get("status")
    if not isinstance(task_id, str) or not task_id or not isinstance(status, str):
        raise BadReply("The service answered with a task that has no id or no status.")
    outputs = document.get("outputs")
    return Prediction(
        task_id=task_id,
        model=_text(document.get("model")),
        status=status.lower(),
        outputs=tuple(outputs) if isinstance(outputs, list) else _single(outputs),
        error=scrubbed(_text(document.get("error")), secrets=secrets),
        code=_number(document.get("code")),
        created_at=parse_time(document.get("created_at")),
        has_nsfw=_any_true(document.get("has_nsfw_contents")),
        input_name=_input_name(document),
        inputs=_inputs(document),
    )


def parse_submitted(reply: Reply, *, secrets: Sequence[str] = ()) -> Prediction:
    """The task a submit created.

    Raises Unauthorized, NoBalance, RateLimited or Rejected for a definite no, ReplyLost for every
    answer that leaves open whether a task was created: 5xx, redirects, broken or foreign JSON.
    """
    try:
        return parse_prediction(parse_object(reply, secrets=secrets), secrets=secrets)
    except (Unauthorized, NoBalance, RateLimited, Rejected):
        raise
    except ServiceError as error:
        raise ReplyLost(error.message, status=reply.status, code=error.code) from None


def task_error(prediction: Prediction) -> TaskFailed:
    """The error a task that ended without a result stands for, in the service's words."""
    words = prediction.error or scrubbed(prediction.status, most=60)
    code = f" ({prediction.code})" if prediction.code else ""
    return TaskFailed(
        f"The service {_ending(prediction.status)} the task: {words}{code}",
        *ADVICE.get(prediction.code or 0, (Remedy("retry"),)),
        code=prediction.code,
        task_id=prediction.task_id,
    )


def advice_on(recorded: str) -> tuple[Remedy, ...]:
    """The ways out of a failed task of which words alone are kept, as ``task_error`` wrote them."""
    code = _CODE_AT_END.search(recorded)
    return ADVICE.get(int(code[1]), ()) if code else ()


def error_of(reply: Reply, *, secrets: Sequence[str] = ()) -> ServiceError:
    """The error a reply stands for; its text never holds a secret or a URL's query."""
    document = _json(reply)
    inner = _envelope_code(document)
    status = reply.status if not 200 <= reply.status < 300 else (inner or reply.status)
    text = scrubbed(_error_text(document), secrets=secrets) or _raw_text(reply, secrets)
    kind = _error_kind(status, text)
    shown = inner if inner is not None and inner != status else None
    return kind(
        f"The service answered {status}{f'/{shown}' if shown else ''}: {text or 'no reason given'}",
        *(ADVICE.get(inner or 0) or ADVICE.get(402 if kind is NoBalance else status, ())),
        status=reply.status,
        code=inner,
    )


def _error_kind(status: int, text: str) -> type[ServiceError]:
    if status == 401:
        return Unauthorized
    if status == 402 or (status in (400, 403) and _MONEY.search(text)):
        return NoBalance
    if status == 429:
        return RateLimited
    if 400 <= status < 500 or status in _TASK_NEVER_MADE:
        return Rejected
    return BadReply


def parse_time(value: object) -> datetime | None:
    """A moment in UTC from ISO 8601 with any number of fraction digits, None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value.strip()))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _characters_in(value: object, *, depth: int) -> Iterator[CharacterOutput]:
    if depth > _MOST_DEPTH:
        return
    if isinstance(value, Mapping):
        for id_key, name_key in _ID_AND_NAME:
            identifier, name = value.get(id_key), value.get(name_key)
            if isinstance(identifier, str | int) and not isinstance(identifier, bool):
                yield CharacterOutput(str(identifier), name if isinstance(name, str) else None)
                return
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _characters_in(item, depth=depth + 1)
    elif isinstance(value, str):
        yield from _characters_in_text(value.strip(), depth=depth)


def _characters_in_text(text: str, *, depth: int) -> Iterator[CharacterOutput]:
    if _ID.fullmatch(text):
        yield CharacterOutput(text, None)
    elif text[:1] in ('"', "{", "["):
        try:
            yield from _characters_in(_loaded(text), depth=depth + 1)
        except (ValueError, RecursionError):
            return


def _json(reply: Reply) -> object:
    try:
        return _loaded(reply.body) if reply.whole else None
    except (ValueError, RecursionError):
        return None


def _loaded(text: str | bytes) -> object:
    """What JSON says, in letters that any file can hold. Raises ValueError or RecursionError.

    Bytes and escapes can make half a letter, which nothing can write down again.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig", "replace")
    document = json.loads(text)
    if "\\u" not in text:
        return document
    return json.loads(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))


def _envelope_code(document: object) -> int | None:
    return _number(document.get("code")) if isinstance(document, Mapping) else None


def _error_text(document: object) -> str:
    if not isinstance(document, Mapping):
        return ""
    for key in ("message", "error", "detail"):
        if text := _flat_text(document.get(key)):
            return text
    return ""


def _flat_text(value: object, *, depth: int = 0) -> str:
    if isinstance(value, str):
        return value.strip()
    if depth > _MOST_DEPTH:
        return ""
    if isinstance(value, Mapping):
        return _flat_text(value.get("message") or value.get("msg"), depth=depth + 1)
    if isinstance(value, list):
        return "; ".join(text for item in value if (text := _flat_text(item, depth=depth + 1)))
    return ""


def _raw_text(reply: Reply, secrets: Sequence[str]) -> str:
    return scrubbed(reply.body[:_MOST_RAW_BYTES].decode("utf-8", "replace"), secrets=secrets, most=300)


def _ending(status: str) -> str:
    return {"failed": "failed", "cancelled": "cancelled", "deleted": "deleted"}.get(status, "ended")


def _input_name(document: Mapping[str, object]) -> str | None:
    name = (_inputs(document) or {}).get("name")
    return name if isinstance(name, str) else None


def _inputs(document: Mapping[str, object]) -> Mapping[str, object] | None:
    shown = [document.get(key) for key in ("inputs", "input")]
    return next((inputs for inputs in shown if isinstance(inputs, Mapping) and inputs), None)


def _single(outputs: object) -> tuple[object, ...]:
    return () if outputs is None else (outputs,)


def _any_true(value: object) -> bool:
    return any(value) if isinstance(value, list) else value is True


def _text(value: object) -> str:
    return value if isinstance(value, str) else _flat_text(value)


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) else None
