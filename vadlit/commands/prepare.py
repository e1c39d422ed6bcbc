"""`vadlit prepare`: footage in, a data set out."""

from typing import cast

from omegaconf import DictConfig, OmegaConf

from vadlit.config import Config, run
from vadlit.mistakes import mistakes_told
from vadlit.preparation.prepare import prepare
from vadlit.preparation.report import report
from vadlit.preparation.settings import checked


def main() -> None:
    """Run the Hydra application."""
    run("prepare", _job)


@mistakes_told()
def _job(config: DictConfig) -> None:
    settings = checked(cast(Config, OmegaConf.to_container(config, resolve=True)))
    print("\n".join(report(prepare(settings), settings)), flush=True)
