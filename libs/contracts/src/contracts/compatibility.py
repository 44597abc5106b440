"""Would a change of an event's schema break somebody one release behind?

Services are deployed and rolled back one by one, so for a while an old consumer reads what a new producer sends and the
other way round. What both survive is one thing only: a new field that is optional (messaging.md, "Envelope"). An added
enum value breaks the old consumer, a removed one the new consumer, so neither is allowed.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_WITHOUT_MEANING = frozenset({"$schema", "$id", "$defs", "title", "description", "default", "examples"})
_SUBSCHEMA = ("items", "additionalProperties")
_SUBSCHEMAS = ("anyOf", "oneOf", "allOf", "prefixItems")


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """Compare two JSON Schemas of one event and say, by place, what the change breaks; empty when nothing."""
    return sorted(set(_Comparison(old, new).of("", old, new)))


class _Comparison:
    """One walk over two schemas side by side; each has its own definitions."""

    def __init__(self, old_root: Schema, new_root: Schema) -> None:
        self._old_root = old_root
        self._new_root = new_root
        self._compared: set[tuple[Any, Any]] = set()

    def of(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        """What breaks at this place and below."""
        pair = (old.get("$ref"), new.get("$ref"))
        if None not in pair:
            if pair in self._compared:  # a type that contains itself
                return
            self._compared.add(pair)
        old, new = _resolved(self._old_root, old), _resolved(self._new_root, new)
        yield from self._of_fields(place, old, new)
        yield from _of_values(place, old, new)
        for keyword in _SUBSCHEMA:
            if isinstance(old.get(keyword), Mapping) and isinstance(new.get(keyword), Mapping):
                yield from self.of(f"{place}[]", old[keyword], new[keyword])
            elif old.get(keyword) != new.get(keyword):
                yield f"{_at(place)} was retyped: {keyword} changed"
        for keyword in _SUBSCHEMAS:
            yield from self._of_variants(place, keyword, old.get(keyword, ()), new.get(keyword, ()))

    def _of_fields(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        old_fields, new_fields = old.get("properties", {}), new.get("properties", {})
        was_required, is_required = set(old.get("required", ())), set(new.get("required", ()))
        for name in old_fields.keys() - new_fields.keys():
            yield f"{_at(place, name)} was removed"
        for name in is_required - was_required:
            yield f"{_at(place, name)} is newly required"
        for name in (was_required - is_required) & new_fields.keys():
            yield f"{_at(place, name)} is required no more"
        for name in old_fields.keys() & new_fields.keys():
            yield from self.of(f"{place}.{name}" if place else name, old_fields[name], new_fields[name])

    def _of_variants(self, place: str, keyword: str, old: Any, new: Any) -> Iterator[str]:
        if len(old) != len(new):
            yield f"{_at(place)} was retyped: {keyword} has {len(new)} forms instead of {len(old)}"
            return
        for old_form, new_form in zip(old, new, strict=True):
            yield from self.of(place, old_form, new_form)


def _of_values(place: str, old: Schema, new: Schema) -> Iterator[str]:
    old_values, new_values = _values(old), _values(new)
    for value in sorted(old_values - new_values):
        yield f"{_at(place)} lost the value {value}"
    for value in sorted(new_values - old_values):
        yield f"{_at(place)} gained the value {value}"
    walked = {"properties", "required", "enum", "const", "$ref", "discriminator", *_SUBSCHEMA, *_SUBSCHEMAS}
    for keyword in sorted((old.keys() | new.keys()) - walked - _WITHOUT_MEANING):
        if old.get(keyword) != new.get(keyword):
            yield f"{_at(place)} was retyped: {keyword} {old.get(keyword)} became {new.get(keyword)}"


def _values(schema: Schema) -> set[str]:
    listed = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return {str(value) for value in listed}


def _resolved(root: Schema, schema: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    definition: Schema = root["$defs"][reference.rpartition("/")[2]]
    return definition


def _at(place: str, name: str = "") -> str:
    return ".".join(part for part in (place, name) if part) or "the event"
