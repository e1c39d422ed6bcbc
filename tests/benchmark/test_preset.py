import pytest
import torch

from vadlit.benchmark.preset import cores_shared
from vadlit.detection.cores import share_cores


def test_each_row_shares_the_cores_and_gives_them_back(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = [4]
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads[-1])
    monkeypatch.setattr(torch, "set_num_threads", threads.append)
    share_cores.cache_clear()
    for _ in range(2):
        with cores_shared():
            assert threads[-1] == 2
        assert threads[-1] == 4
