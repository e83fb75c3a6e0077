"""Ctrl-C and SIGTERM end a command with 130, whatever the code under way makes of them."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from screentest.client.cli.output.progress import watching
from screentest.client.cli.running.call import Call
from screentest.client.cli.running.failures import exit_code_of
from screentest.client.cli.running.interrupts import Interrupts, interruptible
from tests.waiting import HANG_S


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_command(sent: signal.Signals) -> None:
    interrupts = Interrupts()
    with pytest.raises(KeyboardInterrupt), interruptible(interrupts):
        signal.raise_signal(sent)
    assert interrupts.came


def test_handlers_are_given_back_after_the_command() -> None:
    names = (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)
    before = [signal.getsignal(name) for name in names]
    with interruptible(Interrupts()):
        assert signal.getsignal(signal.SIGTERM) is not before[0]
    assert [signal.getsignal(name) for name in names] == before
    assert signal.set_wakeup_fd(-1) == -1


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_comes_to_another_thread_ends_what_the_main_one_waits_for(
    sent: signal.Signals,
) -> None:
    def elsewhere() -> None:
        time.sleep(0.2)  # until the main thread waits
        signal.pthread_kill(threading.get_ident(), sent)

    other = threading.Thread(target=elsewhere)
    with pytest.raises(KeyboardInterrupt), interruptible(Interrupts()):
        wait_beside(other)
    other.join()


def wait_beside(other: threading.Thread) -> None:
    other.start()
    assert threading.Event().wait(HANG_S), "nobody woke the main thread"


def test_a_ctrl_c_that_the_caller_ignores_stays_ignored() -> None:
    interrupts = Interrupts()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible(interrupts):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert not interrupts.came


def test_an_import_is_not_broken_off_and_the_command_ends_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_to_load.py").write_text(
        "import signal\nsignal.raise_signal(signal.SIGINT)\nLOADED = True\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    def loading() -> None:
        assert importlib.import_module("slow_to_load").LOADED
        threading.Event().wait(60)  # ended by the interrupt that was put off

    with pytest.raises(KeyboardInterrupt), interruptible(Interrupts()):
        loading()
    assert sys.modules.pop("slow_to_load").LOADED


def test_a_child_that_is_being_started_is_not_lost() -> None:
    children: list[subprocess.Popen[bytes]] = []

    def starting() -> None:
        child: subprocess.Popen[bytes] = subprocess.Popen.__new__(subprocess.Popen)
        children.append(child)  # before it starts: the signal may come as soon as it has
        subprocess.Popen.__init__(
            child,
            [sys.executable, "-c", "input()"],
            stdin=subprocess.PIPE,
            preexec_fn=lambda: os.kill(os.getppid(), signal.SIGINT),
        )
        threading.Event().wait(60)

    with pytest.raises(KeyboardInterrupt), interruptible(Interrupts()):
        starting()
    (child,) = children
    child.communicate(b"\n", timeout=60)


def test_an_interrupt_that_was_already_seen_does_not_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("screentest.client.cli.running.interrupts._RETRY_S", 3600.0)
    (tmp_path / "raised.py").write_text("import signal\nsignal.raise_signal(signal.SIGINT)\n")
    monkeypatch.syspath_prepend(tmp_path)
    interrupts = Interrupts()
    with interruptible(interrupts):
        importlib.import_module("raised")
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
        signal.raise_signal(signal.SIGALRM)  # as once it was put off for long enough
    sys.modules.pop("raised")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_does_not_break_off_what_is_told_of_the_first(
    sent: signal.Signals, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed_twice() -> None:
        monkeypatch.setattr(json, "dumps", impatient)
        raise KeyboardInterrupt

    def impatient(*arguments: Any, **options: Any) -> str:
        signal.raise_signal(sent)
        return dumps(*arguments, **options)

    dumps, call = json.dumps, Call(json=True)
    with interruptible(call.interrupts):
        assert exit_code_of(pressed_twice, call=call) == 130
    assert json.loads(capfd.readouterr().err)["error"]["type"] == "Interrupted"


class Signalling:
    """Python 3.11 turns what ``__set_name__`` raises into a RuntimeError."""

    def __set_name__(self, owner: type, name: str) -> None:
        signal.raise_signal(signal.SIGTERM)


def test_an_interrupt_that_comes_out_as_another_error_is_one(capfd: pytest.CaptureFixture[str]) -> None:
    call = Call(json=True)
    with interruptible(call.interrupts):
        code = exit_code_of(lambda: type("Holder", (), {"item": Signalling()}), call=call)
    assert code == 130
    assert json.loads(capfd.readouterr().err)["error"]["type"] == "Interrupted"


@pytest.mark.parametrize("verbosity", [-1, 0])
def test_an_interrupt_that_was_swallowed_is_raised_at_the_next_sign_of_progress(
    verbosity: int, capfd: pytest.CaptureFixture[str]
) -> None:
    call = Call(verbosity=verbosity)
    with watching(call) as watcher:
        watcher.started("scan")
        call.interrupts.came_s = 0.0
        with pytest.raises(KeyboardInterrupt):
            watcher.advanced("scan", 0.5)
        with pytest.raises(KeyboardInterrupt):
            watcher.started("pick")


def test_a_command_that_does_not_come_back_ends_all_the_same() -> None:
    program = """
import threading
from screentest.client.cli.running import watchdog
from screentest.client.cli.running.call import Call
watchdog._POLL_S = watchdog._INTERRUPT_GRACE_S = 0.05
call = Call(json=True)
with watchdog.watchdog(call):
    call.interrupts.came_s = 0.0
    threading.Event().wait(60)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 130
    assert json.loads(ended.stderr)["error"]["type"] == "Interrupted"
