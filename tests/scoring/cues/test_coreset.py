import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from vadlit.scoring.cues import coreset as module
from vadlit.scoring.cues.coreset import coreset


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def far(rows: Tensor, kept: Tensor) -> float:
    """How far the row is that is farthest from all that are kept."""
    return torch.cdist(rows, kept).min(dim=1).values.max().item()


def test_what_is_seen_once_is_kept_beside_what_is_seen_a_thousand_times() -> None:
    often = normalize(torch.ones(1, 64) + 1e-3 * torch.randn(5000, 64, generator=seeded()), dim=1)
    rare = normalize(torch.randn(9, 64, generator=seeded(1)), dim=1)
    kept = coreset(torch.cat([often, rare]), 10, seeded(2))
    assert kept.shape == (10, 64)
    assert torch.cdist(rare, kept).min(dim=1).values.max() == 0
    assert far(often, kept) < 0.1


def test_each_is_the_farthest_from_those_before(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = torch.randn(300, 16, generator=seeded())
    # An orthogonal projection keeps distances as they are.
    turned, _ = torch.linalg.qr(torch.randn(16, 16, generator=seeded(5)))
    monkeypatch.setattr(module, "DIMENSIONS", 16)
    monkeypatch.setattr(torch, "randn", lambda *_, **__: turned)
    kept = coreset(rows, 20, seeded(3))
    for number in range(1, 20):
        before = torch.cdist(rows, kept[:number]).min(dim=1).values
        assert torch.equal(kept[number], rows[before.argmax()])


def test_the_projection_covers_what_a_sample_of_that_size_leaves_out() -> None:
    rows = torch.randn(4000, 128, generator=seeded())
    rows[:40] *= 3
    kept = coreset(rows, 400, seeded(1))
    drawn = rows[torch.randperm(4000, generator=seeded(1))[:400]]
    assert far(rows, kept) < 0.7 * far(rows, drawn)


def test_no_row_is_kept_twice_and_all_where_they_are_few() -> None:
    rows = torch.zeros(50, 4)
    rows[:, 0] = torch.arange(50) // 10
    kept = coreset(rows, 49, seeded())
    assert kept[:, 0].long().bincount(minlength=5).max() == 10
    assert torch.equal(coreset(rows, 50, seeded()), rows)


def test_a_seed_repeats_it() -> None:
    rows = torch.randn(500, 16, generator=seeded())
    one, same, other = (coreset(rows, 40, seeded(s)) for s in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
