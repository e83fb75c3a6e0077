"""Ctrl-C and SIGTERM end a command with 130, whatever the code under way makes of them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from client.cli.call import Call
from client.cli.failures import exit_code_of
from client.cli.interrupts import interruptible

ROOT = Path(__file__).parents[2]
PROGRAM = """
import signal, sys
from client.cli.call import Call
from client.cli.failures import exit_code_of
from client.cli.interrupts import interruptible
with interruptible() as interrupts:
    code = exit_code_of(
        lambda: exec("signal.raise_signal(signal.SIGTERM)"), call=Call(), interrupts=interrupts
    )
sys.exit(code)
"""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_command(sent):
    with pytest.raises(KeyboardInterrupt), interruptible() as interrupts:
        signal.raise_signal(sent)
    assert interrupts.came


def test_handlers_are_given_back_after_the_command():
    before = [signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)]
    with interruptible():
        assert signal.getsignal(signal.SIGTERM) is not before[0]
    assert [signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)] == before


def test_a_ctrl_c_that_the_caller_ignores_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible() as interrupts:
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert not interrupts.came


class Signalling:
    """Python 3.11 turns what ``__set_name__`` raises into a RuntimeError."""

    def __set_name__(self, owner, name):
        signal.raise_signal(signal.SIGTERM)


def test_an_interrupt_that_comes_out_as_another_error_is_one(capfd):
    with interruptible() as interrupts:
        code = exit_code_of(
            lambda: type("Holder", (), {"item": Signalling()}),
            call=Call(json=True),
            interrupts=interrupts,
        )
    assert code == 130
    assert json.loads(capfd.readouterr().err)["error"]["type"] == "Interrupted"


def test_an_interrupt_inside_an_exec_leaves_the_exit_code_alone(tmp_path):
    # Run with -m, as a script by its path would not show what CPython does at the end.
    (tmp_path / "interrupted.py").write_text(PROGRAM)
    left = subprocess.run(
        [sys.executable, "-m", "interrupted"],
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])},
    )
    assert left.returncode == 130
