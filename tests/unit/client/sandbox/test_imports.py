"""What the sandbox loads, and when: a command that needs none of it must not wait for it."""

from __future__ import annotations

import subprocess
import sys


def test_asking_for_the_sandbox_of_a_home_loads_no_server() -> None:
    heavy = ["httpx", "boto3", "av", "cv2", "numpy", "starlette", "uvicorn", "sqlite3"]
    code = f"import sys, screentest.client.sandbox; print([m for m in {heavy} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert told.stdout.decode().strip() == "[]"


def test_the_supervisor_imports_nothing_of_this_package() -> None:
    code = "import sys; from screentest.client.sandbox.s3 import supervisor; print(supervisor.__file__)"
    path = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    listed = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='x'); print(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", listed, path.stdout.decode().strip()]
    modules = subprocess.run(command, capture_output=True, check=True).stdout.decode().split()
    assert not [name for name in modules if name.split(".")[0] in ("screentest", "client", "prep")]
