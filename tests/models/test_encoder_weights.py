import pickle
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torchvision.models import resnet18, resnet34, resnet50

from vadlit.errors import UserError
from vadlit.models.encoder import BUNDLED, TAPS, Encoder

State = dict[str, Tensor]


def images(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture
def bundled() -> State:
    return {key: value.clone() for key, value in load_file(BUNDLED).items()}


def as_safetensors(folder: Path, state: State) -> Path:
    save_file(state, folder / "weights.safetensors")
    return folder / "weights.safetensors"


def as_pt(folder: Path, state: State) -> Path:
    torch.save(state, folder / "weights.pt")
    return folder / "weights.pt"


FORMATS = pytest.mark.parametrize("write", [as_safetensors, as_pt])
Write = Callable[[Path, State], Path]


def single(state: State) -> State:
    return {key: value.float() for key, value in state.items()}


def double(state: State) -> State:
    return {key: value.double() for key, value in state.items()}


def with_classifier(state: State) -> State:
    return {"fc.weight": torch.ones(7, 512), "fc.bias": torch.ones(7), **state}


def reversed_order(state: State) -> State:
    return dict(reversed(state.items()))


def without_counters(state: State) -> State:
    return {key: x for key, x in state.items() if not key.endswith("num_batches_tracked")}


def other_counters(state: State) -> State:
    return {key: x + 9 if key.endswith("num_batches_tracked") else x for key, x in state.items()}


@FORMATS
@pytest.mark.parametrize(
    "change",
    [dict, single, double, with_classifier, reversed_order, without_counters, other_counters],
)
def test_the_same_weights_have_one_identity_in_any_file(
    encoder: Encoder, bundled: State, tmp_path: Path, write: Write, change: Callable[[State], State]
) -> None:
    other = Encoder(str(write(tmp_path, change(bundled))))
    assert other.identity == encoder.identity
    assert {parameter.dtype for parameter in other.parameters()} == {torch.float32}
    x = images(1, 3, 32, 32)
    assert torch.equal(other(x, TAPS)["layer4"], encoder(x, TAPS)["layer4"])


@FORMATS
@pytest.mark.parametrize("key", ["conv1.weight", "layer3.0.bn1.running_var", "layer4.1.bn2.bias"])
def test_other_weights_have_another_identity_and_other_features(
    encoder: Encoder, bundled: State, tmp_path: Path, write: Write, key: str
) -> None:
    bundled[key].view(-1)[0] += 10
    other = Encoder(str(write(tmp_path, bundled)))
    assert other.identity != encoder.identity
    x = images(1, 3, 64, 64)
    assert not torch.equal(other(x, TAPS)["layer4"], encoder(x, TAPS)["layer4"])


def test_a_path_may_begin_with_the_home_folder(
    encoder: Encoder, bundled: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    as_pt(tmp_path, bundled)
    assert Encoder("~/weights.pt").identity == encoder.identity


def deeper(_: State) -> State:
    return dict(resnet34(weights=None).state_dict())


def wider(_: State) -> State:
    return dict(resnet50(weights=None).state_dict())


def one_missing(state: State) -> State:
    return {key: value for key, value in state.items() if key != "layer1.0.conv1.weight"}


def one_more(state: State) -> State:
    return {**state, "layer5.weight": torch.zeros(3)}


def other_shape(state: State) -> State:
    return {**state, "conv1.weight": torch.zeros(64, 1, 7, 7)}


def prefixed(state: State) -> State:
    return {f"module.{key}": value for key, value in state.items()}


def empty(_: State) -> State:
    return {}


@FORMATS
@pytest.mark.parametrize(
    "change", [deeper, wider, one_missing, one_more, other_shape, prefixed, empty]
)
def test_weights_of_another_network_are_a_sentence(
    bundled: State, tmp_path: Path, write: Write, change: Callable[[State], State]
) -> None:
    path = write(tmp_path, change(bundled))
    with pytest.raises(UserError, match=r"do not fit; allowed .* resnet18") as caught:
        Encoder(str(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["weights.safetensors", "weights.pt", "weights"])
def test_missing_weights_are_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=rf"no encoder weights .*{name}; allowed are bundled"):
        Encoder(str(tmp_path / name))


def test_a_folder_is_no_weights(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no encoder weights"):
        Encoder(str(tmp_path))


@FORMATS
@pytest.mark.parametrize("kept", [0, 5, 1000, 100_000])
def test_a_file_that_broke_off_is_a_sentence(
    bundled: State, tmp_path: Path, write: Write, kept: int
) -> None:
    path = write(tmp_path, bundled)
    path.write_bytes(path.read_bytes()[:kept])
    assert_unreadable(path)


@pytest.mark.parametrize("name", ["weights.safetensors", "weights.pt"])
def test_a_text_is_no_weights(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("These are no weights.\n" * 100)
    assert_unreadable(path)


@pytest.mark.parametrize(
    "content",
    [[torch.ones(3)], torch.ones(3), None, {"state_dict": {}}, {0: torch.ones(3)}, {"conv1": 1.0}],
)
def test_something_else_than_a_state_dict_is_a_sentence(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "weights.pt")
    assert_unreadable(tmp_path / "weights.pt")


def test_a_whole_pickled_network_is_a_sentence(tmp_path: Path) -> None:
    torch.save(nn.Linear(2, 2), tmp_path / "weights.pt")
    assert_unreadable(tmp_path / "weights.pt")


class Malicious:
    """Creates a file as soon as it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Callable[[Path], object], tuple[Path]]:
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("name", ["weights.pt", "weights.pth", "weights.safetensors"])
@pytest.mark.parametrize(
    "write", [torch.save, lambda x, path: path.write_bytes(pickle.dumps(x, 2))]
)
def test_code_in_a_file_does_not_run(
    bundled: State, tmp_path: Path, name: str, write: Callable[[object, Path], object]
) -> None:
    trace, path = tmp_path / "it_ran", tmp_path / name
    pickle.loads(pickle.dumps(Malicious(trace)))
    assert trace.exists()
    trace.unlink()
    write({**bundled, "conv1.weight": Malicious(trace)}, path)
    assert_unreadable(path)
    assert not trace.exists()


def assert_unreadable(path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be read; allowed is .* resnet18\.$") as caught:
        Encoder(str(path))
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


DOWNLOAD = "torchvision.models._api.load_state_dict_from_url"


@pytest.mark.parametrize(
    "error",
    [
        URLError(OSError(-3, "Temporary failure in name resolution")),
        TimeoutError("timed out"),
        RuntimeError("invalid hash value"),
        pickle.UnpicklingError("a file of the cache is broken"),
    ],
)
def test_a_download_without_a_network_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> State:
        raise error

    monkeypatch.setattr(DOWNLOAD, fail)
    with pytest.raises(
        UserError, match=r"imagenet1k_v1 cannot be downloaded .* allowed .* bundled or the path"
    ):
        Encoder("imagenet1k_v1")


def test_a_download_is_torchvision_s_checked_and_never_unpickled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = resnet18(weights=None)
    network.load_state_dict(load_file(BUNDLED), strict=False)
    asked: list[tuple[str, object, object]] = []

    def download(url: str, *, check_hash: bool = False, weights_only: bool = False) -> State:
        asked.append((url, check_hash, weights_only))
        return dict(network.state_dict())

    monkeypatch.setattr(DOWNLOAD, download)
    encoder = Encoder("imagenet1k_v1")
    ((url, check_hash, weights_only),) = asked
    assert "resnet18" in url
    assert check_hash is True
    assert weights_only is True
    assert encoder.identity == Encoder().identity


def test_bundled_weights_need_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> State:
        raise AssertionError("something was downloaded")

    monkeypatch.setattr(DOWNLOAD, fail)
    assert len(Encoder("bundled").identity) == 12
