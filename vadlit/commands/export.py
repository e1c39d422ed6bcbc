"""`vadlit export`: a detector in a folder, its encoder run by a back end of choice."""

import json
from typing import cast

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from vadlit.commands.chosen import chosen_checkpoint
from vadlit.config import Config, run
from vadlit.evaluation.table import table
from vadlit.exporting import export, free_folder
from vadlit.mistakes import mistakes_told


def main() -> None:
    """Run the Hydra application."""
    run("export", _job)


@mistakes_told()
def _job(config: DictConfig) -> None:
    settings = cast(Config, OmegaConf.to_container(config, resolve=True))
    out = free_folder(settings["out"])
    with chosen_checkpoint(settings) as place:
        trained, exported = export(place, settings, out)
    reports = {"trained": trained, str(HydraConfig.get().runtime.choices["backend"]): exported}
    if settings["json"]:
        print(json.dumps(reports, indent=2))
    else:
        print(f"{table(reports)}\n\n{out}: next: vadlit detect checkpoint={out} source=... out=...")
