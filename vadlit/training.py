"""One training job: a configuration in; a trained, evaluated and logged detector out."""

import logging
import sys
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import pytorch_lightning as pl
from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.callbacks import ModelCheckpoint, Timer
from torch import nn

from vadlit.config import Config, flat
from vadlit.data.module import SequenceDataModule
from vadlit.detector import Detector, assemble
from vadlit.errors import UserError
from vadlit.evaluation.evaluate import Evaluation, evaluate
from vadlit.evaluation.results import write_results
from vadlit.models.module import PredictionModule
from vadlit.models.predictor import Predictor
from vadlit.progress import EpochLines
from vadlit.run_folder import RunFolder
from vadlit.saved import keep, save
from vadlit.tracking.environment import environment
from vadlit.tracking.lightning import EpochLogger
from vadlit.tracking.model import log_detector
from vadlit.tracking.run import Tracker, track
from vadlit.tracking.sweep import parent_run
from vadlit.views import predicting_taps


def train(config: DictConfig) -> Evaluation:
    """Train, evaluate and log one detector.

    The weights of the last epoch are evaluated, not the best ones: the length of training is one
    of the things that sweeps compare.

    Args:
        config: `conf/train.yaml`, composed.

    Raises:
        UserError: A setting, the data, the tracking server or the disk is at fault.
    """
    resolved = resolve(config)
    folder = RunFolder(resolved)
    with folder.claimed():
        run_id, checkpoint = folder.start(str(resolved["trainer"]["resume"]))
        with track(
            resolved["tracking"]["uri"],
            resolved["study"],
            resolved["name"],
            run_id=run_id,
            parent=parent_run(),
        ) as tracker:
            folder.remember(tracker.run_id)
            _log_origin(tracker, resolved)
            data, module = build_training(config, resolved)
            # Before the training, so that a mistake in its settings does not cost one.
            detector = assemble(module.predictor, resolved | {"size": list(data.size)})
            taps = predicting_taps(detector.cue, module.predictor)
            augmented = not isinstance(module.augmentation, nn.Identity)
            data.attach(module.predictor.encoder, taps, augmented=augmented)
            settings = _trainer_settings(resolved, predicting=bool(taps))
            seconds = _fit(settings, data, module, folder, checkpoint, tracker)
            tracker.log_metrics({"seconds": seconds})
            tracker.log_folder(folder.checkpoints, "checkpoints")
            module.eval()
            data.setup("test")
            evaluation = evaluate(detector, data)
            keep(detector, evaluation.report, folder.last)
            tracker.log_file(folder.last, "checkpoints")
            _log_evaluation(resolved["name"], detector, evaluation, tracker)
            return evaluation


def resolve(config: DictConfig) -> Config:
    """The configuration as plain values, nothing left open.

    Raises:
        UserError: A number is out of its range.
    """
    resolved: Config = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)  # type: ignore[assignment]
    for name, value, least in (
        ("trainer.max_epochs", resolved["trainer"]["max_epochs"], 1),
        ("seed", resolved["seed"], 0),
    ):
        if not isinstance(value, int) or value < least:
            raise UserError(f"{name} is {value}; allowed is a whole number of {least} or more.")
    return resolved


def build_training(
    config: DictConfig, resolved: Config
) -> tuple[SequenceDataModule, PredictionModule]:
    """Build what is trained and what it is trained on; the seed fixes the first weights."""
    pl.seed_everything(resolved["seed"], verbose=False)
    try:
        data: SequenceDataModule = instantiate(config.data, _convert_="all")
        predictor = Predictor(instantiate(config.encoder), instantiate(config.model))
        augmentation: nn.Module = instantiate(config.augmentation)
        loss, optimizer = instantiate(config.loss), instantiate(config.optimizer)
    except InstantiationException as error:
        if isinstance(error.__cause__, UserError):
            raise error.__cause__ from None
        raise
    module = PredictionModule(predictor, augmentation, loss, optimizer, resolved["seed"], resolved)
    return data, module


def _log_origin(tracker: Tracker, resolved: Config) -> None:
    tracker.log_params(flat(resolved))
    tracker.log_text("config.yaml", OmegaConf.to_yaml(OmegaConf.create(resolved)))
    origin = environment()
    tracker.log_json("environment.json", origin)
    tracker.set_tags({"mlflow.source.git.commit": str(origin["git_commit"])})


def _trainer_settings(resolved: Config, *, predicting: bool) -> Config:
    """What Lightning's trainer takes; a decoder nothing looks at is not trained."""
    settings = {key: value for key, value in resolved["trainer"].items() if key != "resume"}
    return settings if predicting else settings | {"max_epochs": 0}


def _fit(
    settings: Config,
    data: SequenceDataModule,
    module: PredictionModule,
    folder: RunFolder,
    checkpoint: Path | None,
    tracker: Tracker,
) -> float:
    """Train to the last epoch; return the seconds it took, those before an interruption too."""
    quieten_lightning()
    timer, watched = Timer(), sys.stdout.isatty()
    # Two, because Lightning's `save_last` leaves out the epochs that are not the best yet.
    savers = [
        ModelCheckpoint(
            folder.checkpoints,
            filename=name,
            monitor=monitor,
            save_on_train_epoch_end=True,
            enable_version_counter=False,
        )
        for name, monitor in (("best", "val/loss"), ("last", None))
    ]
    trainer = pl.Trainer(
        **settings,
        devices=1,
        logger=EpochLogger(tracker),
        callbacks=[timer, *savers] if watched else [timer, *savers, EpochLines()],
        enable_progress_bar=watched,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        log_every_n_steps=1,
    )
    trainer.fit(module, data, ckpt_path=checkpoint, weights_only=True)
    if trainer.interrupted:
        raise KeyboardInterrupt
    if not trainer.max_epochs:
        trainer.save_checkpoint(folder.last)
    return timer.time_elapsed("train")


def _log_evaluation(
    name: str, detector: Detector, evaluation: Evaluation, tracker: Tracker
) -> None:
    with TemporaryDirectory() as scratch:
        write_results(Path(scratch) / "results", name, evaluation)
        tracker.log_folder(Path(scratch) / "results")
        save(detector, Path(scratch) / "detector")
        log_detector(tracker, Path(scratch) / "detector")
    quantity = evaluation.quantity
    for event in evaluation.test:
        shown = quantity.shown(event.score).tolist()
        tracker.log_curve(f"{quantity.key}/{event.event}", event.frames.tolist(), shown)
    numbers = evaluation.report.items()
    tracker.log_metrics({key: x for key, x in numbers if isinstance(x, int | float)})


def quieten_lightning() -> None:
    """Hush advice that does not apply.

    Workers would only copy what memory maps already share; the encoder is in evaluation mode and
    run folders are used again on purpose.
    """
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    for advice in ("does not have many workers", "in eval mode", "exists and is not empty"):
        warnings.filterwarnings("ignore", f".*{advice}")
    warnings.filterwarnings("ignore", ".*LeafSpec", DeprecationWarning)
    warnings.filterwarnings("ignore", ".*LeafSpec", FutureWarning)
