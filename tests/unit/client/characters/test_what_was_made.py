"""Whether what an earlier run made will do for the model: else it is made again, not sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from screentest.client.characters.order import Order
from screentest.client.characters.run import Run
from screentest.client.remote.character_models import MODELS, CharacterModel
from screentest.prep.core.files import sha256_of
from screentest.prep.core.values import Subject
from screentest.prep.core.wishes import Wishes
from screentest.prep.stills.values import Still
from tests.registry_parts import CLIP, FILE_NAME, Registration, Registry, brought

SORA, KLING = MODELS["openai/sora-2/characters"], MODELS["kwaivgi/kling-elements-advanced"]


@pytest.fixture
def row(tmp_path: Path) -> Registration:
    """One whose clip, of a face and with sound, is there as it was made."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"a clip")
    with Registry(tmp_path / FILE_NAME) as registry:
        clip = replace(CLIP, path=str(path), sha256=sha256_of(path))
        return brought(registry, "clipped", clip=clip)


def will_do(row: Registration, model: CharacterModel = KLING, **said: Any) -> bool:
    order = Order("/raw.mov", "Joe", model.model_id, **said)
    return Run(order, model, cast(Any, None), cast(Any, None))._will_do(row)


def showing(row: Registration, subject: Subject, *, has_audio: bool = False) -> Registration:
    assert row.clip is not None
    segment = replace(row.clip.segment, subject=subject)
    return replace(row, clip=replace(row.clip, segment=segment, has_audio=has_audio))


def test_a_clip_with_sound_is_not_sent_to_have_its_voice_cloned(row: Registration) -> None:
    assert not will_do(row)
    assert will_do(row, wishes=Wishes(audio="keep"))
    assert will_do(showing(row, "face"))
    assert will_do(row, SORA)


def test_a_clip_is_not_sent_where_stills_are_wanted_now(row: Registration) -> None:
    assert not will_do(showing(row, "face"), reference="images")
    assert not will_do(showing(row, "other"))
    assert will_do(showing(row, "other"), reference="video")
    assert not will_do(showing(row, "face"), wishes=Wishes(subject="drawing"))


def test_what_is_gone_or_changed_is_made_again(row: Registration, tmp_path: Path) -> None:
    row = showing(row, "face")
    (tmp_path / "clip.mp4").write_bytes(b"another")
    assert not will_do(row)
    assert not will_do(replace(row, clip=None))


def test_stills_will_do_unless_a_clip_is_wanted_now_or_one_is_gone(
    row: Registration, tmp_path: Path
) -> None:
    path = tmp_path / "1.jpg"
    path.write_bytes(b"a still")
    still = Still(str(path), "frontal", 1.0, 0, 0, 400, 300, 0.9, "/raw", sha256_of(path), 7)
    row = replace(row, stills=(still, still))
    assert will_do(row)
    assert will_do(row, reference="images")
    assert not will_do(row, reference="video")
    assert not will_do(replace(row, stills=(still, replace(still, path=str(tmp_path / "2.jpg")))))
