"""Draw docs/before-after.jpg: the raw footage in the fixtures, and the clip that comes out of it.

python docs/picture.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from textwrap import wrap

import av
import cv2
import numpy as np

from screentest import clip, pick, probe, scan
from screentest.prep.core.picture import Picture
from screentest.prep.core.text import lasting, timecode
from screentest.prep.core.values import Segment, Source
from screentest.prep.media.frames import reading

HERE = Path(__file__).parent
RAW = HERE.parent / "fixtures" / "cap13_edit2.mp4"
OUT = HERE / "before-after.jpg"
TILES = 10
TILE_PX = (160, 120)
PAPER, INK, CHOSEN = (250, 250, 250), (40, 40, 40), (60, 140, 20)


def main() -> None:
    """Write the picture."""
    source = probe(RAW)
    segment = pick(scan(source))
    with tempfile.TemporaryDirectory() as folder:
        made = clip(source, segment, out=Path(folder) / "joe.mp4")
        with av.open(made.path) as container:
            after = next(container.decode(video=0)).to_ndarray(format="bgr24")
    facts = f"{made.width_px}x{made.height_px}  {float(made.fps):g} fps  {lasting(made.length_s)}"
    page = np.full((620, TILES * TILE_PX[0] // 2 + 80, 3), PAPER, np.uint8)
    strip(page, source, segment)
    write(page, f"joe.mp4  {facts}  H.264, upright, 16:9, no metadata", (40, 342))
    page[360:585, 40:440] = cv2.resize(after, (400, 225), interpolation=cv2.INTER_AREA)
    for line, reason in enumerate(reasons(segment)):
        write(page, reason, (465, 380 + 28 * line), scale=0.42)
    cv2.imwrite(str(OUT), page, [cv2.IMWRITE_JPEG_QUALITY, 88])


def strip(page: Picture, source: Source, segment: Segment) -> None:
    """The raw footage in two rows of tiles, the chosen seconds framed."""
    write(
        page,
        f"raw footage  {source.width_px}x{source.height_px}  {lasting(source.duration_s)}",
        (40, 35),
    )
    width, height = TILE_PX
    with reading(source) as reader:
        for tile in range(TILES):
            t_s = source.video_start_s + source.duration_s * (tile + 0.5) / TILES
            frame = next(reader.span(t_s, t_s + 1))
            x, y = 40 + tile % 5 * width, 50 + tile // 5 * (height + 12)
            page[y : y + height, x : x + width] = cv2.resize(reader.picture(frame), TILE_PX)
            write(page, timecode(t_s), (x + 6, y + height - 8), colour=PAPER)
            if segment.start_s <= t_s < segment.end_s:
                cv2.rectangle(page, (x + 2, y + 2), (x + width - 3, y + height - 3), CHOSEN, 4)


def reasons(segment: Segment) -> list[str]:
    """What made the choice, in lines short enough for the picture."""
    first = f"{timecode(segment.start_s)} to {timecode(segment.end_s)}, score {segment.score:.2f}"
    text = [reason.split(";")[0].replace("°", " deg").rstrip(".") for reason in segment.reasons[:5]]
    return [first, *(line for reason in text for line in wrap(reason, 54, subsequent_indent="  "))]


def write(
    page: Picture,
    text: str,
    at: tuple[int, int],
    *,
    colour: tuple[int, int, int] = INK,
    scale: float = 0.5,
) -> None:
    """One line of text."""
    cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, 1, cv2.LINE_AA)


if __name__ == "__main__":
    main()
