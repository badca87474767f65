"""Waiting for something to become true, and no longer."""

import time

PATIENCE_SECONDS = 40
LOOK_SECONDS = 0.01


def wait_until(is_true, what, seconds=PATIENCE_SECONDS):
    """Return what `is_true()` returned as soon as that is true; AssertionError with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = is_true()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(LOOK_SECONDS)
