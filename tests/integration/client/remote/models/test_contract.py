"""Each model's contract over the sandbox, whose rules are its own: bodies, limits, prices, results.

One suite for every model. The sandbox is strict: a field or a value that the contract does not have is
refused, so a wrong field of ours is caught here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from screentest.client.errors import ConfigError
from screentest.client.remote.character_models import MODELS
from screentest.client.remote.models.character import CharacterModel
from screentest.client.remote.models.reference import StillUrls
from screentest.client.remote.models.schema import differences, request_schema
from screentest.client.remote.models.video import References, VideoModel
from screentest.client.remote.replies import parse_prediction
from screentest.client.remote.video_models import VIDEO_MODELS, every_model
from screentest.client.sandbox.models.known import MODELS as SERVED
from tests.integration.sandbox_parts import MakeClip, Service, serving

pytest_plugins = ["tests.integration.sandbox_fixtures"]

SORA, KLING = "openai/sora-2/characters", "kwaivgi/kling-elements-advanced"
TEXT, PRO_TEXT = "openai/sora-2/text-to-video", "openai/sora-2-pro/text-to-video"
IMAGE, PRO_IMAGE = "openai/sora-2/image-to-video", "openai/sora-2-pro/image-to-video"
O3, O3_STD = (f"kwaivgi/kling-video-o3-{one}/reference-to-video" for one in ("pro", "std"))
V4 = "kwaivgi/kling-v4.0/reference-to-video"
WAN, PRIME = (f"alibaba/{one}/reference-to-video" for one in ("wan-3.0", "wan-3.0-prime"))


@dataclass(slots=True)
class Footage:
    """URLs that the service can fetch, and ids of characters that it made."""

    service: Service
    small: str
    large: str
    still: str
    turned: str
    char: str = ""
    element: str = ""


@pytest.fixture(scope="module")
def footage(
    tmp_path_factory: pytest.TempPathFactory, make_clip: MakeClip, face_clip: Path
) -> Iterator[Footage]:
    folder = tmp_path_factory.mktemp("contract")
    stills = [folder / "still.png", folder / "turned.jpg"]
    for number, path in enumerate(stills):
        cv2.imwrite(str(path), np.full((300, 400, 3), 60 * number, np.uint8))
    with serving(folder / "sandbox") as service:
        small = make_clip(source=face_clip, seconds=2.0, name="small.mp4")
        wide = ("-aspect", "16:9")
        large = make_clip(*wide, source=face_clip, size="1920x1080", seconds=3.0, name="large.mp4")
        small_url, large_url, still, turned = map(service.uploaded, (small, large, *stills))
        yield Footage(service, small_url, large_url, still, turned)


def made(footage: Footage, model: CharacterModel, body: dict[str, Any]) -> str:
    """The id that our own reader finds in the finished task."""
    task = footage.service.ended(footage.service.submit(model.model_id, **body)["id"])
    assert task["status"] == "completed", task["error"]
    [character] = parse_prediction(task).characters
    assert character.name == "Joe"
    return character.character_id


# Bodies, field by field as the contract has them


def test_a_sora_character(footage: Footage) -> None:
    body = MODELS[SORA].body(name="Joe", video=footage.small)
    assert body == {"video": footage.small, "name": "Joe"}
    footage.char = made(footage, MODELS[SORA], body)
    assert footage.char.startswith("char_")


def test_a_kling_element_by_video(footage: Footage) -> None:
    body = MODELS[KLING].body(name="Joe", description="A man.", video=footage.large)
    assert body == {
        "name": "Joe",
        "description": "A man.",
        "reference_type": "video_refer",
        "element_video_list": [footage.large],
    }
    footage.element = made(footage, MODELS[KLING], body)
    assert len(footage.element) == 18
    assert footage.element.isdigit()


def test_a_kling_element_by_images(footage: Footage) -> None:
    stills = StillUrls(footage.still, (footage.turned,))
    body = MODELS[KLING].body(name="Joe", description="A toy.", stills=stills)
    assert body == {
        "name": "Joe",
        "description": "A toy.",
        "reference_type": "image_refer",
        "frontal_image": footage.still,
        "refer_images": [footage.turned],
    }
    assert made(footage, MODELS[KLING], body).isdigit()


CLIP_OF_WAN = {"reference_videos": ["small"], "resolution": "480p", "aspect_ratio": "16:9"}
VIDEOS: list[tuple[str, dict[str, Any], dict[str, Any], list[float]]] = [
    (TEXT, {"ids": "char"}, {"size": "720*1280", "duration": 4, "characters": ["char"]}, []),
    (PRO_TEXT, {}, {"size": "720*1280", "duration": 4}, []),
    (IMAGE, {"image": "still"}, {"image": "still", "duration": 4}, []),
    (PRO_IMAGE, {"image": "still"}, {"image": "still", "duration": 4, "resolution": "720p"}, []),
    (
        O3,
        {"ids": "element", "ratio": "9:16", "duration_s": 3},
        {
            "element_list": [{"element_id": "element"}],
            "aspect_ratio": "9:16",
            "duration": 3,
            "sound": False,
        },
        [],
    ),
    (O3_STD, {"duration_s": 3}, {"aspect_ratio": "16:9", "duration": 3, "sound": False}, []),
    (V4, {"stills": "still", "duration_s": 3}, {"images": ["still"], "aspect_ratio": "16:9"}, []),
    (WAN, {"clips": "small", "size": "480p", "duration_s": 2}, {**CLIP_OF_WAN, "duration": 2}, [2.0]),
    (
        PRIME,
        {"stills": "still", "duration_s": 2},
        {"reference_images": ["still"], "resolution": "720p", "aspect_ratio": "16:9", "duration": 2},
        [],
    ),
]


def test_every_video_model_has_its_contract_here() -> None:
    assert {model_id for model_id, *_ in VIDEOS} == VIDEO_MODELS.keys()


@pytest.mark.parametrize(
    ("model_id", "wishes", "fields", "lengths_s"), VIDEOS, ids=[model_id for model_id, *_ in VIDEOS]
)
def test_a_video(
    footage: Footage,
    model_id: str,
    wishes: dict[str, Any],
    fields: dict[str, Any],
    lengths_s: list[float],
) -> None:
    if "char" in wishes.values() and not footage.char:
        test_a_sora_character(footage)
    if "element" in wishes.values() and not footage.element:
        test_a_kling_element_by_video(footage)
    model = VIDEO_MODELS[model_id]
    asked = {"duration_s": 4, "size": "", **wishes}
    kinds = [kind for kind in ("ids", "clips", "stills") if kind in asked]
    given = {kind: (getattr(footage, asked.pop(kind)),) for kind in kinds}
    if "image" in asked:
        asked["image"] = getattr(footage, asked["image"])
    body = model.body(prompt="Joe waves.", references=References(**given), **asked)
    wanted = {"prompt": "Joe waves.", **_linked(fields, footage)}
    assert wanted.items() <= body.items()
    if model.is_verified:
        assert body == wanted
    told = footage.service.http.post("/api/v3/model/price", json={"model_id": model_id, "inputs": body})
    usd = told.json()["data"]["price"]
    task = footage.service.ended(footage.service.submit(model_id, **body)["id"])
    assert task["status"] == "completed", task["error"]
    assert task["outputs"][0].endswith(".mp4")
    if not model.price.asks:
        assert usd == pytest.approx(model.price.usd(body, reference_s=lengths_s))
    else:
        assert usd <= model.price.usd(body, reference_s=lengths_s) + 1e-9


def _linked(value: Any, footage: Footage) -> Any:
    """The contract's value, with the names of files and ids replaced by what they stand for."""
    if isinstance(value, dict):
        return {key: _linked(one, footage) for key, one in value.items()}
    if isinstance(value, list):
        return [_linked(one, footage) for one in value]
    is_named = value in ("small", "large", "still", "turned", "char", "element")
    return getattr(footage, value) if is_named else value


# What every model has in common

every_one = pytest.mark.parametrize("model", every_model(), ids=lambda model: model.model_id)


@every_one
def test_every_body_that_we_would_send_fits_the_schema_that_is_served(
    footage: Footage, model: CharacterModel | VideoModel
) -> None:
    catalogue = footage.service.http.get("/api/v3/models").json()["data"]
    [entry] = [one for one in catalogue if one["model_id"] == model.model_id]
    schema = request_schema(entry)
    assert (schema is None) == (model.source_of("body").mark == "assumed")
    for body in model.samples():
        assert schema is None or differences(body, schema) == ()
        assert SERVED[model.model_id].problem(body) is None
        assert SERVED[model.model_id].unknown(body) is None


@every_one
def test_a_field_too_many_and_one_too_few_are_refused(
    footage: Footage, model: CharacterModel | VideoModel
) -> None:
    def answer(body: dict[str, object]) -> tuple[int, str]:
        reply = footage.service.http.post(f"/api/v3/{model.model_id}", json=body)
        return reply.status_code, reply.text

    body = next(model.samples())
    assert answer({**body, "no_such_field": 1})[0] == 400
    for one in SERVED[model.model_id].fields:
        if one.required:
            status, text = answer({key: value for key, value in body.items() if key != one.name})
            assert status == 400
            assert one.name in text


# Limits at their edges: what we refuse before any upload, the service refuses too

Refused = Callable[[], object]


def element(**changes: str) -> Refused:
    words = {"name": "Joe", "description": "A man.", **changes}

    def order() -> None:
        MODELS[KLING].require_name(words["name"])
        MODELS[KLING].require_description(words["description"])

    return order


def video(model_id: str, **wishes: Any) -> Refused:
    model = VIDEO_MODELS[model_id]
    size = next(iter(model.sizes), "")
    return lambda: model.require(**{"size": size, "duration_s": model.durations_s[0], **wishes})


EDGES: list[tuple[str, dict[str, Any], Refused, bool]] = [
    (SORA, {"name": "x" * 80}, lambda: MODELS[SORA].require_name("x" * 80), True),
    (SORA, {"name": "x" * 81}, lambda: MODELS[SORA].require_name("x" * 81), False),
    (KLING, {"name": "x" * 20}, element(name="x" * 20), True),
    (KLING, {"name": "x" * 21}, element(name="x" * 21), False),
    (KLING, {"description": "x" * 100}, element(description="x" * 100), True),
    (KLING, {"description": "x" * 101}, element(description="x" * 101), False),
    (KLING, {"description": ""}, element(description=""), False),
    (TEXT, {"duration": 20}, video(TEXT, duration_s=20), True),
    (TEXT, {"duration": 24}, video(TEXT, duration_s=24), False),
    (TEXT, {"size": "1920*1080"}, video(TEXT, size="1920*1080"), False),
    (PRO_TEXT, {"size": "1920*1080"}, video(PRO_TEXT, size="1920*1080"), True),
    (PRO_IMAGE, {"resolution": "4k"}, video(PRO_IMAGE, size="4k"), False),
    *((model, {"duration": 3}, video(model, duration_s=3), True) for model in (O3, O3_STD)),
    *((model, {"duration": 2}, video(model, duration_s=2), False) for model in (O3, O3_STD)),
    *((model, {"duration": 15}, video(model, duration_s=15), True) for model in (O3, O3_STD)),
    *((model, {"duration": 16}, video(model, duration_s=16), False) for model in (O3, O3_STD)),
    *((model, {"duration": 2}, video(model, duration_s=2), True) for model in (WAN, PRIME)),
    *((model, {"duration": 1}, video(model, duration_s=1), False) for model in (WAN, PRIME)),
    *((model, {"duration": 30}, video(model, duration_s=30), True) for model in (WAN, PRIME)),
    *((model, {"duration": 31}, video(model, duration_s=31), False) for model in (WAN, PRIME)),
    (WAN, {"resolution": "4k"}, video(WAN, size="4k"), False),
    (V4, {"duration": 31}, video(V4, duration_s=31), False),
]


@pytest.mark.parametrize(("model_id", "changes", "order", "taken"), EDGES)
def test_what_the_service_refuses_we_refuse_before_the_upload(
    model_id: str, changes: dict[str, Any], order: Refused, taken: bool
) -> None:
    known = {model.model_id: model for model in every_model()}
    body = {**next(known[model_id].samples()), **changes}
    assert (SERVED[model_id].problem(body) is None) == taken
    if taken:
        order()
        return
    with pytest.raises(ConfigError) as caught:
        order()
    assert caught.value.hint


@pytest.mark.parametrize(
    ("lengths_s", "duration_s", "code"),
    [
        ((15.0,), 15, 0),
        ((8.0, 7.5), 2, 1401),
        ((15.0,), 16, 1405),
        ((0.5,), 2, 1401),
        ((16.0,), 2, 1401),
    ],
)
def test_wans_seconds_are_counted_by_the_service_and_before_it(
    footage: Footage, make_clip: MakeClip, lengths_s: tuple[float, ...], duration_s: int, code: int
) -> None:
    model = VIDEO_MODELS[WAN]
    assert model.cast
    assert model.cast.takes
    assert model.cast.takes.clip
    spec = model.cast.takes.clip
    if code == 0:
        model.require(size="480p", duration_s=duration_s, reference_s=lengths_s)
        return
    if all(spec.min_length_s <= length_s <= spec.max_length_s for length_s in lengths_s):
        with pytest.raises(ConfigError, match="long together"):
            model.require(size="480p", duration_s=duration_s, reference_s=lengths_s)
    clips = [make_clip(size="320x240", seconds=length_s) for length_s in lengths_s]
    urls = tuple(map(footage.service.uploaded, clips))
    references = References(clips=urls)
    body = model.body(prompt="Video 1", size="480p", duration_s=duration_s, references=references)
    task = footage.service.submit(WAN, **body)
    assert footage.service.ended(task["id"])["code"] == code


def test_reference_seconds_are_in_the_bill(footage: Footage) -> None:
    def left_usd() -> float:
        return float(footage.service.http.get("/api/v3/balance").json()["data"]["balance"])

    model = VIDEO_MODELS[WAN]
    references = References(clips=(footage.small,))
    body = model.body(prompt="Video 1 waves.", size="480p", duration_s=2, references=references)
    before = left_usd()
    footage.service.ended(footage.service.submit(WAN, **body)["id"])
    assert before - left_usd() == pytest.approx(0.05 * (math.ceil(2.0) + 2))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"size": "1280x720", "seconds": 3.0}, "below 1080p"),
        ({"size": "1920x1080", "seconds": 2.0}, "shorter than 3 s"),
        ({"size": "1440x1080", "seconds": 3.0}, "aspect"),
        ({"size": "1920x1080", "seconds": 3.0}, "no realistic human figure"),
    ],
)
def test_an_element_is_made_of_a_video_of_a_person_that_keeps_klings_rules(
    footage: Footage, make_clip: MakeClip, changes: dict[str, Any], reason: str
) -> None:
    video = footage.service.uploaded(make_clip(**changes))
    body = MODELS[KLING].body(name="Joe", description="A man.", video=video)
    task = footage.service.ended(footage.service.submit(KLING, **body)["id"])
    assert (task["status"], task["code"]) == ("failed", 1401)
    assert reason in task["error"]


def test_an_id_of_another_maker_is_refused(footage: Footage) -> None:
    body = VIDEO_MODELS[O3].body(
        prompt="Joe waves.", size="", duration_s=3, references=References(ids=("char_1",))
    )
    task = footage.service.ended(footage.service.submit(O3, **body)["id"])
    assert (task["status"], task["code"]) == ("failed", 1401)
