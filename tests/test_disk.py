import errno
from pathlib import Path

import pytest

from vadlit.disk import as_text, free_bytes, writing
from vadlit.errors import UserError


def test_a_full_disk_is_a_sentence() -> None:
    said = r"^The book cannot be written: No space left; tear it up\.$"
    with pytest.raises(UserError, match=said), writing("The book", "tear it up"):
        raise OSError(errno.ENOSPC, "No space left")


def test_an_error_without_a_number_is_told_as_it_is() -> None:
    said = r"^The book cannot be written: it is shut\.$"
    with pytest.raises(UserError, match=said), writing("The book"):
        raise OSError("it is shut")


def test_what_is_no_trouble_of_the_disk_is_left_as_it_is() -> None:
    with pytest.raises(ValueError, match="other"), writing("The book"):
        raise ValueError("other")


def test_room_is_that_of_the_disk_a_folder_will_be_on(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "none" / "yet") == pytest.approx(free_bytes(tmp_path), rel=0.1)
    assert free_bytes(tmp_path) > 0


@pytest.mark.parametrize(("size", "text"), [(2.5e9, "2.5 GB"), (1e8, "0.1 GB"), (9.9e7, "99.0 MB")])
def test_sizes_are_for_a_person(size: float, text: str) -> None:
    assert as_text(size) == text
