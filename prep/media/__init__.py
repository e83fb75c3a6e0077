"""Opening any file, safely: its shape, time, orientation, and its pictures."""
