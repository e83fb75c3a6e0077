"""Made-up values that commands print: a clip, a check, a registration and a step of one."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from screentest.client.characters.register import Registered
from screentest.client.registry.records import Move
from screentest.prep.core.values import Candidate, CheckReport, Clip, RuleResult, Segment
from tests.order_parts import a_forecast
from tests.registry_parts import Registration

MADE = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHA = "0123456789abcdef" * 4
SEGMENT = Segment(8.0, 4.0, 0.9, "face", ("Best of three.",), (Candidate(1.0, 4.0, 0.5),))
CLIP = Clip(
    path="/home/joe/clips/joe.mp4",
    sha256=SHA,
    bytes=1_250_000,
    segment=SEGMENT,
    model="openai/sora-2/characters",
    width_px=1280,
    height_px=720,
    fps=Fraction(30000, 1001),
    frames=120,
    has_audio=True,
    upscaled=False,
    face_height_px=360,
)
REPORT = CheckReport(
    "/home/joe/clips/joe.mp4",
    "openai/sora-2/characters",
    (
        RuleResult("length", "30.6 s", "2-4 s", False, "page"),
        RuleResult("sound", "none", "any", True, "page"),
    ),
)
DONE = Registered(
    name="Joe",
    character_id="char_" + "a" * 32,
    model="openai/sora-2/characters",
    clip="/home/joe/clips/joe.mp4",
    clip_sha256=SHA,
    segment=SEGMENT,
    submitted=True,
    cost_usd=0.001,
    warnings=(),
    reused=(),
    task_id="task-1",
)
FORECAST = a_forecast(CLIP, REPORT)


def a_record(**said: Any) -> Registration:
    """A finished one of the sandbox, unless said otherwise."""
    values: dict[str, Any] = {
        **dict.fromkeys(Registration.__dataclass_fields__),
        **{"row_id": 1, "identity": "f" * 64, "generation": 1, "state": "done", "overrides": {}},
        **{"service": "sandbox", "account": "0" * 16, "model": "openai/sora-2/characters"},
        **{"name": "Joe", "source_path": "/raw.mov", "source_fingerprint": "e" * 64},
        **{"created_at": MADE, "updated_at": MADE, "has_nsfw": False, "cost_usd": 0.001, "stills": ()},
    }
    return Registration(**{**values, **said})


def a_step(*, note: str = "") -> Move:
    """From uploaded to submitting."""
    return Move(MADE, "uploaded", "submitting", note)
