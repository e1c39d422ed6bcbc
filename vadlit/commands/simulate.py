"""`vadlit simulate`: a production line as video with exact labels."""

from typing import cast

from omegaconf import DictConfig, OmegaConf

from vadlit.config import Config, run
from vadlit.mistakes import mistakes_told
from vadlit.simulation.settings import checked
from vadlit.simulation.simulate import simulate


def main() -> None:
    """Run the Hydra application."""
    run("simulate", _job)


@mistakes_told()
def _job(config: DictConfig) -> None:
    settings = checked(cast(Config, OmegaConf.to_container(config, resolve=True)))
    videos = simulate(settings)
    print(f"{len(videos)} events in {settings.out}", flush=True)
