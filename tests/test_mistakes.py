"""A mistake ends in one sentence, an error of the program in its traceback."""

import pytest
from hydra.errors import MissingConfigException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from vadlit.errors import UserError
from vadlit.mistakes import mistakes_told, sentence


def caused_by(error: Exception, cause: Exception) -> Exception:
    """The error as `raise error from cause` leaves it."""
    error.__cause__ = cause
    return error


def test_a_mistake_is_told_and_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped, mistakes_told():
        raise UserError("data.size is 3; allowed are two numbers.")
    assert stopped.value.code == 2
    assert capsys.readouterr() == ("", "vadlit: data.size is 3; allowed are two numbers.\n")


def test_a_mistake_inside_other_errors_is_told() -> None:
    inner = UserError("The weight is 3.")
    assert sentence(caused_by(RuntimeError("x"), caused_by(ValueError("y"), inner))) == str(inner)


def test_hydra_and_omegaconf_are_told_in_one_line() -> None:
    told = sentence(MissingConfigException("Could not find 'model/none'\n\n  Available:\n  base"))
    assert told == "Could not find 'model/none' Available: base"
    with pytest.raises(OmegaConfBaseException) as wrong:
        OmegaConf.create({"a": "${b}"}).a  # noqa: B018
    told = sentence(wrong.value)
    assert told is not None
    assert "'b' not found" in told
    assert "\n" not in told


def test_an_error_of_the_program_stays(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), mistakes_told():
        _ = 1 / 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_an_interruption_stays(stop: type[BaseException]) -> None:
    with pytest.raises(stop), mistakes_told():
        raise stop
