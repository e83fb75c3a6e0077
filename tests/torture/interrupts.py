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
ENDS_WITHIN_S = 30.0
COMMANDS = (("pick",), ("clip", "-o", "out.mp4", "--overwrite"))
# The stage that has just ended when the signal comes, or a little later: threads start there, and load.
AFTER = ("", "probe", "probe", "scan", "pick")
LATER_S = (0.0, 0.1, 0.3, 1.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    ends: Counter[str] = Counter()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="interrupts-") as folder:
        for _ in range(given.times):
            ends[interrupted(Path(folder), chance)] += 1
        left = [str(path) for path in Path(folder).rglob(".screentest-*")]
    took_s = round(time.monotonic() - began, 1)
    sys.stdout.write(json.dumps({"times": given.times, **ends, "left": left, "took_s": took_s}) + "\n")
    return 0 if not left and set(ends) <= {"interrupted", "not_yet", "done"} else 1


def interrupted(folder: Path, chance: random.Random) -> str:
    """How one command ended: "interrupted", "done" or "not_yet" where all is well, else what it did."""
    words, after = chance.choice(COMMANDS), chance.choice(AFTER)
    sent = chance.choice((signal.SIGINT, signal.SIGTERM))
    later_s = (0.0 if after else 0.1) + chance.random() * chance.choice(LATER_S)
    home = folder / f"home-{chance.getrandbits(64):x}"  # nothing kept: every scan is made anew
    process = subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-m", "client.cli", *words, str(FOOTAGE), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "SCREENTEST_HOME": str(home), "PYTHONPATH": str(FOOTAGE.parent.parent)},
    )
    assert process.stderr is not None
    while after and not process.stderr.readline().startswith(after):
        pass
    time.sleep(later_s)
    process.send_signal(sent)
    try:
        out, told = process.communicate(timeout=ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)  # faulthandler tells where every thread is
        _, told = process.communicate()
        return _wrong(f"hangs_after_{sent.name}", told)
    if out.endswith("}\n") and process.returncode in (0, -sent):
        return "done"  # and killed, if at all, while it was closing down
    if not after and process.returncode != 130 and "client/cli" not in told:
        return "not_yet"  # the interpreter was still starting
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
