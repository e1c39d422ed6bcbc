"""From configuration to objects: where it lies, its resolvers, and building from a file's."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import hydra
from hydra.errors import HydraException, InstantiationException
from hydra.utils import get_class, instantiate
from omegaconf import DictConfig, OmegaConf

from vadlit.errors import UserError

Config = dict[str, Any]

PACKAGE = Path(__file__).parent


def conf_dir() -> Path:
    """The folder of configuration: inside an installed package, beside it in a checkout."""
    installed = PACKAGE / "conf"
    return installed if installed.is_dir() else PACKAGE.parent / "conf"


def choices(group: str) -> list[str]:
    """What there is of a group of settings, sorted."""
    return sorted(file.stem for file in (conf_dir() / group).iterdir())


def run(command: str, job: Callable[[DictConfig], object]) -> None:
    """Run a command's job, or several of a sweep, with what the program's arguments make of conf.

    Hydra names the program after the module of `job`.

    Raises:
        UserError: A group of settings is null.
    """
    _refuse_null(sys.argv[1:])
    hydra.main(config_path=str(conf_dir()), config_name=command, version_base="1.3")(job)()


def _refuse_null(arguments: Sequence[str]) -> None:
    """Tell it in place of Hydra, which raises a ValueError."""
    for argument in arguments:
        group, _, values = argument.lstrip("+").partition("=")
        folder = group.partition("@")[0]
        if folder and (conf_dir() / folder).is_dir() and "null" in values.split(","):
            allowed = ", ".join(choices(folder))
            raise UserError(f"{group} is null; allowed are {allowed}, or to leave it out.")


def data_root() -> str:
    """The folder of data sets: VADLIT_DATA, or ../shared/data of a checkout, or ./data."""
    shared = PACKAGE.parent.parent / "shared" / "data"
    fallback = shared if shared.is_dir() else Path("data")
    return os.environ.get("VADLIT_DATA") or str(fallback)


def absolute(path: str) -> str:
    """A path as it is from here."""
    return str(Path(path).expanduser().absolute())


# `${vadlit.data:}` and `${vadlit.absolute:PATH}`. Not by a command, but whenever this is imported:
# a sweep's jobs may have processes of their own. They take over what is in the cache, the places
# of the process that started the sweep.
OmegaConf.register_new_resolver("vadlit.data", data_root, replace=True, use_cache=True)
OmegaConf.register_new_resolver("vadlit.absolute", absolute, replace=True, use_cache=True)


def flat(config: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """Nested settings under dotted names.

    >>> flat({"seed": 0, "data": {"size": [32, 64]}})
    {'seed': 0, 'data.size': [32, 64]}
    """
    found: dict[str, object] = {}
    for key, value in config.items():
        name = f"{prefix}{key}"
        found |= flat(value, f"{name}.") if isinstance(value, Mapping) else {name: value}
    return found


def build(node: Mapping[str, Any], kind: str) -> Any:
    """Build an object described in a file that may come from elsewhere.

    Args:
        node: A `_target_` and its arguments; nothing in the arguments is built.
        kind: The package that the class must be defined in, such as `vadlit.scoring`: a file of
            weights must not be able to call anything else.

    Raises:
        UserError: The target is not a class of that package, or its arguments do not fit.
    """
    target = str(node.get("_target_") if isinstance(node, Mapping) else node)
    # Before anything is imported: that runs code, too.
    if not target.startswith(f"{kind}."):
        raise _foreign(target, kind)
    try:
        found = get_class(target)
    except (HydraException, ImportError, ValueError) as error:
        raise _foreign(target, kind) from error
    defined = f"{found.__module__}.{found.__qualname__}"
    if defined != target:
        raise _foreign(target, kind)
    try:
        return instantiate(dict(node), _recursive_=False, _convert_="all")
    except InstantiationException as error:
        if isinstance(error.__cause__, UserError):
            raise error.__cause__ from None
        reason = error.__cause__ or error
        raise UserError(f"{target} cannot be built from its settings: {reason}.") from error


def _foreign(target: str, kind: str) -> UserError:
    return UserError(f"_target_ is {target}; allowed is a class defined in {kind}.")
