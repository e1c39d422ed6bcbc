"""Who works on which core while footage is watched."""

from functools import cache

import cv2
import torch


@cache
def share_cores() -> None:
    """Give each operation half of the cores, once.

    Reading and encoding, appearance and motion are at work at the same time: threads of each for
    every core would get in each other's way. OMP_NUM_THREADS limits the cores to be shared.
    """
    threads = max(1, torch.get_num_threads() // 2)
    torch.set_num_threads(threads)
    cv2.setNumThreads(threads)
