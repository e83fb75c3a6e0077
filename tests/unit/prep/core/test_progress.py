"""What a watcher hears while the work goes on."""

from __future__ import annotations

import pytest

from screentest.prep.core.progress import SILENT, Noted, Passing, Watcher, stage


class Heard:
    """A watcher that writes down all it hears."""

    def __init__(self) -> None:
        self.all: list[tuple[object, ...]] = []

    def started(self, stage: str) -> None:
        self.all.append(("started", stage))

    def advanced(self, stage: str, fraction: float) -> None:
        self.all.append(("advanced", stage, fraction))

    def ended(self, stage: str, summary: str) -> None:
        self.all.append(("ended", stage, summary))

    def warned(self, message: str) -> None:
        self.all.append(("warned", message))


TOLD = [("started", "scan"), ("advanced", "scan", 0.5), ("ended", "scan", "40 s looked at")]


def scanned(watcher: Watcher) -> None:
    with stage(watcher, "scan") as under_way:
        under_way.advance(0.5)
        under_way.summary = "40 s looked at"


def failed(watcher: Watcher) -> None:
    with stage(watcher, "scan"):
        raise ValueError("boom")


def test_a_stage_is_reported_from_beginning_to_end() -> None:
    heard = Heard()
    scanned(heard)
    assert heard.all == TOLD


def test_a_stage_that_failed_is_never_said_to_have_ended() -> None:
    heard = Heard()
    with pytest.raises(ValueError, match="boom"):
        failed(heard)
    assert heard.all == [("started", "scan")]


def test_a_watcher_that_passes_on_leaves_nothing_out() -> None:
    heard = Heard()
    watcher = Passing(heard)
    scanned(watcher)
    watcher.warned("It was scaled up.")
    assert heard.all == [*TOLD, ("warned", "It was scaled up.")]


def test_stages_are_noted_and_passed_on() -> None:
    heard = Heard()
    noted = Noted(heard)
    scanned(noted)
    assert noted.names == {"scan"}
    assert heard.all == TOLD


def test_work_goes_on_without_a_watcher() -> None:
    scanned(SILENT)
    SILENT.warned("It was scaled up.")
