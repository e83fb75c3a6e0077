"""One batch over the whole folder: each file comes to what its case says, and none to a bug.

The choice is a worker's own, from the scans that other tests share; the clips are stand-ins, as
``test_every_file`` makes real ones.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from screentest.client.batch.driver.drive import BatchPlan, drive
from screentest.client.batch.sources.expand import PassedOver
from screentest.client.batch.sources.items import items
from screentest.client.characters.order import Order
from screentest.client.config import Secret, Settings
from screentest.client.worker.job import ClipMade, Job, Prepare, Result
from screentest.client.worker.work import done
from screentest.prep.core.errors import ScreentestError
from screentest.prep.pipeline import probed
from screentest.prep.several import choose_best
from tests.footage.test_every_file import CLIPS, ERRORS
from tests.integration.batch_parts import DirectEngine, StandIn, failure_of

# What has moments that could be cut by hand, but none that is picked.
UNUSABLE = {
    "fmt-black-1080p-362s.mp4": "NoUsableSegment",
    "fmt-noduration-vp9.webm": "NoUsableSegment",
    "fmt-vp9-10bit.webm": "TooShort",
}


def test_all_files_in_one_batch_come_to_what_their_cases_say(
    shared_footage: Path, kept_scans: Path, tmp_path: Path
) -> None:
    stand_in = StandIn(tmp_path / "clips")

    def chosen(job: Job) -> Result:
        if not isinstance(job, Prepare):
            return done(job)
        try:
            source = probed(job.footage[0].path or "")
            choose_best([source], job.wishes, job.spec, scans=kept_scans)
        except ScreentestError as error:
            return failure_of(error)
        made = stand_in(job)
        assert isinstance(made, ClipMade)
        return replace(made, source=source)

    settings = Settings(
        tmp_path, "http://127.0.0.1:9", Secret(""), bucket="", sandbox=True, account_name="test"
    )
    passed_over = PassedOver()
    found = items([str(shared_footage)], None, Order(), passed_over)
    outcomes = list(drive(found, DirectEngine(chosen), BatchPlan(settings, prepares_only=True)))
    came_to = {
        Path(one.footage[0]).name: one.fault.error_type if one.fault else one.status for one in outcomes
    }
    wanted = {case.file: "prepared" for case in CLIPS} | UNUSABLE
    wanted |= {file: error.__name__ for file, error in ERRORS.items()}
    assert came_to == wanted
    assert passed_over.foreign == len(list(shared_footage.iterdir())) - len(wanted)
