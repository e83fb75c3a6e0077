"""The list of faults: what an entry means, whom it hits, and that a mistake in it is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from screentest.client.errors import SandboxError
from screentest.client.sandbox.faults import Fault, FaultPlan, load_faults

SUBMIT = "/api/v3/openai/sora-2/characters"


def read(tmp_path: Path, content: object) -> tuple[Fault, ...]:
    file = tmp_path / "faults.json"
    file.write_text(json.dumps(content))
    return load_faults(file)


@pytest.mark.parametrize(
    "match",
    [
        "*",
        "characters",
        "POST",
        "post /openai/sora-2/characters",
        "POST /openai/*/characters",
        "api POST /api/v3/openai/sora-2/characters",
        "/openai/*",
        {"method": "POST", "path": "/openai/sora-2/characters"},
    ],
)
def test_a_submit_is_matched_in_every_way_to_write_it(tmp_path: Path, match: object) -> None:
    [fault] = read(tmp_path, [{"match": match}])
    assert fault.matches("api", "POST", SUBMIT)


@pytest.mark.parametrize("match", ["GET", "balance", "GET /openai/*", "s3 *", "/openai/*/videos"])
def test_other_requests_are_left_alone(tmp_path: Path, match: str) -> None:
    [fault] = read(tmp_path, [{"match": match}])
    assert not fault.matches("api", "POST", SUBMIT)


def test_a_fault_hits_as_often_as_it_says_and_after_what_it_skips() -> None:
    book = FaultPlan([Fault(skip=1, times=2, status=500)])
    hits = [book.take("api", "GET", "/balance") is not None for _ in range(5)]
    assert hits == [False, True, True, False, False]


def test_without_a_limit_a_fault_never_ends(tmp_path: Path) -> None:
    book = FaultPlan(read(tmp_path, [{"status": 503, "times": None}]))
    assert all(book.take("api", "GET", "/balance") for _ in range(2000))


def test_entries_take_turns_in_their_order() -> None:
    book = FaultPlan([Fault(status=429), Fault(status=500)])
    met = [book.take("api", "GET", "/x") for _ in range(3)]
    assert [fault.status if fault else None for fault in met] == [429, 500, None]


def test_a_body_is_given_as_it_stands_or_as_json(tmp_path: Path) -> None:
    cut, whole = read(tmp_path, [{"body": '{"code":200,"da'}, {"body": {"code": 200}}])
    assert cut.content == b'{"code":200,"da'
    assert json.loads(whole.content) == {"code": 200}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({}, "list"),
        ([1], "Fault 1"),
        ([{}, {"tiems": 1}], "Fault 2 has an unknown key 'tiems'"),
        ([{"drop": "now"}], "drop"),
        ([{"delay_s": -1}], "delay_s"),
        ([{"times": True}], "times"),
        ([{"status": 9}], "status"),
        ([{"match": {"verb": "POST"}}], "match"),
        ([{"headers": {"Retry-After": 2}}], "headers"),
    ],
)
def test_a_mistake_in_the_list_is_named(tmp_path: Path, content: object, named: str) -> None:
    with pytest.raises(SandboxError, match=named):
        read(tmp_path, content)


def test_a_list_that_is_not_json_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("[{")
    with pytest.raises(SandboxError, match="cannot be read"):
        load_faults(tmp_path / "broken.json")


@pytest.mark.parametrize(
    ("match", "method", "path", "hit"),
    [
        ("s3 PUT /clips/*", "PUT", "/clips/me/a.mp4", True),
        ("s3 PUT /clips/*", "GET", "/clips/me/a.mp4", False),
        ("S3 put a.mp4", "PUT", "/clips/me/a.mp4", True),
        ("s3 /api/v3/*", "GET", "/api/v3/x", True),
        ({"server": "s3", "path": "/clips"}, "GET", "/clips/a", True),
    ],
)
def test_requests_to_s3_are_matched_by_their_own_path(
    tmp_path: Path, match: object, method: str, path: str, hit: bool
) -> None:
    [fault] = read(tmp_path, [{"match": match}])
    assert fault.matches("s3", method, path) == hit
    assert not fault.matches("api", method, path)


def test_a_pattern_is_about_the_whole_path_and_a_word_about_any_part() -> None:
    assert not Fault(path="/predictions/*").matches("api", "GET", "/api/v3/x/predictions/1")
    assert Fault(path="predictions").matches("api", "GET", "/api/v3/x/predictions/1")


def test_the_proxy_in_front_of_s3_runs_only_where_a_fault_is_about_s3() -> None:
    assert not FaultPlan([Fault()]).targets("s3")
    assert FaultPlan([Fault(), Fault("s3")]).targets("s3")


def test_an_entry_that_is_used_up_lets_the_next_one_count(tmp_path: Path) -> None:
    plan = FaultPlan(read(tmp_path, [{"status": 429, "times": 0}, {"status": 500, "skip": 1}]))
    met = [plan.take("api", "GET", "/x") for _ in range(3)]
    assert [fault and fault.status for fault in met] == [None, 500, None]


@pytest.mark.parametrize(
    ("entry", "answers", "status"),
    [
        ({}, False, 200),
        ({"status": None, "delay_s": 1}, False, 200),
        ({"status": 503}, True, 503),
        ({"body": None}, True, 200),
        ({"status": None, "body": "{"}, True, 200),
    ],
)
def test_an_answer_is_replaced_only_where_status_or_body_is_given(
    tmp_path: Path, entry: dict[str, object], answers: bool, status: int
) -> None:
    [fault] = read(tmp_path, [entry])
    assert (fault.answers, fault.status) == (answers, status)


def test_null_is_a_body_too(tmp_path: Path) -> None:
    [fault] = read(tmp_path, [{"body": None}])
    assert fault.content == b"null"


def test_without_a_body_the_api_says_its_status_and_s3_says_nothing() -> None:
    assert json.loads(Fault(status=503).content)["code"] == 503
    assert Fault("s3", status=503).content == b""
