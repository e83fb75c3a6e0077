"""What may be asked of a clip, and what is refused before any work."""

from __future__ import annotations

import pytest

from screentest import KLING_ELEMENTS, SORA_2
from screentest.prep.core.errors import ConfigError, ImpossibleWish, ScoreTooLow
from screentest.prep.core.values import Segment
from screentest.prep.core.wishes import NO_WISHES, SubjectWord, Wishes
from tests.made_up import source


@pytest.mark.parametrize(
    "wishes",
    [
        NO_WISHES,
        Wishes(start_s=0.0, length_s=2.0),
        Wishes(person=3, length_s=4.0, audio="remove"),
        Wishes(match="joe.jpg", fit="auto", orientation="portrait", rotate_deg=270),
        Wishes(start_s=1.0, subject="animal"),
        Wishes(person=1, subject="person"),
    ],
)
def test_wishes_that_go_together_are_possible(wishes: Wishes) -> None:
    wishes.require_possible(SORA_2)


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        (Wishes(start_s=-1.0), "is out of range"),
        (Wishes(start_s=1e7), "is out of range"),
        (Wishes(start_s=float("nan")), "is out of range"),
        (Wishes(length_s=1.0), "does not accept a clip of 1.0 s"),
        (Wishes(length_s=4.5), "does not accept a clip of 4.5 s"),
        (Wishes(min_score=1.1), "lowest score of 1.1 is out of range"),
        (Wishes(min_score=float("nan")), "lowest score of nan is out of range"),
        (Wishes(person=1, match="joe.jpg"), "Person and match cannot be combined"),
        (Wishes(subject="face", person=1), "Subject and person cannot be combined"),
        (Wishes(subject="animal", person=1), "Subject and person cannot be combined"),
        (Wishes(subject="face", start_s=1.0), "Start and subject cannot be combined"),
        (Wishes(rotate_deg=45), "rotated by 45 degrees"),
        (Wishes(audio="remove", audio_track=1), "cannot be kept and removed"),
        (Wishes(audio="loud"), "no audio 'loud'"),  # type: ignore[arg-type]
        (Wishes(orientation="diagonal"), "no orientation 'diagonal'"),  # type: ignore[arg-type]
        (Wishes(fit="stretch"), "no fit 'stretch'"),  # type: ignore[arg-type]
        (Wishes(subject="dog"), "no subject 'dog'"),  # type: ignore[arg-type]
        (Wishes(start_s=1.0, person=1), "Start and person cannot be combined"),
    ],
)
def test_wishes_that_make_no_sense_are_refused(wishes: Wishes, said: str) -> None:
    with pytest.raises(ImpossibleWish, match=said):
        wishes.require_possible(SORA_2)


@pytest.mark.parametrize(
    ("word", "looks_for"),
    [
        (None, None),
        ("face", "face"),
        ("person", "face"),
        ("other", "other"),
        ("animal", "other"),
        ("drawing", "other"),
        ("object", "other"),
    ],
)
def test_what_it_is_decides_on_what_to_look_for(
    word: SubjectWord | None, looks_for: str | None
) -> None:
    assert Wishes(subject=word).looks_for == looks_for


@pytest.mark.parametrize(
    ("score", "said"), [(0.31, "scores 0.31, less"), (0.699, "scores 0.699000, less")]
)
def test_a_score_that_is_too_low_is_told_as_one(score: float, said: str) -> None:
    window = Segment(2.0, 4.0, score, "face", ())
    with pytest.raises(ScoreTooLow, match=said):
        Wishes(min_score=0.7).require_score(window)
    Wishes(min_score=score).require_score(window)
    NO_WISHES.require_score(window)


def test_each_model_has_lengths_of_its_own() -> None:
    Wishes(length_s=8.0).require_possible(KLING_ELEMENTS)
    with pytest.raises(ImpossibleWish, match=KLING_ELEMENTS.model) as caught:
        Wishes(length_s=2.0).require_possible(KLING_ELEMENTS)
    assert "3 to 8 s" in caught.value.hint


def test_a_track_of_sound_is_counted_from_one() -> None:
    raw = source(audio_tracks=(1, 4))
    assert NO_WISHES.audio_index(raw) is None
    assert Wishes(audio_track=2).audio_index(raw) == 4


@pytest.mark.parametrize("track", [0, 3, -1])
def test_a_track_that_is_missing_is_named_with_how_many_there_are(track: int) -> None:
    with pytest.raises(ConfigError, match=f"no audio track {track}: the footage has 2 audio tracks"):
        Wishes(audio_track=track).audio_index(source(audio_tracks=(1, 4)))
