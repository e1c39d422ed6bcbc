import pytest

from vadlit.evaluation.table import COLUMNS, FRAMES, PLACES_AND_ALARMS, table

FULL: dict[str, float | int | str | None] = dict.fromkeys(COLUMNS, 0.87654)
FULL |= {"false_alarms": 1234, "false_alarms_per_hour": 43210.9, "delay_seconds": 12.34}


def test_a_line_a_model_under_headings() -> None:
    lines = table({"base": {"frame_auroc": 0.68549}, "skiptwice": {"case_auroc": 1.0}}).splitlines()
    assert [line.split()[0] for line in lines] == ["model", "base", "skiptwice"]
    start = lines[0].index("frame AUROC")
    assert lines[1][start : start + 11] == "      0.685"
    assert lines[2].split()[1:] == ["-"] * 7 + ["1.000", "-", "-"]
    assert len({len(line) for line in lines}) == 1


def test_places_and_alarms_follow_where_one_model_has_them() -> None:
    first, second = table({"base": {"frame_auroc": 0.7}, "b": {"alarm_f1": 0.5}}).split("\n\n")
    assert first == table({"base": {"frame_auroc": 0.7}, "b": {}})
    heading, base, other = second.splitlines()
    assert heading.split()[:3] == ["model", "RBDC", "TBDC"]
    assert base.split()[1:] == ["-"] * 10
    assert other.split()[1:] == ["-"] * 4 + ["0.500"] + ["-"] * 5


def test_counts_have_no_digits_behind_the_point_also_where_a_server_made_them_floats() -> None:
    for alarms in (3, 3.0):
        *_, line = table({"a": {"false_alarms": alarms, "delay_seconds": 1.26}}).splitlines()
        assert line.split()[-3:] == ["3", "-", "1.3"]


def test_no_block_is_wider_than_a_terminal() -> None:
    lines = table({"skiptwice-none-40": FULL}).splitlines()
    assert len(lines) == 5
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("key", COLUMNS)
def test_each_column_shows_its_number(key: str) -> None:
    shown = table({"a": {key: 0.87654}}).splitlines()[-1].split()[1:]
    block = list(FRAMES if key in FRAMES else PLACES_AND_ALARMS)
    assert [cell != "-" for cell in shown] == [key == each for each in block]
