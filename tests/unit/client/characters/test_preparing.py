"""A look decides the way, and a model that refuses what it found gets nothing made for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from screentest.client.characters import footage, preparing, stills
from screentest.client.characters.cautions import sound_left_out
from screentest.client.characters.footage import require_scores
from screentest.client.characters.order import Order
from screentest.client.characters.preparing import Ready, ready
from screentest.client.characters.stills import Kept, without_effect
from screentest.client.errors import SubjectRefused
from screentest.client.remote.character_models import MODELS, CharacterModel
from screentest.client.remote.models.reference import all_are
from screentest.prep.core.errors import ScoreTooLow
from screentest.prep.core.progress import SILENT
from screentest.prep.core.values import CheckReport, Choice, Clip, Segment, Subject
from screentest.prep.core.wishes import Wishes
from screentest.prep.stills.values import Still
from tests.made_up import scan_of, source
from tests.registry_parts import CLIP

SORA, KLING = MODELS["openai/sora-2/characters"], MODELS["kwaivgi/kling-elements-advanced"]
VIEW = Still("/s/1.jpg", "view", 1.0, None, None, 400, 300, 0.9, "/raw.mov", "ab" * 32, 1000)


class Made:
    """What was looked at and made, by stand-ins for the slow parts: the wishes of each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, sees: Subject, still: Still = VIEW) -> None:
        self.looks: list[Wishes] = []
        self.clips: list[Wishes] = []
        self.sheets: list[Wishes] = []
        self.takes_video: bool | None = None

        def choose(_: object, wishes: Wishes, *__: object, **___: object) -> Choice:
            self.looks.append(wishes)
            return Choice(scan_of(lambda _: None), Segment(1.0, 4.0, 0.9, sees, ()))

        def conform(
            choice: Choice, wishes: Wishes, *_: object, **__: object
        ) -> tuple[Clip, CheckReport]:
            self.clips.append(wishes)
            clip = replace(CLIP, segment=choice.segment, has_audio=wishes.audio == "keep")
            return clip, CheckReport(clip.path, clip.model, ())

        def kept_stills(_: object, wishes: Wishes, *__: object, **more: Any) -> Kept:
            self.sheets.append(wishes)
            self.takes_video = more["takes_video"]
            return Kept((still,), ("One still.",))

        monkeypatch.setattr(preparing, "choose", choose)
        monkeypatch.setattr(preparing, "conform", conform)
        monkeypatch.setattr(footage, "kept", lambda clip, _: clip)
        monkeypatch.setattr(stills, "kept_stills", kept_stills)


def got_ready(tmp_path: Path, model: CharacterModel = KLING, **said: Any) -> Ready:
    order = Order("/raw.mov", "Joe", model.model_id, **said)
    return ready(order, model, source(), home=tmp_path, draft="d", watcher=SILENT)


def test_where_no_face_is_found_stills_are_made_and_no_clip(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = Made(monkeypatch, "other")
    got = got_ready(tmp_path)
    assert (got.clip, got.stills, got.way) == (None, (VIEW,), "images")
    assert got.said[0].startswith("No human face found")
    assert (len(made.looks), made.clips, made.takes_video) == (1, [], False)


def test_a_face_goes_as_a_clip_without_the_sound_that_nobody_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = Made(monkeypatch, "face")
    got = got_ready(tmp_path)
    assert got.clip is not None
    assert sound_left_out(KLING) in got.clip.warnings
    assert ([one.audio for one in made.clips], made.sheets) == (["remove"], [])
    kept = got_ready(tmp_path, wishes=Wishes(audio="keep"))
    assert kept.clip is not None
    assert (kept.clip.has_audio, kept.clip.warnings) == (True, CLIP.warnings)
    at_sora = got_ready(tmp_path, SORA)
    assert at_sora.clip is not None
    assert at_sora.clip.has_audio


def test_stills_that_were_asked_for_need_no_look_for_a_window(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = Made(monkeypatch, "face")
    assert got_ready(tmp_path, reference="images").way == "images"
    assert (made.looks, made.takes_video) == ([], True)
    assert "takes animals by images" in got_ready(tmp_path, wishes=Wishes(subject="animal")).said[0]
    assert (made.looks, made.takes_video) == ([], False), "no clip of an animal would do"


def test_a_face_that_is_refused_is_refused_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = Made(monkeypatch, "face", still=replace(VIEW, role="frontal"))
    shy = replace(
        KLING,
        takes=replace(KLING.takes, clip_subjects=all_are("refused"), still_subjects=all_are("refused")),
    )
    with pytest.raises(SubjectRefused, match="A human face was found"):
        got_ready(tmp_path, shy)
    assert (len(made.looks), made.clips, made.sheets) == (1, [], [])
    with pytest.raises(SubjectRefused, match="A human face was found"):
        got_ready(tmp_path, shy, reference="images")


def test_a_still_that_scores_too_low_is_refused_like_a_window() -> None:
    require_scores((VIEW,), Wishes(min_score=0.9))
    with pytest.raises(ScoreTooLow, match=r"'view' at 0:01\.00 scores 0\.9, less than the 0\.91"):
        require_scores((VIEW,), Wishes(min_score=0.91))


def test_wishes_that_stills_cannot_meet_are_said() -> None:
    assert without_effect(Wishes(person=2, rotate_deg=90)) == ()
    [said] = without_effect(Wishes(fit="crop", audio="keep"))
    assert said == "Stills have no fit and no audio: that is left aside."
