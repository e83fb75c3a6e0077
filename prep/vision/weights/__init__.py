"""The model weights that ship along, each checked against its sha256 when it is loaded.

``manifest.json`` names each file's origin, licence and sha256; ``fixtures.fetch_weights``
fetched them. They are checked once per process, when first used.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from screentest.prep.core.errors import SetupError

FOLDER = Path(__file__).parent

DETECTOR = "face_detection_yunet_2023mar_int8bq.onnx"
IDENTITY = "face_recognition_sface_2021dec_int8bq.onnx"
MESH = "face_mesh_half.onnx"
BLENDSHAPES = "face_blendshapes_half.onnx"
CANONICAL_FACE = "canonical_face.binarypb"
FIGURES = "nanodet_g_416_half.onnx"


@cache
def manifest() -> dict[str, str]:
    """File name -> sha256, as committed."""
    entries = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))["files"]
    return {entry["file"]: entry["sha256"] for entry in entries}


@cache
def weights(name: str) -> bytes:
    """The bytes of one weight file. Raises SetupError where it is missing or not what it should be."""
    try:
        data = (FOLDER / name).read_bytes()
    except OSError as error:
        raise SetupError(
            f"The weight file {name} cannot be read: {error.strerror or error}.",
            "Install screentest again.",
        ) from error
    if hashlib.sha256(data).hexdigest() != manifest()[name]:
        raise SetupError(f"The weight file {name} is damaged.", "Install screentest again.")
    return data
