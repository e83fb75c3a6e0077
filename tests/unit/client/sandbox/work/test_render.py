"""The layout of the sandbox's videos: everything that was asked for fits and can be told apart."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from screentest.client.sandbox.work.render import Panel, PixelBox, VideoRequest, layout, render
from screentest.prep.core.picture import Picture

SIZES = [(1280, 720), (720, 1280), (1920, 1080), (1024, 1792), (720, 720)]
GREY, GREEN = (48, 40, 36), (0, 255, 0)


def request(
    width_px: int = 1280, height_px: int = 720, *, panels: int = 1, prompt: str = "Joe waves."
) -> VideoRequest:
    shown = tuple(Panel(Path(f"{number}.png"), f"Joe {number}") for number in range(panels))
    return VideoRequest(prompt, width_px, height_px, 1, shown)


def overlap(one: PixelBox, other: PixelBox) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("panels", [1, 2, 3])
def test_every_panel_lies_in_the_picture_below_the_text(size: tuple[int, int], panels: int) -> None:
    wanted = request(*size, panels=panels)
    boxes = layout(wanted)
    assert len(boxes) == panels
    assert all(box.x >= 0 and box.x + box.width <= wanted.width_px for box in boxes)
    assert all(box.y >= 0.3 * wanted.height_px - 1 for box in boxes)
    assert all(box.y + box.height <= wanted.height_px for box in boxes)
    assert all(min(box.width, box.height) > 100 for box in boxes)


@pytest.mark.parametrize("size", SIZES)
def test_no_panel_hides_another(size: tuple[int, int]) -> None:
    assert not any(overlap(*pair) for pair in pairwise(layout(request(*size, panels=3))))


def test_panels_stand_side_by_side_on_a_wide_picture_and_stacked_on_a_tall_one() -> None:
    wide, tall = layout(request(1280, 720, panels=2)), layout(request(720, 1280, panels=2))
    assert wide[0].y == wide[1].y
    assert tall[0].x == tall[1].x


def test_without_characters_there_is_nothing_to_lay_out() -> None:
    assert layout(request(panels=0)) == []


def first_picture(path: Path) -> Picture:
    with av.open(str(path)) as container:
        return np.asarray(next(container.decode(video=0)).to_ndarray(format="bgr24"), np.uint8)


def drawn(tmp_path: Path, colour: tuple[int, int, int], **changes: object) -> Path:
    """A video of one image of one colour."""
    image = tmp_path / "image.png"
    cv2.imwrite(str(image), np.full((200, 100, 3), colour, np.uint8))
    wanted = request(640, 480)
    panel = Panel(image, "Joe")
    out = tmp_path / "out.mp4"
    fields = {"prompt": wanted.prompt, "panels": (panel,), **changes}
    render(VideoRequest(width_px=640, height_px=480, duration_s=1, **fields), out)  # type: ignore[arg-type]
    return out


def test_a_panel_shows_its_image_upright_and_unstretched(tmp_path: Path) -> None:
    picture = first_picture(drawn(tmp_path, GREEN))
    image = np.argwhere((picture[:, :, 1] > 200) & (picture[:, :, 2] < 60))
    height, width = image.max(axis=0) - image.min(axis=0) + 1
    assert height / width == pytest.approx(2.0, abs=0.1)


def test_a_video_says_in_the_picture_that_it_is_the_sandboxs(tmp_path: Path) -> None:
    picture = first_picture(drawn(tmp_path, GREEN))
    label = np.abs(picture[:40].astype(int) - GREY).max(axis=2) > 60
    assert label.any(axis=0).sum() > 200


@pytest.mark.parametrize("prompt", ["", "word " * 2000, "Zoë 名前 🎬", "x" * 5000])
def test_any_prompt_can_be_drawn(tmp_path: Path, prompt: str) -> None:
    picture = first_picture(drawn(tmp_path, GREEN, prompt=prompt))
    assert picture.shape == (480, 640, 3)


def test_a_video_that_cannot_be_rendered_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"not an image")
    panel = Panel(tmp_path / "broken.png", "Joe")
    with pytest.raises(av.FFmpegError):
        drawn(tmp_path, GREEN, panels=(panel,))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.png", "image.png"]
