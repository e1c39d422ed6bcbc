"""How far values go that are rarer than any seen: from the few highest ones to a level."""

import numpy as np

from vadlit.scoring.thresholds.base import Floats

# Shapes of the tail and how likely each is beforehand: exponential (nearly 0, so that one formula
# does for all) as likely as all lighter ones together, up to uniform (1).
LIGHTER = (np.arange(40) + 0.5) / 40
SHAPES = np.array([1e-6, *LIGHTER])[:, None]
PRIOR = np.array([len(LIGHTER), *np.ones_like(LIGHTER)])[:, None]
# How much the scale is above the least that each shape allows, over the mean excess.
ABOVE = np.exp(np.linspace(-8, 4, 240))
HALVINGS = 50


def beyond(share: float, excesses: Floats) -> float:
    """The level that the next excess is above with a probability of `share`, as far as one knows.

    Excesses over a high level follow a generalised Pareto distribution, whichever values they are
    of: y is exceeded with the probability (1 - k y / s)^(1/k). Its scale s and shape k are averaged
    over by how well they explain the excesses. Beforehand every order of magnitude of s is as
    likely, and k as likely 0, an exponential tail, as anything up to 1, where a tail just ends.
    Heavier ones are left out: few excesses cannot tell them, and some level would fit each.

    Args:
        share: Above 0 and below 1.
        excesses: (m,), m >= 1, none below 0.

    Returns:
        In the unit of the excesses, at least 0.

    Source: Pickands: Statistical inference using extreme order statistics. Annals of Statistics 3,
    1975. Coles: An introduction to statistical modeling of extreme values, 2001, section 9.1.
    """
    mean = float(excesses.mean())
    if mean == 0:
        return 0.0
    scales, likely = _posterior(excesses / mean)
    low, high = 0.0, 1.0
    while _exceeded(high, scales, likely) > share:
        high *= 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = _exceeded(middle, scales, likely) > share
        low, high = (middle, high) if above else (low, middle)
    return mean * high


def _posterior(excesses: Floats) -> tuple[Floats, Floats]:
    """Scales by shape, and how likely each pair is, given the excesses; both (shapes, scales)."""
    scales = SHAPES * excesses.max() + ABOVE
    pairs = zip(SHAPES, scales, strict=True)
    left = np.array([np.log1p(-np.outer(k / of, excesses)).sum(axis=1) for k, of in pairs])
    # Of the density, with the prior 1 / s and the step from one scale of the grid to the next.
    log = (1 / SHAPES - 1) * left - (len(excesses) + 1) * np.log(scales) + np.log(ABOVE)
    likely = PRIOR * np.exp(log - log.max())
    return scales, likely / likely.sum()


def _exceeded(value: float, scales: Floats, likely: Floats) -> float:
    left = np.maximum(0, 1 - SHAPES * value / scales)
    return float((likely * left ** (1 / SHAPES)).sum())
