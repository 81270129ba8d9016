"""Lets a measurement on the same machine have it for itself: training waits while a file exists."""

import os
import time


def wait_while_exists(path):
    """Returns at once where `path` is None or does not exist; otherwise looks every two seconds. Returns the seconds waited."""
    begin = time.monotonic()
    while path and os.path.exists(path):
        time.sleep(2)
    return time.monotonic() - begin
