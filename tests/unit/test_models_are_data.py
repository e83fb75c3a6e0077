"""No code knows a model by name, and a model of any shape is one value and no code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from screentest.client.remote.models.body import Body, BodyField
from screentest.client.remote.models.character import CharacterModel
from screentest.client.remote.models.facts import assumed
from screentest.client.remote.models.naming import Naming, Shown, named_in
from screentest.client.remote.models.price import PriceRule
from screentest.client.remote.models.reference import Reference
from screentest.client.remote.models.video import CastRule, References, VideoModel
from screentest.client.remote.video_models import every_model
from screentest.prep.core.spec import KLING_STILLS, SORA_2

CHECKOUT = Path(__file__).parent.parent.parent
DATA = ("client/remote/models/", "client/sandbox/models/", "prep/core/spec.py")
NAMES = re.compile(r"\b(?:openai|kwaivgi|alibaba|sora|kling|wan[-_ ]?3)\b", re.IGNORECASE)
# Where the data are put into a list.
LISTS = ("client/remote/character_models.py", "client/remote/video_models.py")


def code() -> list[Path]:
    files = sorted([*CHECKOUT.glob("prep/**/*.py"), *CHECKOUT.glob("client/**/*.py")])
    return [one for one in files if not one.relative_to(CHECKOUT).as_posix().startswith(DATA)]


def literals(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_no_text_in_the_code_names_a_model() -> None:
    ids = {model.model_id for model in every_model()}
    told = {
        f"{file.relative_to(CHECKOUT)}: {text}"
        for file in code()
        for text in literals(file)
        if any(model_id in text for model_id in ids) or NAMES.search(text)
    }
    assert not told


def test_only_the_lists_import_the_models_data() -> None:
    data = ("models.sora", "models.kling", "models.wan")
    importers = {
        file.relative_to(CHECKOUT).as_posix()
        for file in code()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(data)
    }
    assert importers == set(LISTS)


# Made-up models; those that make characters are in the tests of their own room.

NOBODY = ("delivery", "characters", "prompt", "durations", "body", "price")
BY_ID = VideoModel(
    "acme/actors/video",
    fields=Body(
        (
            BodyField("text", "prompt"),
            BodyField("actors", "characters", item_key="actor"),
            BodyField("length", "duration"),
            BodyField("quality", "size"),
        ),
        constants=(("version", "7"),),
    ),
    price=PriceRule("output_s", (("low", 0.1), ("high", 0.3)), by="quality", seconds="length"),
    durations_s=(6, 7),
    sizes=("low", "high"),
    cast=CastRule("id", most=3, made_by="acme/actors", naming=Naming(by_id="[{name}#{place}]")),
    sources=tuple((name, assumed("made up")) for name in (*NOBODY, "sizes")),
)
INLINE = VideoModel(
    "acme/inline/video",
    fields=Body(
        (
            BodyField("text", "prompt"),
            BodyField("refs", "clips", item_key="url"),
            BodyField("pictures", "stills"),
            BodyField("shape", "ratio"),
            BodyField("seconds", "duration"),
        )
    ),
    price=PriceRule("total_s", (("", 0.2),), seconds="seconds"),
    durations_s=(5,),
    ratios=("4:3", "3:4"),
    cast=CastRule(
        "inline",
        most=2,
        takes=Reference(clip=SORA_2, stills=replace(KLING_STILLS, least=1, most=2, frontal=False)),
        naming=Naming(by_video="clip {place}", by_images="picture {place}"),
        most_clips=2,
        most_stills=4,
    ),
    sources=tuple(
        (name, assumed("made up"))
        for name in (
            *(*NOBODY, "ratios", "files", "inputs", "length", "size", "ratio", "bytes"),
            *("sound", "stills"),
        )
    ),
)


def test_a_video_model_that_takes_ids_is_one_value() -> None:
    body = BY_ID.body(prompt="p", size="high", duration_s=6, references=References(ids=("1", "2")))
    assert body == {
        "version": "7",
        "text": "p",
        "actors": [{"actor": "1"}, {"actor": "2"}],
        "length": 6,
        "quality": "high",
    }
    assert BY_ID.price.usd(body) == pytest.approx(1.8)
    assert BY_ID.cast
    assert named_in("Joe runs.", [Shown("Joe", 1)], BY_ID.cast.naming) == "[Joe#1] runs."


def test_a_video_model_that_takes_clips_and_stills_is_one_value() -> None:
    references = References(clips=("u", "v"), stills=("w",))
    body = INLINE.body(prompt="p", size="", duration_s=5, ratio="3:4", references=references)
    assert body == {
        "text": "p",
        "refs": [{"url": "u"}, {"url": "v"}],
        "pictures": ["w"],
        "shape": "3:4",
        "seconds": 5,
    }
    assert INLINE.price.usd(body, reference_s=(4.0, 3.5)) == pytest.approx(0.2 * (4 + 4 + 5))
    assert INLINE.ratio_for(upright=True) == "3:4"


@pytest.mark.parametrize("model", [BY_ID, INLINE], ids=lambda model: model.model_id)
def test_what_is_known_of_a_made_up_model_is_told_too(model: VideoModel) -> None:
    assert {one.name for one in model.limits()} == {name for name, _ in model.sources}
    assert all(model.samples())


def test_a_model_s_stills_are_told_of_by_its_own_name() -> None:
    named = {}
    for model in every_model():
        takes = model.takes if isinstance(model, CharacterModel) else model.cast and model.cast.takes
        if takes and takes.stills:
            named[model.model_id] = takes.stills.model
    assert named
    assert list(named) == list(named.values())
