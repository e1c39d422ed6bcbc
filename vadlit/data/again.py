"""The data set of a training once more."""

from typing import cast

from omegaconf import OmegaConf

from vadlit.config import Config, build
from vadlit.data.module import SequenceDataModule


def data_of(trained: Config, changed: Config) -> SequenceDataModule:
    """The data set of a training, its places too, but for what some settings change.

    Args:
        trained: The configuration of training.
        changed: Settings of the data set; those within one another are changed one by one.

    Raises:
        UserError: A setting is not allowed.
    """
    settings = cast(Config, OmegaConf.to_container(OmegaConf.merge(trained["data"], changed)))
    data: SequenceDataModule = build(settings, "vadlit.data")
    return data
