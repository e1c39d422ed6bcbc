"""One training job: a configuration in; a trained, evaluated and logged detector out."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytorch_lightning as pl
from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf
from torch import nn

from vadlit.checks import check_whole, checked_folder
from vadlit.config import Config, flat
from vadlit.data.module import SequenceDataModule
from vadlit.data.sequences import INPUT_FRAMES
from vadlit.detector import Detector, assemble
from vadlit.errors import UserError
from vadlit.evaluation.evaluate import Evaluation, evaluate, rehearse
from vadlit.evaluation.results import write_results
from vadlit.fitting import fit, trainer_settings
from vadlit.models.module import PredictionModule
from vadlit.models.predictor import Predictor
from vadlit.run_folder import RunFolder
from vadlit.saved import keep, save
from vadlit.torchrun import first
from vadlit.tracking.environment import environment
from vadlit.tracking.model import log_detector
from vadlit.tracking.run import Tracker, track
from vadlit.tracking.sweep import parent_run
from vadlit.views import predicting_taps

# NumPy takes no larger one.
LARGEST_SEED = 2**32 - 1


def train(config: DictConfig) -> Evaluation | None:
    """Train, evaluate and log one detector.

    The weights of the last epoch are evaluated, not the best ones: the length of training is one
    of the things that sweeps compare. Of several processes that train together, the first does
    all but the training alone, and the others return None.

    Args:
        config: `conf/train.yaml`, composed.

    Raises:
        UserError: A setting, the data, the tracking server or the disk is at fault.
    """
    resolved = resolve(config)
    folder, resume = RunFolder(resolved), str(resolved["trainer"]["resume"])
    if not first():
        checkpoint = folder.checkpoint(resume)
        data, module, _, settings = _prepare(config, resolved)
        fit(settings, data, module, folder, checkpoint, None)
        return None
    with folder.claimed():
        checkpoint, run_id = folder.checkpoint(resume), folder.run_id(resume)
        with track(
            resolved["tracking"]["uri"],
            resolved["study"],
            resolved["name"],
            run_id=run_id,
            parent=parent_run(),
        ) as tracker:
            if not folder.checkpoints.exists():
                # One that is killed while its features are cached goes on in the same MLflow run.
                folder.begin(tracker.run_id, None)
            _log_origin(tracker, resolved)
            data, module, detector, settings = _prepare(config, resolved)
            data.prepare_data()
            splits = data.read()
            rehearse(detector, splits.val, splits.test)
            seconds = fit(settings, data, module, folder, checkpoint, tracker)
            tracker.log_metrics({"seconds": seconds})
            with folder.writing():
                tracker.log_folder(folder.checkpoints, "checkpoints")
            module.eval()
            data.setup("test")
            evaluation = evaluate(detector, data)
            with folder.writing():
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
        ("trainer.devices", resolved["trainer"]["devices"], 1),
        ("trainer.num_nodes", resolved["trainer"]["num_nodes"], 1),
    ):
        check_whole(name, value, least)
    for name in ("study", "name"):
        if resolved[name] is None or not str(resolved[name]):
            raise UserError(f"{name} is {resolved[name]}; allowed is a name.")
        resolved[name] = str(resolved[name])
    seed = resolved["seed"]
    if type(seed) is not int or not 0 <= seed <= LARGEST_SEED:
        raise UserError(f"seed is {seed}; allowed is a whole number from 0 to {LARGEST_SEED}.")
    resolved["runs"] = str(checked_folder("runs", resolved["runs"]))
    _check_shares(resolved)
    return resolved


def _check_shares(resolved: Config) -> None:
    """Processes with less to do than others would be waited for without end."""
    processes = resolved["trainer"]["devices"] * resolved["trainer"]["num_nodes"]
    stretch = resolved["data"]["stretch"]
    # The data set refuses a shorter one.
    each = max(1, stretch - INPUT_FRAMES) if isinstance(stretch, int) else 1
    for name in ("sequences", "batch_size"):
        value = resolved["data"][name]
        if processes > 1 and isinstance(value, int) and value % (processes * each):
            raise UserError(
                f"data.{name} is {value}, which {processes} processes cannot share evenly; allowed "
                f"is a multiple of {processes * each}."
            )


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
    try:
        module.configure_optimizers()  # as Lightning will, with all features cached by then
    except (ValueError, TypeError) as error:
        raise UserError(f"The settings of optimizer are not allowed: {error}") from error
    return data, module


def _prepare(
    config: DictConfig, resolved: Config
) -> tuple[SequenceDataModule, PredictionModule, Detector, Config]:
    """Build what is trained and the detector around it, and settle what Lightning is told."""
    data, module = build_training(config, resolved)
    # Before the training, so that a mistake in its settings does not cost one.
    detector = assemble(module.predictor, resolved | {"size": list(data.size)})
    taps = predicting_taps(detector.cue, module.predictor)
    augmented = not isinstance(module.augmentation, nn.Identity)
    data.attach(module.predictor.encoder, taps, augmented=augmented)
    return data, module, detector, trainer_settings(resolved, predicting=bool(taps))


def _log_origin(tracker: Tracker, resolved: Config) -> None:
    tracker.log_params(flat(resolved))
    tracker.log_text("config.yaml", OmegaConf.to_yaml(OmegaConf.create(resolved)))
    origin = environment()
    tracker.log_json("environment.json", origin)
    tracker.set_tags({"mlflow.source.git.commit": str(origin["git_commit"])})


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
