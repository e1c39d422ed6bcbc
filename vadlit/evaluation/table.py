"""Evaluations as a table for the terminal."""

from collections.abc import Mapping

from vadlit.evaluation.report import Report

COLUMNS = {
    "frame_auroc": "frame AUROC",
    "frame_auroc_smoothed": "smoothed",
    "frame_auroc_macro": "macro",
    "frame_auroc_normalised": "normalised",
    "case_auroc": "case AUROC",
    "copy_frame_auroc": "copy baseline",
}


def table(reports: Mapping[str, Report]) -> str:
    """A line a model under a line of headings; what is not defined is a dash.

    >>> print(table({"base": {"frame_auroc": 0.6853, "case_auroc": None}}))
    model  frame AUROC  smoothed  macro  normalised  case AUROC  copy baseline
    base         0.685         -      -           -           -              -
    """
    width = max(len(name) for name in ("model", *reports))
    lines = ["  ".join(["model".ljust(width), *COLUMNS.values()])]
    for name, report in reports.items():
        cells = (_cell(report.get(key)).rjust(len(title)) for key, title in COLUMNS.items())
        lines.append("  ".join([name.ljust(width), *cells]))
    return "\n".join(lines)


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "-"
