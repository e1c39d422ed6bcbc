"""`vadlit evaluate`: the numbers of a checkpoint or of an MLflow run."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import hydra
from omegaconf import DictConfig, OmegaConf

from vadlit.config import Config, build, conf_dir, register_resolvers
from vadlit.data.module import SequenceDataModule
from vadlit.detector import assemble
from vadlit.errors import UserError
from vadlit.evaluation.evaluate import evaluate
from vadlit.evaluation.results import write_results
from vadlit.evaluation.table import table
from vadlit.mistakes import mistakes_told
from vadlit.models.checkpoint import load_checkpoint
from vadlit.tracking.fetch import fetch
from vadlit.views import predicting_taps

SCORING = ("cue", "threshold", "alarm", "window")


def main() -> None:
    """Run the Hydra application."""
    register_resolvers()
    hydra.main(config_path=str(conf_dir()), config_name="evaluate", version_base="1.3")(_job)()


@mistakes_told()
def _job(config: DictConfig) -> None:
    settings: Config = OmegaConf.to_container(config, resolve=True)  # type: ignore[assignment]
    with _checkpoint(settings) as path:
        predictor, trained = load_checkpoint(path)
    data = _data(settings, trained)
    changed = {key: settings[key] for key in SCORING if settings.get(key) is not None}
    detector = assemble(predictor, trained | changed | {"size": list(data.size)})
    data.attach(predictor.encoder, predicting_taps(detector.cue, predictor), augmented=False)
    data.prepare_data()
    data.setup("test")
    evaluation = evaluate(detector, data)
    if settings["output"]:
        write_results(Path(str(settings["output"])), trained["name"], evaluation)
    if settings["json"]:
        print(json.dumps({"name": trained["name"], **evaluation.report}, indent=2))
    else:
        print(table({trained["name"]: evaluation.report}))


@contextmanager
def _checkpoint(settings: Config) -> Iterator[Path]:
    """The checkpoint that the settings name, fetched from MLflow where they name a run."""
    checkpoint, run = settings["checkpoint"], settings["run"]
    if (checkpoint is None) == (run is None):
        raise UserError(
            f"checkpoint is {checkpoint} and run is {run}; allowed is one of them: the path of a "
            "checkpoint or the id of an MLflow run."
        )
    if checkpoint is not None:
        yield Path(str(checkpoint)).expanduser()
        return
    with TemporaryDirectory() as scratch:
        yield fetch(settings["tracking"]["uri"], str(run), "checkpoints/last.ckpt", Path(scratch))


def _data(settings: Config, trained: Config) -> SequenceDataModule:
    """The data set of training, its places and what the settings change taken from here and now."""
    data: SequenceDataModule = build(trained["data"] | settings["data"], "vadlit.data")
    return data
