"""What the service is made from and how it is run: these files agree with everything else."""

import re
from configparser import ConfigParser
from importlib.metadata import requires

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from api.settings import MEANINGS
from support.paths import ROOT

OPERATING = (ROOT / "docs" / "operating.md").read_text("utf-8")
PROMISES = (ROOT / "docs" / "promises.md").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
UNIT, *MORE_UNITS = re.findall(r"```ini\n(.*?)```", OPERATING, re.DOTALL)
TO_BUILD = {"setuptools"}
"""What only making the package needs, which constraints.txt leaves open."""


def pins_of(name: str) -> dict[str, str]:
    """Give the versions that a file fixes."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.M)
    return {canonicalize_name(name): version for name, version in found}


def needed_by(name: str) -> set[str]:
    """Give all that a package needs here, however far away."""
    found, waiting = set(), [Requirement(name)]
    while waiting:
        one = waiting.pop()
        found.add(canonicalize_name(one.name))
        extras = one.extras or {""}
        for line in map(Requirement, requires(one.name) or ()):
            is_meant = not line.marker or any(line.marker.evaluate({"extra": e}) for e in extras)
            if is_meant and canonicalize_name(line.name) not in found:
                waiting.append(line)
    return found


def test_the_versions_with_hashes_are_those_of_the_constraints() -> None:
    hashed, fixed = pins_of("constraints-hashes.txt"), pins_of("constraints.txt")
    assert hashed.keys() - TO_BUILD <= fixed.keys()
    assert {name: fixed[name] for name in hashed.keys() - TO_BUILD} == {
        name: version for name, version in hashed.items() if name not in TO_BUILD
    }


def test_everything_that_the_service_needs_has_a_hash() -> None:
    missing = needed_by("cameo-events") - pins_of("constraints-hashes.txt").keys()
    assert missing == {"cameo-events"}, "run `make hashes`"


def test_every_version_has_hashes_and_no_address() -> None:
    text = (ROOT / "constraints-hashes.txt").read_text("utf-8")
    entries = re.split(r"(?m)^(?=[a-z])", text)[1:]
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert "://" not in text


def test_the_image_is_made_from_hashes_and_runs_as_nobody_of_importance() -> None:
    assert "--require-hashes --requirement constraints-hashes.txt" in DOCKERFILE
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.M) == ["cameo-events"]
    assert re.findall(r"^CMD (.*)$", DOCKERFILE, re.M) == ['["cameo-events", "serve"]']
    (variables,) = re.findall(r"^ENV (.*)$", DOCKERFILE, re.M)
    assert {one.partition("=")[0].lower() for one in variables.split()} - {"path"} <= set(MEANINGS)


def test_the_composed_services_know_each_other() -> None:
    services = COMPOSE["services"]
    events = services["events"]
    assert set(events["depends_on"]) <= services.keys()
    assert {name.lower() for name in events["environment"]} - {"pgpassword"} <= set(MEANINGS)
    assert "PASSWORD" not in events["environment"]["DATABASE"]
    assert "@database/" in events["environment"]["DATABASE"]
    assert events["environment"]["RATE_LIMIT_STORAGE"] == "memcached://counts:11211"
    volumes = [one for service in services.values() for one in service.get("volumes", ())]
    assert {one.partition(":")[0] for one in volumes} == COMPOSE["volumes"].keys()


def test_the_unit_starts_the_service_with_settings_that_there_are() -> None:
    unit = ConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(UNIT)
    variables = re.findall(r"(\w+)=\S+", " ".join(re.findall(r"^Environment=(.*)$", UNIT, re.M)))
    assert unit["Service"]["ExecStart"].endswith("/cameo-events serve")
    assert {name.lower() for name in variables} <= set(MEANINGS)


PROMISED = re.findall(r"^\|.*\| `(test_\w+)`", PROMISES, re.M)


def test_much_is_promised() -> None:
    assert len(PROMISED) > 12


@pytest.mark.parametrize("name", PROMISED)
def test_every_promise_has_its_test(name: str) -> None:
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert f"def {name}(" in tests
