"""`vadlit detect`: footage in, a table of scores and alarms out."""

import json
import sys
from typing import cast

from omegaconf import DictConfig, OmegaConf

from vadlit.backends.convert import switched
from vadlit.commands.chosen import chosen_checkpoint
from vadlit.config import Config, build, run
from vadlit.detection.cores import share_cores
from vadlit.detection.detect import detect
from vadlit.detection.engines.engine import Engine
from vadlit.detection.report import plain, report
from vadlit.detection.settings import checked
from vadlit.mistakes import mistakes_told
from vadlit.saved import digest, load


def main() -> None:
    """Run the Hydra application."""
    run("detect", _job)


@mistakes_told()
def _job(config: DictConfig) -> None:
    chosen = cast(Config, OmegaConf.to_container(config, resolve=True))
    settings, backend = checked(chosen), chosen.get("backend")
    share_cores()
    with chosen_checkpoint(chosen) as place:
        detector, name = load(place), digest(place)
        if backend is not None:
            detector = switched(detector, backend)
        engine: Engine = build(chosen["engine"], "vadlit.detection")
        detection = detect(detector, f"{name} {backend}", settings, engine)
    if chosen["json"]:
        print(json.dumps(plain(detection, settings.out), indent=2))
    else:
        print(report(detection, settings.out))
    if detection.broken:
        sys.exit(1)
