"""onnxruntime sessions over the vendored weights: one a process, safe in several threads at once.

Each runs in the calling thread; call from two threads to use two cores.
"""

from __future__ import annotations

import os
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from screentest.prep.vision.weights import weights

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_ERRORS_ONLY = 3
_TELEMETRY_OFF = "ORT_DISABLE_TELEMETRY"
_one_at_a_time = Lock()


def session(name: str) -> InferenceSession:
    """The session of one weight file, made when first asked for. Raises what ``weights`` raises."""
    with _one_at_a_time:
        return _made(name)


@cache
def _made(name: str) -> InferenceSession:
    # The wheel writes a device id into the user's cache and looks up its maker's host when it is
    # imported, unless this is set before. No other file imports it.
    os.environ[_TELEMETRY_OFF] = "1"
    # Here, not above: who only wants the types need not wait for it.
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # Turns the weights' integers into floats once, at loading, and not for every picture.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    return InferenceSession(weights(name), options, providers=["CPUExecutionProvider"])
