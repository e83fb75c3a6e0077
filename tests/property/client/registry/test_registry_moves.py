"""Whatever happens in whichever order, the registry keeps its promises."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from screentest.client.errors import RegistryError, Rejected, ReplyLost
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import Registration
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.prep.core.values import Clip, Segment

NAMES = st.sampled_from(["Joe", "Ann"])
CLIP = Clip(
    path="/c.mp4",
    sha256="ab",
    bytes=1,
    segment=Segment(0.0, 4.0, 1.0, "face", ()),
    model="openai/sora-2/characters",
    width_px=1280,
    height_px=720,
    fps=Fraction(25),
    frames=100,
    has_audio=False,
    upscaled=False,
)


def wish(name: str) -> Wish:
    return Wish("sandbox", "acc", "openai/sora-2/characters", name, "/raw.mov", "f00d", {})


class Walk(RuleBasedStateMachine):
    """Runs and crashes of ``register`` as the registry sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.registry = Registry(Path(self.folder.name) / FILE_NAME)
        self.rows: dict[int, Registration] = {}
        self.tasks = 0
        self.ids: dict[int, str] = {}

    def teardown(self) -> None:
        self.registry.close()
        self.folder.cleanup()

    def keep(self, record: Registration) -> None:
        self.rows[record.row_id] = record

    @rule(name=NAMES, again=st.booleans())
    def plan(self, name: str, again: bool) -> None:
        self.keep(self.registry.registrations.record_wish(wish(name), again=again))

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), step=st.integers(0, 8))
    def move(self, data: st.DataObject, step: int) -> None:
        record = data.draw(st.sampled_from(list(self.rows.values())))
        try:
            moved = self._moved(record, step)
        except RegistryError:
            moved = next(
                row for row in self.registry.registrations.list_all() if row.row_id == record.row_id
            )
            assert moved == record
        self.keep(moved)

    def _moved(self, record: Registration, step: int) -> Registration:
        ledger = self.registry.registrations
        self.tasks += 1
        steps = (
            lambda: ledger.mark_clipped(record, CLIP),
            lambda: ledger.mark_uploaded(record, bucket="b", key="k"),
            lambda: ledger.mark_submitting(record),
            lambda: ledger.mark_submitted(record, task_id=f"task-{self.tasks}", cost_usd=0.001),
            lambda: ledger.mark_done(record, character_id=f"char_{self.tasks}"),
            lambda: ledger.mark_failed(record, Rejected("no")),
            lambda: ledger.mark_unknown(record, ReplyLost("lost")),
            lambda: ledger.mark_ready(record, note="back"),
            lambda: ledger.mark_back(record, "planned", note="back"),
        )
        return steps[step]()

    @rule()
    def crash(self) -> None:
        self.registry.close()
        self.registry = Registry(Path(self.folder.name) / FILE_NAME)

    @invariant()
    def nothing_is_lost(self) -> None:
        assert {row.row_id: row for row in self.registry.registrations.list_all()} == self.rows

    @invariant()
    def one_registration_of_a_thing_is_under_way(self) -> None:
        under_way = [row.identity for row in self.rows.values() if row.state != "done"]
        assert len(under_way) == len(set(under_way))

    @invariant()
    def an_id_once_recorded_stays(self) -> None:
        done = {row.row_id: row.character_id for row in self.rows.values() if row.state == "done"}
        assert self.ids.items() <= done.items()
        self.ids = {row_id: str(character_id) for row_id, character_id in done.items()}

    @invariant()
    def every_task_has_its_row(self) -> None:
        known = {row.task_id for row in self.rows.values() if row.task_id}
        assert known <= self.registry.list_task_ids()


TestWalk = Walk.TestCase
TestWalk.settings = settings(
    max_examples=20,
    stateful_step_count=30,
)
