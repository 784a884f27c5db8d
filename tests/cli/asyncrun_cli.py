# SPDX-License-Identifier: MIT
"""What the tests of the command line share: they run the real binary, and look at its exit code, streams and files.

    class ChainTest(CliTest):
        def test_every_engine_gives_the_same_result(self):
            done = self.run_cli(scenario("chain.toml"), "--engine", "sim", "--format", "json")
            self.assertEqual(done.exit_code, 0, done)
            self.assertEqual(done.json()["runs"][0]["result"], [[0, 6], [1, 7], [2, 8]])

The environment's ASYNCRUN names the binary; without it, build/release/asyncrun of this checkout."""

import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import textwrap
import unittest

try:
    import jsonschema
except ImportError:
    jsonschema = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("ASYNCRUN") or str(ROOT / "build/release/asyncrun")
TIMEOUT = 120  # seconds; generous, because a sanitizer build on a busy machine is slow


@dataclasses.dataclass
class Completed:
    """How one run of the binary ended. `exit_code` is negative when a signal ended it, as in subprocess."""

    command: list
    exit_code: int
    stdout: str
    stderr: str

    def json(self):
        return json.loads(self.stdout)

    def __str__(self):
        return f"{' '.join(self.command)}\nexit code {self.exit_code}\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"


def scenario(name):
    """The path of one of the project's own scenarios, relative to scenarios/."""
    return str(ROOT / "scenarios" / name)


class CliTest(unittest.TestCase):
    """A test with a directory of its own, in which the binary runs and which is removed afterwards."""

    maxDiff = None

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="asyncrun-test-")
        self.addCleanup(holder.cleanup)
        self.directory = pathlib.Path(holder.name)

    def write_scenario(self, text, name="scenario.toml"):
        """Writes a scenario into the test's directory and returns its name there; common indentation is removed."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"))
        return name

    def start(self, *arguments, env=None, **options):
        """Starts the binary without waiting, for tests that send it signals; it is killed if the test leaves it running."""
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        process = subprocess.Popen(
            [BINARY, *map(str, arguments)],
            text=True,
            cwd=self.directory,
            env={**os.environ, **(env or {})},
            start_new_session=True,
            **{**streams, **options},
        )
        self.addCleanup(_end, process)
        return process

    def finish(self, process, timeout=TIMEOUT, input=None):
        """Waits for what `start` started; a run that takes longer than `timeout` seconds fails the test."""
        try:
            stdout, stderr = process.communicate(input, timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            stdout, stderr = process.communicate()
            self.fail(f"no end after {timeout} s: {Completed(process.args, process.returncode, stdout, stderr)}")
        return Completed(process.args, process.returncode, stdout, stderr)

    def run_cli(self, *arguments, timeout=TIMEOUT, input=None, env=None, **options):
        """Runs the binary to its end in the test's directory."""
        return self.finish(self.start(*arguments, env=env, **options), timeout, input)

    def report_files(self, directory="results"):
        """The report files in a directory, by name; without the link to the last one."""
        return sorted(path for path in (self.directory / directory).glob("*.json") if not path.is_symlink())

    def check_report(self, report):
        """Fails unless the report is valid against the published schema; skips that where python3-jsonschema is missing."""
        if jsonschema is None:
            self.skipTest("python3-jsonschema is not installed")
        validator = jsonschema.Draft202012Validator(self.run_cli("schema", "report").json())
        self.assertEqual([f"{e.json_path}: {e.message[:300]}" for e in validator.iter_errors(report)], [])
        return report

    def the_report(self, directory="results"):
        """The only report that was written, read strictly and checked against the schema."""
        files = self.report_files(directory)
        self.assertEqual(len(files), 1, files)
        return self.check_report(read_json(files[0]))


def read_json(path):
    """What a JSON file holds; NaN and Infinity are no JSON."""

    def refuse(constant):
        raise ValueError(f"{path}: {constant} is no JSON")

    return json.loads(path.read_text(), parse_constant=refuse)


def _end(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream:
            stream.close()
