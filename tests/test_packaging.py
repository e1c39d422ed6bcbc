import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def test_the_wheel_holds_all_that_an_installation_needs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("vadlit-*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    settings = {f"vadlit/{path.relative_to(ROOT)}" for path in (ROOT / "conf").rglob("*.yaml")}
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "vadlit").rglob("*.py")}
    weights = "vadlit/models/weights/resnet18_imagenet.safetensors"
    assert settings | modules | {"vadlit/py.typed", weights} <= held
    assert {name.split("/")[-1] for name in held} >= {"LICENSE", "NOTICE", "NOTICE.md"}
    assert {name.split("/")[0] for name in held if ".dist-info/" not in name} == {"vadlit"}


def test_the_tests_have_every_optional_package() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    for packages in extras.values():
        assert {*packages} <= {*extras["dev"]} or packages is extras["dev"]


def test_every_requirement_is_pinned_within_its_range() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    requirements = sum(project["optional-dependencies"].values(), project["dependencies"])
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    for requirement in map(Requirement, requirements):
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)])
