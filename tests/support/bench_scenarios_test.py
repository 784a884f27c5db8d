# SPDX-License-Identifier: MIT
"""The speed table hides nothing: what fails, is missing or cannot be judged has its line."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from bench_scenarios import benchmark_filter, look_up, metrics_of
from bench_targets import WORKLOADS, at_most, judge, limit, peer

SCRIPT = pathlib.Path(__file__).with_name("bench_scenarios.py")

FAKE_BENCH = """#!/bin/sh
case "$1" in
    --benchmark_list_tests=true) echo yield1/epoll/iterations:1; echo yield1/libuv/iterations:1; echo chain/epoll ;;
    *) case "$2" in
        *yield1/epoll*) echo '{"benchmarks": [{"name": "yield1/epoll", "ns_per_op": 10.0}]}' ;;
        *yield1/libuv*) echo '{"benchmarks": [{"name": "yield1/libuv", "ns_per_op": 12.0}]}' ;;
        *) echo "lost an item" >&2; exit 3 ;;
    esac ;;
esac
"""


class Filtering(unittest.TestCase):
    def test_a_name_with_a_hyphen_is_a_pattern_that_the_benchmark_understands(self):
        self.assertEqual(benchmark_filter("yield1/threads-2"), "^yield1/threads-2(/|$)")


class Judging(unittest.TestCase):
    def test_a_ratio_to_the_limit_is_judged_on_this_runs_limit(self):
        self.assertEqual(judge(limit(2), 13.0, 6.7, 6.7, {}), "met")
        self.assertEqual(judge(limit(2), 13.5, 6.7, 6.7, {}), "missed")

    def test_a_ratio_without_a_limit_is_not_judged(self):
        self.assertTrue(judge(limit(2), 13.0, None, 6.7, {}).startswith("not judged"))

    def test_a_figure_of_another_machine_says_when_this_machines_speed_turns_it(self):
        self.assertEqual(judge(at_most(30), 40.0, 6.7, 6.7, {}), "missed")
        self.assertEqual(judge(at_most(30), 40.0, 13.4, 6.7, {}), "missed (met when scaled by the limit: 60 ns)")
        self.assertEqual(judge(peer(0.5, "Tokio", 60), 25.0, 3.35, 6.7, {}), "met (missed when scaled by the limit: 15 ns)")

    def test_a_metric_that_was_not_reported_is_not_met(self):
        self.assertEqual(judge(at_most(0.01, "wakeups_per_op"), None, 31.0, 31.0, {}), "not reported")

    def test_every_workload_has_a_target_for_its_metric_on_epoll(self):
        for workload in WORKLOADS:
            with self.subTest(workload.name):
                self.assertEqual(workload.bounds["api"]["epoll"][0].metric, workload.metric)


class ReadingReports(unittest.TestCase):
    def test_a_figure_is_found_under_nested_and_joined_names(self):
        self.assertEqual(look_up({"timer.lateness": {"p99_ns": 5}}, "timer.lateness.p99_ns"), 5)
        self.assertEqual(look_up({"timer": {"lateness": {"p99_ns": 6}}}, "timer.lateness.p99_ns"), 6)
        self.assertIsNone(look_up({"timer": None}, "timer.lateness.p99_ns"))

    def test_the_time_until_all_have_fired_is_that_of_all_operations(self):
        self.assertAlmostEqual(metrics_of({"ns_per_op": 1050.0, "ops": 1_000_000})["all_fired_s"], 1.05)


class Table(unittest.TestCase):
    def test_what_is_measured_fails_or_is_missing_has_its_line(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            bench = folder / "engine_bench"
            bench.write_text(FAKE_BENCH)
            os.chmod(bench, 0o755)
            done = subprocess.run(
                [sys.executable, SCRIPT, "engine", "--build", folder, "--out", folder / "out", "--limits", folder / "absent",
                 "--rounds", "2", "--engines", "epoll", "libuv", "--workloads", "yield1", "chain", "queue"],
                capture_output=True, text=True)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("Without the limits", done.stdout)
            rows = json.loads(next((folder / "out").glob("*.json")).read_text())["rows"]
            verdicts = {(row["workload"], row["engine"]): row["verdict"] for row in rows}
            self.assertEqual(verdicts["yield1", "epoll"], "not judged: nothing to compare with")
            self.assertEqual(verdicts["yield1", "libuv"], "missed")  # 12 > 1.15 × 10
            self.assertEqual(verdicts["chain", "epoll"], "not measured: exit code 3: lost an item")
            self.assertEqual(verdicts["queue", "epoll"], "not measured: no such benchmark")


if __name__ == "__main__":
    unittest.main()
