"""Which window to take, for whom, and why; and the scans that this choice is made from."""
