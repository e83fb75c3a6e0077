"""The service's calls over a real socket, answered from a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from screentest.client.config import Secret, Settings
from screentest.client.errors import BadReply, Rejected, ReplyLost, Unauthorized, WaitTimeout
from screentest.client.remote.character_models import SORA_2_CHARACTERS
from screentest.client.remote.http import Http
from screentest.client.remote.replies import Prediction
from screentest.client.remote.wavespeed import WaveSpeed
from tests.scripted_service import Answer, Asked, Service, Time, scripted

MODEL = SORA_2_CHARACTERS
KEY = "wsk-very-secret"
SINCE = datetime(2026, 1, 29, tzinfo=UTC)


def task(**changes: object) -> dict[str, object]:
    made = "2026-01-29T23:09:43.027Z"
    return {
        "id": "task-1",
        "model": MODEL.model_id,
        "status": "created",
        "outputs": [],
        "created_at": made,
    } | changes


BODY = MODEL.body(video="https://b/k.mp4", name="Joe")


def ok(data: object) -> Answer:
    return Answer(200, {"code": 200, "message": "success", "data": data})


@contextmanager
def answering(*answers: Answer, time: Time | None = None) -> Iterator[tuple[Service, WaveSpeed]]:
    time = time or Time()
    with scripted(*answers) as service:
        settings = Settings(Path("/nowhere"), f"{service.url}/api/v3", Secret(KEY), "b", sandbox=False)
        with WaveSpeed(settings, http=Http(clock=time.clock, sleep=time.sleep)) as api:
            yield service, api


def test_a_character_is_asked_for_as_documented() -> None:
    with answering(ok(task())) as (service, api):
        made = api.submit(MODEL.model_id, BODY)
    (asked,) = service.asked
    assert (asked.method, asked.path) == ("POST", "/api/v3/openai/sora-2/characters")
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.body == {"video": "https://b/k.mp4", "name": "Joe"}
    assert made.task_id == "task-1"


@pytest.mark.parametrize("answer", [Answer(500), Answer(200, b'{"code": 200, "da'), Answer(drop=True)])
def test_an_open_answer_to_a_submit_is_sent_once_and_told(answer: Answer) -> None:
    with answering(answer) as (service, api), pytest.raises(ReplyLost):
        api.submit(MODEL.model_id, BODY)
    assert len(service.asked) == 1


def test_a_wrong_key_is_told_without_showing_it() -> None:
    answer = Answer(401, {"code": 401, "message": f"no such key: {KEY}"})
    with answering(answer) as (_, api), pytest.raises(Unauthorized) as caught:
        api.balance_usd()
    assert KEY not in f"{caught.value!r} {caught.value.hint}"


def waiting(api: WaveSpeed, time: Time, deadline_s: float = 60.0) -> Callable[[], Prediction]:
    return lambda: api.wait(
        "task-1", model=MODEL, deadline_s=deadline_s, clock=time.clock, sleep=time.sleep
    )


def test_a_wait_goes_on_over_statuses_nobody_knows() -> None:
    time = Time()
    script = [ok(task()), ok(task(status="warming-up")), ok(task(status="completed"))]
    with answering(*script, time=time) as (service, api):
        waiting(api, time)()
    assert len(service.asked) == 3
    assert service.asked[0].path == "/api/v3/predictions/task-1/result"


def test_a_wait_polls_slower_and_slower() -> None:
    time = Time()
    script = [ok(task())] * 8 + [ok(task(status="completed"))]
    with answering(*script, time=time) as (_, api):
        waiting(api, time)()
    assert time.slept[0] < 1.2
    assert 4.2 < time.slept[-1] < 5.6


def test_a_wait_ends_at_its_deadline_and_names_the_task() -> None:
    time = Time()
    with (
        answering(ok(task(status="processing")), time=time) as (_, api),
        pytest.raises(WaitTimeout, match="processing") as caught,
    ):
        waiting(api, time, deadline_s=20.0)()
    assert time.now_s <= 20.0
    assert caught.value.task_id == "task-1"


def test_a_task_not_yet_known_is_waited_for() -> None:
    time = Time()
    script = [Answer(404, {"error": "unknown"}), ok(task(status="completed"))]
    with answering(*script, time=time) as (_, api):
        waiting(api, time)()


def test_a_task_that_stays_unknown_is_an_error() -> None:
    time = Time()
    with (
        answering(Answer(404, {"error": "unknown"}), time=time) as (_, api),
        pytest.raises(Rejected, match="unknown"),
    ):
        waiting(api, time, deadline_s=300.0)()


def test_a_failed_task_ends_the_wait() -> None:
    time = Time()
    failed = ok(task(status="failed", error="no", code=1200))
    with answering(failed, time=time) as (_, api):
        ended = waiting(api, time)()
    assert ended.code == 1200


def test_the_whole_list_of_tasks_is_read() -> None:
    pages = [
        ok({"page": 1, "items": [task(id=f"task-{n}") for n in range(100)]}),
        ok({"page": 2, "items": [task(id="task-100")]}),
        ok({"page": 3, "items": []}),
    ]
    with answering(*pages) as (service, api):
        listing = api.list_predictions(model_id=MODEL.model_id, since=SINCE)
    assert len(listing.tasks) == 101
    # And once more, as far as it goes: a task may have slipped past a page meanwhile.
    assert [asked.body["page"] for asked in service.asked] == [1, 2, 3, 1]
    assert service.asked[0].body == {
        "model": MODEL.model_id,
        "created_after": "2026-01-29T00:00:00.000Z",
        "page": 1,
        "page_size": 100,
    }


@pytest.mark.parametrize("size", [1, 50, 99])
def test_a_list_of_short_pages_is_read_to_its_end(size: int) -> None:
    # A lost task on the second page would be submitted again.
    pages = [ok({"items": [task(id=f"task-{page}-{n}") for n in range(size)]}) for page in range(3)]
    with answering(*pages, ok({"items": []})) as (service, api):
        listing = api.list_predictions(model_id=MODEL.model_id, since=SINCE)
    assert len(listing.tasks) == 3 * size
    assert len(service.asked) == 4 + 1


def test_a_page_that_brings_nothing_new_ends_the_list() -> None:
    page = ok({"items": [task(id="task-1"), task(id="task-2")]})
    with answering(page, page) as (service, api):
        listing = api.list_predictions(model_id=MODEL.model_id, since=SINCE)
    assert [one.task_id for one in listing.tasks] == ["task-1", "task-2"]
    assert len(service.asked) == 2 * 2


@contextmanager
def paging(
    ids: list[str], size: int, *, then: Callable[[list[str], int], None]
) -> Iterator[tuple[Service, WaveSpeed]]:
    """A list in pages of ``size``. ``then``: what happens to it after each page, by their number."""
    with answering(ok({"items": []})) as (service, api):

        def turn(asked: Asked) -> None:
            first = (asked.body["page"] - 1) * size
            page = [task(id=one, **made_later(one)) for one in ids[first:][:size]]
            service.answers[:] = [ok({"items": page})]
            then(ids, len(service.asked))

        service.meanwhile = turn
        yield service, api


def made_later(task_id: str) -> dict[str, object]:
    return {"created_at": "2099-01-01T00:00:00Z"} if task_id.startswith("new") else {}


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_task_that_a_deletion_draws_past_a_page_is_found_all_the_same(size: int) -> None:
    def delete_the_newest(ids: list[str], pages_read: int) -> None:
        if pages_read == 1:
            del ids[0]

    with paging(["a", "b", "c", "d", "e"], size, then=delete_the_newest) as (_, api):
        listing = api.list_predictions(model_id=MODEL.model_id, since=SINCE)
    assert {one.task_id for one in listing.tasks} == {"a", "b", "c", "d", "e"}


def test_tasks_that_push_a_whole_page_back_hide_none_behind_it() -> None:
    def make_a_pageful(ids: list[str], pages_read: int) -> None:
        if pages_read == 1:
            ids[:0] = ["x", "y"]

    with paging(["a", "b", "c"], 2, then=make_a_pageful) as (_, api):
        listing = api.list_predictions(model_id=MODEL.model_id, since=SINCE)
    assert {one.task_id for one in listing.tasks} >= {"a", "b", "c"}


def test_a_service_that_repeats_its_last_page_for_ever_has_a_list_that_ends() -> None:
    def stay(ids: list[str], pages_read: int) -> None:
        ids.extend(ids[-2:])

    with paging(["a", "b", "c", "d"], 2, then=stay) as (service, api):
        listing = api.list_predictions(model_id=MODEL.model_id, since=SINCE)
    assert [one.task_id for one in listing.tasks] == ["a", "b", "c", "d"]
    assert len(service.asked) == 2 * 3


def test_new_tasks_of_a_busy_account_are_not_waited_for() -> None:
    def make_another(ids: list[str], pages_read: int) -> None:
        ids.insert(0, f"new-{pages_read}")

    with paging(["a", "b", "c"], 2, then=make_another) as (service, api):
        listing = api.list_predictions(model_id=MODEL.model_id, since=SINCE)
    assert {one.task_id for one in listing.tasks} >= {"a", "b", "c"}
    assert len(service.asked) < 12


def test_a_list_that_shows_other_old_tasks_each_time_is_an_error_and_no_answer() -> None:
    def be_another(ids: list[str], pages_read: int) -> None:
        ids[:] = [] if ids else [f"old-{pages_read}"]

    with (
        paging(["a"], 2, then=be_another) as (_, api),
        pytest.raises(BadReply, match="changed each time"),
    ):
        api.list_predictions(model_id=MODEL.model_id, since=SINCE)


def test_tasks_of_other_models_and_times_are_left_out() -> None:
    items = [
        task(id="mine"),
        task(id="video", model="openai/sora-2/text-to-video"),
        task(id="old", created_at="2026-01-28T00:00:00Z"),
        task(id="timeless", created_at=None),
    ]
    with answering(ok({"page": 1, "items": items})) as (_, api):
        listing = api.list_predictions(model_id=MODEL.model_id, since=SINCE)
    assert [one.task_id for one in listing.tasks] == ["mine", "timeless"]


def test_a_list_that_never_ends_is_an_error_and_no_answer() -> None:
    with answering(ok({"items": []})) as (service, api):
        numbers = iter(range(10**6))
        service.meanwhile = lambda _: service.answers.insert(
            0, ok({"items": [task(id=f"task-{next(numbers)}") for _ in range(100)]})
        )
        with pytest.raises(BadReply, match="did not end"):
            api.list_predictions(model_id=MODEL.model_id, since=SINCE)


def test_the_services_clock_comes_with_the_list() -> None:
    with answering(ok({"items": []})) as (_, api):
        served_at = api.list_predictions(model_id=MODEL.model_id, since=SINCE).served_at
    assert served_at is not None
    assert abs(served_at - datetime.now(UTC)).total_seconds() < 5


def test_the_balance_is_read() -> None:
    with answering(ok({"balance": 4.2})) as (_, api):
        assert api.balance_usd() == 4.2


def test_a_missing_balance_is_not_taken_for_zero() -> None:
    with answering(ok({})) as (_, api), pytest.raises(BadReply, match="balance"):
        api.balance_usd()


def test_the_models_on_offer_are_read() -> None:
    offer = [{"model_id": MODEL.model_id, "base_price": 0.001}, {"model_id": "x", "api_schema": {}}]
    with answering(ok(offer)) as (_, api):
        assert [(one.model_id, one.base_price_usd) for one in api.models()] == [
            (MODEL.model_id, 0.001),
            ("x", None),
        ]


def test_a_price_is_asked_for_without_submitting() -> None:
    with answering(ok({"price": 0.4, "discounted_price": 0.3, "currency": "USD"})) as (service, api):
        price = api.price("openai/sora-2/text-to-video", inputs={"duration": 4})
    assert (price.price, price.discounted) == (0.4, 0.3)
    assert service.asked[0].path == "/api/v3/model/price"
