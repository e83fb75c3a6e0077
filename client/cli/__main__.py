"""``python -m client.cli``: the command without its console script."""

from __future__ import annotations

from client.cli import main

main()
