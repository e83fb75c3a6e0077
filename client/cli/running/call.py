"""One call of the command: what its common options ask for."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from screentest.client.cli.running.interrupts import Interrupts

if TYPE_CHECKING:
    from screentest.client.cli.log import CommandLog
    from screentest.client.config import Secret


FileKind = Literal["user file", "named file", "project file"]


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A settings file that was read.

    ``defaults``: by the names of commands and parameters, nested as the commands are; ``kept``: what no
    option has.
    """

    kind: FileKind
    path: Path
    defaults: Mapping[str, Any]
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """The services as the options name them; None for what is not given.

    ``sandbox`` beats bucket, base URL and the environment's key. ``account``, ``settle_after_s``,
    ``timeout_s`` and ``keep``: see ``client.config.Settings``. ``api_key`` and ``region`` are of a
    settings file, and hold where the environment says nothing.
    """

    sandbox: bool = False
    bucket: str | None = None
    base_url: str | None = None
    account: str | None = None
    settle_after_s: float | None = None
    timeout_s: float | None = None
    keep: bool = False
    api_key: Secret | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How footage that lies elsewhere is fetched. ``limit_gb``: the largest file; ``cache_gb``: what is
    kept for the next command.
    """

    allow_private: bool = False
    limit_gb: float = 20.0
    cache_gb: float = 20.0


@dataclass(slots=True)
class Call:
    """What the common options ask for: form and amount of output, home, services.

    Filled while click parses, so that an error halfway through still comes out in the form asked
    for. ``verbosity``: -1 quiet, 0 ordinary, 1 and more detail. ``home_option``: --home or its
    setting, None for the default. ``fetch_options``: how footage comes that lies elsewhere.
    ``settings_files``: those that were read, the one that beats the others last.
    ``addresses``: of files that were fetched, by their paths.
    ``arguments``: of the command line; ``log``: where they and what follows are written down.
    ``interrupts``: whether a signal asked it to stop.
    """

    json: bool = False
    verbosity: int = 0
    home_option: str | None = None
    service_options: ServiceOptions = field(default_factory=ServiceOptions)
    fetch_options: FetchOptions = field(default_factory=FetchOptions)
    settings_files: tuple[SettingsFile, ...] = ()
    addresses: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    log: CommandLog | None = None
    interrupts: Interrupts = field(default_factory=Interrupts)

    @classmethod
    def from_arguments(cls, arguments: Sequence[str]) -> Call:
        """What is known before parsing, so that usage errors respect --json and -v too."""
        flags = list(itertools.takewhile(lambda argument: argument != "--", arguments))
        verbosity = 1 if {"-v", "-vv", "--verbose"} & set(flags) else 0
        return cls(json="--json" in flags, verbosity=verbosity, arguments=tuple(arguments))

    def named(self, text: str) -> str:
        """A text with the addresses of fetched files instead of where they were fetched to."""
        for path, address in self.addresses.items():
            text = text.replace(path, address)
        return text

    def found_at(self, recorded: str) -> str:
        """Where the file lies now that is recorded by its path or address."""
        return next((path for path, one in self.addresses.items() if one == recorded), recorded)

    @property
    def home(self) -> Path:
        """The folder of the registry, the clips, the cached scans and the sandbox's data."""
        import os

        from screentest.client.config import default_home, home_at

        if self.home_option:
            return home_at(self.home_option)
        return default_home(os.environ)
