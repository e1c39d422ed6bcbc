"""What a command has noted in a folder, so that the same command goes on."""

import json
from pathlib import Path
from typing import TypeVar

from vadlit.errors import UserError

T = TypeVar("T")


def read_record(kind: type[T], file: Path, command: str) -> T:
    """Read a record; an empty one where there is none.

    Args:
        kind: A dataclass whose fields the file holds.
        file: JSON.
        command: As in "vadlit COMMAND".

    Raises:
        UserError: The file holds something else.
    """
    if not file.is_file():
        return kind()
    try:
        return kind(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{file} is not a record of vadlit {command}: {error}.") from error
