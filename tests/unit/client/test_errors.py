"""The errors as a family: what is worth another try, what survives a process, what can be caught."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from screentest.client import errors
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.failures import FAILED, USAGE, exit_code_of
from screentest.client.errors import (
    ClientError,
    ConfigError,
    RegistryError,
    ReplyLost,
    ServiceError,
    StorageError,
    UnsettledSubmit,
)
from screentest.prep.core.errors import ScreentestError
from tests.order_parts import ImpossibleWish

KINDS: tuple[type[ScreentestError], ...] = tuple(
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, ScreentestError)
    and kind.__module__ in (errors.__name__, errors.NotFetched.__module__)
)
RETRYABLE = {
    "StorageUnreachable",
    "RateLimited",
    "ServiceUnreachable",
    "WaitTimeout",
    "WorkerFailed",
    "HeldElsewhere",
    "FetchBroken",
}


def ids(kind: type[ScreentestError]) -> str:
    return kind.__name__


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_only_what_can_pass_by_itself_is_worth_another_try(kind: type[ScreentestError]) -> None:
    # A script loops over these; ReplyLost among them would pay twice.
    assert kind("m").retryable == (kind.__name__ in RETRYABLE)


@pytest.mark.parametrize("kind", [ReplyLost, UnsettledSubmit], ids=ids)
def test_what_may_have_been_paid_for_is_never_tried_again_blindly(kind: type[ScreentestError]) -> None:
    assert not kind.retryable


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_an_error_survives_the_way_from_a_worker_process(kind: type[ScreentestError]) -> None:
    for twin in (
        pickle.loads(pickle.dumps(kind("what", "way out"))),
        copy.copy(kind("what", "way out")),
    ):
        assert type(twin) is kind
        assert (twin.message, twin.hint) == ("what", "way out")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if issubclass(kind, ServiceError)], ids=ids)
def test_a_services_no_keeps_its_task_from_a_worker_process(kind: type[ServiceError]) -> None:
    twin = pickle.loads(pickle.dumps(kind("m", status=502, code=5000, task_id="t1")))
    assert (twin.status, twin.code, twin.task_id) == (502, 5000, "t1")


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_a_caller_can_catch_everything_of_ours_as_one(kind: type[ScreentestError]) -> None:
    assert issubclass(kind, ScreentestError)
    others = (errors.SandboxError, errors.WorkerFailed, errors.NotFetched)
    sides = (ConfigError, StorageError, ServiceError, RegistryError, *others)
    assert kind is ClientError or sum(issubclass(kind, side) for side in sides) == 1


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_every_kind_stands_in_the_tree_that_a_reader_sees(kind: type[ScreentestError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")
    assert (kind.__doc__ or "").strip()


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_only_wrong_options_leave_as_wrong_usage(
    kind: type[ScreentestError], capfd: pytest.CaptureFixture[str]
) -> None:
    def run() -> None:
        raise kind("what went wrong", "the way out")

    code = exit_code_of(run, call=Call())
    assert code == (USAGE if issubclass(kind, ImpossibleWish) else FAILED)
    assert capfd.readouterr().err == "error: what went wrong\nhint: the way out\n"


def test_a_message_alone_is_enough() -> None:
    assert (str(ClientError("what")), ClientError("what").hint) == ("what", "")
