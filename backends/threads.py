"""Threads of engines that leave the cores to others. Only Linux knows priorities of threads."""

from __future__ import annotations

import os
import sys
import threading


def stand_back(by: int) -> None:
    """Let other threads go before this one and those it starts; a niceness of 5 leaves it a quarter."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + by)
