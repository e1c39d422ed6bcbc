"""Where configuration lies, and what a file may have built."""

import sys
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from vadlit import config
from vadlit.config import build, conf_dir, data_root
from vadlit.errors import UserError
from vadlit.scoring.thresholds.sigma import Sigma

SIGMA = "vadlit.scoring.thresholds.sigma.Sigma"


def test_the_configuration_of_a_checkout_and_of_an_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (conf_dir() / "train.yaml").is_file()
    (tmp_path / "vadlit").mkdir()
    monkeypatch.setattr(config, "PACKAGE", tmp_path / "vadlit")
    assert conf_dir() == tmp_path / "conf"
    (tmp_path / "vadlit" / "conf").mkdir()
    assert conf_dir() == tmp_path / "vadlit" / "conf"


def test_the_folder_of_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "PACKAGE", tmp_path / "main" / "vadlit")
    monkeypatch.delenv("VADLIT_DATA", raising=False)
    assert data_root() == "data"
    (tmp_path / "shared" / "data").mkdir(parents=True)
    assert data_root() == str(tmp_path / "shared" / "data")
    monkeypatch.setenv("VADLIT_DATA", "/footage")
    assert data_root() == "/footage"


def test_resolvers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VADLIT_DATA", "/footage")
    monkeypatch.chdir(tmp_path)
    node = OmegaConf.create(
        {
            "data": "${vadlit.data:}",
            "runs": "${vadlit.absolute:runs}",
            "far": "${vadlit.absolute:/x}",
        }
    )
    assert OmegaConf.to_container(node, resolve=True) == {
        "data": "/footage",
        "runs": str(tmp_path / "runs"),
        "far": "/x",
    }


def test_a_job_takes_over_the_places_of_its_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sweep, job = (OmegaConf.create({"runs": "${vadlit.absolute:runs}"}) for _ in range(2))
    assert sweep.runs == str(tmp_path / "runs")
    OmegaConf.copy_cache(sweep, job)  # as Hydra does
    monkeypatch.chdir("/")
    assert job.runs == str(tmp_path / "runs")


def test_a_class_of_the_package_is_built() -> None:
    built = build({"_target_": SIGMA, "k": 2.0}, "vadlit.scoring")
    assert isinstance(built, Sigma)
    assert built.k == 2.0


@pytest.mark.parametrize(
    "target",
    [
        "subprocess.Popen",
        "os.system",
        "builtins.exec",
        "vadlit.evaluation.scores.os.system",
        "vadlit.evaluation.scores.EventScores",
        "vadlit.scoring_other.Sigma",
        "vadlit.scoring",
        "vadlit.scoring.psnr",
        "vadlit.scoring.psnr.psnr",
        "vadlit.scoring.psnr.Tensor",
        "vadlit.scoring.smoothing.deque",
        "vadlit.scoring.missing.Missing",
        "vadlit.scoring.thresholds.sigma.Threshold",
        "vadlit.scoring..psnr",
        "",
        None,
    ],
)
def test_anything_else_is_refused(target: str | None) -> None:
    with pytest.raises(
        UserError, match=r"_target_ is .*; allowed is a class defined in vadlit\.sc"
    ):
        build({"_target_": target, "k": 2.0}, "vadlit.scoring")


def test_a_foreign_module_is_not_even_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "foreign_module.py").write_text("class Foreign: ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UserError):
        build({"_target_": "foreign_module.Foreign"}, "vadlit.scoring")
    assert "foreign_module" not in sys.modules


@pytest.mark.parametrize("also", [{}, {"_recursive_": True}])
def test_nothing_in_the_arguments_is_built(tmp_path: Path, also: dict[str, Any]) -> None:
    made = tmp_path / "made"
    nested = {"_target_": "os.mkdir", "path": str(made)}
    with pytest.raises(UserError):
        build({"_target_": SIGMA, "k": nested} | also, "vadlit.scoring")
    assert not made.exists()


@pytest.mark.parametrize("node", ["psnr", None, 3, ["_target_"]])
def test_what_describes_no_object_is_refused(node: Any) -> None:
    with pytest.raises(UserError):
        build(node, "vadlit.scoring")


@pytest.mark.parametrize("arguments", [{}, {"sigma": 2.0}, {"k": 1.0, "more": 1}, {"k": -1.0}])
def test_arguments_that_do_not_fit_are_told(arguments: dict[str, Any]) -> None:
    with pytest.raises(UserError):
        build({"_target_": SIGMA} | arguments, "vadlit.scoring")
