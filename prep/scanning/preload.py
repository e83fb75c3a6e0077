"""Loads OpenCV, onnxruntime and the face detector in the background, before a scan needs them."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread

from screentest.prep.core.errors import SetupError
from screentest.prep.core.process import has_one_thread


def load_ahead() -> None:
    """Loads OpenCV, onnxruntime and the face detector in a thread; the scan that follows finds them.

    On one thread that scan loads them.

    Errors are not raised here: the scan raises them.
    """
    if has_one_thread():
        return
    # Not a daemon: a process that ends in the middle of loading waits for it, instead of crashing.
    Thread(target=_load, name="load-ahead").start()


def _load() -> None:
    with suppress(ImportError, SetupError):
        import screentest.prep.scanning.scan  # noqa: F401  (loading it is the point)
        from screentest.prep.vision.sessions import session
        from screentest.prep.vision.weights import DETECTOR

        session(DETECTOR)
