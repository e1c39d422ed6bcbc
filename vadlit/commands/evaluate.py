"""`vadlit evaluate`: the numbers of a checkpoint or of an MLflow run."""

import json

from omegaconf import DictConfig, OmegaConf

from vadlit.checks import checked_folder
from vadlit.commands.chosen import chosen_checkpoint
from vadlit.config import Config, run
from vadlit.data.again import data_of
from vadlit.detector import assemble
from vadlit.disk import writing_out
from vadlit.evaluation.evaluate import evaluate
from vadlit.evaluation.results import write_results
from vadlit.evaluation.table import table
from vadlit.mistakes import mistakes_told
from vadlit.models.checkpoint import load_checkpoint
from vadlit.views import predicting_taps

SCORING = ("cue", "threshold", "alarm", "window")


def main() -> None:
    """Run the Hydra application."""
    run("evaluate", _job)


@mistakes_told()
def _job(config: DictConfig) -> None:
    settings: Config = OmegaConf.to_container(config, resolve=True)  # type: ignore[assignment]
    out = checked_folder("out", settings["out"]) if settings["out"] else None
    with chosen_checkpoint(settings) as path:
        predictor, trained = load_checkpoint(path)
    data = data_of(trained, settings["data"])
    changed = {key: settings[key] for key in SCORING if settings.get(key) is not None}
    detector = assemble(predictor, trained | changed | {"size": list(data.size)})
    data.attach(predictor.encoder, predicting_taps(detector.cue, predictor), augmented=False)
    data.prepare_data()
    if out:
        with writing_out(out):
            out.mkdir(parents=True, exist_ok=True)
    data.setup("test")
    evaluation = evaluate(detector, data)
    if out:
        with writing_out(out):
            write_results(out, trained["name"], evaluation)
    if settings["json"]:
        print(json.dumps({"name": trained["name"], **evaluation.report}, indent=2))
    else:
        print(table({trained["name"]: evaluation.report}))
