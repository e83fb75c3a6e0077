"""Which services a command talks to: the real ones, or the sandbox of this home."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from client.cli.call import Call
from client.stages import stage
from prep.errors import SetupError

if TYPE_CHECKING:
    from client.config import Settings
    from client.stages import Watcher


@dataclass(frozen=True, slots=True)
class Where:
    """The services as the options name them. ``sandbox`` beats the others and the environment."""

    sandbox: bool
    bucket: str | None
    base_url: str | None


@contextlib.contextmanager
def services(call: Call, where: Where, *, watcher: Watcher) -> Iterator[Settings]:
    """The settings of one command; a sandbox started for it ends with the block.

    Raises NoCredentials, ConfigError, SandboxError, and SetupError
    where the sandbox's packages are not installed.
    """
    from client.config import settings_from

    environ = os.environ | _given(SCREENTEST_BUCKET=where.bucket, WAVESPEED_BASE_URL=where.base_url)
    if not where.sandbox:
        yield settings_from(environ, home=call.home, sandbox_env=None)
        return
    with _sandbox_env(call, watcher=watcher) as sandbox_env:
        yield settings_from(environ, home=call.home, sandbox_env=sandbox_env)


@contextlib.contextmanager
def sandbox_packages() -> Iterator[None]:
    """Raises SetupError with the way out where the extra that brings the sandbox is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in {"prep", "client"}:
            raise
        message = f"The sandbox needs {error.name}, which is not installed."
        raise SetupError(message, "Run: pip install 'screentest[sandbox]'") from None


@contextlib.contextmanager
def _sandbox_env(call: Call, *, watcher: Watcher) -> Iterator[Mapping[str, str]]:
    with sandbox_packages():
        from client.sandbox import running_sandbox, started_sandbox
    running = running_sandbox(call.home)
    if running is not None:
        yield running
        return
    with ExitStack() as stack:
        with sandbox_packages(), stage(watcher, "sandbox") as under_way:
            started = stack.enter_context(started_sandbox(call.home))
            under_way.summary = "S3 and the API, for this command only"
        yield started


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
