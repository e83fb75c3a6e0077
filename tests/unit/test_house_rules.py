"""Rules of the house that no compiler checks."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from types import ModuleType

import click
import pytest

import screentest
from docs import generate as docs_page
from docs import pages as docs_tables
from screentest.client import errors as client_errors
from screentest.client.cli.root import root
from screentest.prep.core import errors as prep_errors

CHECKOUT = Path(__file__).parent.parent.parent
SOURCES = sorted([*CHECKOUT.glob("prep/**/*.py"), *CHECKOUT.glob("client/**/*.py")])


def name_of(file: Path) -> str:
    return file.relative_to(CHECKOUT).as_posix()


@cache
def imports_of(file: Path) -> set[str]:
    """Every module a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def importers_of(package: str) -> set[str]:
    def imports_it(file: Path) -> bool:
        return any(f"{name}.".startswith(f"{package}.") for name in imports_of(file))

    return {name_of(file) for file in SOURCES if imports_it(file)}


def test_prep_knows_nothing_of_the_network_side() -> None:
    assert not {name for name in importers_of("screentest.client") if name.startswith("prep/")}


def test_prep_opens_no_connection() -> None:
    network = {"httpx", "boto3", "botocore", "urllib", "socket", "http"}
    assert not [
        name_of(file)
        for file in SOURCES
        if name_of(file).startswith("prep/")
        and network & {module.split(".")[0] for module in imports_of(file)}
    ]


@pytest.mark.parametrize("package", ["boto3", "botocore", "s3transfer"])
def test_only_storage_speaks_boto(package: str) -> None:
    files = (
        "remote/storage.py",
        "remote/s3_clients.py",
        "remote/storage_errors.py",
        "remote/transit.py",
        "fetching/store.py",
    )
    assert importers_of(package) <= {f"client/{file}" for file in files}


def test_only_http_makes_connections_to_the_service() -> None:
    outside = {name for name in importers_of("httpx") if not name.startswith("client/sandbox/")}
    assert outside == {"client/remote/http.py", "client/remote/wire.py"}


@pytest.mark.parametrize("package", ["ffmpeg", "imageio_ffmpeg"])
def test_only_one_module_plans_ffmpeg_commands(package: str) -> None:
    assert importers_of(package) == {"prep/clipping/ffmpeg.py"}


def test_only_sessions_imports_what_calls_home_unless_told_not_to() -> None:
    places = ("prep", "client", "screentest/*.py", "fixtures", "tests", "docs")
    files = [
        file
        for place in places
        for file in CHECKOUT.glob(place if place.endswith(".py") else f"{place}/**/*.py")
    ]
    importers = {
        name_of(file)
        for file in files
        if any(module.split(".")[0] == "onnxruntime" for module in imports_of(file))
    }
    assert importers == {"prep/vision/sessions.py"}


def test_a_command_imports_nothing_heavy_before_it_runs() -> None:
    heavy = {"av", "boto3", "botocore", "cv2", "ffmpeg", "httpx", "numpy", "starlette", "uvicorn"}
    for file in CHECKOUT.glob("client/cli/**/*.py"):
        assert not heavy & {module.split(".")[0] for module in imports_of(file)}, file


def test_no_two_classes_share_a_name() -> None:
    names = [
        node.name
        for file in SOURCES
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]
    assert not {name for name in names if names.count(name) > 1}, "one word, one meaning"


def test_no_file_names_a_package_registry() -> None:
    # In pieces, so that this file names none either.
    hosts = ["pypi" + ".org", "python" + "hosted", "npmjs" + ".", "crates" + ".io", "ana" + "conda."]
    wanted = re.compile("|".join(map(re.escape, hosts)))
    assert not [name for name, text in tracked_texts() if wanted.search(text)]


def test_no_file_holds_a_key() -> None:
    shapes = re.compile(r"AKIA[0-9A-Z]{16}|X-Amz-Signature=[0-9a-f]{64}|wsk_live_[0-9A-Za-z]{20}")
    assert not [name for name, text in tracked_texts() if shapes.search(text)]


def tracked_texts() -> list[tuple[str, str]]:
    """Every text file that belongs to the checkout."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    run = subprocess.run(listing, cwd=CHECKOUT, capture_output=True, timeout=60, check=False)
    if run.returncode:
        pytest.skip("not a git checkout")
    texts = []
    for name in filter(None, run.stdout.decode().split("\0")):
        file = CHECKOUT / name
        if file.is_file() and b"\0" not in (content := file.read_bytes())[:8192]:
            texts.append((name, content.decode("utf-8", "replace")))
    return texts


def test_the_docs_say_what_helps_with_every_error() -> None:
    kinds = {
        name
        for name in screentest.__all__
        if isinstance(one := getattr(screentest, name), type)
        and issubclass(one, screentest.ScreentestError)
        and not one.__subclasses__()
    }
    assert kinds <= docs_tables.WHAT_HELPS.keys()
    assert docs_tables.WHAT_HELPS.keys() <= set(screentest.__all__)


def test_what_is_made_of_the_code_is_up_to_date() -> None:
    old = [file.name for file, text in docs_page.written() if file.read_text(encoding="utf-8") != text]
    assert not old, "run `make docs`"


def test_the_pages_of_the_manual_are_up_to_date() -> None:
    there = {file: file.read_text(encoding="utf-8") for file in docs_page.MAN.iterdir()}
    assert there == docs_page.man_pages(), "run `make docs`"


@pytest.mark.skipif(shutil.which("groff") is None, reason="needs groff")
@pytest.mark.parametrize("page", docs_page.man_pages(), ids=lambda page: page.stem)
def test_a_page_of_the_manual_is_typeset_without_a_warning(page: Path) -> None:
    command = ["groff", "-man", "-ww", "-Kutf8", "-Tutf8", str(page)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert run.stderr == ""
    shown = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", run.stdout)
    assert page.stem in shown
    assert "screentest" in shown.partition("EXAMPLES")[2]


COMMANDS = {path: context.command for path, context in docs_page.commands(root, None, "screentest")}


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_option_is_explained(path: str) -> None:
    command = COMMANDS[path]
    assert command.help
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert all(option.help for option in options)


@pytest.mark.parametrize("path", list(COMMANDS))
def test_every_command_speaks_json(path: str) -> None:
    assert "--json" in {flag for param in COMMANDS[path].params for flag in param.opts}


@pytest.mark.parametrize("module", [prep_errors, client_errors])
def test_the_tree_of_errors_shows_every_error_under_its_parent(module: ModuleType) -> None:
    assert module.__doc__ is not None
    drawn = dict(tree_of(module.__doc__))
    real = {
        name: kind.__bases__[0].__name__
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ in (module.__name__, client_errors.NotFetched.__module__)
        and issubclass(kind, Exception)
    }
    real = {name: parent for name, parent in real.items() if parent != "Exception"}
    assert drawn == real


def tree_of(docstring: str) -> list[tuple[str, str]]:
    """Each drawn error with the one it hangs from."""
    above: list[tuple[int, str]] = []
    pairs = []
    for line in docstring.splitlines():
        found = re.match(r"^([\s│├└─]*)([A-Z]\w+)(?:\s|$)", line)
        if not found or not line.startswith("    "):
            continue
        depth = len(found[1])
        above = [(indent, name) for indent, name in above if indent < depth]
        if above:
            pairs.append((found[2], above[-1][1]))
        above.append((depth, found[2]))
    return pairs


@pytest.mark.parametrize("package", ["screentest", "screentest.client.sandbox"])
def test_everything_a_package_offers_is_there(package: str) -> None:
    module = importlib.import_module(package)
    assert all(hasattr(module, name) for name in getattr(module, "__all__", []))


def test_no_test_measures_seconds() -> None:
    """It would fail wherever the machine is busy. tests/waiting.py waits for events instead."""
    # In pieces, so that this file names none either.
    clocks = re.compile("mono" + "tonic|perf_" + "counter")
    waiting = CHECKOUT / "tests" / "waiting.py"
    files = [file for file in CHECKOUT.glob("tests/**/*.py") if "torture" not in file.parts]
    assert [file for file in files if clocks.search(file.read_text("utf-8"))] == [waiting]
