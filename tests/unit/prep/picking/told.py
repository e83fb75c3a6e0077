"""What is said of made-up windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from screentest.prep.core.values import Box, Figure, FrameSignal, Scan, Subject
from screentest.prep.picking.reasons import reasons_for
from screentest.prep.picking.scored import scored_shots
from screentest.prep.picking.windows import POLICY, Window, ranked, window_at
from tests.made_up import face, scan_of

CAT = Figure(Box(0.3, 0.3, 0.3, 0.46), 0.9, 250.0)
FACING_US = replace(CAT, head=Box(0.4, 0.3, 0.1, 0.15), front=1.0)
FRONTAL = face()
NO_FACE = "No human face shows."


def window(scan: Scan, length_s: float = 4.0, subject: Subject = "face") -> Window:
    """The best window of a scan."""
    return ranked(scored_shots(scan), length_s, subject, POLICY)[0]


def told(scan: Scan, *, wanted_s: float = 4.0, runner_up: Window | None = None) -> list[str]:
    return list(reasons_for(window(scan), runner_up, scan, wanted_s, faceless=NO_FACE))


def of_picture(moment: Callable[[float], FrameSignal], *, wanted_s: float = 4.0) -> list[str]:
    scan = scan_of(lambda t: None, length_s=4.0)
    scan = replace(scan, signals=tuple(moment(s.t_s) for s in scan.signals))
    asked = window_at(scan, 0.0, 4.0)
    return list(reasons_for(asked, None, scan, wanted_s, faceless=NO_FACE))


def said(lines: list[str], about: str) -> str:
    """The one sentence about something."""
    (line,) = [line for line in lines if about in line]
    return line
