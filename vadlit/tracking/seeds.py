"""Jobs that differ in nothing but the seed: how much of a difference is luck."""

from collections.abc import Callable, Sequence
from itertools import groupby
from statistics import fmean, stdev
from typing import Any

from vadlit.evaluation.table import COLUMNS

Row = dict[str, Any]


def over_seeds(rows: Sequence[Row]) -> list[Row]:
    """Mean and sample deviation of each measure, for each name that has jobs of several seeds.

    Args:
        rows: With `name`, `seed`, and the measures of `COLUMNS`; jobs of one name differ in their
            seed alone, as `name` is made of the other settings of a sweep.

    Returns:
        Two rows a name, "NAME, mean of N seeds" and "NAME, deviation". A measure that is None for
        one of the jobs is None.
    """
    found: list[Row] = []
    for name, group in groupby(sorted(rows, key=_name), key=_name):
        jobs = list({row["seed"]: row for row in group}.values())
        if len(jobs) > 1:
            found.append({"name": f"{name}, mean of {len(jobs)} seeds", **_each(fmean, jobs)})
            found.append({"name": f"{name}, deviation", **_each(stdev, jobs)})
    return found


def _name(row: Row) -> str:
    return str(row["name"])


def _each(statistic: Callable[[list[float]], float], jobs: Sequence[Row]) -> Row:
    found: Row = {}
    for measure in COLUMNS:
        values = [job[measure] for job in jobs if job.get(measure) is not None]
        found[measure] = statistic(values) if len(values) == len(jobs) else None
    return found
