"""What a worker sends is read as what it is, or not at all."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.worker.job import ClipMade, Failure, Inspected, Result, Sent
from screentest.client.worker.wire import MOST_BYTES, result_from, to_bytes
from screentest.prep.core.crop import Crop
from screentest.prep.core.values import (
    Box,
    Candidate,
    CheckReport,
    Clip,
    Heads,
    RuleResult,
    Segment,
    Source,
)

SOURCE = Source(
    path="/footage/jo\u00e9 \u202e.mp4",
    fingerprint="f" * 64,
    bytes=2**40,
    container="mp4",
    codec="h264",
    pixel_format="yuv420p",
    start_s=0.1,
    video_start_s=1 / 3,
    duration_s=12.345678901234567,
    width_px=1920,
    height_px=1080,
    coded_width_px=1920,
    coded_height_px=1088,
    rotation_deg=90,
    mirrored=True,
    sar=Fraction(4, 3),
    fps=Fraction(30000, 1001),
    is_vfr=True,
    is_hdr=False,
    is_interlaced=False,
    transfer="",
    matrix="bt709",
    primaries="bt709",
    full_range=False,
    video_index=0,
    audio_index=None,
    keyframes_s=(0.0, 1.5),
    aperture=Crop(2, 4, 100, 50),
    audio_tracks=(1, 2),
    part=(0, 100),
)
SEGMENT = Segment(
    start_s=0.1 + 0.2,
    length_s=4.0,
    score=0.9,
    subject="face",
    reasons=("A reason.",),
    alternatives=(Candidate(1.0, 2.0, 0.5),),
    heads=Heads(Box(0.1, 0.2, 0.3, 0.4), 0.3, (Box(0.0, 0.0, 0.1, 0.1),)),
    face_seen=True,
)
CLIP = Clip("/x.mp4", "a" * 64, 5, SEGMENT, "m", 1280, 720, Fraction(25), 100, True, False, ("w",), 300)
REPORT = CheckReport("/x.mp4", "m", (RuleResult("length", "4 s", "2-4 s", True, "page"),))
RESULTS: tuple[Result, ...] = (
    Inspected((SOURCE, replace(SOURCE, joined=(SOURCE,)))),
    ClipMade(1, SOURCE, CLIP, REPORT, b"\xff\xd8\x00"),
    Sent("/x.mp4"),
    Failure("pick", "TooShort", "It is too short.", "Use other footage.", retryable=True),
)


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_a_result_comes_back_as_it_was_to_the_last_digit(result: Result) -> None:
    assert result_from(to_bytes(result)) == result


def test_a_message_with_half_a_surrogate_pair_is_sent_as_text_that_can_be_written() -> None:
    said = result_from(to_bytes(Failure("probe", "NotAVideo", "no \udcff video", "\ud83d")))
    assert said == Failure("probe", "NotAVideo", "no \ufffd video", "\ufffd")
    warned = replace(CLIP, warnings=("a \udcff",))
    made = result_from(to_bytes(ClipMade(0, SOURCE, warned, REPORT)))
    assert isinstance(made, ClipMade)
    assert made.clip.warnings == ("a \ufffd",)


def test_a_path_that_is_not_utf8_comes_back_as_it_was() -> None:
    odd = replace(SOURCE, path="/footage/\udcff.mp4")
    assert result_from(to_bytes(Inspected((odd,)))) == Inspected((odd,))


def test_numbers_of_numpy_are_sent_as_numbers() -> None:
    sent: Any = {"bytes": np.int64(5), "segment": replace(SEGMENT, score=cast("Any", np.float32(0.5)))}
    told = replace(CLIP, **sent)
    made = result_from(to_bytes(ClipMade(0, SOURCE, told, REPORT)))
    assert isinstance(made, ClipMade)
    assert (made.clip.bytes, made.clip.segment.score) == (5, 0.5)


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("bytes", 2**63),
        ("bytes", -(2**70)),
        ("sar", "1_0/3"),
        ("sar", " 4/3"),
        ("sar", "4/+3"),
        ("sar", "4/0"),
        ("sar", "\u0664/3"),
        ("sar", "9" * 40 + "/1"),
        ("codec", "\udcff"),
    ],
)
def test_numbers_and_text_that_nothing_can_keep_are_no_answer(field: str, told: object) -> None:
    answer = json.loads(to_bytes(Inspected((SOURCE,))))
    answer["result"]["sources"][0][field] = told
    assert is_none(json.dumps(answer).encode())


def is_none(data: object) -> bool:
    read = result_from(data)
    return isinstance(read, Failure) and read.stage == "worker" and read.error_type == "WorkerFailed"


@pytest.mark.parametrize(
    "data",
    [
        None,
        "text",
        b"",
        b"\xff",
        pickle.dumps(SOURCE),
        b"[" * 100_000,
        b"NaN",
        b'{"kind": "Sent"}',
        b'{"kind": ["Sent"], "result": {"path": ""}}',
        b'{"kind": "Put", "result": {"path": "", "url": "", "headers": {}}}',
        b'{"kind": "Sent", "result": {"path": 5}}',
        b'{"kind": "Sent", "result": {"path": "", "more": 1}}',
        b'{"kind": "Inspected", "result": {"sources": {}}}',
        b" " * (MOST_BYTES + 1),
    ],
    ids=range(14),
)
def test_what_is_no_answer_is_a_failure_and_nothing_else(data: object) -> None:
    assert is_none(data)


@given(st.data())
def test_an_answer_with_anything_else_in_one_place_is_none_or_is_typed(data: st.DataObject) -> None:
    told: Any = json.loads(to_bytes(RESULTS[data.draw(st.sampled_from([0, 1]))]))
    at: Any = told["result"]
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if isinstance(at[key], dict | list) and data.draw(st.booleans()):
            at = at[key]
            continue
        at[key] = data.draw(
            st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just([[]]))
        )
        break
    read = result_from(json.dumps(told).encode())
    if not is_none(json.dumps(told).encode()):
        assert result_from(to_bytes(read)) == read, (
            "what is read can be written, so its types are right"
        )


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    result_from(data)
