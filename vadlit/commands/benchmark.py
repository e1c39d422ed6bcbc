"""`vadlit benchmark`: how fast everything is, against its alternatives and its goals."""

from typing import cast

from omegaconf import DictConfig, OmegaConf

from vadlit.benchmark.benchmark import benchmark, chosen
from vadlit.benchmark.report import new_file, table
from vadlit.checks import checked_folder
from vadlit.config import Config, run
from vadlit.disk import writing_out
from vadlit.mistakes import mistakes_told


def main() -> None:
    """Run the Hydra application."""
    run("benchmark", _job)


@mistakes_told()
def _job(config: DictConfig) -> None:
    settings = cast(Config, OmegaConf.to_container(config, resolve=True))
    rows = chosen(settings["rows"], settings["only"])
    out = checked_folder("out", settings["out"])
    with writing_out(out):
        file = new_file(out)
    print(f"{table(benchmark(rows, file))}\n\n{file}")
