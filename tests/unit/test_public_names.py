"""What users import from ``screentest`` is there, and costs nothing before it is used."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import screentest


@pytest.mark.parametrize("name", screentest.__all__)
def test_each_public_name_is_where_the_facade_says(name: str) -> None:
    assert name in dir(screentest)
    assert getattr(screentest, name) is not None


def test_every_name_has_a_home_and_every_home_is_public() -> None:
    assert set(screentest._HOMES) == set(screentest.__all__)


def test_every_error_and_the_version_can_be_had_from_the_package() -> None:
    from screentest.client import errors as client_errors
    from screentest.prep.core import errors as prep_errors

    kinds = [*vars(client_errors).values(), *vars(prep_errors).values()]
    errors = {kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Exception)}
    assert {getattr(screentest, error.__name__) for error in errors} == errors
    assert screentest.__version__ == version("screentest")
    assert "__version__" in dir(screentest)


def test_importing_the_package_loads_no_models_and_no_network() -> None:
    heavy = "{'av', 'cv2', 'numpy', 'onnxruntime', 'httpx', 'boto3'}"
    program = f"import sys, screentest; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout == "[]\n"


def test_a_registration_needs_nothing_but_public_names(tmp_path: Path) -> None:
    environ = {
        "WAVESPEED_API_KEY": "key",
        "SCREENTEST_BUCKET": "clips",
        "SCREENTEST_HOME": str(tmp_path),
    }
    settings = screentest.settings_from(environ, home=screentest.default_home(environ))
    order = screentest.Order("missing.mov", "Joe", wishes=screentest.Wishes(fit="auto"))
    with pytest.raises(screentest.ScreentestError, match=r"missing\.mov"):
        screentest.register(order, settings)
