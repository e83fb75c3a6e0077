"""Real films held against real faces: the same person, a stranger, nobody."""

from __future__ import annotations

import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from screentest import probe
from screentest.prep.clipping.ffmpeg import executable
from screentest.prep.comparing.compare import compare, faces_over_time, likeness_of
from screentest.prep.comparing.draw import draw_comparison
from screentest.prep.comparing.page import Sides
from screentest.prep.comparing.reference import reference_in_clip, reference_in_photo
from screentest.prep.core.errors import FootageError
from screentest.prep.core.values import Span
from tests.conftest import Command, Footage


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of somebody who is not in the film."""
    photo = tmp_path_factory.mktemp("stranger") / "stranger.jpg"
    cv2.imwrite(str(photo), cv2.cvtColor(np.asarray(astronaut(), np.uint8), cv2.COLOR_RGB2BGR))
    return photo


def test_the_person_of_one_part_is_the_same_in_another(footage: Footage) -> None:
    film = probe(footage("face-short"))
    reference = reference_in_clip(film, Span(0.0, 1.5))
    assert 3 <= len(reference.identities) <= 8
    found = compare(film, reference)
    assert found.verdict == "same"
    assert found.share == 1.0


def test_a_film_that_begins_after_its_sound_is_looked_at_to_its_end(
    footage: Footage, tmp_path: Path
) -> None:
    raw, late = footage("face-short"), tmp_path / "late.mkv"
    sound = ("-f", "lavfi", "-i", "sine=duration=5")
    command = [executable(), "-v", "error", "-nostdin", *sound, "-itsoffset", "2", "-i", str(raw)]
    subprocess.run(
        [*command, "-map", "1:v", "-map", "0:a", "-c:v", "copy", str(late)], check=True, timeout=60
    )
    film, progress = probe(late), list[float]()
    assert (film.video_start_s, film.end_s) == pytest.approx((2.0, 5.0), abs=0.1)
    seen = faces_over_time(film, progress=progress.append)
    assert len(seen) == len(faces_over_time(probe(raw)))
    assert seen[-1].t_s > 4.0
    assert progress[0] < 0.1
    assert len(reference_in_clip(film).identities) == 8


def test_a_stranger_is_somebody_else_and_a_film_without_faces_shows_none(
    footage: Footage, stranger: Path
) -> None:
    reference = reference_in_photo(stranger)
    assert compare(footage("face-short"), reference).verdict == "other"
    assert compare(footage("pattern-720p"), reference).verdict == "no face"


def test_without_a_human_face_in_the_reference_it_cannot_be_told(footage: Footage) -> None:
    reference = reference_in_clip(footage("pattern-720p"))
    found = compare(footage("face-short"), reference)
    assert (found.verdict, found.similarity) == ("unsure", None)
    assert "no human face" in found.reason


def test_a_photo_without_a_face_is_refused(tmp_path: Path) -> None:
    photo = tmp_path / "grey.png"
    cv2.imwrite(str(photo), np.full((120, 160, 3), 127, np.uint8))
    with pytest.raises(FootageError, match="No face"):
        reference_in_photo(photo)


def test_faces_read_once_serve_several_references(footage: Footage, stranger: Path) -> None:
    film = probe(footage("face-short"))
    seen = faces_over_time(film)
    assert likeness_of(seen, reference_in_clip(film)).verdict == "same"
    assert likeness_of(seen, reference_in_photo(stranger)).verdict == "other"


def test_the_page_is_private_and_shows_the_moments(footage: Footage, tmp_path: Path) -> None:
    film = probe(footage("face-short"))
    reference = reference_in_clip(film)
    page = draw_comparison(
        compare(film, reference),
        video=film,
        reference=reference,
        sides=Sides("film", "itself"),
        out=tmp_path / "page.html",
    )
    assert Path(page).stat().st_mode & 0o077 == 0
    assert Path(page).read_text(encoding="utf-8").count("data:image/jpeg") >= 3


def test_the_command_tells_and_always_succeeds(
    screentest: Command, footage: Footage, stranger: Path
) -> None:
    outcome = screentest("compare", footage("face-short"), "--photo", stranger, "--json")
    assert outcome.code == 0
    found = outcome.result
    assert found["verdict"] == "other"
    assert set(found) >= {"similarity", "verdict", "share", "worst", "best", "reason"}
    assert {"t_s", "similarity"} == set(found["worst"][0]) == set(found["best"])


def test_exactly_one_reference_is_wanted(screentest: Command, footage: Footage) -> None:
    for arguments in ((), ("--photo", "a.jpg", "--clip", "b.mp4")):
        assert screentest("compare", footage("face-short"), *arguments).code == 2


def test_somebody_whom_nobody_registered_is_told(screentest: Command, footage: Footage) -> None:
    outcome = screentest("compare", footage("face-short"), "--character", "Ann", "--json")
    assert (outcome.code, outcome.error["type"]) == (1, "UnknownCharacter")
