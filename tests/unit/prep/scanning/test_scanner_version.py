"""Scans are kept by content and scanner: a changed scanner must not be answered with an old scan."""

from __future__ import annotations

from fixtures.pin_scanner import reached, sources_hash
from screentest.prep.scanning.cache import SCANNER_SOURCES


def test_a_changed_scanner_has_a_version_of_its_own() -> None:
    assert sources_hash() == SCANNER_SOURCES, (
        "What makes a scan has changed. If scans of the same footage now differ, run\n"
        "    python fixtures/pin_scanner.py\n"
        "which gives them a new SCANNER_VERSION; if they are the same to the last number, run it with "
        "--same."
    )


def test_all_that_looks_and_measures_counts_as_the_scanner() -> None:
    named = {
        "media.frames",
        "people.splices",
        "scanning.cuts",
        "scanning.scan",
        "scanning.stretches",
        "vision.analysis",
        "vision.measures",
        "vision.mesh",
        "vision.pose",
    }
    assert {f"screentest.prep.{name}" for name in named} <= reached("screentest.prep.scanning.scan")
