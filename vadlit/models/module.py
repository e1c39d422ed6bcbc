"""The LightningModule around the predictor: augmentation, loss, optimiser and checkpoints."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from vadlit.config import Config
from vadlit.data.sequences import INPUT_FRAMES, Batch
from vadlit.errors import UserError
from vadlit.models.checkpoint import check_encoder
from vadlit.models.encoder import Encoder
from vadlit.models.normalisation import normalise
from vadlit.models.predictor import Features, Predictor
from vadlit.processes import rank, world

EPOCH_SEED = 1_000_003


class Loss(Protocol):
    """Judges what a decoder `predicts`."""

    predicts: str

    def __call__(
        self, prediction: Tensor, target: Tensor, encode: Callable[[Tensor], Features]
    ) -> dict[str, Tensor]:
        """What is minimised, under "loss", and its terms.

        Args:
            prediction: A batch as the decoder gives it.
            target: The next frames, (B, 3, H, W), ImageNet-normalised.
            encode: Images like these to features by tap.
        """

    def measures(self, prediction: Tensor, target: Tensor) -> dict[str, Tensor]:
        """What is told of validation beside these."""


class PredictionModule(pl.LightningModule):
    """Trains a predictor on normal sequences.

    Args:
        predictor: Its decoder is trained.
        augmentation: Maps sequences (B, T + 1, 3, H, W) in [0, 1] to the same.
        loss: Of what the predictor predicts.
        optimizer: Makes the optimiser of the decoder's parameters.
        seed: With the epoch it seeds dropout and augmentation, so that a resumed run ends with
            the weights of an uninterrupted one.
        config: The resolved configuration, kept in every checkpoint.

    Raises:
        UserError: The loss judges something else.
    """

    def __init__(
        self,
        predictor: Predictor,
        augmentation: nn.Module,
        loss: Loss,
        optimizer: Callable[[Iterable[nn.Parameter]], Optimizer],
        seed: int,
        config: Config,
    ) -> None:
        super().__init__()
        if loss.predicts != predictor.predicts:
            raise UserError(
                f"The loss judges a {loss.predicts}, and the model makes a {predictor.predicts}; "
                "allowed is model=forecast with loss=forecast, and any other with loss=thesis."
            )
        # The encoder never changes: checkpoints name it instead of holding it.
        self.strict_loading = False
        self.predictor = predictor
        self.augmentation = augmentation
        self.loss = loss
        self.optimizer = optimizer
        self.seed = seed
        self.config = config

    def configure_optimizers(self) -> Optimizer:
        """Optimise the decoder alone."""
        return self.optimizer(self.predictor.decoder.parameters())

    def on_fit_start(self) -> None:
        """Train in training mode: Lightning keeps the mode in which a detector left it."""
        self.train()

    def on_train_batch_start(self, batch: Batch, index: int) -> None:
        """Make the epoch's draws a function of seed and epoch, and others in each process.

        At its first batch: Lightning leaves `on_train_epoch_start` out where it resumes.
        """
        if index == 0:
            epoch = self.seed * EPOCH_SEED + self.current_epoch
            torch.manual_seed(epoch * world() + rank())

    def training_step(self, batch: Batch, _: int) -> Tensor:
        """Loss of a batch of training sequences."""
        features, target = self._inputs(batch, self.augmentation)
        losses = self._losses(self.predictor(features), target)
        named = {f"train/{name}": value.detach() for name, value in losses.items()}
        self._log_mean(named, len(target))
        return losses["loss"]

    def validation_step(self, batch: Batch, _: int) -> None:
        """Loss of a batch of validation sequences, and what is told beside it."""
        features, target = self._inputs(batch, nn.Identity())
        prediction = self.predictor(features)
        losses = self._losses(prediction, target)
        told = losses | self.loss.measures(prediction, target)
        self._log_mean({f"val/{name}": value for name, value in told.items()}, len(target))

    def _log_mean(self, named: dict[str, Tensor], count: int) -> None:
        """Log the epoch's mean, over all processes."""
        self.log_dict(named, on_step=False, on_epoch=True, batch_size=count, sync_dist=True)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Leave the encoder out and put the configuration in."""
        checkpoint["state_dict"] = _without_encoder(checkpoint["state_dict"])
        checkpoint["vadlit"] = {
            "config": self.config,
            "encoder": self.predictor.encoder.identity,
        }

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Refuse to go on from a checkpoint of another encoder or decoder."""
        place = Path("the checkpoint of trainer.resume")
        if "vadlit" not in checkpoint:
            raise UserError(f"{place} is not a checkpoint of vadlit.")
        check_encoder(self.predictor.encoder, checkpoint["vadlit"]["encoder"], place)
        if _shapes(checkpoint["state_dict"]) != _shapes(_without_encoder(self.state_dict())):
            raise UserError(f"{place} holds the weights of another decoder.")

    def _inputs(self, batch: Batch, augmentation: nn.Module) -> tuple[Features, Tensor]:
        """Features of the inputs, from the store or encoded now, and the normalised target."""
        if "features" in batch:
            return batch["features"], normalise(batch["target"].float() / 255)
        stretches = normalise(augmentation(batch["frames"].float() / 255))
        with torch.no_grad():
            encoded = self._encoder(stretches[:, :-1].flatten(0, 1), self.predictor.taps)
        features = {
            tap: _inputs_of(x.unflatten(0, (len(stretches), -1))) for tap, x in encoded.items()
        }
        return features, stretches[:, INPUT_FRAMES:].flatten(0, 1)

    @property
    def _encoder(self) -> Encoder:
        """The encoder that gradients pass through."""
        encoder = self.predictor.encoder
        assert isinstance(encoder, Encoder)
        return encoder

    def _losses(self, prediction: Tensor, target: Tensor) -> dict[str, Tensor]:
        encoder = self._encoder
        return self.loss(prediction, target, lambda images: encoder(images, self.predictor.taps))


def _inputs_of(features: Tensor) -> Tensor:
    """What each sequence of a stretch sees: (S, R - 1, C, h, w) to (S (R - T), T, C, h, w)."""
    return features.unfold(1, INPUT_FRAMES, 1).movedim(-1, 2).flatten(0, 1)


def _without_encoder(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {key: x for key, x in state.items() if not key.startswith("predictor.encoder.")}


def _shapes(state: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    return {key: x.shape for key, x in state.items()}
