"""vadlit's own way of training, for a few batches."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import pytorch_lightning as pl
import torch
from torch import nn

from vadlit.data.folder import Folder
from vadlit.fitting import quieten_lightning
from vadlit.models.decoders.base import BaseDecoder
from vadlit.models.encoder import Encoder
from vadlit.models.losses import PredictionLoss
from vadlit.models.module import PredictionModule
from vadlit.models.predictor import Predictor


class Training:
    """Trains `base` on a data set, as `vadlit train` does.

    Args:
        root: A data set for `data=folder`.
        cache: The folder of frames and features.
        size: Height and width of a frame.
        batch_size: Sequences of a batch.
        augmentation: Changes sequences; None reads features from the cache.
        settings: More of the data module's.
    """

    def __init__(
        self,
        root: Path,
        cache: Path,
        size: Sequence[int],
        batch_size: int,
        augmentation: nn.Module | None = None,
        **settings: Any,
    ) -> None:
        quieten_lightning()
        predictor = Predictor(Encoder(), BaseDecoder())
        self.module = PredictionModule(
            predictor,
            augmentation or nn.Identity(),
            PredictionLoss(),
            partial(torch.optim.Adam, lr=3e-4, fused=True),
            seed=0,
            config={},
        )
        self.data = partial(
            Folder,
            root=str(root),
            cache_dir=str(cache),
            size=size,
            batch_size=batch_size,
            cache=True,
            seed=0,
            **settings,
        )
        self.batch_size = batch_size
        self.augmented = augmentation is not None

    def rate(self, batches: int) -> float:
        """Sequences a second over some batches, two or more, from the end of the first one on."""
        data = self.data(sequences=batches * self.batch_size)
        predictor = self.module.predictor
        data.attach(predictor.encoder, predictor.taps, augmented=self.augmented)
        clock = _Clock()
        trainer = pl.Trainer(
            max_epochs=1,
            accelerator="cpu",  # where the thesis's way is timed as well
            devices=1,
            logger=False,
            callbacks=[clock],
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            limit_val_batches=0,
        )
        trainer.fit(self.module, data)
        return (batches - 1) * self.batch_size / (clock.times[-1] - clock.times[0])


class _Clock(pl.Callback):
    """Notes when each batch has ended."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def on_train_batch_end(self, *_: Any) -> None:
        self.times.append(perf_counter())
