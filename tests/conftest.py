"""What every test stands on: a home of its own, no credentials, generated footage, quiet logs."""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from fixtures.generate import generate
from screentest.client.cli import main

CHECKOUT = Path(__file__).parent.parent
FIXTURES = CHECKOUT / "fixtures"
# What could lead a test to somebody's account, bucket, home or settings.
_FOREIGN = ("AWS_", "WAVESPEED_", "SCREENTEST_", "BOTO_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")

Footage = Callable[[str], Path]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one command left behind: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        assert self.out.count("\n") == 1, self.out + self.err
        return dict(json.loads(self.out))

    @property
    def error(self) -> dict[str, Any]:
        """The error object on the last line of stderr."""
        return dict(json.loads(self.err.splitlines()[-1])["error"])


Command = Callable[..., Outcome]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "logs_errors: the test expects ERROR logs")
    config.addinivalue_line("markers", "slow: more than a few seconds")
    # An example may take as long as a busy machine makes it take.
    settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("house")
    # A shell's background job ignores Ctrl-C, and so would every command that the tests interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh $SCREENTEST_HOME; nothing of the user's own environment is left to be found."""
    for name in os.environ:
        if name.upper().startswith(_FOREIGN) and name != "SCREENTEST_FOOTAGE":
            monkeypatch.delenv(name)
    nowhere = tmp_path / "nowhere"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(nowhere))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(nowhere))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "home"
    monkeypatch.setenv("SCREENTEST_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_error_logs(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An ERROR in the log fails the test, unless it is marked ``logs_errors``."""
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    errors = [record.getMessage() for record in records if record.levelno >= logging.ERROR]
    assert not errors, f"logged as errors: {errors}"


@pytest.fixture(scope="session")
def face_clip() -> Path:
    """The real webcam clip, see fixtures/README.md."""
    return FIXTURES / "cap13_edit2.mp4"


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    """Generated clips by name, see fixtures/generate.py; each is made once per session."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    return lambda name: generate(name, base / "footage")


@pytest.fixture(scope="session")
def shared_footage() -> Path:
    """A folder of real footage: $SCREENTEST_FOOTAGE, or shared/footage beside the checkout.

    Tests that need it are skipped where there is none, and fail on CI, where there has to be one.
    """
    named = os.environ.get("SCREENTEST_FOOTAGE")
    folder = Path(named) if named else CHECKOUT.parent / "shared" / "footage"
    if not folder.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"no footage at {folder}: set SCREENTEST_FOOTAGE")
        pytest.skip("no real footage here: set SCREENTEST_FOOTAGE")
    return folder


@pytest.fixture
def screentest(capfd: pytest.CaptureFixture[str]) -> Command:
    """Run the command in this process: ``screentest("pick", raw, "--json").result``."""

    def run(*arguments: object) -> Outcome:
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Outcome(int(left.value.code or 0), captured.out, captured.err)

    return run
