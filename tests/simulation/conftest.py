"""A can line in a small picture."""

from collections.abc import Callable
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from vadlit.config import conf_dir
from vadlit.simulation.film import Shot
from vadlit.simulation.line import Plan
from vadlit.simulation.settings import Settings, checked

Film = Callable[..., list[Shot]]


def configured(*overrides: str) -> dict[str, Any]:
    """The configuration of `vadlit simulate` with a small picture and few frames."""
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        small = ["size=[64,64]", "rate=5", "out=/nowhere", *overrides]
        config = OmegaConf.to_container(compose("simulate", small), resolve=True)
    assert isinstance(config, dict)
    return {str(key): value for key, value in config.items()}


def settings(*overrides: str) -> Settings:
    """Checked settings."""
    return checked(configured(*overrides))


@pytest.fixture(scope="session")
def film() -> Film:
    """Film an event with some settings changed."""

    def filmed(plan: Plan, *overrides: str) -> list[Shot]:
        return list(settings(*overrides).studio().film(plan))

    return filmed
