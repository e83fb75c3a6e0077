"""The commands about the program itself: help, completion, settings."""
