"""Fixtures of the sandbox's tests: clips made by ffmpeg, the S3 server, and the API stand-in."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import imageio_ffmpeg
import pytest

from screentest.client.sandbox.s3.seaweedfs import S3Server
from tests.integration.sandbox_parts import MakeClip, Service, s3_up, serving
from tests.waiting import HANG_S


@pytest.fixture(scope="session")
def make_clip(tmp_path_factory: pytest.TempPathFactory) -> MakeClip:
    """Makes a test clip once per set of arguments; extra arguments go to ffmpeg."""
    folder = tmp_path_factory.mktemp("clips")
    made: dict[tuple[object, ...], Path] = {}

    def make(
        *extra: str,
        size: str = "1280x720",
        seconds: float = 1.0,
        source: Path | None = None,
        encode: bool = True,
        name: str = "clip.mp4",
    ) -> Path:
        asked = (extra, size, seconds, source, name)
        if asked not in made:
            out = folder / f"{len(made)}-{name}"
            drawn = f"testsrc2=size={size}:rate=24:duration={seconds}"
            given = ["-f", "lavfi", "-i", drawn]
            if source is not None:
                scaled = f"scale={size.replace('x', ':')}"
                given = ["-ss", "1", "-i", str(source), "-t", str(seconds), "-vf", scaled]
            video = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *given]
            made[asked] = _run([*command, *(video if encode else []), *extra], out)
        return made[asked]

    return make


def _run(command: list[str], out: Path) -> Path:
    subprocess.run([*command, str(out)], check=True, timeout=60)
    return out


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """The API stand-in without delays."""
    with serving(tmp_path / "sandbox") as running:
        yield running


@pytest.fixture
def stranger() -> Iterator[httpx.Client]:
    """A caller without a key."""
    with httpx.Client(trust_env=False, timeout=HANG_S) as http:
        yield http


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server for all tests, each of which takes a bucket of its own."""
    with s3_up(tmp_path_factory.mktemp("s3-server")) as s3_server:
        yield s3_server
