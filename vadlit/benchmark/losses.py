"""How much of a training step goes into the losses and their gradient."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from vadlit.benchmark.figures import Figure, at_most
from vadlit.benchmark.footage import CLIP, write_data_set
from vadlit.benchmark.loop import Training
from vadlit.benchmark.thesis import thesis_loss
from vadlit.benchmark.turns import in_turns, seconds
from vadlit.models.losses import PredictionLoss


def losses(size: list[int], batch_size: int, batches: int, turns: int) -> list[Figure]:
    """Milliseconds of a step of `base`, and of what its losses take.

    Args:
        size: Height and width of a frame.
        batch_size: Sequences of a batch.
        batches: Of a turn.
        turns: Of each way.
    """
    ours = PredictionLoss()
    prediction, target = (
        torch.randn(batch_size, 3, *size).contiguous(memory_format=torch.channels_last)
        for _ in range(2)
    )
    prediction.requires_grad_()

    def milliseconds(loss: Callable[[], Tensor]) -> float:
        return 1000 * seconds(lambda: torch.autograd.grad(loss(), prediction))

    with TemporaryDirectory() as scratch:
        root = write_data_set(Path(scratch) / "data", CLIP)
        training = Training(root, Path(scratch) / "cache", size, batch_size)
        found = in_turns(
            {
                "step": lambda: 1000 * batch_size / training.rate(batches),
                "losses": lambda: milliseconds(lambda: ours(prediction, target, dict)["loss"]),
                "autograd": lambda: milliseconds(lambda: thesis_loss(prediction, target)),
            },
            turns,
        )
    share = [100 * x / step for x, step in zip(found["losses"], found["step"], strict=True)]
    return [
        Figure("a training step", found["step"], "ms"),
        Figure("its losses", found["losses"], "ms"),
        Figure("the same by autograd", found["autograd"], "ms"),
        Figure("share of the losses", share, "%", at_most(25)),
    ]
