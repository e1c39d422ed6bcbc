from math import log

import numpy as np
import pytest
import torch

from vadlit.scoring.cues.activity import LEAST, LEAST_SPREAD, Activity, Usual, usual
from vadlit.scoring.view import View


def flat(*levels: float) -> View:
    """Frames of one grey level each, of 255."""
    return View([torch.full((3, 16, 16), level / 255) for level in levels])


def test_activity_is_the_share_of_the_light_that_changes() -> None:
    activity = Activity()
    assert activity(flat(200, 100, 110)) == pytest.approx(log(10 / (110 + 8) + 1e-4))
    assert activity(flat(0, 50, 50)) == pytest.approx(log(1e-4))
    # In half the light everything changes half as much.
    assert activity(flat(92, 102)) == pytest.approx(activity(flat(192, 212)), abs=0.01)


def test_what_is_usual_is_that_of_the_frames_closest_in_activity() -> None:
    generator = np.random.default_rng(0)
    activities = generator.uniform(-6, -2, 1000)
    values = np.where(activities < -4, 1.0, 5.0) + generator.normal(0, 0.5, 1000)
    learned = usual(torch.from_numpy(values), torch.from_numpy(activities))
    # Windows of a hundred, one further each.
    order = np.argsort(activities)
    windows = np.lib.stride_tricks.sliding_window_view(values[order], 100)
    median, high = np.quantile(windows, [0.5, 0.99], axis=1)
    np.testing.assert_allclose(learned.medians, median, rtol=1e-5)
    np.testing.assert_allclose(learned.deviations, (high - median) / 2.3263, rtol=1e-3)
    centres = np.lib.stride_tricks.sliding_window_view(activities[order], 100).mean(axis=1)
    np.testing.assert_allclose(learned.activities, centres, rtol=1e-5)


def test_a_value_is_judged_between_and_beyond_what_is_known() -> None:
    known = Usual(torch.tensor([-4.0, -2.0]), torch.tensor([1.0, 3.0]), torch.tensor([2.0, 4.0]))
    totals = torch.full((4, 2, 2), 6.0)
    found = known.standardised(totals, torch.tensor([-9.0, -4.0, -3.0, 0.0]))
    assert found[:, 0, 0].tolist() == pytest.approx([5 / 2, 5 / 2, 4 / 3, 3 / 4])


def test_of_few_frames_all_count() -> None:
    learned = usual(torch.arange(51.0), torch.zeros(51))
    assert learned.medians.tolist() == [25.0]
    assert learned.deviations.item() == pytest.approx((49.5 - 25) / 2.326)
    assert len(usual(torch.arange(LEAST - 1.0), torch.zeros(LEAST - 1)).medians) == 1
    assert len(usual(torch.arange(LEAST + 1.0), torch.zeros(LEAST + 1)).medians) == 2


def test_of_a_normal_distribution_it_is_the_standard_deviation() -> None:
    values = torch.randn(5_000, generator=torch.Generator().manual_seed(0)) * 3 + 7
    learned = usual(values, torch.zeros(5_000))
    assert learned.deviations.mean().item() == pytest.approx(3, rel=0.05)
    assert learned.medians.mean().item() == pytest.approx(7, rel=0.02)


def test_what_never_varies_is_not_blown_up() -> None:
    learned = usual(torch.ones(100), torch.zeros(100))
    assert learned.deviations.tolist() == pytest.approx([LEAST_SPREAD])
