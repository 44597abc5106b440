"""What becomes of the answers of the programs that judge, which run in scripts/k8s-check alone."""

import json
from pathlib import Path

import pytest
from k8s import custom_resources, policies
from k8s.errors import CheckFailed
from k8s.objects import Object

SCALED: Object = {
    "apiVersion": "keda.sh/v1alpha1",
    "kind": "ScaledObject",
    "metadata": {"name": "cart-worker"},
    "spec": {"scaleTargetRef": {"name": "cart-worker"}},
}


def program(place: Path, text: str) -> Path:
    """A program in place of one that judges."""
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)
    return place


def test_a_fault_of_a_type_is_said_of_its_object(tmp_path: Path) -> None:
    """The compiler names a line; a reader needs the object."""
    line = "held.mts(1,20): error TS2353: 'maxReplicas' does not exist in type 'ScaledObjectSpec'."
    node = program(tmp_path / "node", f'[ "$1" = --no-warnings ] || echo "{line}"')

    with pytest.raises(CheckFailed, match=r"^ScaledObject cart-worker: TS2353: 'maxReplicas' does not exist"):
        custom_resources.validate(node, tmp_path, [SCALED])


def test_only_what_has_types_is_held_against_them(tmp_path: Path) -> None:
    """A kind whose operator nobody has types of is left to our rules, and counted as not held."""
    silent = program(tmp_path / "node", "")

    count = custom_resources.validate(silent, tmp_path, [SCALED, {**SCALED, "apiVersion": "rabbitmq.com/v1beta1"}])

    assert count == 1
    assert (tmp_path / "held.mts").read_text().count("judged(") == 2


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (
            {
                "summary": {"passed": 7},
                "results": {
                    "failed_checks": [
                        {"resource": "Deployment.shop.cart-api", "check_name": "Not root", "check_id": "CKV_K8S_23"}
                    ]
                },
            },
            "Deployment.shop.cart-api: Not root",
        ),
        ({"summary": {"passed": 0}, "results": {"failed_checks": []}}, "found nothing to judge"),
        ({"passed": 0}, "did not answer"),
    ],
)
def test_a_policy_that_fails_and_a_linter_that_judges_nothing_are_faults(
    tmp_path: Path, report: object, sentence: str
) -> None:
    """Checkov answers the same way for a file without objects, which would pass everything."""
    checkov = program(tmp_path / "checkov", f"echo '{json.dumps(report)}'")

    with pytest.raises(CheckFailed, match=sentence):
        policies.lint(checkov, [SCALED], tmp_path / "objects.yaml")
