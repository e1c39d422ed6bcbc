"""Optional packages."""

from collections.abc import Iterator
from contextlib import contextmanager

from vadlit.errors import UserError


class MissingPackageError(UserError):
    """An optional package is not installed."""


@contextmanager
def package_named(extra: str) -> Iterator[None]:
    """Say which extra brings a package that is missing."""
    try:
        yield
    except ImportError as error:
        raise MissingPackageError(
            f"The package {error.name} is missing; pip install 'vadlit[{extra}]' brings it."
        ) from error
