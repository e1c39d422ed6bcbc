"""The figures of an evaluation, legible 700 pixels wide; no pyplot and no state shared by figures.

Colours, after Okabe and Ito, are told apart by the colour-blind; no meaning rests on colour alone.
"""

from collections.abc import Mapping
from itertools import cycle
from math import ceil

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from vadlit.detector import FrameScore
from vadlit.evaluation.cases import confusion, runs
from vadlit.evaluation.roc import Roc
from vadlit.evaluation.scores import Bools, EventScores, Floats
from vadlit.scoring.quantity import Quantity

BLUE, RED, GREY, SHADE = "#0072B2", "#D00000", "#999999", "#E69F00"
LINE_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00")
LINE_STYLES = ("-", "--", "-.", ":")
WIDTH_INCHES, DOTS_PER_INCH = 7.0, 150  # 1,050 pixels: sharp where a page shows 700
TEXT, SMALL_TEXT = 9.5, 8.5


def score_figure(
    quantity: Quantity,
    test: EventScores,
    validation: EventScores,
    levels: Floats,
    raised: Bools,
) -> Figure:
    """The scores of a test event over those of a validation event, with what was flagged.

    Args:
        quantity: What the scores are.
        test: The event that is looked at.
        validation: Shown behind, as far as its frame numbers are those of the test event.
        levels: (n,) thresholds; a test frame with a score above its own is flagged.
        raised: (n,) True on the scored test frames with the alarm on, shown as a bar at the foot.

    Source: thesis figures 4.3 to 4.6.
    """
    figure, axes = _figure_and_axes(height=4.1, columns=1)
    _shade_anomalous(axes[0], test)
    _draw_validation(axes[0], quantity, test, validation)
    _draw_test(axes[0], quantity, test)
    _draw_levels(axes[0], quantity, test, levels)
    flagged = test.above(levels)
    _draw_crosses(axes[0], quantity, test, flagged)
    _draw_alarms(axes[0], test, raised)
    counts = confusion(flagged, test.labels)
    axes[0].set_title(
        f"event {test.event}\n{counts.true_positives} true and {counts.false_positives} false "
        f"positives among {len(test)} frames",
        fontsize=TEXT + 1,
    )
    _label(axes[0], "frame number", quantity.label)
    axes[0].set_xlim(test.first - 0.5, test.first + len(test) - 0.5)
    figure.legend(loc="outside lower center", ncols=3, fontsize=SMALL_TEXT, frameon=False)
    return figure


def roc_figure(curves: Mapping[str, tuple[Roc, Roc]]) -> Figure:
    """The ROC curves of many models, by frame and by case, with the areas under them.

    Args:
        curves: For each model, by the name to show, its curve over frames and that over cases.

    Source: thesis figure 4.7.
    """
    legend_rows = 1 + ceil(len(curves) / 2)
    figure, axes = _figure_and_axes(height=3.85 + 0.185 * legend_rows, columns=2)
    lines = zip(cycle(LINE_COLOURS), cycle(LINE_STYLES), strict=False)
    widths = np.linspace(2.6, 1.2, len(curves))  # what lies below stays visible at its sides
    for (name, pair), (colour, style), width in zip(curves.items(), lines, widths, strict=False):
        areas = " / ".join(f"{curve.area:.3f}" for curve in pair)
        for axis, curve in zip(axes, pair, strict=True):
            thin = curve.thinned()
            axis.plot(
                thin.false_positive_rate,
                thin.true_positive_rate,
                color=colour,
                linestyle=style,
                linewidth=width,
                label=f"{name}  {areas}" if axis is axes[0] else None,
                clip_on=False,
            )
    for axis, title in zip(axes, ("frame by frame", "case by case"), strict=True):
        _finish_roc(axis, title)
    axes[0].set_ylabel("true positive rate", fontsize=TEXT)
    figure.legend(
        loc="outside lower center",
        ncols=2,
        fontsize=SMALL_TEXT,
        frameon=False,
        handlelength=3.4,
        title="area under the curve by frame / by case",
        title_fontsize=SMALL_TEXT,
    )
    return figure


def prediction_figure(quantity: Quantity, title: str, score: FrameScore, scale: float) -> Figure:
    """A true frame, its prediction and the cue's map of it, with the cue.

    Args:
        quantity: What cue and map are.
        title: What the frame is, such as its event and number.
        score: Of the frame; its view holds a prediction.
        scale: The top of the colour bar, above 0; one for all figures compared.

    Source: thesis figures 4.1 and 4.2.
    """
    truth, prediction = score.view.target, score.view.prediction
    height, width = truth.shape[-2:]
    figure, axes = _figure_and_axes(height=2.1 * height / width + 0.72, columns=3)
    for axis, image, name in zip(axes, (truth, prediction), ("truth", "prediction"), strict=False):
        axis.imshow(image.detach().cpu().permute(1, 2, 0).numpy(), interpolation="nearest")
        axis.set_title(name, fontsize=TEXT)
    where = score.map.detach().cpu().numpy()
    heat = axes[2].imshow(where, cmap="inferno", vmin=0.0, vmax=scale, interpolation="nearest")
    axes[2].set_title(quantity.map, fontsize=TEXT)
    for axis in axes:
        axis.set_xticks([])
        axis.set_yticks([])
    bar = figure.colorbar(heat, cax=axes[2].inset_axes((1.04, 0.0, 0.06, 1.0)), extend="max")
    bar.ax.tick_params(labelsize=SMALL_TEXT)
    figure.suptitle(f"{title}: {quantity.name} {quantity.text(score.cue)}", fontsize=TEXT + 1)
    return figure


def _figure_and_axes(height: float, columns: int) -> tuple[Figure, list[Axes]]:
    figure = Figure((WIDTH_INCHES, height), DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(1, columns, squeeze=False)[0])


def _shade_anomalous(axis: Axes, test: EventScores) -> None:
    ranges = runs(test.labels, test.first)
    for i, case in enumerate(ranges):
        label = "anomalous" if i == 0 else None
        axis.axvspan(case.first - 0.5, case.last + 0.5, color=SHADE, alpha=0.22, lw=0, label=label)


def _draw_validation(
    axis: Axes, quantity: Quantity, test: EventScores, validation: EventScores
) -> None:
    shown = np.isin(validation.frames, test.frames)
    axis.plot(
        validation.frames[shown],
        quantity.shown(validation.score[shown]),
        color=GREY,
        linewidth=1.2,
        label=f"validation, {validation.event}",
    )


def _draw_test(axis: Axes, quantity: Quantity, test: EventScores) -> None:
    raw, smoothed = quantity.shown(test.cue), quantity.shown(test.score)
    axis.plot(test.frames, raw, color=BLUE, alpha=0.3, linewidth=0.8, label="test, raw")
    axis.plot(test.frames, smoothed, color=BLUE, linewidth=1.7, label="test, smoothed")


def _draw_levels(axis: Axes, quantity: Quantity, test: EventScores, levels: Floats) -> None:
    moved = levels.min() != levels.max()
    label = "threshold" if moved else f"threshold {quantity.text(levels[0])}"
    shown = quantity.shown(levels)
    axis.plot(test.frames, shown, color="black", linestyle="--", linewidth=1.1, label=label)


def _draw_crosses(axis: Axes, quantity: Quantity, test: EventScores, flagged: Bools) -> None:
    crowded = len(test) > 1000
    axis.plot(
        test.frames[flagged],
        quantity.shown(test.score[flagged]),
        linestyle="none",
        marker="x",
        color=RED,
        markersize=2.5 if crowded else 4.5,
        markeredgewidth=0.5 if crowded else 1.1,
        label="flagged",
    )


def _draw_alarms(axis: Axes, test: EventScores, raised: Bools) -> None:
    for i, alarm in enumerate(runs(raised, test.first)):
        label = "alarm" if i == 0 else None
        ends = (alarm.first - 0.5, alarm.last + 0.5)
        axis.axvspan(*ends, ymax=0.025, color=RED, lw=0, label=label)


def _finish_roc(axis: Axes, title: str) -> None:
    axis.plot([0, 1], [0, 1], color=GREY, linewidth=1.0, linestyle=(0, (1, 3)), zorder=0)
    axis.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axis.set_title(title, fontsize=TEXT + 1)
    _label(axis, "false positive rate", "")


def _label(axis: Axes, x: str, y: str) -> None:
    axis.set_xlabel(x, fontsize=TEXT)
    axis.set_ylabel(y, fontsize=TEXT)
    axis.tick_params(labelsize=SMALL_TEXT)
    axis.grid(color="#DDDDDD", linewidth=0.6)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)
