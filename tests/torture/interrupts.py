"""Commands interrupted at random moments: each has to end, soon, with 130 and one clear sentence.

    python -m tests.torture.interrupts --times 60 --seed 1

A signal falls into whatever is under way: an import in one of two threads, a decoder, a child, a
write. What may not happen is that the process hangs, crashes, or goes on as if nothing had been said.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

FOOTAGE = Path(__file__).parent.parent.parent / "fixtures" / "cap13_edit2.mp4"
ENDS_WITHIN_S = 60.0
DONE_WITHIN_S = 3.0
COMMANDS = (("pick",), ("clip", "-o", "out.mp4", "--overwrite"))
# The stage that has just ended when the signal comes, or a little later: threads start there, and load.
AFTER = ("", "probe", "probe", "scan", "pick")
LATER_S = (0.0, 0.1, 0.3, 1.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    # A shell's background job ignores Ctrl-C, and so would every command that is interrupted here.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    chance = random.Random(given.seed)
    ends: Counter[str] = Counter()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="interrupts-") as folder:
        for _ in range(given.times):
            ends[interrupted(Path(folder), chance)] += 1
        left = [str(path) for path in Path(folder).rglob(".*")]
    took_s = round(time.monotonic() - began, 1)
    sys.stdout.write(json.dumps({"times": given.times, **ends, "left": left, "took_s": took_s}) + "\n")
    most_are = ends["interrupted"] > given.times / 2
    return 0 if most_are and not left and set(ends) <= {"interrupted", "not_yet", "done"} else 1


def interrupted(folder: Path, chance: random.Random) -> str:
    """How one command ended: "interrupted", "done" or "not_yet" where all is well, else what it did."""
    words, after = chance.choice(COMMANDS), chance.choice(AFTER)
    sent = chance.choice((signal.SIGINT, signal.SIGTERM))
    later_s = (0.0 if after else 0.1) + chance.random() * chance.choice(LATER_S)
    home = folder / f"home-{chance.getrandbits(64):x}"  # nothing kept: every scan is made again
    process = subprocess.Popen(
        [
            sys.executable,
            "-X",
            "faulthandler",
            "-m",
            "screentest.client.cli",
            *words,
            str(FOOTAGE),
            "--json",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "SCREENTEST_HOME": str(home), "PYTHONPATH": str(FOOTAGE.parent.parent)},
    )
    assert process.stderr is not None
    if after and not any(line.startswith(after) for line in process.stderr):
        return _wrong("never_got_that_far", f"{words} ended before {after} did")
    time.sleep(later_s)
    process.send_signal(sent)
    sent_s = time.monotonic()
    try:
        out, told = process.communicate(timeout=ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)  # faulthandler tells where every thread is
        _, told = process.communicate()
        return _wrong(f"hangs_after_{sent.name}", told)
    if out.endswith("}\n") and process.returncode in (0, -sent):
        # Killed, if at all, while it was closing down; but not much later, as if nothing had been said.
        return "done" if time.monotonic() - sent_s < DONE_WITHIN_S else _wrong("goes_on", told)
    if not after and process.returncode != 130 and "in main" not in told:
        return "not_yet"  # the command was still loading
    is_told = process.returncode == 130 and _is_told(told)
    return "interrupted" if is_told else _wrong(f"{sent.name}_ends_with_{process.returncode}", told)


def _is_told(told: str) -> bool:
    if "Traceback" in told:
        return False
    last = told.splitlines()[-1] if told else ""
    return last.startswith("{") and json.loads(last)["error"]["type"] == "Interrupted"


def _wrong(what: str, told: str) -> str:
    sys.stderr.write(f"{what}:\n{told}\n")
    return what


if __name__ == "__main__":
    sys.exit(main())
