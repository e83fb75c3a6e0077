"""The registry's file: how it is opened, its schema by version, and what a value in it may be."""
