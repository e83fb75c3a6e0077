"""How a command runs: its call, interrupts, failures, services, settings."""
