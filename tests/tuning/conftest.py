"""The line, written once for the tests of tuning."""

import pytest

from tests.tuning.footage import module, write_line
from vadlit.data.module import SequenceDataModule


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory) -> SequenceDataModule:
    """Not to be changed."""
    place = tmp_path_factory.mktemp("tuned")
    write_line(place / "line")
    return module(place)
