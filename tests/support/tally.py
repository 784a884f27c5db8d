#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Counts single tests in the JUnit files that ctest writes, whose entries are shards and files of many tests each.

    tally.py NAME=FILE...     prints "NAME: N passed, N failed" for each, and their sum when there are several

Exits 1 when anything failed, when a file cannot be read, or when no test ran at all."""

import re
import sys
import xml.etree.ElementTree as ElementTree

GTEST_PASSED = re.compile(r"^\[  PASSED  \] (\d+) tests?\.", re.MULTILINE)
GTEST_FAILED = re.compile(r"^ *(\d+) FAILED TESTS?$", re.MULTILINE)
UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
UNITTEST_FAILED = re.compile(r"^FAILED \((.*)\)$", re.MULTILINE)


def count(output, succeeded):
    """(passed, failed) of one entry. One that ends without its framework's summary (a crash, a timeout) counts as one."""
    passed = failed = 0
    if match := GTEST_PASSED.search(output):
        passed = int(match[1])
        if match := GTEST_FAILED.search(output):
            failed = int(match[1])
    elif match := UNITTEST_RAN.search(output):
        bad = UNITTEST_FAILED.search(output)
        failed = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", bad[1])) if bad else 0
        passed = int(match[1]) - failed
    elif succeeded:
        passed = 1
    if not succeeded and failed == 0:
        failed = 1
    return passed, failed


def tally(path):
    passed = failed = 0
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        case_passed, case_failed = count(output, case.get("status") == "run")
        passed += case_passed
        failed += case_failed
    return passed, failed


def main(arguments):
    total_passed = total_failed = 0
    for argument in arguments:
        name, _, path = argument.partition("=")
        try:
            passed, failed = tally(path)
        except (OSError, ElementTree.ParseError) as error:
            print(f"{name}: no results: {error}")
            passed, failed = 0, 1
        print(f"{name}: {passed} passed, {failed} failed")
        total_passed += passed
        total_failed += failed
    if len(arguments) > 1:
        print(f"{total_passed} passed, {total_failed} failed")
    return 1 if total_failed or not total_passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
