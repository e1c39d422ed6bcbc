from pathlib import Path

import pytest

from vadlit.claim import claimed
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
