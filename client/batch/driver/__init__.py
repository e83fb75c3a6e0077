"""The driver: holds key, registry, budget and pace; has clips made, and registers them."""
