"""Every configuration composes, and every choice builds."""

from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf, open_dict

from vadlit.config import build, conf_dir

BUILT = ("data", "model", "augmentation", "loss", "cue", "threshold")
CHOICES = [(group, file.stem) for group in BUILT for file in sorted((conf_dir() / group).glob("*"))]
BACKENDS = [file.stem for file in sorted((conf_dir() / "backend").glob("*.yaml"))]
PARTS = [file.stem for file in sorted((conf_dir() / "part").glob("*.yaml"))]
EXPERIMENTS = [file.stem for file in sorted((conf_dir() / "experiment").glob("*.yaml"))]


def composed(name: str, overrides: list[str]) -> DictConfig:
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        config = compose(name, overrides, return_hydra_config=True)
    HydraConfig.instance().set_config(config)
    with open_dict(config):
        del config["hydra"]
    return config


@pytest.mark.parametrize(("group", "choice"), CHOICES)
def test_every_choice_builds(group: str, choice: str) -> None:
    config = composed("train", [f"{group}={choice}"])
    assert config.choices[group] == choice
    assert instantiate(config[group], _convert_="all") is not None


@pytest.mark.parametrize("choice", PARTS)
def test_every_part_joins_the_fusion(choice: str) -> None:
    config = composed("train", [f"+part@cue.parts.{choice}={choice}"])
    cue = instantiate(config.cue, _convert_="all")
    assert list(cue.parts) == ["appearance", "motion", choice]
    assert cue.joining.weights.tolist() == [1, 1, 1]


@pytest.mark.parametrize("choice", BACKENDS)
def test_every_back_end_builds(choice: str) -> None:
    config = composed("export", [f"backend={choice}"])
    node: dict[str, Any] = OmegaConf.to_container(config.backend, resolve=True)  # type: ignore[assignment]
    assert type(build(node, "vadlit.backends")).__name__.lower() in choice
    if choice != "torch":
        assert ("Int8" in node["graph"]["_target_"]) == choice.endswith("_int8")


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_resolves(experiment: str) -> None:
    config = composed("train", [f"experiment={experiment}"])
    resolved = OmegaConf.to_container(config, resolve=True, throw_on_missing=True)
    assert isinstance(resolved, dict)
    # The three lines make one study.
    assert resolved["study"] in (experiment, "lines_thesis")


def test_there_is_something_to_test() -> None:
    assert len(CHOICES) >= 13
    assert EXPERIMENTS
    assert len(BACKENDS) == 5
    assert len(PARTS) == 3


def test_thesis_numbers() -> None:
    config = composed("train", ["experiment=ped2_thesis"])
    assert config.optimizer.lr == 3e-4
    assert (config.data.batch_size, config.data.sequences) == (32, 4000)
    assert (config.loss.mse, config.loss.gradient, config.loss.ssim) == (0.6, 0.25, 0.15)
    assert config.trainer.max_epochs == 10
    assert list(config.data.size) == [224, 288]
    assert config.window == 10


def test_conf_of_the_checkout() -> None:
    assert conf_dir() == Path(__file__).parents[1] / "conf"
