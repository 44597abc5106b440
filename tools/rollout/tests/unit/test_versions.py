"""Which version is rolled back to, and what a version is, in a small repository."""

import subprocess
from pathlib import Path

import pytest
from rollout.drill import versions
from rollout.drill.versions import Version, commit_of, earlier_commit
from rollout.errors import Refused


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three commits: a beginning, a change of a service, a change of a document."""
    monkeypatch.setattr(versions, "REPOSITORY", tmp_path)
    git(tmp_path, "init", "--quiet")
    for file in ("README.md", "services/cart/service.toml", "docs/README.md"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("text")
        git(tmp_path, "add", "--all")
        git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", file)
    return tmp_path


def git(directory: Path, *arguments: str) -> None:
    """Run git there."""
    subprocess.run(["git", *arguments], cwd=directory, check=True)


@pytest.mark.usefixtures("repository")
def test_without_a_tag_it_is_what_was_before_the_last_change_of_code() -> None:
    """A change of documents is no other version."""
    assert earlier_commit(commit_of("HEAD")) == commit_of("HEAD~2")


def test_the_newest_tag_is_taken_where_there_is_one(repository: Path) -> None:
    """That is what was released."""
    git(repository, "tag", "1.0", "HEAD~1")

    assert earlier_commit(commit_of("HEAD")) == commit_of("HEAD~1")


@pytest.mark.usefixtures("repository")
def test_what_is_no_commit_is_refused() -> None:
    """By its name; also a repository in which no code ever changed has nothing to roll back to."""
    with pytest.raises(Refused, match="nothing names no commit"):
        commit_of("nothing")
    with pytest.raises(Refused, match="changed a service"):
        earlier_commit(commit_of("HEAD~2"))


def test_a_version_names_its_services(repository: Path) -> None:
    """By their manifests."""
    assert Version("c0ffee", repository).services == {"cart"}
