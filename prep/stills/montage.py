"""The contact sheet of a character: all stills in one picture, each with its role and time."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from screentest.prep.core.picture import Picture
from screentest.prep.core.text import timecode

_TILE_PX = 480
_LABEL_PX = 44
_GAP_PX = 16
_COLUMNS = 3
_PAPER, _INK, _GREY = (250, 250, 250), (30, 30, 30), (110, 110, 110)


def montage(stills: Sequence[tuple[str, float, Picture]]) -> Picture:
    """One BGR picture of (label, time, picture), three in a row; at least one still."""
    tiles = [_tile(*still) for still in stills]
    columns = min(_COLUMNS, len(tiles))
    rows = -(-len(tiles) // columns)
    height = _GAP_PX + rows * (_TILE_PX + _LABEL_PX + _GAP_PX)
    width = _GAP_PX + columns * (_TILE_PX + _GAP_PX)
    page = np.full((height, width, 3), _PAPER, np.uint8)
    for n, tile in enumerate(tiles):
        top = _GAP_PX + n // columns * (_TILE_PX + _LABEL_PX + _GAP_PX)
        left = _GAP_PX + n % columns * (_TILE_PX + _GAP_PX)
        page[top : top + tile.shape[0], left : left + _TILE_PX] = tile
    return page


def _tile(label: str, t_s: float, picture: Picture) -> Picture:
    """A square with the picture in it, and its words below."""
    tile = np.full((_TILE_PX + _LABEL_PX, _TILE_PX, 3), _PAPER, np.uint8)
    scale = _TILE_PX / max(picture.shape[:2])
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(picture, size, interpolation=way)
    left, top = (_TILE_PX - size[0]) // 2, (_TILE_PX - size[1]) // 2
    tile[top : top + size[1], left : left + size[0]] = small
    _written(tile, label, 4, _INK)
    _written(tile, timecode(t_s), _TILE_PX // 2, _GREY)
    return tile


def _written(tile: Picture, words: str, left: int, ink: tuple[int, int, int]) -> None:
    at = (left, _TILE_PX + _LABEL_PX - 14)
    cv2.putText(tile, words, at, cv2.FONT_HERSHEY_SIMPLEX, 0.75, ink, 2, cv2.LINE_AA)
