from pathlib import Path

import pytest

from tests.commands.conftest import Mistake, Vadlit
from tests.preparation.footage import scene, write_video

FRAMES = 100


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds with an anomaly, labelled."""
    file = tmp_path_factory.mktemp("line") / "line.mp4"
    write_video(file, [scene(n) for n in range(FRAMES)])
    file.with_suffix(".csv").write_text("start,end\n0:05,0:05.75\n")
    return file


SHORT = ["split.gap=1", "size=[32,64]"]


def test_one_command(vadlit: Vadlit, line: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = vadlit("prepare", f"source={line}", f"out={out}", "roi=auto", *SHORT)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{line}: 128x96, 100 frames, 10 a second, 10 s; 1 anomalous range")
    assert lines[1].startswith("roi=[")
    assert "resized to 64x32" in lines[1]
    assert lines[4].startswith("test  1 event, 40 frames, 8 of them anomalous, 4 s")
    assert any(line.startswith("warning: train has") for line in lines)
    assert lines[-1].endswith(f"next: vadlit train data=folder data.root={out}")
    again = vadlit("prepare", f"source={line}", f"out={out}", "roi=auto", *SHORT)
    assert again.stdout.splitlines()[:-1] == lines[:-1]
    assert "all was there already" in again.stdout


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ([], "source is missing"),
        (["source={line}"], "out is missing"),
        (["source={line}", "out={out}", "size=[100,100]"], "divisible by 32"),
        (["source={line}", "out={out}", "roi=[0,0,129,96]"], "not inside the 128x96 pixels"),
        (["source={line}", "out={line}"], "holds something else"),
        (["source={line}", "out={out}", "test=[/nowhere.mp4]"], "has no labels beside it"),
        (["source={line}", "out={out}", "rate=1"], "too short"),
        (["source=/nowhere.mp4", "out={out}"], "There is no video file /nowhere.mp4."),
    ],
)
def test_a_mistake_is_one_sentence(
    mistake: Mistake, line: Path, tmp_path: Path, settings: list[str], message: str
) -> None:
    out = tmp_path / "out"
    assert message in mistake("prepare", *(s.format(line=line, out=out) for s in settings))
    assert not out.exists()
