"""The tables on disk: a row a frame, a row an alarm."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from vadlit.data.whole import write_whole
from vadlit.detection.watch import Row

ALARMS = ("start", "end", "peak", "peak_seconds", "first", "last")
HEADER = ",".join(Row._fields) + "\n"

Write = Callable[[Row], object]


@contextmanager
def frame_table(file: Path) -> Iterator[Write]:
    """A CSV file that rows are written to; it appears when it is whole."""
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("w", encoding="utf-8") as stream:
            stream.write(HEADER)
            yield lambda row: stream.write(_line(row))
        part.replace(file)
    finally:
        with suppress(OSError):
            part.unlink()


@contextmanager
def live_table(file: Path) -> Iterator[Write]:
    """The same of a live source: new, it begins with the first row, and grows line by line."""
    with ExitStack() as stack:

        @cache
        def stream() -> TextIO:
            opened = stack.enter_context(file.open("x", encoding="utf-8", buffering=1))
            opened.write(HEADER)
            return opened

        yield lambda row: stream().write(_line(row))


def write_alarms(file: Path, found: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the alarms of all footage, in order, to a CSV file that appears whole.

    Args:
        file: A file of that name is replaced.
        found: What `Found.plain` gave, by the name of the footage.
    """
    rows = [
        ",".join([_quoted(name), *(_cell(alarm[key]) for key in ALARMS)])
        for name, each in found.items()
        for alarm in each["alarms"]
    ]
    write_whole(file, "\n".join([",".join(["source", *ALARMS]), *rows]) + "\n")


def _line(row: Row) -> str:
    numbers = (row.score, row.level)
    cells: Iterable[str] = (
        str(row.frame),
        f"{row.seconds:.3f}",
        *(f"{number:.9g}" for number in numbers),
        str(int(row.flagged)),
        str(int(row.alarm)),
        row.kind,
    )
    return ",".join(cells) + "\n"


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.9g}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"\n') else name
