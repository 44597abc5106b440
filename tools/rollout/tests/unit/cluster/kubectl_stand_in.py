"""A program that takes kubectl's place: what it is asked to change it changes in a file, and notes each call.

It knows the calls that roll-outs make, and of their effects what roll-outs read back: images, annotations, existence.
"""

import json
import sys
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent
KINDS = {"deployment": "Deployment", "service": "Service", "configmap": "ConfigMap", "job": "Job"}


def main(arguments: list[str]) -> str:
    """Do what a call asks for and return what it prints."""
    with (HOME / "calls").open("a") as calls:
        calls.write(" ".join(arguments) + "\n")
    if not (HOME / "state.json").exists():
        sys.exit("E1128 17:56:02.4 5010 memcache.go:265] Unhandled\nThe connection was refused")
    state = json.loads((HOME / "state.json").read_text())
    if any(" ".join(arguments).startswith(call) for call in state["failing"]):
        sys.exit("error: it failed")
    printed = VERBS[arguments[0]](state, arguments[1:])
    (HOME / "state.new").write_text(json.dumps(state))
    (HOME / "state.new").replace(HOME / "state.json")  # who is killed here leaves a whole one
    return printed


def get(state: dict[str, Any], arguments: list[str]) -> str:
    """One object by name, or a list by the labels of a selector."""
    objects = state["objects"]
    if arguments[1] != "--selector":
        return json.dumps(objects[f"{KINDS[arguments[0]]}/{arguments[1]}"])
    wanted = dict(pair.split("=") for pair in arguments[2].split(","))
    kind = arguments[0].removesuffix("s").replace("replicaset", "ReplicaSet").replace("deployment", "Deployment")
    of_kind = [each for name, each in objects.items() if name.startswith(f"{kind}/")]
    return json.dumps({"items": [each for each in of_kind if wanted.items() <= each["metadata"]["labels"].items()]})


def put(state: dict[str, Any], arguments: list[str]) -> str:
    """What is on standard input."""
    for each in json.load(sys.stdin)["items"]:
        if each["kind"] == "Job":
            ends = (
                "Failed" if each["spec"]["template"]["spec"]["containers"][0]["args"] == state["fails"] else "Complete"
            )
            each["status"] = {"conditions": [{"type": ends, "status": "True"}]}
        state["objects"][f"{each['kind']}/{each['metadata']['name']}"] = each
        state["put"].append(each)
    return ""


def delete(state: dict[str, Any], arguments: list[str]) -> str:
    """Objects by kind and name; those that are gone are no fault."""
    names = [each for each in arguments if not each.startswith("-")]
    pairs = [each.split("/") for each in names] if "/" in names[0] else [names]
    for kind, name in pairs:
        state["objects"].pop(f"{KINDS[kind]}/{name}", None)
    return ""


def set_image(state: dict[str, Any], arguments: list[str]) -> str:
    """The image of every container of some Deployments."""
    image = arguments[-1].removeprefix("*=")
    for name in arguments[1:-1]:
        deployment = state["objects"][name.replace("deployment/", "Deployment/")]
        deployment["spec"]["template"]["spec"]["containers"][0]["image"] = image
    return ""


def patch(state: dict[str, Any], arguments: list[str]) -> str:
    """How many pods a Deployment asks for, or their annotations; what else is patched is only kept."""
    spec, deployment = json.loads(arguments[-1])["spec"], state["objects"][f"Deployment/{arguments[1]}"]
    if "replicas" in spec:
        deployment["spec"]["replicas"] = spec["replicas"]
        return ""
    template = spec["template"]
    metadata = deployment["spec"]["template"]["metadata"]
    merged = metadata.get("annotations", {}) | template["metadata"]["annotations"]
    metadata["annotations"] = {name: value for name, value in merged.items() if value is not None}
    state["patches"].append(template["spec"])
    return ""


def nothing(state: dict[str, Any], arguments: list[str]) -> str:
    """Pods are at once as they should be."""
    return ""


def logs(state: dict[str, Any], arguments: list[str]) -> str:
    """What a Job says that fails."""
    return "carts has no column colour"


VERBS = {
    "get": get,
    "create": put,
    "apply": put,
    "delete": delete,
    "set": set_image,
    "patch": patch,
    "scale": nothing,
    "rollout": nothing,
    "logs": logs,
}

if __name__ == "__main__":
    print(main(sys.argv[3:]))
