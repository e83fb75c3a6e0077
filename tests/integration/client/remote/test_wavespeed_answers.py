"""The service's calls over a real socket: odd lists, odd prices, odd balances, and what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from screentest.client.config import Secret, Settings
from screentest.client.errors import (
    BadReply,
    CostTooHigh,
    NoBalance,
    RateLimited,
    Rejected,
    ServiceError,
    ServiceUnreachable,
    WaitTimeout,
)
from screentest.client.remote.character_models import KLING_ELEMENTS_ADVANCED, SORA_2_CHARACTERS
from screentest.client.remote.http import Http
from screentest.client.remote.prices import quoted_usd
from screentest.client.remote.wavespeed import PAGE_SIZE, WaveSpeed
from tests.scripted_service import Answer, Service, Time, closed_port, scripted

MODEL = SORA_2_CHARACTERS
KEY = "wsk-very-secret"
SINCE = datetime(2026, 1, 29, tzinfo=UTC)
BAD_NUMBERS: list[object] = [
    None,
    True,
    [],
    {},
    "",
    "free",
    "nan",
    "-inf",
    float("nan"),
    float("inf"),
    10**400,
]


def task(**changes: object) -> dict[str, object]:
    made = "2026-01-29T23:09:43.027Z"
    plain = {"id": "task-1", "model": MODEL.model_id, "status": "created", "created_at": made}
    return {**plain, "outputs": [], **changes}


def ok(data: object) -> Answer:
    return Answer(200, {"code": 200, "message": "success", "data": data})


@contextmanager
def answering(*answers: Answer) -> Iterator[tuple[Service, WaveSpeed]]:
    time = Time()
    with scripted(*answers) as service:
        settings = Settings(Path("/nowhere"), f"{service.url}/api/v3", Secret(KEY), "b", sandbox=False)
        with WaveSpeed(settings, http=Http(clock=time.clock, sleep=time.sleep)) as api:
            yield service, api


# Money


@pytest.mark.parametrize("balance", BAD_NUMBERS)
def test_a_balance_that_is_no_amount_is_not_shown_as_one(balance: object) -> None:
    with answering(ok({"balance": balance})) as (_, api), pytest.raises(BadReply, match="balance"):
        api.balance_usd()


@pytest.mark.parametrize(
    ("data", "usd"), [({"balance": "4.20"}, 4.2), (4.2, 4.2), ({"balance": 0}, 0.0), ("-1.5", -1.5)]
)
def test_a_balance_is_read_in_each_form(data: object, usd: float) -> None:
    with answering(ok(data)) as (_, api):
        assert api.balance_usd() == usd


@pytest.mark.parametrize("price", BAD_NUMBERS)
def test_a_price_that_is_no_amount_leaves_the_list_price_and_its_limit(price: object) -> None:
    # NaN is not more than any limit: taken for a price, it would allow everything.
    with answering(ok({"price": price})) as (_, api):
        quote = {"inputs": {}, "listed_usd": 0.4}
        assert quoted_usd(api, MODEL.model_id, max_cost_usd=0.5, **quote) == 0.4  # type: ignore[arg-type]
        with pytest.raises(CostTooHigh):
            quoted_usd(api, MODEL.model_id, max_cost_usd=0.3, **quote)  # type: ignore[arg-type]


@pytest.mark.parametrize("discount", [None, "", "nan", []])
def test_a_discount_that_is_no_amount_leaves_the_price(discount: object) -> None:
    with answering(ok({"price": 0.4, "discounted_price": discount})) as (_, api):
        price = api.price(MODEL.model_id, inputs={})
    assert (price.price, price.discounted, price.currency) == (0.4, 0.4, "USD")


def test_a_price_is_asked_with_the_very_inputs_of_the_submit() -> None:
    inputs = {"prompt": "Joe waves", "duration": 8, "characters": ["char_1"]}
    with answering(ok({"price": 0.8})) as (service, api):
        api.price("openai/sora-2/text-to-video", inputs=inputs)
    assert service.asked[0].body == {"model_id": "openai/sora-2/text-to-video", "inputs": inputs}


def test_an_answer_without_any_price_is_an_error_and_not_free() -> None:
    with answering(ok([])) as (_, api), pytest.raises(BadReply, match="price"):
        api.price(MODEL.model_id, inputs={})


# Submits


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Rejected), (402, NoBalance), (409, Rejected), (422, Rejected), (429, RateLimited)],
)
def test_a_definite_no_to_a_submit_is_told_and_sent_once(status: int, kind: type[ServiceError]) -> None:
    with answering(Answer(status, {"message": "no"})) as (service, api):
        with pytest.raises(kind):
            api.submit(MODEL.model_id, {"video": "https://b/k.mp4"})
        assert len(service.asked) == 1


@pytest.mark.parametrize("webhook", ["https://me.example/hook?a=1&b=2#c", "https://me.example/ü x"])
def test_a_webhook_arrives_as_it_was_given(webhook: str) -> None:
    with answering(ok(task())) as (service, api):
        api.submit(MODEL.model_id, {"video": "https://b/k.mp4"}, webhook=webhook)
    asked = urlsplit(service.asked[0].path)
    assert parse_qs(asked.query) == {"webhook": [webhook]}
    assert asked.path.endswith(MODEL.model_id)


def test_no_webhook_means_no_query() -> None:
    with answering(ok(task())) as (service, api):
        api.submit(MODEL.model_id, {"video": "https://b/k.mp4"})
    assert "?" not in service.asked[0].path


def test_each_model_gets_its_own_body() -> None:
    with answering(ok(task())) as (service, api):
        api.submit(
            KLING_ELEMENTS_ADVANCED.model_id,
            KLING_ELEMENTS_ADVANCED.body(video="u", name="Joe", description="a fox"),
        )
    assert service.asked[0].path == f"/api/v3/{KLING_ELEMENTS_ADVANCED.model_id}"
    assert service.asked[0].body == {
        "reference_type": "video_refer",
        "element_video_list": ["u"],
        "name": "Joe",
        "description": "a fox",
    }


def test_a_submit_that_reached_nobody_says_so() -> None:
    time = Time()
    settings = Settings(
        Path("/nowhere"), f"http://127.0.0.1:{closed_port()}", Secret(KEY), "b", sandbox=False
    )
    http = Http(clock=time.clock, sleep=time.sleep)
    with WaveSpeed(settings, http=http) as api, pytest.raises(ServiceUnreachable) as caught:
        api.submit(MODEL.model_id, {})
    assert KEY not in f"{caught.value!r}{caught.value.hint}"


# Results


@pytest.mark.parametrize("task_id", ["a/b", "../balance", "a?b=c", "a b", "ü", "a%2fb"])
def test_a_task_id_cannot_lead_to_another_call(task_id: str) -> None:
    with answering(ok(task(id=task_id))) as (service, api):
        assert api.result(task_id).task_id == task_id
    path = service.asked[0].path
    assert path.startswith("/api/v3/predictions/")
    assert path.count("/") == 5
    assert unquote(path.split("/")[4]) == task_id


def test_a_failed_task_is_a_result_and_no_error() -> None:
    with answering(ok(task(status="failed", error="no luck", code=1200))) as (_, api):
        failed = api.result("task-1")
    assert (failed.ended, failed.completed, failed.code) == (True, False, 1200)


@pytest.mark.parametrize("code", [404, 401])
def test_an_error_within_a_good_status_is_an_error(code: int) -> None:
    with answering(Answer(200, {"code": code, "message": "no"})) as (_, api):
        with pytest.raises(ServiceError) as caught:
            api.result("task-1")
        assert caught.value.code == code


def test_a_wait_of_no_time_asks_once() -> None:
    time = Time()
    with answering(ok(task(status="completed"))) as (service, api):
        done = api.wait("task-1", model=MODEL, deadline_s=0.0, clock=time.clock, sleep=time.sleep)
        assert done.completed
        assert len(service.asked) == 1
    assert time.slept == []


def test_a_wait_for_a_task_nobody_knows_yet_ends_at_its_deadline() -> None:
    time = Time()
    with (
        answering(Answer(404, {"message": "no such task"})) as (_, api),
        pytest.raises(WaitTimeout) as caught,
    ):
        api.wait("task-1", model=MODEL, deadline_s=5.0, clock=time.clock, sleep=time.sleep)
    assert caught.value.task_id == "task-1"
    assert caught.value.retryable


def test_a_wait_gives_up_on_a_refused_key_at_once() -> None:
    time = Time()
    with answering(Answer(403, {"message": "forbidden"})) as (service, api):
        with pytest.raises(Rejected) as caught:
            api.wait("task-1", model=MODEL, deadline_s=60.0, clock=time.clock, sleep=time.sleep)
        assert len(service.asked) == 1
    assert caught.value.task_id == "task-1"


# Lists


@pytest.mark.parametrize("data", [None, [], {"items": None}, {"items": []}, {}])
def test_an_account_without_tasks_has_an_empty_list(data: object) -> None:
    with answering(ok(data)) as (_, api):
        assert api.list_predictions(model_id=MODEL.model_id, since=SINCE).tasks == ()
        assert api.recent() == ()


def test_no_list_of_tasks_repeats_the_key() -> None:
    """What is listed of a lost submit's task becomes its row's error."""
    with answering(ok({"items": [task(error=f"Bearer {KEY} is over")]})) as (_, api):
        (listed,) = api.list_predictions(model_id=MODEL.model_id, since=SINCE).tasks
        (recent,) = api.recent()
    assert "***" in listed.error
    assert KEY not in listed.error + recent.error


@pytest.mark.parametrize("data", ["none", 5, {"items": "none"}, [1, 2], {"items": [task(), None]}])
def test_a_list_that_is_none_is_never_taken_for_an_empty_one(data: object) -> None:
    # An empty list of tasks proves that a lost submit was not accepted: it would be sent again.
    with answering(ok(data)) as (_, api), pytest.raises(BadReply):
        api.list_predictions(model_id=MODEL.model_id, since=SINCE)


@pytest.mark.parametrize("status", [500, 503])
def test_a_service_that_fails_has_no_empty_list_either(status: int) -> None:
    with answering(Answer(status)) as (_, api), pytest.raises(ServiceError):
        api.list_predictions(model_id=MODEL.model_id, since=SINCE)


def test_a_page_that_fails_spoils_the_whole_list() -> None:
    full = ok({"items": [task(id=f"task-{number}") for number in range(PAGE_SIZE)]})
    with answering(full, Answer(404)) as (_, api), pytest.raises(ServiceError):
        api.list_predictions(model_id=MODEL.model_id, since=SINCE)


def test_a_task_that_moved_between_pages_is_listed_once() -> None:
    first = [task(id=f"task-{number}") for number in range(PAGE_SIZE)]
    second = [task(id=f"task-{PAGE_SIZE - 1}"), task(id="task-new")]
    with answering(ok({"items": first}), ok({"items": second})) as (_, api):
        listing = api.list_predictions(model_id=MODEL.model_id, since=SINCE)
    ids = [one.task_id for one in listing.tasks]
    assert len(ids) == len(set(ids)) == PAGE_SIZE + 1


def test_a_service_that_repeats_its_first_page_does_not_hang() -> None:
    page = ok({"items": [task(id=f"task-{number}") for number in range(PAGE_SIZE)]})
    with answering(page) as (service, api):
        assert len(api.list_predictions(model_id=MODEL.model_id, since=SINCE).tasks) == PAGE_SIZE
        assert len(service.asked) == 2 * 2


def test_a_moment_in_another_zone_is_asked_for_in_utc() -> None:
    since = SINCE.astimezone(timezone(timedelta(hours=5)))
    with answering(ok([])) as (service, api):
        api.list_predictions(model_id=MODEL.model_id, since=since)
    assert service.asked[0].body["created_after"] == "2026-01-29T00:00:00.000Z"


@pytest.mark.parametrize(("count", "size"), [(5, 5), (100, 100), (1000, 100)])
def test_the_newest_tasks_are_one_page_at_most(count: int, size: int) -> None:
    with answering(ok({"items": [task()]})) as (service, api):
        (found,) = api.recent(count=count)
    assert found.task_id == "task-1"
    assert service.asked[0].body == {"page": 1, "page_size": size}


def test_a_model_narrows_the_newest_tasks() -> None:
    with answering(ok({"items": []})) as (service, api):
        api.recent(model_id=MODEL.model_id)
    assert service.asked[0].body["model"] == MODEL.model_id


def test_models_without_an_id_are_left_out_and_odd_prices_are_none() -> None:
    offer = [
        {"model_id": "a", "base_price": "0.5"},
        {"model_id": "b", "base_price": "nan"},
        {"model_id": 7},
        {},
    ]
    with answering(ok({"items": offer})) as (_, api):
        found = [(one.model_id, one.base_price_usd) for one in api.models()]
    assert found == [("a", 0.5), ("b", None)]


# Deleting, and the webhooks' secret


def test_only_the_named_tasks_are_deleted() -> None:
    with answering(ok({"deleted_count": 1})) as (service, api):
        assert api.delete(["task-1", "task-2"]) == 1
    assert service.asked[0].path == "/api/v3/predictions/delete"
    assert service.asked[0].body == {"ids": ["task-1", "task-2"]}


@pytest.mark.parametrize("data", [None, {}, {"deleted_count": "all"}, {"deleted_count": float("inf")}])
def test_a_deletion_that_is_not_confirmed_is_an_error(data: object) -> None:
    with answering(ok(data)) as (_, api), pytest.raises(BadReply):
        api.delete(["task-1"])


@pytest.mark.parametrize("data", [{"secret": "whsec_abc"}, "whsec_abc"])
def test_the_webhooks_secret_stays_one(data: object) -> None:
    with answering(ok(data)) as (_, api):
        secret = api.webhook_secret()
    assert secret.reveal() == "whsec_abc"
    assert "whsec_abc" not in repr(secret)


@pytest.mark.parametrize("data", [None, "", {"secret": ""}, {"secret": 5}, ["whsec_abc"]])
def test_no_secret_is_an_error_and_no_empty_key(data: object) -> None:
    # With an empty secret, anybody could sign.
    with answering(ok(data)) as (_, api), pytest.raises(BadReply):
        api.webhook_secret()


@pytest.mark.parametrize("call", ["balance_usd", "models", "webhook_secret", "recent"])
def test_no_call_shows_the_key_in_its_error(call: str) -> None:
    answer = Answer(400, {"message": f"who is {KEY}? see https://b/k?sig=abcdef"})
    with answering(answer) as (service, api):
        with pytest.raises(ServiceError) as caught:
            getattr(api, call)()
        assert service.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in f"{caught.value!r}{caught.value.hint}"
    assert "abcdef" not in caught.value.message
