"""Jobs that differ in nothing but the seed: how much of a difference is luck."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from statistics import fmean, stdev
from typing import Any

from vadlit.evaluation.table import COLUMNS
from vadlit.run_folder import neutral

Row = dict[str, Any]


def over_seeds(rows: Sequence[Row], settings: Sequence[Mapping[str, str]]) -> list[Row]:
    """Mean and sample deviation of each measure, for jobs that differ in their seed alone.

    Args:
        rows: With `name`, `seed`, and the measures of `COLUMNS`.
        settings: Of each job, under dotted names.

    Returns:
        Two rows for jobs of several seeds, "NAME, mean of N seeds" and "NAME, deviation", sorted by
        name. A measure that is None for one of the jobs is None.
    """
    alike: dict[Hashable, dict[str, Row]] = {}
    for row, each in zip(rows, settings, strict=True):
        but_for_seed = frozenset(item for item in each.items() if not _of_seed_or_place(item[0]))
        alike.setdefault(but_for_seed, {})[row["seed"]] = row
    found: list[Row] = []
    for jobs in sorted((list(each.values()) for each in alike.values()), key=_name):
        if len(jobs) > 1:
            name = _name(jobs)
            found.append({"name": f"{name}, mean of {len(jobs)} seeds", **_each(fmean, jobs)})
            found.append({"name": f"{name}, deviation", **_each(stdev, jobs)})
    return found


def _of_seed_or_place(setting: str) -> bool:
    return any(f"{setting}.".startswith(f"{each}.") for each in ("seed", "data.seed", *neutral()))


def _name(jobs: Sequence[Row]) -> str:
    return str(jobs[0]["name"])


def _each(statistic: Callable[[list[float]], float], jobs: Sequence[Row]) -> Row:
    found: Row = {}
    for measure in COLUMNS:
        values = [job[measure] for job in jobs if job.get(measure) is not None]
        found[measure] = statistic(values) if len(values) == len(jobs) else None
    return found
