"""The files that a task's inputs link to: fetched for one block, or only measured for the price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from screentest.client.sandbox.models.media import ClipRules, Media
from screentest.client.sandbox.models.model import Model
from screentest.client.sandbox.work.backend import Backend


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file of a task. ``place``: among those of its field, from 1."""

    media: Media
    place: int
    path: Path

    @property
    def named(self) -> str:
        """How a prompt names it, "" where it does not."""
        return self.media.form.format(place=self.place)


def urls_in(inputs: Mapping[str, Any], media: Media) -> list[str]:
    """The URLs of a field, which holds one or a list of them."""
    value = inputs.get(media.field, [])
    return value if isinstance(value, list) else [value]


@contextmanager
def fetched(model: Model, inputs: Mapping[str, Any], backend: Backend) -> Iterator[list[Fetched]]:
    """Every file that the inputs link to, deleted after the block unless it was moved.

    Raises TaskRefused(1402) where one cannot be fetched.
    """
    with ExitStack() as stack:
        yield [
            Fetched(media, place, stack.enter_context(_file(url, backend)))
            for media in model.media
            for place, url in enumerate(urls_in(inputs, media), start=1)
        ]


def reference_lengths_s(model: Model, inputs: Mapping[str, Any], backend: Backend) -> list[float]:
    """Lengths of the clips that are billed with a video, seconds.

    What cannot be fetched is left out: its task fails, and costs nothing.
    """
    from screentest.client.sandbox.work.validation import TaskRefused, length_s

    if model.unit != "total_s":
        return []
    found = []
    for media in model.media:
        if not isinstance(media.rules, ClipRules):
            continue
        for url in urls_in(inputs, media):
            try:
                with _file(url, backend) as path:
                    found.append(length_s(path))
            except TaskRefused:
                continue
    return found


@contextmanager
def _file(url: str, backend: Backend) -> Iterator[Path]:
    from screentest.client.sandbox.work.validation import fetch

    settings = backend.settings
    draft = backend.folder.clips / f"{uuid4().hex}.part"
    try:
        fetch(url, draft, wait_s=settings.fetch_wait_s, max_bytes=settings.fetch_max_bytes)
        yield draft
    finally:
        draft.unlink(missing_ok=True)
