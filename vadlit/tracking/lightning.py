"""Lightning's metrics into an MLflow run, stepped by epoch."""

from argparse import Namespace
from typing import Any

from pytorch_lightning.loggers.logger import Logger
from pytorch_lightning.utilities import rank_zero_only

from vadlit.tracking.run import Tracker


class EpochLogger(Logger):
    """Hands what Lightning logs to a tracker; runs of other batch sizes stay comparable."""

    def __init__(self, tracker: Tracker) -> None:
        super().__init__()
        self.tracker = tracker

    @property
    def name(self) -> str:
        """The logger's name."""
        return "mlflow"

    @property
    def version(self) -> str:
        """The run's id."""
        return self.tracker.run_id

    @rank_zero_only
    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        """Log the numbers of an epoch; Lightning adds its number to them."""
        numbers = dict(metrics)
        epoch = int(numbers.pop("epoch"))
        self.tracker.log_metrics(numbers, step=epoch)

    def log_hyperparams(self, params: dict[str, Any] | Namespace, *_: Any, **__: Any) -> None:
        """Leave the configuration to the job, which logs it resolved."""
