"""What a shell completes: files, models, and characters of this home. Silent where something fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from screentest.client.cli.running.call import Call

# What a shell takes as it is: a name may have come with an import, and lands in a command line.
_PLAIN = re.compile(r"[\w@+.][\w@+.-]*")


def files(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files, by the shell itself."""
    return [CompletionItem(incomplete, type="file")]


def folders(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Folders, by the shell itself."""
    return [CompletionItem(incomplete, type="dir")]


def models(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The models that are known here."""
    from screentest.client.remote.video_models import every_model

    return [
        CompletionItem(one.model_id) for one in every_model() if one.model_id.startswith(incomplete)
    ]


def characters(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The characters of this home by name; by id where a shell would not take the name as it is."""
    try:
        return [
            CompletionItem(word, help=name if word != name and name.isprintable() else None)
            for word, name in sorted(set(_words(ctx)))
            if word.startswith(incomplete)
        ]
    except Exception:  # a shell that waits for words has no use for an error
        return []


def _words(ctx: click.Context) -> Iterator[tuple[str, str]]:
    from screentest.client.registry.file.glance import names_in

    for name, character_id in names_in(_home(ctx)):
        word = name if _PLAIN.fullmatch(name) else character_id
        if word and _PLAIN.fullmatch(word):
            yield word, name


def _home(ctx: click.Context) -> Path:
    """The home of the command line so far; settings files are not read for it, but one's own."""
    import os
    import tomllib

    from screentest.client.cli.running.settings import user_file

    call = ctx.find_object(Call) or Call()
    if not call.home_option and not os.environ.get("SCREENTEST_HOME") and user_file().is_file():
        call.home_option = tomllib.loads(user_file().read_text(encoding="utf-8")).get("home")
    return call.home
