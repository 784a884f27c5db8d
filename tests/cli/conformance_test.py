# SPDX-License-Identifier: MIT
"""The cases of CPython's own asyncio tests, as scenarios under tests/conformance/: what each prints on CPython 3.11.7 is in
its [expect] table, and every one-thread engine prints the same, line by line."""

import unittest

from asyncrun_cli import ROOT, CliTest

try:
    import tomllib
except ImportError:  # before Python 3.11
    tomllib = None

DIRECTORY = ROOT / "tests" / "conformance"
ENGINES = ("sim", "epoll", "libuv")


@unittest.skipIf(tomllib is None, "reading the expectations takes Python 3.11's tomllib")
class ConformanceTest(CliTest):
    def check(self, path):
        expected = tomllib.loads(path.read_text())["expect"]
        engines = [option for engine in ENGINES for option in ("--engine", engine)]
        done = self.run_cli(path, *engines, "--no-save", "--format", "json")
        self.assertEqual(done.exit_code, 0, done)
        reports = done.json()
        self.assertEqual([report["engine"]["name"] for report in reports], list(ENGINES), done)
        for report in reports:
            with self.subTest(engine=report["engine"]["name"]):
                [run] = report["runs"]
                self.assertEqual([line["text"] for line in run["log"]], expected["log"])
                self.assertIsNone(run["error"])
                if "result" in expected:
                    self.assertEqual(run["result"], expected["result"])


def _test_of(path):
    return lambda self: self.check(path)


for _path in sorted(DIRECTORY.glob("c*.toml")):
    setattr(ConformanceTest, f"test_{_path.stem}", _test_of(_path))


class DirectoryTest(unittest.TestCase):
    def test_no_case_got_lost(self):
        self.assertGreaterEqual(len(list(DIRECTORY.glob("c*.toml"))), 35)


if __name__ == "__main__":
    unittest.main()
