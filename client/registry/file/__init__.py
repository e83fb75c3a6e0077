"""The registry's file: how it is opened, and its schema version by version."""
