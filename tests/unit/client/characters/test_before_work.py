"""What the service is asked before minutes go into a clip, and which answers stop a run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from screentest.client.characters.run import Run
from screentest.client.errors import (
    BadReply,
    RateLimited,
    Rejected,
    ServiceError,
    ServiceUnreachable,
    Unauthorized,
)


def told(answer: float | ServiceError, *, price_usd: float = 0.01) -> list[str]:
    """What is warned of where the service answers so to a question for the balance."""
    warnings: list[str] = []

    def balance_usd() -> float:
        if isinstance(answer, ServiceError):
            raise answer
        return answer

    session = SimpleNamespace(
        service=SimpleNamespace(balance_usd=balance_usd),
        watcher=SimpleNamespace(warned=warnings.append),
    )
    unused = cast(Any, None)
    Run(unused, unused, unused, cast(Any, session))._require_service(price_usd)
    return warnings


@pytest.mark.parametrize("kind", [Unauthorized, ServiceUnreachable, RateLimited])
def test_what_would_refuse_the_submit_too_is_raised(kind: type[ServiceError]) -> None:
    with pytest.raises(kind):
        told(kind("No."))


@pytest.mark.parametrize("answer", [Rejected("no such call"), BadReply("?"), 0.01, 5.0])
def test_what_says_nothing_of_a_submit_stops_nobody(answer: float | ServiceError) -> None:
    assert told(answer) == []


def test_an_account_that_cannot_pay_is_told_and_not_refused() -> None:
    (warning,) = told(0.005)
    assert "USD 0.005 left" in warning
    assert "costs USD 0.01" in warning
