"""What is seen of a batch while it runs, and at its end."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from screentest.client.batch.outcome import Outcome, Reason, Tally
from screentest.client.cli.output.batch import EVERY_S, Headway, LineBatch, LiveBatch, show_end

GOOD = Outcome(1, ("a.mp4",), "Joe", "done", character_id="char_1", warnings=("Small.",), cost_usd=0.5)
BAD = Outcome(2, ("b.mp4",), "\x1b[2JAnn", "failed", fault=Reason("TooShort", "Too short.", "Film on."))


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_each_item_is_a_line_and_no_terminal_obeys_its_name() -> None:
    out = StringIO()
    view = LineBatch(out, total=2, clock=Clock())
    view.ended(GOOD)
    view.ended(BAD)
    assert out.getvalue().splitlines()[:2] == ["done: Joe (a.mp4): char_1", "warning: Joe: Small."]
    assert "Too short. Film on." in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_what_an_earlier_run_warned_of_is_not_said_again() -> None:
    out = StringIO()
    known = Outcome(1, ("a.mp4",), "Joe", "exists", warnings=("Small.",))
    LineBatch(out, total=1, clock=Clock()).ended(known)
    assert "Small." not in out.getvalue()


def test_now_and_then_a_line_tells_how_far_it_is() -> None:
    out, clock = StringIO(), Clock()
    view = LineBatch(out, total=10, clock=clock)
    for _ in range(4):
        clock.now_s += EVERY_S / 2
        view.ended(GOOD)
    assert out.getvalue().count("of 10: ") == 2
    assert "4 of 10: 4 done; 4.0 a minute, 2 min left" in out.getvalue()


def test_the_end_of_it_is_told_from_how_fast_it_went_lately() -> None:
    clock = Clock()
    headway = Headway(100, clock)
    assert headway.left_min is None
    for _ in range(10):
        clock.now_s += 6.0
        headway.add(GOOD)
    assert headway.rate_per_min == 10.0
    assert headway.left_min == 9.0


def test_failures_stay_above_the_live_block() -> None:
    out = StringIO()
    with LiveBatch(out, total=2, max_cost_usd=1.0, clock=Clock()) as view:
        view.ended(BAD)
        view.ended(GOOD)
    assert "Too short. Film on." in out.getvalue()
    assert "Small." in out.getvalue()


def test_the_live_block_tells_everything_in_80_columns() -> None:
    clock = Clock()
    view = LiveBatch(StringIO(), total=42, max_cost_usd=5.0, clock=clock)
    for _ in range(6):
        view.begun()
    for outcome in (GOOD, BAD):
        clock.now_s += 30.0
        view.ended(outcome)
    console = Console(file=StringIO(), width=80)
    with console.capture() as shown:
        console.print(view._block())
    bar, counts, speed = shown.get().splitlines()
    assert set(bar.strip()) <= set("━╺╸")
    assert counts == "2 of 42: 1 done, 1 failed, 4 under way"
    assert speed == "2.0 a minute, 20 min left, USD 0.5 spent of 5"


def test_at_the_end_what_failed_is_told_and_the_rest_counted() -> None:
    out = StringIO()
    tally = Tally()
    for outcome in (GOOD, *[BAD] * 25):
        tally.add(outcome)
    console = Console(file=out, width=300, highlight=False, markup=False)
    show_end(console, tally=tally, failed=[BAD] * 25, passed_over="")
    lines = out.getvalue().splitlines()
    assert lines[0] == "26 items: 1 done, 25 failed; USD 0.5"
    assert len(lines) == 22
    assert lines[-1].startswith("and 5 more")
