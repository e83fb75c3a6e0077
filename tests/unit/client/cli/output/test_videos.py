"""Videos as a table and as facts: money that was not spent is not told as spent."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from screentest.client.cli.output.videos import show_video, show_videos
from screentest.client.registry.states import State
from tests.unit.client.registry.test_encoding import VIDEO


@pytest.mark.parametrize(
    ("state", "error_type", "service", "cost"),
    [
        ("planned", None, "https://s/api/v3", None),
        ("unknown", "ReplyLost", "https://s/api/v3", None),
        ("submitted", None, "https://s/api/v3", "USD 3.2"),
        ("done", None, "https://s/api/v3", "USD 3.2"),
        ("done", None, "sandbox", "free"),
        ("failed", "TaskFailed", "https://s/api/v3", None),
        ("failed", "NoLongerKept", "https://s/api/v3", "USD 3.2"),
    ],
)
def test_a_video_shows_a_cost_once_it_is_paid(
    state: State, error_type: str | None, service: str, cost: str | None
) -> None:
    video = replace(VIDEO, state=state, error_type=error_type, service=service, cost_usd=3.2)
    console = Console(file=io.StringIO(), width=200)
    show_videos(console, [video], spent_usd=0)
    show_video(console, video, others=())
    listed, _, facts = console.file.getvalue().partition(" spent")  # type: ignore[attr-defined]
    assert ("USD 3.2" in listed, "free" in listed) == (cost == "USD 3.2", cost == "free")
    assert ("Cost" in facts) == (cost is not None)


def test_the_table_fits_a_terminal_of_80_columns_whatever_the_prompt_and_the_file() -> None:
    path = f"/{'a-long-folder/' * 9}joe-waves-at-everybody-in-the-park-520b14.mp4"
    video = replace(VIDEO, prompt="Joe waves at everybody. " * 9, out_path=path, service="sandbox")
    console = Console(file=io.StringIO(), width=80)
    show_videos(console, [video], spent_usd=0)
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, told.splitlines())) <= 80
    assert "joe-waves-at-everybody-in-the-park-520b14.mp4" in told
    assert video.identity[:12] in told
