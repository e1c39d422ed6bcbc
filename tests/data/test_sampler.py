from collections import Counter
from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.optim import SGD, Optimizer
from torch.utils.data import DataLoader, Dataset

from vadlit.data import sampler
from vadlit.data.sampler import RandomSequences


def draw(pool: int = 100, count: int = 30, seed: int = 0, epoch: int = 0) -> list[int]:
    sampler = RandomSequences(pool, count, seed)
    sampler.set_epoch(epoch)
    drawn = list(sampler)
    assert len(drawn) == len(sampler) == count
    return drawn


@pytest.mark.parametrize(("pool", "count"), [(100, 30), (100, 100), (10, 35), (1, 3), (7, 14)])
def test_none_comes_again_before_the_pool_is_used_up(pool: int, count: int) -> None:
    drawn = draw(pool, count)
    assert set(drawn) <= set(range(pool))
    for start in range(0, count, pool):
        assert len(set(drawn[start : start + pool])) == min(pool, count - start)


def test_a_used_up_pool_is_shuffled_anew() -> None:
    drawn = draw(50, 100)
    assert drawn[:50] != drawn[50:]


def test_the_draw_is_a_function_of_seed_and_epoch_alone() -> None:
    torch.manual_seed(1)
    first = draw(seed=3, epoch=2)
    state = torch.random.get_rng_state()
    torch.manual_seed(2)
    assert draw(seed=3, epoch=2) == first
    torch.manual_seed(1)
    draw()
    assert torch.equal(torch.random.get_rng_state(), state)


def test_seeds_and_epochs_all_differ() -> None:
    draws = {tuple(draw(seed=s, epoch=e)) for s in (0, 1, 2, 2**32 - 1) for e in (0, 1, 2, 39)}
    assert len(draws) == 16


def test_an_epoch_follows_no_other() -> None:
    sampler = RandomSequences(100, 30, 0)
    for epoch in (0, 1, 0, 5):
        sampler.set_epoch(epoch)
        assert list(sampler) == list(sampler) == draw(epoch=epoch)


def test_the_draw_is_in_random_order_and_even() -> None:
    drawn = [draw(20, 5, epoch=epoch) for epoch in range(2000)]
    assert sum(d == sorted(d) for d in drawn) < 50  # 1 in 120 by chance
    for place in (0, 4):
        counts = Counter(d[place] for d in drawn)
        # 100 each expected, with a standard deviation of 9.7
        assert all(50 < counts[index] < 150 for index in range(20))


class Numbers(Dataset[Tensor]):
    def __len__(self) -> int:
        return 50

    def __getitem__(self, index: int) -> Tensor:
        return torch.tensor([float(index)])


class Recorder(pl.LightningModule):
    """Learns nothing; remembers what each epoch trained on."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.seen: dict[int, list[int]] = {}

    def training_step(self, batch: Tensor, _: int) -> Tensor:
        self.seen.setdefault(self.current_epoch, []).extend(batch.flatten().int().tolist())
        return (self.weight * batch).sum()

    def configure_optimizers(self) -> Optimizer:
        return SGD(self.parameters(), lr=0.0)


def fit(epochs: int, folder: Path, checkpoint: Path | None = None) -> Recorder:
    module = Recorder()
    trainer = pl.Trainer(
        max_epochs=epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=folder,
    )
    sampler = RandomSequences(50, 8, seed=0)
    loader = DataLoader(Numbers(), batch_size=3, sampler=sampler)
    trainer.fit(module, loader, ckpt_path=checkpoint, weights_only=True)
    trainer.save_checkpoint(folder / "last.ckpt")
    return module


@pytest.mark.filterwarnings("ignore")
def test_lightning_tells_it_the_epoch_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    expected = {epoch: draw(50, 8, epoch=epoch) for epoch in range(3)}
    assert fit(2, tmp_path).seen == {0: expected[0], 1: expected[1]}
    assert fit(3, tmp_path, tmp_path / "last.ckpt").seen == {2: expected[2]}


def test_processes_share_every_batch_of_one_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone, batch, world = draw(count=24), 6, 2
    monkeypatch.setattr(sampler, "world", lambda: world)
    shares = []
    for rank in range(world):
        monkeypatch.setattr(sampler, "rank", lambda rank=rank: rank)
        mine = RandomSequences(100, 24, 0)
        shares.append(list(mine))
        assert len(shares[-1]) == len(mine) == 12
    size = batch // world
    for step in range(24 // batch):
        taken = [each for share in shares for each in share[step * size : (step + 1) * size]]
        assert sorted(taken) == sorted(alone[step * batch : (step + 1) * batch])
