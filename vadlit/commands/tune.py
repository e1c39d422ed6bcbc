"""`vadlit tune`: settings for one's own footage, without labels."""

import json
from typing import cast

from omegaconf import DictConfig, OmegaConf

from vadlit.commands.chosen import chosen_checkpoint
from vadlit.config import Config, run
from vadlit.data.again import data_of
from vadlit.data.whole import write_whole
from vadlit.disk import writing_out
from vadlit.mistakes import mistakes_told
from vadlit.models.checkpoint import load_checkpoint
from vadlit.saved import digest
from vadlit.tuning.report import plain, report
from vadlit.tuning.settings import checked
from vadlit.tuning.tune import tune


def main() -> None:
    """Run the Hydra application."""
    run("tune", _job)


@mistakes_told()
def _job(config: DictConfig) -> None:
    chosen = cast(Config, OmegaConf.to_container(config, resolve=True))
    settings = checked(chosen)
    with chosen_checkpoint(chosen) as place:
        (predictor, trained), name = load_checkpoint(place), digest(place)
    data = data_of(trained, chosen["data"])
    data.attach(predictor.encoder, (), augmented=False)
    data.prepare_data()
    data.setup("validate")
    tuning = tune(predictor, name, data, trained, settings)
    file = settings.out / "tune.json"
    text = json.dumps(plain(tuning), indent=2)
    with writing_out(settings.out):
        write_whole(file, f"{text}\n")
    print(text if chosen["json"] else report(tuning, file))
