"""The built wheel: what is in it, and that it works alone in a clean environment."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Footage

CHECKOUT = Path(__file__).parent.parent.parent
Run = Callable[..., str]

PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the build backend of this environment."""
    return built(CHECKOUT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def wheel_of_sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that the source distribution builds, which is what a distributor does."""
    out = tmp_path_factory.mktemp("sdist")
    make = "import sys; from hatchling.build import build_sdist; build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", make, str(out)], cwd=CHECKOUT, check=True, timeout=300)
    return built(next(out.glob("screentest-*.tar.gz")), out)


def built(source: Path, out: Path) -> Path:
    command = [*PIP, "--no-build-isolation", "--wheel-dir", str(out), str(source)]
    subprocess.run(command, check=True, timeout=300)
    return next(out.glob("screentest-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a clean environment that holds the wheel and its dependencies only."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(folder)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
    install = [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    pins = ["--constraint", str(CHECKOUT / "constraints.txt")]
    subprocess.run([*install, *pins, str(wheel)], check=True, timeout=600)
    return folder / "bin" / "screentest"


@pytest.fixture
def run(installed: Path, tmp_path: Path) -> Run:
    """Run the installed command in an empty folder, where no checkout is in reach."""

    def run(*arguments: object) -> str:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
        }
        done = subprocess.run(
            [installed, *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def names_in(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_holds_both_packages_their_types_and_the_licence(wheel: Path) -> None:
    names = names_in(wheel)
    for wanted in ("__main__.py", "py.typed", "prep/py.typed", "client/cli/__init__.py"):
        assert f"screentest/{wanted}" in names
    assert {"screentest/prep/report/page.html", "screentest/prep/report/report.css"} <= set(names)
    for licence in ("LICENSE", "prep/vision/weights/NOTICE", "client/studio/static/htmx.LICENSE"):
        assert any(name.endswith(f"licenses/{licence}") for name in names)


def test_the_wheel_holds_the_weights_unharmed(wheel: Path) -> None:
    folder = CHECKOUT / "prep" / "vision" / "weights"
    with zipfile.ZipFile(wheel) as archive:
        for weights in [*folder.glob("*.onnx"), *folder.glob("*.binarypb")]:
            content = archive.read(f"screentest/prep/vision/weights/{weights.name}")
            assert hashlib.sha256(content).digest() == hashlib.sha256(weights.read_bytes()).digest()


def test_the_wheel_holds_the_manual(wheel: Path) -> None:
    pages = {name.rpartition("/")[2] for name in names_in(wheel) if "/data/share/man/man1/" in name}
    assert pages == {page.name for page in (CHECKOUT / "docs" / "man").iterdir()}


def test_the_wheel_puts_one_name_into_site_packages_and_no_junk(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in names_in(wheel)}
    assert {top for top in tops if not top.endswith((".dist-info", ".data"))} == {"screentest"}
    junk = (".mp4", ".pyc", "build_hook.py", ".DS_Store")
    assert not [name for name in names_in(wheel) if name.endswith(junk) or "/." in name]


def test_the_wheel_of_the_source_distribution_is_the_same(wheel: Path, wheel_of_sdist: Path) -> None:
    assert sorted(names_in(wheel_of_sdist)) == sorted(names_in(wheel))


def test_what_is_tested_is_what_ships(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith(".py"):
                assert archive.read(name) == (CHECKOUT / name).read_bytes(), name


IMPORT_ALL = """
import sys
from importlib import import_module
from pkgutil import walk_packages

sys.modules["prep"] = sys.modules["client"] = None  # importing them is an error from here on
import screentest

assert "site-packages" in screentest.__file__
names = [found.name for found in walk_packages(screentest.__path__, "screentest.")]
optional = (
    "screentest.client.sandbox.", "screentest.client.studio.", "screentest.client.batch.engine.",
    "screentest.__main__", "screentest.client.cli.__main__",
)
for name in names:
    if not name.startswith(optional):
        import_module(name)
assert "screentest.prep.picking.pick" in names and len(names) > 150, len(names)
for name in screentest.__all__:
    assert name in dir(screentest) and getattr(screentest, name) is not None
print("all of them")
"""


@pytest.mark.slow
def test_every_module_imports_where_the_bare_names_are_blocked(installed: Path, tmp_path: Path) -> None:
    python = str(installed.with_name("python"))
    command = [python, "-I", "-c", IMPORT_ALL]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout == "all of them\n", done.stderr


@pytest.mark.slow
def test_a_users_own_prep_and_client_change_nothing(run: Run, installed: Path, tmp_path: Path) -> None:
    site = next((installed.parent.parent / "lib").glob("python*/site-packages"))
    for folder in (tmp_path, site):
        for name in ("prep", "client"):
            (folder / name).mkdir()
            (folder / name / "__init__.py").write_text("raise SystemExit('the wrong package')")
    assert run("--version").startswith("screentest ")
    assert "screentest" in run("pick", "--help")
    as_module = [str(installed.with_name("python")), "-m", "screentest", "--version"]
    assert subprocess.check_output(as_module, cwd=tmp_path, timeout=60).startswith(b"screentest ")
    for name in ("prep", "client"):
        shutil.rmtree(site / name)


@pytest.mark.slow
def test_the_installed_wheel_picks_and_clips_alone(run: Run, footage: Footage, tmp_path: Path) -> None:
    assert run("--version").startswith("screentest ")
    picked = json.loads(run("pick", footage("face-short"), "--json"))
    made = json.loads(run("clip", footage("face-short"), "--json"))
    assert made["segment"]["start_s"] == pytest.approx(picked["start_s"])
    assert made["clip"] == str(tmp_path / "face-short.clip.mp4")
