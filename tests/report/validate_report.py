#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Validates asyncrun's reports against its published JSON Schema.

usage: validate_report.py [--check-strictness] SCHEMA REPORT-OR-DIRECTORY...

Exit code 0: all valid. 1: not. 77: python3-jsonschema is missing (skipped).
"""
import argparse
import copy
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed: skipped")
    sys.exit(77)


def no_constant(name):
    raise ValueError(f"{name} is not JSON")


def load(path):
    return json.loads(path.read_text(encoding="utf-8"), parse_constant=no_constant)


def problems(validator, report):
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(report)]


def objects(value, path="$"):
    """Every object inside, with its path; not what is the scenario author's own (any form is right there)."""
    free = {"result", "params", "options"}
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            if key not in free:
                yield from objects(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from objects(inner, f"{path}[{index}]")


def strictness(validator, report):
    """A schema that accepts anything proves nothing: each unknown key and each missing one must be refused."""
    accepted = []
    named = ("counters", "spans", "reports", "libraries")  # keys that scenarios or machines name
    for path, _ in objects(report):
        last = path.rpartition(".")[2]
        changed = copy.deepcopy(report)
        target = dict(objects(changed))[path]
        if last not in named:
            target["unknown key"] = "?"
            if validator.is_valid(changed):
                accepted.append(f"{path}: an unknown key")
    for key in report:
        changed = copy.deepcopy(report)
        del changed[key]
        if validator.is_valid(changed):
            accepted.append(f"$: without {key}")
    for run in range(len(report["runs"])):
        for key in report["runs"][run]:
            changed = copy.deepcopy(report)
            del changed["runs"][run][key]
            if validator.is_valid(changed):
                accepted.append(f"$.runs[{run}]: without {key}")
    return accepted


def main():
    parser = argparse.ArgumentParser(description="Validates reports against the schema.")
    parser.add_argument("--check-strictness", action="store_true", help="also that the schema refuses damaged reports")
    parser.add_argument("schema", type=pathlib.Path)
    parser.add_argument("reports", type=pathlib.Path, nargs="+")
    arguments = parser.parse_args()

    schema = load(arguments.schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    paths = []
    for path in arguments.reports:
        paths += sorted(p for p in path.glob("*.json") if p != arguments.schema) if path.is_dir() else [path]
    bad = 0 if paths else 1
    for path in paths:
        report = load(path)
        found = problems(validator, report)
        if arguments.check_strictness and not found:
            found = [f"the schema accepts {what}" for what in strictness(validator, report)]
        print(f"{path.name}: {'valid' if not found else 'NOT VALID'}")
        for line in found:
            print(f"    {line}")
        bad += bool(found)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
