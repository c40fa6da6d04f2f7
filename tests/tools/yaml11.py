#!/usr/bin/env python3
"""Reads YAML 1.1 as PyYAML does and prints what it understood as JSON.

    yaml11.py FILE

FILE holds a JSON list of texts, each one YAML document. The answer is a JSON list of the same length, of
`{"ok": VALUE}` or `{"error": TEXT}`. What JSON has no form for is spelt out under a key with a `!`, so that it can
never compare equal to the text or number that was meant: `{"!float": "nan"}`, `{"!timestamp": …}`, `{"!map": [[KEY, VALUE], …]}`.
"""

import base64
import datetime
import json
import math
import sys

import yaml


class Strict(yaml.SafeLoader):
    """PyYAML lets the last of equal keys win; a document that has them is broken."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} appears twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def plain(value):
    """Gives every value a form that JSON has."""
    if isinstance(value, dict):
        if all(isinstance(key, str) for key in value):
            return {key: plain(item) for key, item in value.items()}
        pairs = [[plain(key), plain(item)] for key, item in value.items()]
        return {"!map": sorted(pairs, key=lambda pair: str(pair[0]))}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, set):
        return {"!set": sorted(map(str, value))}
    if isinstance(value, (datetime.date, datetime.datetime)):
        return {"!timestamp": value.isoformat()}
    if isinstance(value, bytes):
        return {"!binary": base64.b64encode(value).decode()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"!float": str(value)}
    return value


def read(document):
    try:
        return {"ok": plain(yaml.load(document, Loader=Strict))}
    except (yaml.YAMLError, ValueError, TypeError) as error:
        return {"error": str(error)}


def main(arguments):
    if len(arguments) != 1:
        print("usage: yaml11.py FILE", file=sys.stderr)
        return 2
    with open(arguments[0], encoding="utf-8") as file:
        documents = json.load(file)
    json.dump([read(document) for document in documents], sys.stdout)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
