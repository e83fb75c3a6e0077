"""Making permissions hold for root too, for tests."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator
from contextlib import contextmanager

# Linux's numbers for the right of root to write where the permissions forbid it.
_CAPABILITY_VERSION, _DAC_OVERRIDE = 0x20080522, 1 << 1


@contextmanager
def bound_by_permissions() -> Iterator[None]:
    """Permissions hold for this thread meanwhile, even if it is root's."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    before = ctypes.create_string_buffer(24)
    assert libc.capget(header, before) == 0
    effective, *others = struct.unpack("6I", before.raw)
    assert libc.capset(header, struct.pack("6I", effective & ~_DAC_OVERRIDE, *others)) == 0
    try:
        yield
    finally:
        assert libc.capset(header, before) == 0
