"""What `vadlit COMMAND --help` says."""

import pytest
from omegaconf import OmegaConf

from vadlit.cli import COMMANDS
from vadlit.config import conf_dir
from vadlit.explaining import explained


def settings_in(text: str) -> dict[str, object]:
    read = OmegaConf.to_container(OmegaConf.create(text))
    assert isinstance(read, dict)
    return {str(key): value for key, value in read.items()}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_setting_of_the_file_is_shown_and_no_defaults(command: str) -> None:
    shown = settings_in(explained(command))
    settings = settings_in((conf_dir() / f"{command}.yaml").read_text(encoding="utf-8"))
    defaults = settings.pop("defaults")
    assert isinstance(defaults, list)
    assert {key: shown[key] for key in settings} == settings
    # What is shown besides are groups of the defaults.
    groups = {key for entry in defaults if isinstance(entry, dict) for key in entry}
    assert "defaults" not in shown
    assert {*shown} - {*settings} == {name for name in groups if name.isidentifier()}


def test_a_group_is_shown_with_all_its_choices() -> None:
    lines = explained("train").splitlines()
    files = sorted(file.stem for file in (conf_dir() / "threshold").glob("*.yaml"))
    assert f"threshold: sigma        # {', '.join(files)}" in lines
