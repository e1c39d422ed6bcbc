from pathlib import Path

import pytest

from vadlit.claim import claimed, require_own, writing_alone
from vadlit.errors import UserError


def test_a_second_claim_is_refused_until_the_first_is_given_back(tmp_path: Path) -> None:
    message = "^X is being cut by another process; allowed is one at a time.$"
    with claimed(tmp_path / "lock", "X is being cut"):
        with pytest.raises(UserError, match=message), claimed(tmp_path / "lock", "X is being cut"):
            pass
        with claimed(tmp_path / "other", "Y is being cut"):
            pass
    with claimed(tmp_path / "lock", "X is being cut"):
        pass


def test_what_fails_gives_its_claim_back(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), claimed(tmp_path / "lock", "X is being cut"):
        _ = 1 / 0
    with claimed(tmp_path / "lock", "X is being cut"):
        pass


def test_a_folder_is_made_and_kept_to_oneself(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    refused = (
        f"^out is {out}, which is being written by another process; allowed is one at a time.$"
    )
    with writing_alone(out), pytest.raises(UserError, match=refused), writing_alone(out):
        pass
    with writing_alone(out):
        (out / "mine").touch()


def test_a_folder_that_cannot_be_made_is_told_but_not_what_fails_in_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(UserError, match=r"^out is .*/file/out, which cannot be written: Not a dir"),
        writing_alone(tmp_path / "file" / "out"),
    ):
        pass
    with pytest.raises(OSError, match="of the camera"), writing_alone(tmp_path / "out"):
        raise OSError("of the camera")


def test_a_persons_own_things_are_no_place_to_write_to(tmp_path: Path) -> None:
    own, out = tmp_path / "own", tmp_path / "out"
    refused = (
        "which holds something else; allowed is a new or empty folder, or a data set that vadlit "
        "paint has begun.$"
    )
    for path in (out, own / "holiday.mp4"):
        require_own(path.parent, "record.json", "paint")
        path.parent.mkdir(exist_ok=True)
        path.touch()
        with pytest.raises(UserError, match=f"^out is {path}, {refused}"):
            require_own(path, "record.json", "paint")
        path.unlink()
    with writing_alone(own):
        pass
    require_own(own, "record.json", "paint")
    (own / "holiday.mp4").touch()
    with pytest.raises(UserError, match=f"^out is {own}, {refused}"):
        require_own(own, "record.json", "paint")
    (own / "record.json").touch()
    require_own(own, "record.json", "paint")


def test_a_name_that_no_disk_takes_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        UserError, match=r"^out is .*a, which cannot be written: File name too long"
    ):
        require_own(tmp_path / ("a" * 300), "record.json", "paint")
