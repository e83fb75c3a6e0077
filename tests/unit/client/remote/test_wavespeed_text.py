"""Requests that hold text which is not UTF-8: refused before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from screentest.client.config import Secret, Settings
from screentest.client.errors import Rejected
from screentest.client.remote.http import Http, Reply, Request
from screentest.client.remote.wavespeed import WaveSpeed
from screentest.client.tasks.submit import submit
from tests.registry_parts import FILE_NAME, Registry, brought

NOT_UTF8 = b"Rain \xff".decode("utf-8", "surrogateescape")
SETTINGS = Settings(Path("/home"), "https://s/api/v3", Secret("key-1"), "b", sandbox=False)


class Unsent(Http):
    """Fails where anything is sent that says something; a read tells no time."""

    def submit(self, request: Request) -> Reply:
        raise AssertionError(f"sent {request}")

    def read(self, request: Request) -> Reply:
        assert request.json is None, f"sent {request}"
        return Reply(200, {}, b"")


@pytest.mark.parametrize("body", [{"prompt": NOT_UTF8}, {"characters": [NOT_UTF8]}, {NOT_UTF8: 1}])
def test_a_submit_that_no_request_can_carry_leaves_no_row_unknown(
    body: dict[str, object], tmp_path: Path
) -> None:
    with Registry(tmp_path / FILE_NAME) as registry:
        row = brought(registry, "uploaded")
        with pytest.raises(Rejected, match="not valid UTF-8; nothing was sent"):
            submit(
                row,
                body=body,
                cost_usd=0.001,
                ledger=registry.registrations,
                service=WaveSpeed(SETTINGS, http=Unsent()),
            )
        assert registry.registrations.find_row(row.row_id).state == "failed"


def test_a_price_is_not_asked_for_such_text_either() -> None:
    with pytest.raises(Rejected, match="not valid UTF-8"):
        WaveSpeed(SETTINGS, http=Unsent()).price("m", inputs={"prompt": NOT_UTF8})
