"""Whether a video still shows somebody: its faces held against a reference, and the page about it."""
