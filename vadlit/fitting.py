"""The training proper, which is Lightning's."""

import logging
import sys
import warnings
from pathlib import Path
from signal import SIGINT, SIGTERM, default_int_handler, signal

import pytorch_lightning as pl
from lightning_fabric.utilities.exceptions import MisconfigurationException
from pytorch_lightning.callbacks import Callback, LambdaCallback, ModelCheckpoint, Timer
from pytorch_lightning.utilities.exceptions import SIGTERMException

from vadlit.config import Config
from vadlit.data.module import SequenceDataModule
from vadlit.errors import UserError
from vadlit.models.checkpoint import read_checkpoint
from vadlit.models.module import PredictionModule
from vadlit.progress import EpochLines
from vadlit.run_folder import RunFolder
from vadlit.tracking.lightning import EpochLogger
from vadlit.tracking.run import Tracker

# Those that keep the weights in single precision, as detection needs them.
PRECISIONS = ("32-true", "16-mixed", "bf16-mixed")


def trainer_settings(resolved: Config, *, predicting: bool) -> Config:
    """What Lightning's trainer takes; a decoder nothing looks at is not trained.

    Raises:
        UserError: The precision is not allowed.
    """
    settings = {key: value for key, value in resolved["trainer"].items() if key != "resume"}
    if str(settings["precision"]) not in PRECISIONS:
        raise UserError(
            f"trainer.precision is {settings['precision']}; allowed are {', '.join(PRECISIONS)}."
        )
    return settings if predicting else settings | {"max_epochs": 0}


def fit(
    settings: Config,
    data: SequenceDataModule,
    module: PredictionModule,
    folder: RunFolder,
    checkpoint: Path | None,
    tracker: Tracker | None,
) -> float:
    """Train to the last epoch; return the seconds it took, those before an interruption too.

    Only the process with a tracker shows and logs anything.

    Raises:
        UserError: `checkpoint` is none of vadlit, or of another encoder or decoder; a setting is
            none of Lightning's; or the disk is full or refuses.
    """
    quieten_lightning()
    if checkpoint:
        _check_left(checkpoint, folder, settings["max_epochs"])
    timer, watched = Timer(), tracker is not None and sys.stdout.isatty()
    callbacks = [timer, *_savers(folder)]
    if tracker:
        run_id = tracker.run_id
        # Once all features are cached: until then, a training can be refused.
        callbacks += [LambdaCallback(on_fit_start=lambda *_: folder.begin(run_id, checkpoint))]
        callbacks += [] if watched else [EpochLines()]
    try:
        trainer = pl.Trainer(
            **settings,
            logger=EpochLogger(tracker) if tracker else False,
            callbacks=callbacks,
            use_distributed_sampler=False,
            enable_progress_bar=watched,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            log_every_n_steps=1,
        )
    except (MisconfigurationException, ValueError, TypeError) as error:
        raise UserError(f"The settings of trainer are not allowed: {error}") from error
    # Lightning moves it only after the features are cached.
    module.to(trainer.strategy.root_device)
    try:
        with folder.writing():
            trainer.fit(module, data, ckpt_path=checkpoint, weights_only=True)
            if not trainer.max_epochs:
                trainer.save_checkpoint(folder.last)
    except MisconfigurationException as error:
        raise UserError(f"The settings of trainer are not allowed: {error}") from error
    except SIGTERMException:
        # Lightning's would end the process as if all were done.
        sys.exit(128 + SIGTERM)
    except SystemExit:
        if not trainer.interrupted:
            raise
        # After Ctrl-C Lightning's would end the process with 1, and keep it from being interrupted.
        signal(SIGINT, default_int_handler)
        raise KeyboardInterrupt from None
    return timer.time_elapsed("train")


def _savers(folder: RunFolder) -> list[Callback]:
    """Two, because Lightning's `save_last` leaves out the epochs that are not the best yet."""
    return [
        ModelCheckpoint(
            folder.checkpoints,
            filename=name,
            monitor=monitor,
            save_on_train_epoch_end=True,
            enable_version_counter=False,
        )
        for name, monitor in (("best", "val/loss"), ("last", None))
    ]


def _check_left(checkpoint: Path, folder: RunFolder, epochs: int) -> None:
    """Refuse broken bytes, and a foreign checkpoint after which nothing would be trained or kept.

    Lightning answers the first with whatever they lead to, and passes over the second.
    """
    done = read_checkpoint(checkpoint)["epoch"] + 1
    if checkpoint != folder.last and done >= epochs:
        raise UserError(
            f"trainer.resume is {checkpoint}, which has come to epoch {done} of {epochs}; allowed "
            "is one that has epochs left."
        )


def quieten_lightning() -> None:
    """Hush advice that does not apply.

    Workers would only copy what memory maps already share; the encoder is in evaluation mode and
    run folders are used again on purpose.
    """
    for package in ("pytorch_lightning", "lightning_fabric"):
        logging.getLogger(package).setLevel(logging.ERROR)
    for advice in ("does not have many workers", "in eval mode", "exists and is not empty"):
        warnings.filterwarnings("ignore", f".*{advice}")
    warnings.filterwarnings("ignore", ".*LeafSpec", DeprecationWarning)
    warnings.filterwarnings("ignore", ".*LeafSpec", FutureWarning)
