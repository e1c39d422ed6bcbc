"""How many false alarms an hour thresholds really cause that were set on little normal footage.

    python experiments/thresholds/study.py        # ten minutes on one core

Scores are a first-order autoregression, a second of correlation, given a Gaussian, an exponential
or a Student tail by their ranks. Thresholds are fitted on many stretches of it and counted on 400
hours of it, an alarm being a run of scores above the level with gaps of up to `COOL_DOWN`. Writes
`results.json` and `false_alarms.png`.
"""

import json
from collections.abc import Callable
from functools import partial
from math import pi
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import stats
from scipy.signal import lfilter

from vadlit.scoring.alarm import Alarm
from vadlit.scoring.thresholds.adaptive import Adaptive
from vadlit.scoring.thresholds.base import Threshold
from vadlit.scoring.thresholds.conformal import Conformal, block_maxima, exceeded_by
from vadlit.scoring.thresholds.margin import Margin
from vadlit.scoring.thresholds.quantile import Quantile
from vadlit.scoring.thresholds.sigma import Sigma

Floats = NDArray[np.float64]
Fit = Callable[[Floats], float]

HERE = Path(__file__).parent
RATE, HOURS, CORRELATION, COOL_DOWN, FITS = 10, 400, 1.0, 5.0, 400
MINUTES = (3, 10, 60)
# From a Gaussian score to one of the same rank with another tail.
TAILS: dict[str, Callable[[Floats], Floats]] = {
    "Gaussian": lambda z: z,
    "exponential": lambda z: -stats.norm.logsf(z),
    "Student, 5 degrees": lambda z: -np.sign(z) * stats.t.ppf(stats.norm.sf(np.abs(z)), 5),
}
RULES: dict[str, Callable[[], Threshold]] = {
    "sigma, k 3": partial(Sigma, 3.0),
    "margin, 0 dB": partial(Margin, 0.0),
    "quantile, 0.999": partial(Quantile, 0.999),
    "conformal, 1 an hour": partial(Conformal, 1.0, 2.0),
}
GRID = np.linspace(-1, 9, 401)


class Footage(NamedTuple):
    """Scores, and the alarms an hour there are in them above each level of `GRID`."""

    z: Floats
    rates: Floats


def scores(hours: float, correlation: float, seed: int) -> Floats:
    """Gaussian scores of variance 1; the correlation falls to 37 % in so many seconds."""
    draws = np.random.default_rng(seed).normal(size=round(hours * 3600 * RATE))
    keep = np.exp(-1 / (correlation * RATE))
    found: Floats = lfilter([np.sqrt(1 - keep**2)], [1, -keep], draws, zi=draws[:1] * keep)[0]
    return found


def count(raised: NDArray[np.bool_]) -> int:
    """How many alarms there are, short gaps not counting."""
    on = np.flatnonzero(raised)
    return int(len(on) > 0) + int((np.diff(on) > COOL_DOWN * RATE).sum())


def footage(hours: float, correlation: float, seed: int) -> Footage:
    """Scores, counted."""
    z = scores(hours, correlation, seed)
    return Footage(z, np.array([count(z > level) for level in GRID]) / hours)


def fit_of(rule: Callable[[], Threshold], event: Floats) -> float:
    """The value of a threshold for one event."""
    threshold = rule()
    threshold.fit([event], RATE)
    return threshold.value


def tail_of(share: float, least: int, event: Floats) -> float:
    """The level of one alarm an hour with blocks of 2 s, from the tail of so many of them."""
    return exceeded_by(2 / 3600, block_maxima(event, 2 * RATE), share, least)


def realised(made: Footage, fit: Fit, tail: str, minutes: float) -> dict[str, float]:
    """The alarms an hour that fits on stretches of so many minutes result in, and their levels."""
    length = int(minutes * 60 * RATE)
    starts = np.linspace(0, len(made.z) - length, FITS).astype(int)
    found = [fit(TAILS[tail](made.z[start : start + length])) for start in starts]
    fine = np.linspace(-9, 9, 18001)
    levels = np.interp(found, TAILS[tail](fine), fine)  # as deviations of Gaussian scores
    rates = np.interp(levels, GRID, made.rates)
    low, median, high = np.quantile(rates, (0.05, 0.5, 0.95))
    summary = {"mean": rates.mean(), "5 %": low, "median": median, "95 %": high}
    return {name: round(float(x), 3) for name, x in (summary | {"level": levels.mean()}).items()}


def table(made: Footage, fit: Fit) -> dict[str, Any]:
    """By tail and by minutes."""
    return {
        tail: {str(minutes): realised(made, fit, tail, minutes) for minutes in MINUTES}
        for tail in TAILS
    }


def of_blocks() -> dict[str, Any]:
    """Block length against the correlation, both in seconds: exponential scores, 10 minutes."""
    found = {}
    for correlation in (0.3, 1.0, 3.0):
        made = footage(HOURS, correlation, 1)
        for block in (0.5, 2.0, 5.0, 10.0):
            fit = partial(fit_of, partial(Conformal, 1.0, block))
            name = f"correlation {correlation}, block {block}"
            found[name] = realised(made, fit, "exponential", 10)
    return found


def of_drift() -> dict[str, Any]:
    """Alarms an hour in two hours whose normal scores drift; fitted on ten minutes before."""
    rules: dict[str, Callable[[], Threshold]] = {
        "sigma, k 3": partial(Sigma, 3.0),
        "conformal": partial(Conformal, 1.0, 2.0),
    }
    for seconds in (20.0, 60.0, 180.0):
        rules[f"adaptive, {seconds:g} s"] = partial(Adaptive, 1.0, 2.0, seconds, 3.0)
    hours = np.arange(2 * 3600 * RATE) / 3600 / RATE
    drifts = {
        "none": 0 * hours,
        "1 deviation an hour": hours,
        "a wave of 2 deviations in 20 minutes": 2 * np.sin(2 * pi * 3 * hours),
    }
    return {
        kind: {name: drifting(rule, drift) for name, rule in rules.items()}
        for kind, drift in drifts.items()
    }


def drifting(rule: Callable[[], Threshold], drift: Floats) -> float:
    """Alarms an hour, the mean of 40 fits."""
    found, hours = 0, len(drift) / 3600 / RATE
    for seed in range(40):
        z = scores(hours + 1 / 6, CORRELATION, 100 + seed)
        threshold = rule()
        threshold.fit([z[: 600 * RATE]], RATE)
        found += count(threshold.decide(z[600 * RATE :][: len(drift)] + drift))
    return found / hours / 40


def of_alarm() -> dict[str, Any]:
    """Seconds that a false alarm lasts, at the level of one an hour, by its lower level."""
    made = footage(100, CORRELATION, 7)
    high = GRID > 2  # below, they all run into one
    level = float(np.interp(-1.0, -made.rates[high], GRID[high]))
    found = {}
    for keep in (1.0, 0.75, 0.5):
        alarm = Alarm(keep, 0.0, COOL_DOWN, 0.0, RATE, level)
        on = alarm.raised(made.z, np.full_like(made.z, level), np.zeros(len(made.z), np.bool_))
        begun = int((np.diff(on.astype(int)) == 1).sum())
        found[f"keep {keep}"] = {"an hour": begun / 100, "seconds": float(on.sum()) / RATE / begun}
    return found


def picture(rules: dict[str, Any]) -> Figure:
    """Alarms an hour, by rule, for each tail and length of footage."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.subplots(1, len(TAILS), sharey=True)
    for axis, tail in zip(axes, TAILS, strict=True):
        for place, (name, found) in enumerate(rules.items()):
            low, mean, high = (
                np.array([max(0.01, found[tail][str(m)][key]) for m in MINUTES])
                for key in ("5 %", "mean", "95 %")
            )
            at = np.arange(len(MINUTES)) + 0.16 * (place - 1.5)
            axis.vlines(at, low, high, color=f"C{place}", linewidth=2, alpha=0.5)
            axis.plot(at, mean, "o", color=f"C{place}", label=name, markersize=5)
        axis.axhline(1, color="black", linestyle="--", linewidth=1)
        axis.set_xticks(range(len(MINUTES)), [f"{m} min" for m in MINUTES])
        axis.set(title=f"scores: {tail}", yscale="log", ylim=(0.009, 300))
    axes[0].set_ylabel("false alarms an hour")
    axes[1].set_xlabel("normal footage held out; dots: mean of 400 fits, bars: 90 % of them")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure


def main() -> None:
    """Count, and write."""
    made = footage(HOURS, CORRELATION, 0)
    results = {
        "rules": {name: table(made, partial(fit_of, rule)) for name, rule in RULES.items()},
        "tail": {str(share): table(made, partial(tail_of, share, 1)) for share in (0.03, 0.1, 0.3)},
        "tail of half a minute": {
            str(least): {
                tail: realised(made, partial(tail_of, 0.1, least), tail, 0.5) for tail in TAILS
            }
            for least in (1, 3, 5, 7)
        },
        "block": of_blocks(),
        "drift": of_drift(),
        "alarm": of_alarm(),
    }
    (HERE / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    picture(results["rules"]).savefig(HERE / "false_alarms.png", dpi=110)


if __name__ == "__main__":
    main()
