from pathlib import Path
from typing import Any, cast

from omegaconf import OmegaConf

from tests.data.pedestrians import names
from tests.test_conf import composed
from vadlit.data.again import data_of


def test_it_is_that_of_training_but_for_what_is_changed(ped2_repack: Path) -> None:
    config = composed("train", ["data=ped2", f"data.root={ped2_repack}", "data.held_out=['04']"])
    trained = cast(dict[str, Any], OmegaConf.to_container(config, resolve=True))
    trained["data"]["subset"] = "own"
    trained["data"]["subsets"] = {"own": {"test": ["02"]}}
    same = data_of(trained, {}).read()
    assert names(same.test) == ["02"]
    # One setting within another changes, and those beside it stay.
    fewer = data_of(trained, {"subsets": {"own": {"frames": 6}}}).read()
    assert names(fewer.test) == ["02"]
    assert [len(event.frames) for event in fewer.test] == [6]
    assert trained["data"]["subsets"] == {"own": {"test": ["02"]}}
    other = data_of(trained, {"subset": None, "held_out": ["01"]}).read()
    assert names(other.val) == ["01"]
    assert len(other.test) > 1
