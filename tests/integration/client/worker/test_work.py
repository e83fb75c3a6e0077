"""A worker's jobs over real footage: what it makes, and what it knows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from screentest.client.worker.job import ClipMade, Failure, Inspect, Place, Prepare
from screentest.client.worker.work import done
from screentest.prep.core.errors import ImpossibleWish
from screentest.prep.core.files import sha256_of
from screentest.prep.core.spec import SORA_2
from screentest.prep.core.wishes import Wishes
from screentest.prep.report.batch.strip import is_strip
from screentest.prep.several import choose_best


def place(path: Path) -> Place:
    return Place(path.name, path=str(path))


def test_of_several_files_of_one_person_the_best_window_is_made(
    face_clip: Path, tmp_path: Path
) -> None:
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(face_clip.read_bytes()[:3000])
    clips = tmp_path / "clips"
    job = Prepare(
        (place(torn), place(face_clip)),
        SORA_2,
        Wishes(length_s=2.0),
        scans=str(tmp_path / "scans"),
        clips=str(clips),
    )
    made = done(job)
    assert isinstance(made, ClipMade)
    assert (made.chosen, made.source.path) == (1, str(face_clip))
    assert any("torn.mp4 is passed over" in warning for warning in made.clip.warnings)
    assert [file.name for file in clips.iterdir()] == [f"{made.clip.sha256}.mp4"]
    assert sha256_of(Path(made.clip.path)) == made.clip.sha256
    assert made.report.ok
    assert is_strip(made.strip)


def test_where_no_file_can_be_used_the_first_ones_error_is_told(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).write_text("no video")
    job = Prepare((place(tmp_path / "a.mp4"), place(tmp_path / "b.mp4")), SORA_2, clips=str(tmp_path))
    failed = done(job)
    assert isinstance(failed, Failure)
    assert (failed.error_type, failed.retryable) == ("NotAVideo", False)
    assert "a.mp4" in failed.message
    assert failed.hint


def test_a_start_says_nothing_of_which_file(face_clip: Path) -> None:
    with pytest.raises(ImpossibleWish, match="several files"):
        choose_best([face_clip, face_clip], Wishes(start_s=1.0))


def test_a_worker_knows_nothing_of_keys_services_or_the_registry(face_clip: Path) -> None:
    program = (
        "import sys\n"
        "from screentest.client.worker.job import Inspect, Place\n"
        "from screentest.client.worker.work import answered\n"
        f"answered(Inspect((Place('x', path={str(face_clip)!r}),)))\n"
        "print('\\n'.join(sys.modules))\n"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = told.stdout.split("\n")
    client = {name for name in loaded if name.startswith("screentest.client.")}
    assert client
    assert all(name.startswith("screentest.client.worker") for name in client)
    assert not {"boto3", "httpx", "sqlite3", "click"} & set(loaded)


def test_a_file_that_is_gone_is_told_as_that(tmp_path: Path) -> None:
    failed = done(Inspect((place(tmp_path / "gone.mp4"),)))
    assert isinstance(failed, Failure)
    assert (failed.stage, failed.error_type) == ("probe", "NotFound")
