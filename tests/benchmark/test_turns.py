import time

from vadlit.benchmark.turns import in_turns, seconds


def test_ways_take_turns_and_the_first_turn_does_not_count() -> None:
    order: list[str] = []

    def way(name: str) -> float:
        order.append(name)
        return float(len(order))

    found = in_turns({"a": lambda: way("a"), "b": lambda: way("b")}, turns=2)
    assert order == ["a", "b"] * 3
    assert found == {"a": [3, 5], "b": [4, 6]}


def test_seconds() -> None:
    assert 0.02 <= seconds(lambda: time.sleep(0.02)) < 1
