"""The built wheel: what is in it, and that it works alone in a clean environment."""

import hashlib
import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built with the build backend of this environment."""
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    build = [*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(CHECKOUT)]
    subprocess.run(build, check=True, timeout=300)
    return next(out.glob("screentest-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The command of a clean environment that holds the wheel and its dependencies only."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pins = ["--constraint", CHECKOUT / "constraints.txt"]
    subprocess.run([*install, *pins, wheel], check=True, timeout=600)
    return folder / "bin" / "screentest"


@pytest.fixture
def run(installed, tmp_path):
    """Run the installed command in an empty folder, where no checkout is in reach."""

    def run(*arguments):
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


def names_in(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_holds_both_packages_their_types_and_the_licence(wheel):
    names = names_in(wheel)
    for wanted in ("prep/__init__.py", "prep/py.typed", "client/cli/__init__.py", "client/py.typed"):
        assert wanted in names
    assert {"prep/report/page.html", "prep/report/report.css"} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_holds_the_weights_unharmed(wheel):
    with zipfile.ZipFile(wheel) as archive:
        folder = CHECKOUT / "prep" / "models"
        for weights in [*folder.glob("*.onnx"), *folder.glob("*.task")]:
            content = archive.read(f"prep/models/{weights.name}")
            assert hashlib.sha256(content).digest() == hashlib.sha256(weights.read_bytes()).digest()


def test_the_wheel_holds_no_tests_and_no_footage(wheel):
    tops = {name.split("/")[0] for name in names_in(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"prep", "client"}
    assert not [name for name in names_in(wheel) if name.endswith((".mp4", ".pyc"))]


@pytest.mark.slow
def test_the_installed_wheel_picks_and_clips_alone(run, face_clip, tmp_path):
    assert run("--version").startswith("screentest ")
    picked = json.loads(run("pick", face_clip, "--json"))
    made = json.loads(run("clip", face_clip, "--json"))
    assert made["segment"]["start_s"] == pytest.approx(picked["start_s"])
    assert made["clip"] == str(tmp_path / "cap13_edit2.clip.mp4")
