"""The operators' own types, which custom resources are held against: those that npm's @kubernetes-models has."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from k8s.errors import CheckFailed
from k8s.objects import Object, called

PACKAGES = {
    "external-secrets.io": "external-secrets",
    "keda.sh": "keda",
    "monitoring.coreos.com": "prometheus-operator",
}
"""By the group of a kind; resources of other groups are held to our rules alone."""
COMPILER = ("--noEmit", "--strict", "--skipLibCheck", "--pretty", "false", "--module", "nodenext")


def group_of(found: Object) -> str:
    """The group of an object's kind, such as keda.sh."""
    return str(found["apiVersion"]).rpartition("/")[0]


def validate(node: Path, place: Path, objects: Sequence[Object]) -> int:
    """Hold custom resources against their types, unknown fields, and values. Returns how many there were.

    `place` is where the packages are installed. Raises CheckFailed with a line for each fault.
    """
    held = [found for found in objects if group_of(found) in PACKAGES]
    if not held:
        return 0
    program = place / "held.mts"
    program.write_text("\n".join(_program(held)) + "\n")
    compiler = [str(node), str(place / "node_modules/typescript/bin/tsc"), *COMPILER, str(program)]
    faults = [_located(line, held) for line in _run(compiler).splitlines()]
    faults += _run([str(node), "--no-warnings", str(program)]).splitlines()
    if faults:
        raise CheckFailed("\n".join(faults))
    return len(held)


def _program(held: Sequence[Object]) -> Iterator[str]:
    """A line for each object, which is valid TypeScript and JavaScript, and the imports behind them."""
    for found in held:
        literal = json.dumps({key: value for key, value in found.items() if key not in ("apiVersion", "kind")})
        yield f"judged({json.dumps(called(found))}, () => new {found['kind']}({literal}));"
    yield "function judged(name: string, made: () => { validate(): void }): void {"
    yield "  try { made().validate(); } catch (fault) { console.log(`${name}: ${fault}`); }"
    yield "}"
    for kind, module in {found["kind"]: _module(found) for found in held}.items():
        yield f'import {{ {kind} }} from "{module}";'


def _module(found: Object) -> str:
    return f"@kubernetes-models/{PACKAGES[group_of(found)]}/{found['apiVersion']}/{found['kind']}"


def _located(line: str, held: Sequence[Object]) -> str:
    """What the compiler says of a line, with the object that is there."""
    place, _, sentence = line.partition("): error ")
    number = place.rpartition("(")[2].partition(",")[0]
    known = number.isdigit() and int(number) <= len(held)
    return f"{called(held[int(number) - 1])}: {sentence}" if known else line


def _run(command: Sequence[str]) -> str:
    """What a program that finds faults has to say; its status says the same."""
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return (run.stdout + run.stderr).strip()
