import functools
import http.server
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from av.device import DeviceInfo

from tests.video.corpus import encode, number_of, pictures
from vadlit.errors import UserError
from vadlit.video.footage import open_footage
from vadlit.video.live import Live

Serve = Callable[[Callable[[socket.socket], None]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a TCP server that hands each connection to a function; gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def start(answer: Callable[[socket.socket], None]) -> str:
            def run() -> None:
                try:
                    while True:
                        connection, _ = server.accept()
                        with connection:
                            answer(connection)
                except OSError:  # the test is over
                    pass

            threading.Thread(target=run, daemon=True).start()
            return f"tcp://127.0.0.1:{server.getsockname()[1]}"

        yield start
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A transport stream of 20 frames."""
    path = tmp_path_factory.mktemp("live") / "belt.ts"
    return encode(path, "libx264", pictures(20, 128, 192), options={"bf": "0", "g": "5"})


@pytest.fixture
def http_root(video: Path) -> Iterator[str]:
    """The address of a server of the folder that holds the video."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(video.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def seen_until_the_end(live: Live) -> tuple[list[int], str]:
    """The numbers of the frames, and the sentence that they end with."""
    numbers: list[int] = []

    def watch() -> None:
        for frame in live.frames():
            numbers.append(number_of(frame.image))

    with pytest.raises(UserError) as caught:
        watch()
    return numbers, str(caught.value)


def test_a_stream_over_tcp_gives_its_frames_and_says_that_it_ended(
    serve: Serve, video: Path
) -> None:
    url = serve(lambda connection: connection.sendall(video.read_bytes()))
    live = Live.stream(url)
    for _ in range(2):
        numbers, sentence = seen_until_the_end(live)
        assert numbers == list(range(20))
        assert sentence == f"The source {url} ended after 20 frames."
    assert live.files == ()


def test_a_stream_over_http_gives_frames_with_times(http_root: str) -> None:
    footage = open_footage(f"{http_root}/belt.ts")
    frames = footage.frames()
    times = [next(frames).time for _ in range(10)]
    assert times == pytest.approx([n / 25 for n in range(10)])
    assert footage.name == f"{http_root}/belt.ts"


def test_a_stream_is_resampled(http_root: str) -> None:
    frames = open_footage(f"{http_root}/belt.ts", rate=5).frames()
    assert [number_of(next(frames).image) for _ in range(3)] == [0, 5, 10]


def test_left_early_the_connection_is_closed(serve: Serve, video: Path) -> None:
    closed = threading.Event()

    def answer(connection: socket.socket) -> None:
        connection.sendall(video.read_bytes())
        if connection.recv(1) == b"":
            closed.set()

    before = len(os.listdir("/proc/self/fd"))
    next(Live("belt", serve(answer), patience=1).frames())
    assert closed.wait(10)
    time.sleep(0.1)
    assert len(os.listdir("/proc/self/fd")) <= before


def test_one_that_never_answers_is_named(serve: Serve) -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(1)  # until the other side has gone

    url = serve(answer)
    begin = time.monotonic()
    numbers, sentence = seen_until_the_end(Live("belt", url, patience=0.5))
    assert time.monotonic() - begin < 5
    assert numbers == []
    assert sentence == "The source belt has not answered for 0.5 seconds."


def test_one_that_falls_silent_is_named_after_its_frames(serve: Serve, video: Path) -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(video.read_bytes())
        connection.recv(1)  # until the other side has gone

    numbers, sentence = seen_until_the_end(Live("belt", serve(answer), patience=1))
    assert numbers[:15] == list(range(15))
    assert sentence == "The source belt has not answered for 1 seconds."


def test_a_closed_door_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    numbers, sentence = seen_until_the_end(Live.stream(f"tcp://127.0.0.1:{port}"))
    assert numbers == []
    assert sentence.startswith(f"The source tcp://127.0.0.1:{port} cannot be read: ")


def test_a_missing_page_is_named(http_root: str) -> None:
    _, sentence = seen_until_the_end(Live.stream(f"{http_root}/none.ts"))
    assert sentence.startswith(f"The source {http_root}/none.ts cannot be read: ")


def test_what_is_no_video_is_named(serve: Serve) -> None:
    url = serve(lambda connection: connection.sendall(b"no video" * 10_000))
    _, sentence = seen_until_the_end(Live.stream(url))
    assert sentence.startswith(f"The source {url} cannot be read: ")


def test_passwords_stay_out_of_names() -> None:
    live = Live.stream("rtsp://user:secret@camera:554/line?token=secret")
    assert live.name == "rtsp://camera:554/line"
    assert "secret" not in live.name
    assert live.address == "rtsp://user:secret@camera:554/line?token=secret"


@pytest.mark.parametrize("url", ["rtsp://[bad/x", "rtsp://user:secret@[bad/x?token=secret"])
def test_what_is_no_url_is_told_without_passwords(url: str) -> None:
    message = r"^The address rtsp://\[bad/x is no URL; allowed is one such as rtsp://"
    with pytest.raises(UserError, match=message):
        open_footage(url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "concat://a|b", "ftp://host/a.mp4"])
def test_other_protocols_are_refused(url: str) -> None:
    with pytest.raises(UserError, match=r"is (file|concat|ftp); allowed are http, https, "):
        Live.stream(url)


@pytest.mark.parametrize(
    ("platform", "format", "address"),
    [("linux", "v4l2", "/dev/video77"), ("darwin", "avfoundation", "77")],
)
def test_a_camera_is_opened_as_the_platform_has_it(
    monkeypatch: pytest.MonkeyPatch, platform: str, format: str, address: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    live = Live.camera(77)
    assert (live.name, live.format, live.address) == ("camera 77", format, address)


def test_a_missing_camera_is_named() -> None:
    _, sentence = seen_until_the_end(Live.camera(77))
    assert sentence.startswith("The source camera 77 cannot be read: ")


def test_a_camera_of_windows_goes_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def devices(_: str) -> list[DeviceInfo]:
        kinds = {"microphone": "audio", "wide": "video", "close": "video"}
        return [DeviceInfo(name, name, False, [kind]) for name, kind in kinds.items()]

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("vadlit.video.live.enumerate_input_devices", devices)
    live = Live.camera(1)
    assert (live.format, live.address) == ("dshow", "video=close")
    with pytest.raises(UserError, match=r"There is no camera 2; there are 2\."):
        Live.camera(2)
