"""Which services a command talks to: the real ones, or the sandbox of this home."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from screentest.client.cli.output.wording import SANDBOX
from screentest.client.cli.running.call import Call, ServiceOptions
from screentest.prep.core.errors import SetupError
from screentest.prep.core.progress import is_silent, stage

if TYPE_CHECKING:
    from screentest.client.config import Settings
    from screentest.client.registry.accounts import Taken
    from screentest.client.tasks.session import Session
    from screentest.prep.core.progress import Watcher


@contextlib.contextmanager
def services(call: Call, *, watcher: Watcher, bucket: bool = True) -> Iterator[Settings]:
    """The settings of one command; a sandbox started for it ends with the block.

    ``bucket``: whether the command needs one. Raises NoCredentials, ConfigError, SandboxError, and
    SetupError where the sandbox's packages are not installed.
    """
    from screentest.client.config import settings_from

    options = call.service_options
    environ = environment_of(options)
    if not options.sandbox:
        settings = settings_from(environ, home=call.home, sandbox_env=None, needs_bucket=bucket)
        yield _with_options(replace(settings, sandbox=_is_own_sandbox(settings)), options)
        return
    with _sandbox_env(call, watcher=watcher) as sandbox_env:
        settings = settings_from(environ, home=call.home, sandbox_env=sandbox_env)
        yield _with_options(settings, options)


def environment_of(options: ServiceOptions) -> dict[str, str]:
    """The environment with what options say over it, and below it what settings files alone may say."""
    api_key = options.api_key.reveal() if options.api_key else None
    said = {name: value for name, value in os.environ.items() if value.strip()}
    return {
        **_given(WAVESPEED_API_KEY=api_key, AWS_REGION=options.region),
        **said,
        **_given(
            SCREENTEST_BUCKET=options.bucket,
            WAVESPEED_BASE_URL=options.base_url,
            SCREENTEST_ACCOUNT=options.account,
        ),
    }


def named_services(call: Call) -> tuple[str, str | None]:
    """(service, account) as a registration is recorded, without starting or asking anything.

    None for an account that is neither named nor known by a key.
    """
    from screentest.client.config import (
        DEFAULT_BASE_URL,
        account_named,
        normal_base_url,
        settings_from,
    )
    from screentest.client.errors import NoCredentials

    options = call.service_options
    environ = environment_of(options)
    named = account_named(environ.get("SCREENTEST_ACCOUNT", ""))
    if options.sandbox:
        return SANDBOX, named
    try:
        settings = settings_from(environ, home=call.home, needs_bucket=False)
    except NoCredentials:
        return normal_base_url(environ.get("WAVESPEED_BASE_URL") or DEFAULT_BASE_URL), named
    settings = replace(settings, sandbox=_is_own_sandbox(settings))
    return settings.service, _account_known(settings)


def _account_known(settings: Settings) -> str:
    """The account that a run with these settings would work for; nothing is recorded."""
    from screentest.client.registry.accounts import taken_for
    from screentest.client.registry.registry import FILE_NAME, Registry

    file = settings.home / FILE_NAME
    if not file.exists():
        return settings.account
    with Registry(file) as registry:
        return taken_for(
            settings.account_name,
            service=settings.service,
            key_hash=settings.key_hash,
            accounts=registry.accounts.list_all(),
        ).account


@contextlib.contextmanager
def session(call: Call, *, watcher: Watcher) -> Iterator[Session]:
    """The account and the registry of one command, closed with the block."""
    from screentest.client.tasks.session import opened

    with services(call, watcher=watcher) as settings:
        settings = with_account(settings, watcher=watcher)
        with opened(settings, watcher=watcher) as session:
            yield session


def with_account(settings: Settings, *, watcher: Watcher) -> Settings:
    """The settings with their account's name; what is to be said of its key names the options."""
    from screentest.client.cli.output.remedies import spoken
    from screentest.client.registry.registry import FILE_NAME, Registry
    from screentest.client.tasks import account

    def told(taken: Taken) -> None:
        watcher.warned(f"{taken.said} {spoken(taken.remedies, sandbox=settings.sandbox)}")

    with Registry(settings.home / FILE_NAME) as registry:
        return account.with_account(settings, registry, told=None if is_silent(watcher) else told)


def _with_options(settings: Settings, options: ServiceOptions) -> Settings:
    settings = replace(settings, keep_objects=options.keep)
    if options.settle_after_s is not None:
        settings = replace(settings, settle_after_s=options.settle_after_s)
    if options.timeout_s is not None:
        settings = replace(settings, wait_s=options.timeout_s)
    return settings


def _is_own_sandbox(settings: Settings) -> bool:
    """Whether the environment leads to this home's own sandbox, as --sandbox does."""
    host = urlsplit(settings.base_url).hostname
    if host not in ("127.0.0.1", "localhost") or not (settings.home / "sandbox.json").exists():
        return False
    from screentest.client.config import normal_base_url
    from screentest.client.sandbox import running_sandbox

    running = running_sandbox(settings.home) or {}
    same_key = running.get("WAVESPEED_API_KEY") == settings.api_key.reveal()
    return same_key and normal_base_url(running["WAVESPEED_BASE_URL"]) == settings.base_url


def sandbox_packages() -> contextlib.AbstractContextManager[None]:
    """Raises SetupError where the packages of the extra ``[sandbox]`` are not installed."""
    return packages_of("sandbox")


@contextlib.contextmanager
def packages_of(extra: str) -> Iterator[None]:
    """Raises SetupError where the packages of an extra, called as its part is, are not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "screentest":
            raise
        message = f"The {extra} needs {error.name}, which is not installed."
        raise SetupError(message, f"Run: pip install 'screentest[{extra}]'") from None


@contextlib.contextmanager
def _sandbox_env(call: Call, *, watcher: Watcher) -> Iterator[Mapping[str, str]]:
    from screentest.client.config import private_folder

    with sandbox_packages():
        from screentest.client.sandbox import running_sandbox, started_sandbox
    home = private_folder(call.home)
    running = running_sandbox(home, notify=watcher.warned)
    if running is not None:
        yield running
        return
    with ExitStack() as stack:
        with sandbox_packages(), stage(watcher, "sandbox") as under_way:
            started = stack.enter_context(started_sandbox(home, notify=watcher.warned))
            under_way.summary = "S3 and the API run on this machine while the command does"
        yield started


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
