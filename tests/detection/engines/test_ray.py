"""A cluster of two workers gives the tables of the local run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.detection.footage import copying, write_video
from vadlit.detection.detect import detect
from vadlit.detection.engines.ray import Ray
from vadlit.detection.settings import Settings
from vadlit.detection.source import sources
from vadlit.errors import UserError

DEADLY = "deadly.mp4"


def dying() -> None:
    """Have a worker die where it decodes one file."""
    from vadlit.video.file import VideoFile

    opened = VideoFile.open

    def deadly(path: Path) -> VideoFile:
        if path.name == DEADLY:
            os._exit(1)
        return opened(path)

    VideoFile.open = deadly  # type: ignore[method-assign]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Ray]:
    """Two workers on this machine; `dying` is in force there."""
    ray = pytest.importorskip("ray", reason="no ray; pip install 'vadlit[ray]' brings it")
    ray.init(
        "local",
        num_cpus=2,
        include_dashboard=False,
        object_store_memory=100 * 2**20,
        runtime_env={"worker_process_setup_hook": dying},
    )
    yield Ray("local", cpus=1)
    ray.shutdown()


def settings(footage: Path, out: Path) -> Settings:
    return Settings(sources(str(footage)), out, "trained", "trained", None, {})


def tables(out: Path) -> dict[str, str]:
    """All that was written, but for what is only remembered."""
    return {str(file.relative_to(out)): file.read_text() for file in sorted(out.rglob("*.csv"))}


@pytest.mark.parametrize("address", ["127.0.0.1:9", "nowhere"])
def test_where_no_cluster_answers(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray = pytest.importorskip("ray", reason="no ray; pip install 'vadlit[ray]' brings it")
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    made = settings(write_video(tmp_path / "a.mp4"), tmp_path / "out")
    with pytest.raises(UserError, match=f"engine.address is {address}, where no Ray cluster"):
        detect(copying(), "a", made, Ray(address, cpus=1))


@pytest.mark.slow
def test_an_archive_is_watched_as_it_is_here(cluster: Ray, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    for name in "abc":
        write_video(archive / f"{name}.mp4")
    here = detect(copying(), "a", settings(archive, tmp_path / "here"))
    write_video(archive / DEADLY)
    (archive / "broken.mp4").write_bytes(b"no video")
    made = settings(archive, tmp_path / "there")
    there = detect(copying(), "a", made, cluster)
    # What takes a worker down is told like what is broken, and the rest is there.
    assert list(there.broken) == ["broken", "deadly"]
    assert "broken.mp4 cannot be read" in there.broken["broken"]
    assert "deadly.mp4 has taken its worker down" in there.broken["deadly"]
    assert there.found == here.found
    assert there.frames == here.frames > 0
    assert tables(tmp_path / "there") == tables(tmp_path / "here")
    # The same command does no more than what is missing; here or there makes no difference.
    (archive / DEADLY).unlink()
    (tmp_path / "there" / "scores" / "b.csv").unlink()
    made = settings(archive, tmp_path / "there")
    again = detect(copying(), "a", made, cluster)
    assert again.frames == here.frames // 3
    assert detect(copying(), "a", made).frames == 0
    assert tables(tmp_path / "there") == tables(tmp_path / "here")


def test_a_camera_is_not_for_a_cluster(tmp_path: Path) -> None:
    made = Settings(sources(0), tmp_path, "trained", "trained", None, {})
    with pytest.raises(UserError, match=r"source is 0; allowed with engine=ray is recorded"):
        detect(copying(), "a", made, Ray("local", cpus=1))


def test_a_mistake() -> None:
    with pytest.raises(UserError, match=r"engine\.cpus is 0; allowed is a whole number"):
        Ray("local", cpus=0)
