"""Progress of training where no bar can be drawn: one line an epoch."""

import sys
from time import monotonic

import pytorch_lightning as pl


class EpochLines(pl.Callback):
    """Writes each epoch's losses and the time left to stderr."""

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start the clock."""
        self._start, self._first = monotonic(), trainer.current_epoch

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the line of the epoch that has just ended."""
        done, epochs = trainer.current_epoch + 1, trainer.max_epochs or 0
        left = (monotonic() - self._start) / (done - self._first) * (epochs - done)
        losses = "  ".join(
            f"{name} {float(trainer.callback_metrics[name]):.4f}"
            for name in ("train/loss", "val/loss", "val/psnr")
            if name in trainer.callback_metrics
        )
        print(
            f"epoch {done}/{epochs}  {losses}  {duration(left)} left", file=sys.stderr, flush=True
        )


def duration(seconds: float) -> str:
    """Seconds as a person says them.

    >>> duration(42.4), duration(90), duration(7260)
    ('42 s', '2 min', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
