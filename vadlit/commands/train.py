"""`vadlit train`: one run, or with -m a sweep."""

import sys
import traceback
from math import nan

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig

from vadlit.config import conf_dir, register_resolvers
from vadlit.evaluation.table import table
from vadlit.mistakes import mistakes_told, sentence
from vadlit.training import train


def main() -> None:
    """Run the Hydra application."""
    register_resolvers()
    hydra.main(config_path=str(conf_dir()), config_name="train", version_base="1.3")(_job)()


def _job(config: DictConfig) -> float | None:
    """One job's frame AUROC; in a sweep its failure is told, None returned and the next started."""
    if HydraConfig.get().mode != RunMode.MULTIRUN:
        with mistakes_told():
            return _train(config)
    try:
        return _train(config)
    except Exception as error:
        message = sentence(error) or "".join(traceback.format_exception(error))
        print(f"vadlit: {message}", file=sys.stderr, flush=True)
        return None


def _train(config: DictConfig) -> float:
    report = train(config).report
    print(table({config.name: report}), flush=True)
    frame_auroc = report["frame_auroc"]
    return frame_auroc if isinstance(frame_auroc, float) else nan
