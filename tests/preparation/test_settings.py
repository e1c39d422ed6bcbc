from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from vadlit.config import conf_dir
from vadlit.errors import UserError
from vadlit.preparation.settings import checked
from vadlit.preparation.split import Shares


def config(**changes: Any) -> dict[str, Any]:
    stated = OmegaConf.to_container(OmegaConf.load(conf_dir() / "prepare.yaml"))
    assert isinstance(stated, dict)
    return {str(k): v for k, v in stated.items()} | {"source": "a.mp4", "out": "o"} | changes


def test_a_word_or_a_list() -> None:
    settings = checked(config())
    assert settings.source == (Path("a.mp4"),)
    assert settings.out == Path("o")
    assert settings.test == settings.labels == ()
    assert settings.size == (224, 224)
    assert settings.shares == Shares(0.25, 0.4, 2.0, 0.5)
    assert checked(config(source=["a", "b"])).source == (Path("a"), Path("b"))
    assert checked(config(roi="auto")).roi == "auto"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source": None}, "source is missing"),
        ({"out": None}, "out is missing"),
        ({"source": "rtsp://camera/1"}, "rtsp://camera/1, which is live"),
        ({"source": 0}, "source is 0, which is live"),
        ({"source": [1.5]}, "allowed is a path or a list"),
        ({"roi": [1, 2]}, r"roi is \[1, 2\]"),
        ({"size": [224, 225]}, r"size is \[224, 225\]; .* divisible by 32"),
        ({"size": 224}, "size is 224"),
        ({"size": [0, 32]}, r"size is \[0, 32\]"),
        ({"rate": 0}, "rate is 0"),
        ({"quality": 101}, "quality is 101"),
        ({"split": None}, "split is None; allowed are validation, test, gap, margin"),
        ({"split": {"validation": 0.1}}, "split is .*; allowed are validation, test, gap, margin"),
        ({"split": {"validation": 1, "test": 0.4, "gap": 1, "margin": 1}}, "split.validation is 1"),
        ({"split": {"validation": 0.1, "test": 0, "gap": 1, "margin": 1}}, "split.test is 0"),
        ({"split": {"validation": 0.1, "test": 0.1, "gap": -1, "margin": 1}}, "split.gap is -1"),
        ({"split": {"validation": 0.1, "test": 0.1, "gap": 1, "margin": "x"}}, "split.margin is x"),
    ],
)
def test_mistakes(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        checked(config(**changes))
