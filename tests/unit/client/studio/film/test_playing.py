"""What a browser is given to play, and folders that do not grow for ever."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from screentest.client.studio.film.bounded import trim, used
from screentest.client.studio.film.memory import Recent
from screentest.client.studio.film.playing import media_type
from screentest.client.studio.film.proxies import Proxies, proxy_plans
from screentest.prep.core.errors import EncodeFailed
from screentest.prep.core.progress import Progress
from screentest.prep.core.values import Source
from tests.made_up import source
from tests.waiting import HANG_S, until

WEBM: dict[str, Any] = {"container": "matroska,webm", "codec": "vp9", "path": "/raw.webm"}


def test_what_browsers_play_is_played_as_it_is() -> None:
    assert media_type(source()) == "video/mp4"
    assert media_type(source(**WEBM)) == "video/webm"
    assert media_type(source(rotation_deg=90)) == "video/mp4"


@pytest.mark.parametrize(
    "changes",
    [
        {"codec": "hevc"},
        {"codec": "prores"},
        {"pixel_format": "yuv420p10le"},
        {"pixel_format": "yuv422p"},
        {"container": "avi"},
        {**WEBM, "path": "/raw.mkv"},
        {**WEBM, "codec": "h264"},
        # What a browser shows otherwise than it was measured.
        {"mirrored": True},
        {"turned_deg": 90},
        {"is_interlaced": True},
        {"is_hdr": True},
        {"start_s": 10.0},
        {"width_px": 3840, "height_px": 2160},
    ],
)
def test_what_they_cannot_play_or_show_otherwise_wants_a_proxy(changes: dict[str, Any]) -> None:
    assert media_type(source(**changes)) is None


def test_a_proxy_has_the_footage_s_own_clock_and_even_sides() -> None:
    (plan,) = proxy_plans(source(video_start_s=0.5, duration_s=10.0, width_px=1366, height_px=769))
    assert (plan.start_s, plan.frames, plan.rate) == (0.0, 262, Fraction(25))
    assert (plan.canvas.width_px, plan.canvas.height_px) == (852, 480)


class Maker:
    """Makes proxies when it is told to go on."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.goes_on = threading.Event()
        self.fault: Exception | None = None

    def __call__(self, source: Source, out: Path, *, progress: Progress) -> None:
        self.made.append(source.fingerprint)
        progress(0.5)
        assert self.goes_on.wait(HANG_S)
        progress(0.9)
        if self.fault:
            raise self.fault
        out.write_bytes(b"proxy")


@pytest.fixture
def maker() -> Maker:
    return Maker()


def proxies_in(folder: Path, maker: Maker, is_over: Callable[[], bool] = lambda: False) -> Proxies:
    return Proxies(folder / "proxies", is_over=is_over, make=maker)


def test_two_who_ask_get_one_proxy_and_see_how_far_it_is(tmp_path: Path, maker: Maker) -> None:
    proxies, film, other = proxies_in(tmp_path, maker), source(), source(fingerprint="e" * 64)
    assert proxies.of(film).path is None
    proxies.of(film)
    proxies.of(other)
    assert until(lambda: proxies.of(film).share) == 0.5
    assert maker.made == [film.fingerprint]  # one at a time
    maker.goes_on.set()
    assert until(lambda: proxies.of(film).path) == proxies.place(film)
    assert until(lambda: proxies.of(other).path)
    assert maker.made == [film.fingerprint, other.fingerprint]
    assert proxies_in(tmp_path, maker).of(film).path  # another studio finds it


def test_a_proxy_that_cannot_be_made_says_why_and_is_tried_again_when_asked(
    tmp_path: Path, maker: Maker
) -> None:
    proxies = proxies_in(tmp_path, maker)
    maker.fault = EncodeFailed("ffmpeg cannot read it.")
    maker.goes_on.set()
    assert until(lambda: proxies.of(source()).fault) == "ffmpeg cannot read it."
    proxies.of(source())
    assert len(maker.made) == 1
    maker.fault = None
    proxies.again(source())
    assert until(lambda: proxies.of(source()).path)


def test_a_studio_that_closes_leaves_no_half_made_proxy(tmp_path: Path, maker: Maker) -> None:
    closing = threading.Event()
    proxies = proxies_in(tmp_path, maker, closing.is_set)
    proxies.of(source())
    until(lambda: maker.made)
    closing.set()
    maker.goes_on.set()
    assert until(lambda: proxies.of(source()).fault) == "The studio was closed."
    assert not list((tmp_path / "proxies").iterdir())


def test_the_least_recently_used_go_first_and_the_last_one_stays(tmp_path: Path) -> None:
    for age, name in enumerate("abc"):
        (tmp_path / name).write_bytes(b"x" * 10)
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    assert used(tmp_path / "c")
    assert not used(tmp_path / "gone")
    trim(tmp_path, most_bytes=20)
    assert {file.name for file in tmp_path.iterdir()} == {"a", "c"}
    trim(tmp_path, most_bytes=1)
    assert {file.name for file in tmp_path.iterdir()} == {"c"}


def test_what_two_threads_ask_for_at_once_is_made_once_and_the_oldest_forgotten() -> None:
    recent: Recent[str] = Recent(2)
    goes_on, made = threading.Event(), []

    def make() -> str:
        made.append("a")
        assert goes_on.wait(HANG_S)
        return "a"

    threads = [threading.Thread(target=lambda: recent.of("a", make)) for _ in range(2)]
    for thread in threads:
        thread.start()
    goes_on.set()
    for thread in threads:
        thread.join(HANG_S)
    assert made == ["a"]
    recent.of("b", lambda: "b")
    recent.of("c", lambda: "c")
    assert (recent.get("a"), recent.get("c")) == (None, "c")
