"""One call from footage to a checked clip, here or in another process."""

from __future__ import annotations

import json
import multiprocessing
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from screentest import KLING_ELEMENTS, SORA_2, check, probe
from screentest.prep.core.errors import Cancelled, ImpossibleWish, OutputExists, OutputNotWritable
from screentest.prep.core.files import sha256_of
from screentest.prep.core.progress import SILENT, Passing
from screentest.prep.core.values import Scan
from screentest.prep.core.wishes import NO_WISHES, Wishes
from screentest.prep.pipeline import choose, prepare
from tests.conftest import Footage

FIRST = Wishes(start_s=0.5, length_s=2.0)


class Noting(Passing):
    """Notes which stages began, and whether a given one did."""

    def __init__(self) -> None:
        super().__init__(SILENT)
        self.begun: list[str] = []

    def started(self, stage: str) -> None:
        self.begun.append(stage)

    def reached(self, stage: str) -> Callable[[], bool]:
        return lambda: stage in self.begun


@pytest.fixture
def short(footage: Footage) -> Path:
    """3 s of a face: quick to scan and to encode."""
    return footage("face-short")


def files_in(folder: Path) -> list[str]:
    return sorted(f.name for f in folder.rglob("*") if f.is_file())


def test_one_call_makes_a_clip_that_keeps_every_rule(short: Path, tmp_path: Path) -> None:
    told = Noting()
    made = prepare(short, NO_WISHES, SORA_2, out=tmp_path / "joe.mp4", watcher=told)
    assert told.begun == ["probe", "scan", "pick", "clip", "check"]
    assert made.report == check(tmp_path / "joe.mp4")
    assert made.report.ok
    assert made.segment == choose(short).segment
    assert made.source == probe(short)
    assert files_in(tmp_path) == ["joe.mp4"]


def test_it_runs_in_another_process_and_its_result_comes_back(short: Path, tmp_path: Path) -> None:
    work = partial(prepare, out=tmp_path / "there.mp4", scans=tmp_path / "scans")
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        there = pool.submit(work, short, NO_WISHES, SORA_2).result(timeout=300)
    here = prepare(short, out=tmp_path / "here.mp4")
    assert there.clip.sha256 == here.clip.sha256
    assert there.scan == here.scan
    assert pickle.loads(pickle.dumps(there)) == there


def test_an_error_comes_back_from_another_process_too(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        asked = pool.submit(prepare, "raw.mp4", Wishes(start_s=-1.0), out=tmp_path / "out.mp4")
        with pytest.raises(ImpossibleWish, match="is out of range"):
            asked.result(timeout=300)


def test_a_worker_loads_nothing_that_knows_the_network(short: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from screentest.prep.core.wishes import Wishes\n"
        "from screentest.prep.pipeline import prepare\n"
        "prepare(sys.argv[1], Wishes(start_s=0.5, length_s=2.0), out=sys.argv[2])\n"
        "unwanted = ('screentest.client', 'httpx', 'boto3', 'botocore')\n"
        "print([name for name in sys.modules if name.startswith(unwanted)])\n"
    )
    command = [sys.executable, "-c", code, str(short), str(tmp_path / "out.mp4")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.stdout.strip() == "[]", run.stdout + run.stderr


@pytest.mark.parametrize("stage", ["probe", "scan", "pick", "clip"])
def test_what_is_cancelled_leaves_nothing_half_made(short: Path, tmp_path: Path, stage: str) -> None:
    told, scans = Noting(), tmp_path / "scans"
    with pytest.raises(Cancelled):
        prepare(
            short,
            NO_WISHES,
            SORA_2,
            out=tmp_path / "joe.mp4",
            scans=scans,
            watcher=told,
            cancelled=told.reached(stage),
        )
    assert not list(tmp_path.rglob("*.mp4"))
    assert not list(tmp_path.rglob(".screentest-*"))
    for kept in scans.glob("*"):
        json.loads(kept.read_text(encoding="utf-8"))


def test_the_clip_that_was_there_survives_a_cancelled_one(short: Path, tmp_path: Path) -> None:
    old, told = tmp_path / "joe.mp4", Noting()
    old.write_bytes(b"the old one")
    with pytest.raises(Cancelled):
        prepare(
            short,
            FIRST,
            out=old,
            overwrite=True,
            watcher=told,
            cancelled=told.reached("clip"),
        )
    assert old.read_bytes() == b"the old one"
    assert files_in(tmp_path) == ["joe.mp4"]


def test_a_clip_that_is_whole_is_not_thrown_away(short: Path, tmp_path: Path) -> None:
    told = Noting()
    out = tmp_path / "joe.mp4"
    made = prepare(short, FIRST, out=out, watcher=told, cancelled=told.reached("check"))
    assert made.report.ok
    assert out.exists()


def test_a_file_that_holds_something_else_is_kept(short: Path, tmp_path: Path) -> None:
    precious = tmp_path / "joe.mp4"
    precious.write_bytes(b"precious")
    with pytest.raises(OutputExists):
        prepare(short, FIRST, out=precious)
    assert precious.read_bytes() == b"precious"
    assert files_in(tmp_path) == ["joe.mp4"]


def test_the_same_clip_again_is_not_a_conflict(short: Path, tmp_path: Path) -> None:
    out = tmp_path / "joe.mp4"
    first, again = prepare(short, FIRST, out=out), prepare(short, FIRST, out=out)
    assert first == again
    with pytest.raises(OutputExists):
        prepare(short, replace(FIRST, orientation="portrait"), out=out)
    assert sha256_of(out) == first.clip.sha256
    assert files_in(tmp_path) == ["joe.mp4"]
    assert again.report.clip == str(out)


def test_what_was_probed_is_not_probed_again(short: Path) -> None:
    told = Noting()
    choose(probe(short), FIRST, watcher=told)
    assert told.begun == ["scan", "pick"]


def test_a_second_choice_looks_at_nothing_again(
    short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = choose(short, Wishes(length_s=2.5), scans=tmp_path)
    looks = ("scanning.cache.scan", "picking.finalists.hidden_cut_s", "picking.finalists.EyesWatch")
    for name in looks:
        monkeypatch.setattr(f"screentest.prep.{name}", lambda *_, **__: pytest.fail("looked again"))
    assert choose(short, Wishes(length_s=2.5), scans=tmp_path) == first


def test_an_output_that_cannot_be_written_is_reported_before_any_work(
    short: Path, tmp_path: Path
) -> None:
    told = Noting()
    with pytest.raises(OutputNotWritable):
        prepare(short, FIRST, out=tmp_path / "missing" / "joe.mp4", watcher=told)
    assert told.begun == []


def test_a_number_means_the_same_person_whatever_the_model(
    face_clip: Path, face_scan: Scan, face_scans: Path
) -> None:
    """People are numbered on the scan that lists them; a longer model looks on from there."""
    choice = choose(face_clip, Wishes(person=1), KLING_ELEMENTS, scans=face_scans)
    assert len(list(face_scans.iterdir())) == 1, "scanned again for another list"
    assert set(choice.scan.refined) > set(face_scan.refined)
    assert choice.segment.length_s == 8.0
