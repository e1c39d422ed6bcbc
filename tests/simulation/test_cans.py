"""Shapes and labels of cans."""

from itertools import combinations

import numpy as np
import pytest

from vadlit.simulation.cans import BRANDS, HEIGHT, RADIUS, Cans


@pytest.fixture(scope="module")
def cans() -> Cans:
    return Cans(np.random.default_rng(0))


def test_a_can_has_its_size(cans: Cans) -> None:
    assert len(cans.upright) == len(BRANDS)
    for can in cans.upright:
        radii, heights = np.array(can.points).T
        assert radii.max() == RADIUS
        assert (heights.min(), heights.max()) == (0, HEIGHT)
        assert len(can.materials) == len(can.points) - 1


def test_labels_differ_from_each_other_and_are_those_of_the_seed(cans: Cans) -> None:
    labels = [can.materials[5].texture for can in cans.upright]
    for one, two in combinations(labels, 2):
        assert one is not None
        assert two is not None
        assert np.abs(one.astype(float) - two).mean() > 8
    again = Cans(np.random.default_rng(0))
    for can, label in zip(again.upright, labels, strict=True):
        np.testing.assert_array_equal(can.materials[5].texture, label)


def test_the_note_is_around_a_part_of_the_body_and_outside_it(cans: Cans) -> None:
    radii, heights = np.array(cans.note.points).T
    assert radii.min() > RADIUS
    assert heights.min() > 0.013  # the straight part of a can
    assert heights.max() < 0.096
    assert 0 < cans.note.arc < np.pi / 2
