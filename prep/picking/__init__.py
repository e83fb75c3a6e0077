"""Which window to take, for whom, and why: pure, over a scan."""
