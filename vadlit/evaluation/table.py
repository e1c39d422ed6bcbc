"""Evaluations as a table for the terminal."""

from collections.abc import Mapping
from typing import NamedTuple

from vadlit.evaluation.report import Report
from vadlit.terminal import aligned


class Column(NamedTuple):
    """What heads a column, and the digits behind the point of what is in it."""

    title: str
    digits: int = 3


FRAMES = {
    "frame_auroc": Column("frame AUROC"),
    "frame_auroc_low": Column("95% from"),
    "frame_auroc_high": Column("to"),
    "frame_auroc_smoothed": Column("smoothed"),
    "frame_auroc_mixed": Column("mixed"),
    "frame_auroc_macro": Column("macro"),
    "frame_auroc_normalised": Column("normalised"),
    "case_auroc": Column("case AUROC"),
    "frame_eer": Column("EER"),
    "copy_frame_auroc": Column("copy baseline"),
}
PLACES_AND_ALARMS = {
    "rbdc": Column("RBDC"),
    "tbdc": Column("TBDC"),
    "pixel_auroc": Column("pixel AUROC"),
    "pixel_criterion_eer": Column("pixel EER"),
    "alarm_f1": Column("alarm F1"),
    "alarm_precision": Column("precision"),
    "alarm_recall": Column("recall"),
    "false_alarms": Column("false alarms", 0),
    "false_alarms_per_hour": Column("an hour", 0),
    "delay_seconds": Column("delay (s)", 1),
}
COLUMNS = FRAMES | PLACES_AND_ALARMS


def table(reports: Mapping[str, Report]) -> str:
    """A line a model under a line of headings, and another such block where there is more to tell.

    What is not defined is a dash.
    """
    blocks = [_block(reports, FRAMES)]
    if any(report.get(key) is not None for report in reports.values() for key in PLACES_AND_ALARMS):
        blocks.append(_block(reports, PLACES_AND_ALARMS))
    return "\n\n".join(blocks)


def _block(reports: Mapping[str, Report], columns: Mapping[str, Column]) -> str:
    lines = [["model", *(column.title for column in columns.values())]]
    for name, report in reports.items():
        cells = [_cell(report.get(key), column.digits) for key, column in columns.items()]
        lines.append([name, *cells])
    return aligned(lines)


def _cell(value: object, digits: int) -> str:
    return f"{value:.{digits}f}" if isinstance(value, int | float) else "-"
