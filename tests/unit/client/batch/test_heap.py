"""Threads that share one heap, whose holes each of them can fill."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import ctypes, sys, threading
from screentest.client.batch.driver.heap import share_one_heap
if sys.argv[2] == "one":
    share_one_heap()
kept, all_have = [], threading.Barrier(8)
def allocate():
    kept.append(bytes(5000))
    all_have.wait()
threads = [threading.Thread(target=allocate) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_info"), reason="not glibc")
def test_threads_of_a_driver_share_one_heap(tmp_path: Path) -> None:
    def heaps(how: str) -> int:
        told = tmp_path / how
        subprocess.run([sys.executable, "-c", PROGRAM, str(told), how], check=True)
        return len(re.findall("<heap nr=", told.read_text()))

    assert heaps("one") == 1
    assert heaps("many") > 1, "threads have heaps of their own where nobody says otherwise"
