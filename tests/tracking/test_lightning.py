"""A real fit: what Lightning logs arrives by epoch."""

from pathlib import Path

import pytorch_lightning as pl
import torch
from mlflow.tracking import MlflowClient
from torch import Tensor
from torch.utils.data import DataLoader

from vadlit.tracking.lightning import EpochLogger
from vadlit.tracking.run import track

EPOCHS, BATCHES = 3, 4


class Tiny(pl.LightningModule):
    """Logs numbers that are known beforehand."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def training_step(self, batch: Tensor, index: int) -> Tensor:
        """The mean over an epoch is the epoch's number and the mean of the batches'."""
        number = torch.tensor(float(self.current_epoch * 10 + index))
        self.log("train/loss", number, on_step=False, on_epoch=True)
        loss: Tensor = self.layer(batch).sum()
        return loss

    def validation_step(self, batch: Tensor, index: int) -> None:
        """The epoch's number."""
        self.log("val/loss", torch.tensor(float(self.current_epoch)))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Any."""
        return torch.optim.SGD(self.parameters(), lr=0.1)


def test_steps_are_epochs(uri: str, reader: MlflowClient, tmp_path: Path) -> None:
    data: DataLoader[Tensor] = DataLoader(list(torch.ones(BATCHES, 1)))  # type: ignore[arg-type]
    with track(uri, "lightning", "one") as tracker:
        trainer = pl.Trainer(
            max_epochs=EPOCHS,
            accelerator="cpu",
            logger=EpochLogger(tracker),
            log_every_n_steps=1,
            num_sanity_val_steps=0,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            default_root_dir=tmp_path,
        )
        trainer.fit(Tiny(), data, data)
    found = {
        name: [(x.step, x.value) for x in reader.get_metric_history(tracker.run_id, name)]
        for name in reader.get_run(tracker.run_id).data.metrics
    }
    assert found == {
        "train/loss": [(epoch, epoch * 10 + 1.5) for epoch in range(EPOCHS)],
        "val/loss": [(epoch, float(epoch)) for epoch in range(EPOCHS)],
    }


def test_it_is_named_by_the_run(uri: str) -> None:
    with track(uri, "lightning", "one") as tracker:
        logger = EpochLogger(tracker)
        logger.log_hyperparams({"seed": 0})
    assert (logger.name, logger.version) == ("mlflow", tracker.run_id)
    assert tracker.client.get_run(tracker.run_id).data.params == {}
