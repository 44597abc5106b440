"""Every Dockerfile is judged by hadolint, and holds what hadolint does not look for."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from images.catalogue import IMAGES
from images.contents import LABELS
from localservers.home import REPOSITORY

DOCKERFILES = sorted({image.dockerfile for image in IMAGES})
BASES = "deploy/images/debian.Dockerfile"
CONFIGURATION = REPOSITORY / ".hadolint.yaml"


def test_all_dockerfiles_are_judged() -> None:
    """A new one is either an image of the catalogue or a base."""
    command = ["git", "ls-files", "*Dockerfile"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)

    assert set(listed.stdout.split()) <= {*DOCKERFILES, BASES}


@pytest.mark.parametrize("file", [*DOCKERFILES, BASES])
def test_hadolint_finds_nothing(file: str) -> None:
    """No exception but those that the file itself gives a reason for."""
    assert hadolint(REPOSITORY / file) == ""


@pytest.mark.parametrize(
    ("line", "broken", "rule"),
    [
        ("FROM ${BASE_IMAGE} AS chassis", "FROM python AS chassis", "DL3006"),
        ("USER 10001", "USER root", "DL3002"),
        ("WORKDIR /app", "WORKDIR app", "DL3000"),
        ('CMD ["api", "--host", "0.0.0.0", "--port", "8000"]', "CMD api", "DL3025"),
        ("&& mkdir /service ", "&& cd /service ", "DL3003"),
    ],
)
def test_hadolint_finds_what_is_broken(tmp_path: Path, line: str, broken: str, rule: str) -> None:
    """The judge is awake: each line of this kind, broken, is found."""
    text = (REPOSITORY / "Dockerfile").read_text()
    assert line in text
    spoilt = tmp_path / "Dockerfile"
    spoilt.write_text(text.replace(line, broken))

    assert rule in hadolint(spoilt)


@pytest.mark.parametrize("file", DOCKERFILES)
def test_an_image_is_closed(file: str) -> None:
    """It runs as nobody known, says how it is, names its bases' versions, and its tools are locked."""
    assert list(faults((REPOSITORY / file).read_text())) == []


def test_an_open_image_is_found() -> None:
    """Each rule that is ours finds its fault."""
    text = (
        'ARG BASE_IMAGE=python:latest\nFROM ${BASE_IMAGE}\nRUN pip install uv==0.0.1\nUSER cartwheel\nCMD ["nginx"]\n'
    )

    assert list(faults(text)) == [
        "USER is not a number above 9999",
        *(f"no label {label}" for label in LABELS),
        "no HEALTHCHECK",
        "nginx would cut off what it has in hand",
        "python:latest is not pinned",
        "pip installs what no hash is known of",
    ]


def hadolint(file: Path) -> str:
    """What hadolint has to say of a file."""
    command = ["hadolint", "--no-color", "--config", str(CONFIGURATION), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def faults(text: str) -> Iterator[str]:
    """What is wrong with the last stage of a Dockerfile, and with what all stages begin with."""
    last = text.rpartition("\nFROM ")[2]
    user = re.findall(r"^USER (\S+)$", last, re.MULTILINE)
    if not user or not user[-1].isdigit() or int(user[-1]) < 10_000:
        yield "USER is not a number above 9999"
    yield from (f"no label {label}" for label in LABELS if f"org.opencontainers.image.{label}=" not in last)
    if not re.search(r"^HEALTHCHECK ", last, re.MULTILINE):
        yield "no HEALTHCHECK"
    if '"nginx"' in last and not re.search(r"^STOPSIGNAL SIGQUIT$", last, re.MULTILINE):
        yield "nginx would cut off what it has in hand"
    for base in re.findall(r"^ARG \w+_IMAGE=(\S+)$", text, re.MULTILINE):
        if not re.fullmatch(r"[a-z/]+:\d[\w.-]+(@sha256:[0-9a-f]{64})?", base):
            yield f"{base} is not pinned"
    if re.search(r"(?<!uv )pip install (?!.*--require-hashes)", text.replace("\\\n", "")):
        yield "pip installs what no hash is known of"


def test_images_are_built_with_the_same_uv_as_the_clone() -> None:
    """One resolver, one result."""
    installed = re.search(r"^uv_version=(\S+)$", (REPOSITORY / "scripts/python-packages.sh").read_text(), re.MULTILINE)
    locked = re.search(r"^uv==(\S+)", (REPOSITORY / "deploy/images/tools.lock").read_text(), re.MULTILINE)

    assert installed is not None
    assert locked is not None
    assert installed[1] == locked[1]
