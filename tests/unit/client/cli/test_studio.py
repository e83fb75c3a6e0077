"""What `studio` prints."""

import io

import pytest
from rich.console import Console

from screentest.client.cli.commands.studio import show_address


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_the_address_is_whole_on_a_narrow_terminal(host: str) -> None:
    url = f"http://{host}:19205/?token={'t' * 43}"
    terminal = io.StringIO()
    show_address(Console(file=terminal, width=40, force_terminal=True, color_system=None), url=url)
    assert terminal.getvalue() == f"Studio: {url}\n"
