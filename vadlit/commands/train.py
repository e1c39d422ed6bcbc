"""`vadlit train`: one run, or with -m a sweep."""

import sys
from math import nan

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from vadlit.config import run
from vadlit.errors import UserError
from vadlit.evaluation.table import table
from vadlit.mistakes import mistakes_told
from vadlit.run_folder import RunFolder
from vadlit.torchrun import first, start, started
from vadlit.training import resolve, train


def main() -> None:
    """Run the Hydra application."""
    run("train", _job)


def _job(config: DictConfig) -> float:
    """One job's frame AUROC; what becomes of a failed job of a sweep is the callback's to say."""
    if HydraConfig.get().mode == RunMode.MULTIRUN:
        return _train(config)
    with mistakes_told():
        frame_auroc = _train(config)
        if first():
            last = RunFolder(resolve(config)).last
            print(f"{last}: next: vadlit detect checkpoint={last} source=... out=...")
        return frame_auroc


def _train(config: DictConfig) -> float:
    _start_processes(config)
    evaluation = train(config)
    if evaluation is None:  # not the first of several processes
        return nan
    print(table({str(config.name): evaluation.report}), end="\n\n", flush=True)
    frame_auroc = evaluation.report["frame_auroc"]
    return frame_auroc if isinstance(frame_auroc, float) else nan


def _start_processes(config: DictConfig) -> None:
    """Start the processes that train together, unless that was done already; they do the rest.

    Raises:
        UserError: They are on several machines, or several jobs would start some.
    """
    trainer = resolve(config)["trainer"]
    if trainer["devices"] * trainer["num_nodes"] == 1 or started():
        return
    if trainer["num_nodes"] > 1:
        raise UserError(
            f"trainer.num_nodes is {trainer['num_nodes']}; allowed is 1, unless torchrun or srun "
            "starts vadlit on each machine."
        )
    if HydraConfig.get().mode == RunMode.MULTIRUN:
        raise UserError(
            f"trainer.devices is {trainer['devices']}; allowed in a sweep is 1: a launcher has "
            "several jobs at work at once."
        )
    start(trainer["devices"], "train", *sys.argv[1:])
    sys.exit()
