"""A further model is one value for the client and one for the stand-in; all the rest follows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from screentest import SORA_2, check
from screentest.client.characters.register import Order, register
from screentest.client.config import settings_from
from screentest.client.remote import character_models as models
from screentest.client.remote.character_models import SORA_2_CHARACTERS, CharacterModel
from screentest.client.remote.models.body import Body, BodyField
from screentest.client.remote.models.price import PriceRule
from screentest.client.sandbox.models import fields as served
from screentest.client.sandbox.models import known
from screentest.client.sandbox.models.media import ClipRules, Media, Result
from screentest.client.sandbox.models.model import Model
from screentest.client.sandbox.s3.seaweedfs import S3Server
from screentest.prep.core.wishes import Wishes
from tests.conftest import Command
from tests.integration.register_parts import recorded
from tests.integration.sandbox_parts import sandbox_on

pytest_plugins = ["tests.integration.sandbox_fixtures"]

THIRD = "example/third/avatars"


@pytest.fixture(autouse=True)
def third(monkeypatch: pytest.MonkeyPatch) -> CharacterModel:
    """A model with other lengths, another size, another price and another name for the clip's URL."""
    spec = replace(
        SORA_2,
        model=THIRD,
        min_length_s=Fraction(1),
        max_length_s=Fraction(3, 2),
        target_length_s=Fraction(3, 2),
        max_short_px=720,
    )
    ours = replace(
        SORA_2_CHARACTERS,
        model_id=THIRD,
        takes=replace(SORA_2_CHARACTERS.takes, clip=spec),
        price=PriceRule("task", (("", 0.25),)),
        by_video=Body((BodyField("reference_url", "clip"), BodyField("name", "name"))),
    )
    theirs = Model(
        id=THIRD,
        kind="character",
        type="video-to-avatar",
        description="A third.",
        price_usd=0.25,
        fields=(
            served.Field("reference_url", "string", required=True),
            served.Field("name", "string", required=True),
        ),
        media=(Media("reference_url", ClipRules(max_aspect=1.8, kept_s=1.5, min_s=1.0, max_s=1.5)),),
        result=Result(id_prefix="avatar_"),
    )
    monkeypatch.setitem(models.MODELS, THIRD, ours)
    monkeypatch.setitem(known.MODELS, THIRD, theirs)
    return ours


def test_a_third_model_runs_the_whole_pipeline(
    third: CharacterModel, s3_server: S3Server, face_clip: Path, home: Path, tmp_path: Path
) -> None:
    order = Order(str(face_clip), "Joe", model=THIRD, wishes=Wishes(start_s=1.0))
    with sandbox_on(s3_server, tmp_path / "sandbox") as env:
        settings = settings_from({}, home=home, sandbox_env=env)
        done = register(order, settings)
        assert not register(order, settings).submitted
    assert str(done.character_id).startswith("avatar_")
    assert done.clip
    assert done.segment
    assert done.segment.length_s == pytest.approx(1.5, abs=0.05)
    assert check(done.clip, spec=third.clip).ok
    row = recorded(settings)
    assert (row.model, row.cost_usd) == (THIRD, 0.25)


def test_pick_clip_and_check_take_a_third_model(
    screentest: Command, face_clip: Path, tmp_path: Path
) -> None:
    picked = screentest("pick", face_clip, "--model", THIRD, "--json").result
    assert picked["length_s"] == pytest.approx(1.5, abs=0.05)
    out = tmp_path / "third.mp4"
    window = ("--start", picked["start_s"])
    screentest("clip", face_clip, "-o", out, "--model", THIRD, *window, "--json")
    assert screentest("check", out, "--model", THIRD, "--json").result["ok"]
    assert screentest("check", out, "--json").code != 0
