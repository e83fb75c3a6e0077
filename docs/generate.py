"""Write what the docs have from the code: commands, manual, models, API, errors, the house.

python docs/generate.py            write all
python docs/generate.py --check    fail where one is out of date
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click

from docs import licences, pages
from screentest.client.cli.examples import examples_of
from screentest.client.cli.root import SECTIONS, root

CHECKOUT = Path(__file__).parent.parent
DOCS = CHECKOUT / "docs"
PAGE = DOCS / "cli.md"
GUIDE = CHECKOUT / "CONTRIBUTING.md"
MAN = DOCS / "man"
# A room imports itself and the rooms above it; tests/unit/test_layers.py holds this order.
ROOMS = (
    "prep/core",
    "prep/core/values",
    "prep/media",
    "prep/media/containers",
    "prep/vision",
    "prep/vision/weights",
    "prep/scoring",
    "prep/people",
    "prep/scanning",
    "prep/picking",
    "prep/clipping",
    "prep/stills",
    "prep/report",
    "prep/report/batch",
    "prep/comparing",
    "prep/pipeline.py",
    "prep/several.py",
    "client/worker",
    "client/errors.py",
    "client/config.py",
    "client/remote",
    "client/remote/models",
    "client/fetching",
    "client/registry",
    "client/registry/file",
    "client/tasks",
    "client/characters",
    "client/characters/choosing",
    "client/videos",
    "client/batch",
    "client/batch/sources",
    "client/batch/engine",
    "client/batch/carrying",
    "client/batch/driver",
    "client/doctor.py",
    "client/serving.py",
    "client/sandbox",
    "client/sandbox/models",
    "client/sandbox/s3",
    "client/sandbox/work",
    "client/sandbox/api",
    "client/studio",
    "client/studio/doors",
    "client/studio/shelf",
    "client/studio/film",
    "client/studio/library",
    "client/studio/server",
    "client/cli",
    "client/cli/params",
    "client/cli/output",
    "client/cli/running",
    "client/cli/commands",
    "client/cli/commands/looking",
    "client/cli/commands/recorded",
    "client/cli/commands/itself",
)
MAP_BEGINS = "<!-- map: `make docs` writes it -->\n"
MAP_ENDS = "<!-- end of map -->\n"
BEGINS = "<!-- from the code: `make docs` writes it -->\n"
COLUMNS = 88
INTRODUCTION = """\
# Commands

Generated from the commands' own help by `make docs`; do not edit.

Results go to stdout, progress and errors to stderr. With `--json`, which every command takes, the
result is one JSON object on one line, and an error is the last line of stderr:
`{"error": {"type", "message", "hint"}}`. `batch` alone prints one object for each item as it ends, and
`{"summary": {...}}` as the last line.

Stdout holds one result or nothing. After a failure it is empty, except where there is a result
all the same: the rules that `check` found broken, the findings of `doctor`, what `characters
reconcile` and `wait` settled, a clip or a character whose `--report` could
not be written.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed: unusable footage, name or model, a missing key, the services, the disk |
| 2 | wrong usage of the command line or of `screentest.toml` |
| 3 | `batch`: some of the items failed, the others are done |
| 130 | interrupted (Ctrl-C or SIGTERM); the same command continues where it stopped |

| `type` | exit code | for instance |
|---|---|---|
| `UsageError` | 2 | no such option, a value that is not a number, an unknown setting |
| `ImpossibleWish` | 2 | `--person` with `--subject`, a length the model does not take, `-o clip.mov` |
| `NotFound`, `NotAFile`, `NotAVideo` | 1 | no such file, a folder, a text file |
| `OutputNotWritable`, `OutputExists` | 1 | no folder for `-o`, another file of that name |
| `NoCredentials` | 1 | neither a key nor `--sandbox` |
| `ConfigError`, `InvalidName`, `CostTooHigh` | 1 | an unknown model, an empty name, over `--max-cost` |
| `UnknownCharacter` | 1 | a name that is not in the registry |
| `Interrupted` | 130 | Ctrl-C or SIGTERM |
| every other | 1 | the classes in `prep/core/errors.py` and `client/errors.py`, by name |

## Settings

A flag beats the environment, the environment beats `screentest.toml`, and that beats the default.

Your own `screentest.toml`, in the platform's config folder (`~/.config/screentest/` on Linux), may set
every option, and so may one that `--config` or `SCREENTEST_CONFIG` names, which beats it.

Without such a name, `screentest.toml` in the current folder is read, and beats your own. It may have
come with somebody else's footage, so it may set `model`, `orientation`, `fit`, `subject` and `length`
of `pick`, `clip`, `check`, `register` and `doctor`, and lower `max-cost`; any other key in it is wrong
usage.

A key outside a table is for every command that has such an option:

```toml
bucket = "my-clips"

[register]
orientation = "portrait"
```

AWS settings are read by boto3 as everywhere (`AWS_PROFILE`, `AWS_ENDPOINT_URL_S3`, ...), the
service's key from `WAVESPEED_API_KEY`. Your own file, or a named one, may also say `api-key`, and
`region` for where boto3 knows none: `screentest config init` asks for both and the bucket, proves them
and writes the file for you alone to read. `screentest config show` tells what holds and what says it.

## Shell completion

```sh
eval "$(screentest completion bash)"      # in ~/.bashrc
eval "$(screentest completion zsh)"       # in ~/.zshrc
screentest completion fish | source       # in ~/.config/fish/config.fish
```

Commands, options, files, models and the names of your characters are completed.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [INTRODUCTION]
    for path, context in commands(root, None, "screentest"):
        level = "##" if path.count(" ") < 2 else "###"
        help_text = context.command.get_help(context)
        parts.append(f"{level} {path}\n\n```text\n{help_text}\n```\n")
    return "\n".join(parts)


def commands(
    command: click.Command, parent: click.Context | None, name: str
) -> Iterator[tuple[str, click.Context]]:
    """Every command with its full name, groups before what they hold."""
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=COLUMNS,
        max_content_width=COLUMNS,
        help_option_names=["-h", "--help"],
    )
    yield context.command_path, context
    if isinstance(command, click.Group):
        for child_name in command.list_commands(context):
            child = command.get_command(context, child_name)
            if child is not None:
                yield from commands(child, context, child_name)


def man_pages() -> dict[Path, str]:
    """A page of the manual for the program and for each of its commands, with those below it."""
    every = list(commands(root, None, "screentest"))
    made = {MAN / "screentest.1": _man_page("screentest", every[:1])}
    for top in [path for path, _ in every if path.count(" ") == 1]:
        parts = [one for one in every if f"{one[0]} ".startswith(f"{top} ")]
        made[MAN / f"{top.replace(' ', '-')}.1"] = _man_page(top, parts)
    return made


def _man_page(top: str, parts: list[tuple[str, click.Context]]) -> str:
    (_, context), *below = parts
    name = top.replace(" ", "-")
    summary = context.command.get_short_help_str(200).rstrip(".")
    lines = [
        f'.TH "{_roff(name.upper())}" 1 "" "screentest {version("screentest")}" "Screentest"',
        ".SH NAME",
        f"{_roff(name)} \\- {_roff(summary)}",
        ".SH SYNOPSIS",
        *(line for _, one in below or parts for line in _synopsis(one)),
        ".SH DESCRIPTION",
        *_described(context.command.help or ""),
        *_man_options(".SH OPTIONS", context, but=()),
    ]
    for path, one in below:
        lines += [f".SH {_roff(path.upper())}", *_described(one.command.help or "")]
        lines += [*_man_options(".SS Options", one, but=_COMMON), *_man_examples(".SS Examples", path)]
    if top == "screentest":
        lines += [".SH COMMANDS", *_man_commands(), ".SH EXIT STATUS", *_exit_codes()]
    lines += _man_examples(".SH EXAMPLES", top)
    if top != "screentest":
        lines += [".SH SEE ALSO", ".BR screentest (1)"]
    return "\n".join(lines) + "\n"


def _synopsis(context: click.Context) -> Iterator[str]:
    yield f".B {_roff(context.command_path)}"
    yield _roff(" ".join(context.command.collect_usage_pieces(context)))
    yield ".br"


def _described(text: str) -> Iterator[str]:
    """The paragraphs of a help; one that begins with \\b keeps its lines."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        yield ".PP"
        if paragraph.startswith("\b"):
            yield from (".nf", *map(_roff, paragraph.splitlines()[1:]), ".fi")
        else:
            yield _roff(" ".join(paragraph.split()))


_COMMON = ("log_file", "json", "quiet", "verbose", "help")
"""Told once a page."""


def _man_options(title: str, context: click.Context, *, but: tuple[str, ...]) -> Iterator[str]:
    params = [param for param in context.command.get_params(context) if param.name not in but]
    records = [record for param in params if (record := param.get_help_record(context)) and record[1]]
    if records:
        yield title
    for names, about in records:
        yield from (".TP", f".B {_roff(names)}", _roff(about))


def _man_examples(title: str, path: str) -> Iterator[str]:
    lines = examples_of(path.removeprefix("screentest").strip())
    yield from (title, ".nf", *map(_roff, lines), ".fi")


def _man_commands() -> Iterator[str]:
    for entries in SECTIONS.values():
        for name, entry in entries.items():
            yield from (".TP", f".BR screentest\\-{_roff(name)} (1)", _roff(entry.summary))


def _exit_codes() -> Iterator[str]:
    for code, meaning in re.findall(r"^\| (\d+) \| (.*) \|$", INTRODUCTION, re.MULTILINE):
        yield from (".TP", f".B {code}", _roff(meaning))


def _roff(text: str) -> str:
    """A text as troff takes it, on one line."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def guide() -> str:
    """CONTRIBUTING.md with the map of the house as the code has it."""
    before, rest = GUIDE.read_text(encoding="utf-8").split(MAP_BEGINS)
    after = rest.split(MAP_ENDS)[1]
    lines = [f"| `{room}` | {_first_paragraph(CHECKOUT / room)} |" for room in ROOMS]
    table = "\n".join(["| room | what it holds |", "|---|---|", *lines])
    return f"{before}{MAP_BEGINS}\n{table}\n\n{MAP_ENDS}{after}"


def _first_paragraph(room: Path) -> str:
    """The first paragraph of a room's docstring."""
    file = room / "__init__.py" if room.is_dir() else room
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return " ".join(docstring.split("\n\n")[0].split())


def written() -> Iterator[tuple[Path, str]]:
    """Each file that is written, or written from a mark on, with what it is to hold."""
    yield PAGE, page()
    yield GUIDE, guide()
    yield from man_pages().items()
    yield DOCS / "models.md", pages.models()
    yield DOCS / "licences.md", licences.page()
    for name, made in (("python.md", pages.python), ("troubleshooting.md", pages.errors)):
        file = DOCS / name
        by_hand = file.read_text(encoding="utf-8").split(BEGINS)[0]
        yield file, f"{by_hand}{BEGINS}\n{made()}"


def main(arguments: list[str]) -> None:
    """The command line of this script."""
    checks = arguments == ["--check"]
    made = dict(written())
    for file in sorted(set(MAN.glob("*.1")) - made.keys()):
        if checks:
            sys.exit(f"{file.relative_to(CHECKOUT)} is of no command: run `make docs`")
        file.unlink()
    for file, wanted in made.items():
        if not checks:
            file.parent.mkdir(exist_ok=True)
            file.write_text(wanted, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != wanted:
            sys.exit(f"{file.relative_to(CHECKOUT)} is out of date: run `make docs`")


if __name__ == "__main__":
    main(sys.argv[1:])
