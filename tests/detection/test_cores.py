from collections.abc import Iterator

import cv2
import pytest
import torch

from vadlit.detection.cores import share_cores


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before, images = torch.get_num_threads(), cv2.getNumThreads()
    yield
    torch.set_num_threads(before)
    cv2.setNumThreads(images)


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (4, 2), (5, 2)])
def test_each_operation_has_half_of_the_cores(cores: int, threads: int) -> None:
    torch.set_num_threads(cores)
    share_cores.cache_clear()
    for _ in range(2):  # as when a worker is given another detector
        share_cores()
        assert torch.get_num_threads() == threads
        assert cv2.getNumThreads() == threads
