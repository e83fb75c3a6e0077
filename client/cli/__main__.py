"""``python -m screentest.client.cli``: the command without its console script."""

from __future__ import annotations

from screentest.client.cli import main

main()
