import pytest

from tests.commands.conftest import Mistake


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["checkpoint=a.ckpt"], "out is None; allowed is a new folder"),
        (["out=/nowhere/a"], "allowed is one of them"),
        (["checkpoint=/nowhere.ckpt", "out=/nowhere/a"], "There is no checkpoint /nowhere.ckpt"),
        (["checkpoint=a.ckpt", "out=/nowhere/a", "backend=tensorrt"], "Could not find 'backend"),
    ],
)
def test_a_mistake_is_one_sentence(mistake: Mistake, given: list[str], message: str) -> None:
    assert message in mistake("export", *given)
