"""A second model runs the same way end to end: other lengths, another size, another name's limit."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from screentest import KLING_ELEMENTS, check
from screentest.client.characters.register import Order, register
from screentest.client.config import settings_from
from screentest.client.errors import ConfigError, InvalidName
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.client.sandbox.s3.seaweedfs import S3Server
from screentest.client.tasks.session import opened
from screentest.client.videos.make import make, quote
from screentest.client.videos.plan import VideoOrder, planned
from screentest.prep.core.wishes import Wishes
from tests.conftest import Command
from tests.integration.sandbox_parts import sandbox_on

pytest_plugins = ["tests.integration.sandbox_fixtures"]

KLING = "kwaivgi/kling-elements-advanced"


@pytest.mark.slow
def test_a_kling_element_is_registered_recorded_and_shown_in_a_video(
    s3_server: S3Server, face_clip: Path, home: Path, tmp_path: Path
) -> None:
    order = Order(
        str(face_clip),
        "Joe",
        model=KLING,
        wishes=Wishes(start_s=1.0, length_s=3.5),
        description="a man who nods",
    )
    with sandbox_on(s3_server, tmp_path / "sandbox") as env:
        settings = settings_from({}, home=home, sandbox_env=env)
        done = register(order, settings)
        assert not register(order, settings).submitted
        with opened(settings) as session:
            wanted = VideoOrder("Joe waves.", tmp_path / "joe.mp4", ("Joe",), duration_s=3)
            made = make(quote(planned(wanted, session.registry, settings), session), session)
    assert re.fullmatch(r"\d{18}", str(done.character_id))
    assert done.clip is not None
    assert check(done.clip, spec=KLING_ELEMENTS).ok
    with Registry(home / FILE_NAME) as registry:
        [row] = registry.registrations.list_all()
    assert (row.model, row.cost_usd) == (KLING, 0.01)
    lines = map(json.loads, (tmp_path / "sandbox/journal.jsonl").read_text().splitlines())
    [body] = [line["body"] for line in lines if line["path"].endswith(KLING)]
    assert made.record.model == "kwaivgi/kling-video-o3-pro/reference-to-video"
    assert made.record.cost_usd == pytest.approx(0.336)
    assert made.record.inputs["prompt"] == "Joe (<<<element_1>>>) waves."
    assert made.record.inputs["element_list"] == [{"element_id": done.character_id}]
    assert (tmp_path / "joe.mp4").stat().st_size > 1000
    [url] = body.pop("element_video_list")
    assert urlsplit(url).path.endswith(f"{done.clip_sha256}.mp4")
    said = {"name": "Joe", "description": "a man who nods"}
    assert body == {"reference_type": "video_refer", **said}


def test_its_limits_are_its_own(home: Path) -> None:
    settings = settings_from({"WAVESPEED_API_KEY": "k", "SCREENTEST_BUCKET": "b"}, home=home)
    with pytest.raises(InvalidName, match="21 characters"):
        register(Order("/none.mp4", "x" * 21, model=KLING), settings)
    with pytest.raises(ConfigError, match="no description"):
        register(Order("/none.mp4", "Joe", description="a fox"), settings)


@pytest.mark.slow
def test_clip_and_check_take_the_model(screentest: Command, face_clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "kling.mp4"
    window = ("--start", "1", "--length", "3")
    made = screentest("clip", face_clip, "-o", out, "--model", KLING, *window, "--json").result
    assert (made["width_px"], made["height_px"]) == (1920, 1080)
    assert screentest("check", out, "--model", KLING, "--json").result["ok"]


def test_an_unknown_model_is_told_the_known_ones(screentest: Command, face_clip: Path) -> None:
    outcome = screentest("pick", face_clip, "--model", "openai/sora-9", "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "ConfigError")
    assert KLING in outcome.error["hint"]
