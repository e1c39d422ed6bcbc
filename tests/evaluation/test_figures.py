import gc
import subprocess
import sys
import weakref
from io import BytesIO

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from torch import Tensor

from vadlit.detector import FrameScore
from vadlit.evaluation.figures import prediction_figure, roc_figure, score_figure
from vadlit.evaluation.roc import Roc, roc
from vadlit.evaluation.scores import EventScores, Floats
from vadlit.scoring.cues.prediction_psnr import PredictionPSNR
from vadlit.scoring.psnr import error_map
from vadlit.scoring.quantity import PSNR, Quantity
from vadlit.scoring.view import View


def event(name: str, count: int, anomalous: list[tuple[int, int]], first: int = 4) -> EventScores:
    cue = np.random.default_rng(count).normal(-30, 2, count)
    labels = np.zeros(count, bool)
    for start, stop in anomalous:
        labels[start:stop] = True
    return EventScores(name, first, cue, cue + 0.25, labels)


def curve(seed: int) -> Roc:
    rng = np.random.default_rng(seed)
    labels = rng.random(300) < 0.5
    made = roc(rng.normal(0, 1, 300) + labels, labels)
    assert made is not None
    return made


def line(axis: Axes, label: str) -> Line2D:
    found = [each for each in axis.get_lines() if str(each.get_label()).startswith(label)]
    assert len(found) == 1
    return found[0]


def scored(truth: Tensor, prediction: Tensor) -> FrameScore:
    """What the PSNR cue says of a prediction."""
    view = View(truth[None], prediction)
    cue, where, _ = PredictionPSNR()(view)
    return FrameScore(4, cue, cue, where, False, view)


RAISED = np.zeros(60, bool)
RAISED[5:8] = RAISED[30:] = True


def level(threshold: float, count: int = 60) -> Floats:
    return np.full(count, threshold)


def spans(axis: Axes, height: float) -> list[tuple[float, float]]:
    """From where to where the panel is filled from its foot to a share of its height."""
    boxes = [patch for patch in axis.patches if isinstance(patch, Rectangle)]
    return [
        (box.get_x(), box.get_x() + box.get_width())
        for box in boxes
        if (box.get_y(), box.get_height()) == (0, height)
    ]


TEST = event("Test004", 60, [(10, 20), (40, 60)])
VALIDATION = event("Train016", 80, [])


def test_psnr_curves_are_the_negated_scores_by_frame_number() -> None:
    axis = score_figure(PSNR, TEST, VALIDATION, level(-29.0), RAISED).axes[0]
    for label, values in [("test, raw", -TEST.cue), ("test, smoothed", -TEST.score)]:
        assert np.array_equal(line(axis, label).get_xdata(), np.arange(4, 64))
        assert np.array_equal(line(axis, label).get_ydata(), values)
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("frame number", "PSNR (dB)")


def test_validation_is_shown_as_far_as_the_test_event_reaches() -> None:
    shown = line(
        score_figure(PSNR, TEST, VALIDATION, level(-29.0), RAISED).axes[0], "validation, Train016"
    )
    assert np.array_equal(shown.get_xdata(), np.arange(4, 64))
    assert np.array_equal(shown.get_ydata(), -VALIDATION.score[:60])
    short = event("short", 30, [])
    shown = line(score_figure(PSNR, TEST, short, level(-29.0), RAISED).axes[0], "validation, short")
    assert np.array_equal(shown.get_ydata(), -short.score)


def test_flagged_frames_are_crossed_and_counted_in_the_title() -> None:
    axis = score_figure(PSNR, TEST, VALIDATION, level(-29.0), RAISED).axes[0]
    flagged = TEST.score > -29.0
    crosses = line(axis, "flagged")
    assert (crosses.get_marker(), crosses.get_linestyle()) == ("x", "None")
    assert np.array_equal(crosses.get_xdata(), TEST.frames[flagged])
    true, false = (flagged & TEST.labels).sum(), (flagged & ~TEST.labels).sum()
    assert true > 0
    assert false > 0
    expected = f"event Test004\n{true} true and {false} false positives among 60 frames"
    assert axis.get_title() == expected


def test_threshold_is_dashed_at_its_psnr_and_named() -> None:
    dashed = line(score_figure(PSNR, TEST, VALIDATION, level(-29.123), RAISED).axes[0], "threshold")
    assert dashed.get_label() == "threshold 29.12 dB"
    assert dashed.get_linestyle() == "--"
    assert set(np.asarray(dashed.get_ydata()).tolist()) == {29.123}


def test_what_high_scores_mean_is_shown_as_it_is() -> None:
    depth = Quantity("depth", "where it is deep", "m")
    axis = score_figure(depth, TEST, VALIDATION, level(-29.123), RAISED).axes[0]
    assert axis.get_ylabel() == "depth (m)"
    assert np.array_equal(line(axis, "test, raw").get_ydata(), TEST.cue)
    assert np.array_equal(line(axis, "test, smoothed").get_ydata(), TEST.score)
    assert np.array_equal(line(axis, "validation").get_ydata(), VALIDATION.score[:60])
    assert line(axis, "threshold").get_label() == "threshold -29.12 m"
    assert set(np.asarray(line(axis, "threshold").get_ydata()).tolist()) == {-29.123}
    flagged = TEST.score > -29.123
    assert np.array_equal(line(axis, "flagged").get_ydata(), TEST.score[flagged])


def test_a_threshold_that_moves_is_drawn_as_it_moves() -> None:
    levels = np.linspace(-33, -27, 60)
    axis = score_figure(PSNR, TEST, VALIDATION, levels, RAISED).axes[0]
    dashed = line(axis, "threshold")
    assert dashed.get_label() == "threshold"
    assert np.array_equal(dashed.get_ydata(), -levels)
    assert np.array_equal(line(axis, "flagged").get_xdata(), TEST.frames[TEST.score > levels])


def test_anomalous_ranges_are_shaded_and_named_once() -> None:
    figure = score_figure(PSNR, TEST, VALIDATION, level(-29.0), RAISED)
    assert spans(figure.axes[0], height=1.0) == [(13.5, 23.5), (43.5, 63.5)]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels.count("anomalous") == 1
    assert len(labels) == 7


def test_alarms_are_bars_at_the_foot_named_once() -> None:
    figure = score_figure(PSNR, TEST, VALIDATION, level(-29.0), RAISED)
    assert spans(figure.axes[0], height=0.025) == [(8.5, 11.5), (33.5, 63.5)]
    assert [text.get_text() for text in figure.legends[0].get_texts()].count("alarm") == 1
    silent = score_figure(PSNR, TEST, VALIDATION, level(-29.0), np.zeros(60, bool))
    assert spans(silent.axes[0], height=0.025) == []


def test_a_normal_event_has_no_shade() -> None:
    figure = score_figure(
        PSNR, event("normal", 30, []), VALIDATION, level(-29.0, 30), np.zeros(30, bool)
    )
    assert not figure.axes[0].patches
    assert "anomalous" not in [text.get_text() for text in figure.legends[0].get_texts()]


def test_roc_draws_both_curves_of_each_model_as_json_holds_them() -> None:
    curves = {f"model {i}": (curve(i), curve(100 + i)) for i in range(12)}
    figure = roc_figure(curves)
    for panel in (0, 1):
        lines = figure.axes[panel].get_lines()
        assert len(lines) == 12 + 1  # and the diagonal
        assert list(np.asarray(lines[12].get_xdata())) == list(np.asarray(lines[12].get_ydata()))
        for drawn, pair in zip(lines[:12], curves.values(), strict=True):
            held = pair[panel].to_json()
            assert np.asarray(drawn.get_xdata()).tolist() == held["false_positive_rate"]
            assert np.asarray(drawn.get_ydata()).tolist() == held["true_positive_rate"]
    titles = [axis.get_title() for axis in figure.axes]
    assert titles == ["frame by frame", "case by case"]


def test_roc_legend_holds_both_areas_of_each_model() -> None:
    curves = {"base": (curve(0), curve(1)), "skiptwice": (curve(2), curve(3))}
    legend = roc_figure(curves).legends[0]
    expected = [f"{name}  {f.area:.3f} / {c.area:.3f}" for name, (f, c) in curves.items()]
    assert [text.get_text() for text in legend.get_texts()] == expected


def test_no_two_of_many_models_look_the_same() -> None:
    figure = roc_figure({str(i): (curve(i), curve(i)) for i in range(28)})
    looks = {
        (drawn.get_color(), drawn.get_linestyle()) for drawn in figure.axes[0].get_lines()[:28]
    }
    assert len(looks) == 28


def test_roc_legend_lies_off_the_panels_and_nothing_is_cut_off() -> None:
    for count in (1, 2, 8, 15):
        figure = roc_figure({f"model {i}": (curve(i), curve(i)) for i in range(count)})
        figure.draw_without_rendering()
        legend = figure.legends[0].get_window_extent()
        for axis in figure.axes:
            box = axis.get_tightbbox()
            assert box is not None
            assert not legend.overlaps(box)
            assert box.y1 <= figure.bbox.y1


def test_prediction_figure_shows_truth_prediction_and_error_on_the_given_scale() -> None:
    truth, prediction = torch.full((3, 32, 64), 0.5), torch.full((3, 32, 64), 0.6)
    prediction[:, :4] = 0.9
    figure = prediction_figure(PSNR, "can-07, frame 12", scored(truth, prediction), 0.3)
    assert [axis.get_title() for axis in figure.axes[:3]] == [
        "truth",
        "prediction",
        "mean absolute error",
    ]
    images = [axis.get_images()[0] for axis in figure.axes[:3]]
    for image, frame in zip(images, (truth, prediction), strict=False):
        np.testing.assert_array_equal(image.get_array(), frame.permute(1, 2, 0).numpy())
    np.testing.assert_array_equal(images[2].get_array(), error_map(prediction, truth).numpy())
    assert images[2].get_clim() == (0.0, 0.3)
    assert images[2].colorbar is not None
    # 28 of 32 rows are off by 0.1 and 4 by 0.4, so the mean squared error is 0.02875.
    assert figure.get_suptitle() == "can-07, frame 12: PSNR 15.41 dB"


def test_prediction_figure_tells_of_any_cue() -> None:
    frame = torch.zeros(3, 32, 64)
    where = torch.arange(32.0 * 64).reshape(32, 64)
    seen = FrameScore(4, 1.5, 0.0, where, False, View(frame[None], frame))
    figure = prediction_figure(Quantity("depth", "where it is deep"), "a", seen, 2.0)
    assert figure.get_suptitle() == "a: depth 1.50"
    assert figure.axes[2].get_title() == "where it is deep"
    np.testing.assert_array_equal(figure.axes[2].get_images()[0].get_array(), where.numpy())


@pytest.mark.parametrize("size", [(32, 64), (96, 32)])
def test_prediction_titles_do_not_overlap_in_any_shape(size: tuple[int, int]) -> None:
    frame = torch.zeros(3, *size)
    figure = prediction_figure(PSNR, "a", scored(frame, frame), 0.3)
    figure.draw_without_rendering()
    suptitle = figure.texts[0].get_window_extent()
    for axis in figure.axes[:3]:
        assert not suptitle.overlaps(axis.title.get_window_extent())
        assert axis.get_window_extent().y0 >= 0


def test_figures_are_wider_than_they_are_shown() -> None:
    buffer = BytesIO()
    score_figure(PSNR, TEST, VALIDATION, level(-29.0), RAISED).savefig(buffer, format="png")
    width = int.from_bytes(buffer.getvalue()[16:20], "big")  # of the PNG header
    assert width == 1050


def test_a_hundred_figures_leave_nothing_behind() -> None:
    frame = torch.zeros(3, 32, 32)
    made = []
    for _ in range(35):
        made += [
            weakref.ref(score_figure(PSNR, TEST, VALIDATION, level(-29.0), RAISED)),
            weakref.ref(roc_figure({"base": (curve(0), curve(1))})),
            weakref.ref(prediction_figure(PSNR, "a", scored(frame, frame), 0.3)),
        ]
    gc.collect()
    assert not [figure for figure in made if figure() is not None]


def test_pyplot_is_never_loaded() -> None:
    code = "import sys, vadlit.evaluation.figures; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
