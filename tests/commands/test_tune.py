import pytest

from tests.commands.conftest import Mistake


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["checkpoint=a.ckpt"], "out is None; allowed is the path of a folder"),
        (["out=/nowhere/a"], "allowed is one of them"),
        (["checkpoint=/nowhere.ckpt", "out=/nowhere/a"], "There is no checkpoint /nowhere.ckpt"),
        (["checkpoint=a.ckpt", "out=/nowhere/a", "gain=-1"], "gain is -1"),
        (["out=/nowhere/a", "grid.windows=[1]"], "Could not override 'grid.windows'"),
    ],
)
def test_a_mistake_is_one_sentence(mistake: Mistake, given: list[str], message: str) -> None:
    assert message in mistake("tune", *given)
