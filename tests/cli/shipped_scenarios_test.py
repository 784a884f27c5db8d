# SPDX-License-Identifier: MIT
"""The scenarios under scenarios/: what they show, line by line on `sim`, and the same result on every engine."""

import json
import tomllib
import unittest

from asyncrun_cli import ROOT, CliTest, jsonschema

QUEUE = """\
create A 0
put A 0
create B 0
put B 0
consumer 0 takes A 0
consumer 1 takes B 0
create A 1
put A 1
consumer 2 takes A 1
create B 1
put B 1
create A 2
put A 2
create A 3
put A 3
create B 2
consumer 0 is done with A 0
consumer 0 takes B 1
consumer 1 is done with B 0
consumer 1 takes A 2
put B 2
consumer 2 is done with A 1
consumer 2 takes A 3
create B 3
put B 3
all items are produced, 5 are not dealt with yet
consumer 0 is done with B 1
consumer 0 takes B 2
consumer 1 is done with A 2
consumer 1 takes B 3
consumer 2 is done with A 3
consumer 0 is done with B 2
consumer 1 is done with B 3
all items are dealt with, the consumers are cancelled
"""

CHAIN_TAIL = """\
chain 2: step two ends
chain 2: step three starts with 5, pauses for 0 s
chain 2: step three ends
chain 1: step three ends
chain 0: step three ends
[[0, 6], [1, 7], [2, 8]]
"""

FANOUT = """\
Consumer A waiting for event
Consumer B waiting for event
EVENT SET
Consumer A triggered
Consumer B triggered
done 2, pending 0
"""


def ticks():
    """25 ticks in order of time; where both clocks tick at once the slow one is first."""
    beats = [(1.5 * (i + 1), 0, f"slow {1.5 * (i + 1)}") for i in range(10)]
    beats += [(1.0 * (i + 1), 1, f"fast {1.0 * (i + 1)}") for i in range(15)]
    return "".join(line + "\n" for line in ["slow starts", "fast starts"] + [text for _, _, text in sorted(beats)])


def path(name):
    return ROOT / "scenarios" / f"{name}.toml"


class ShippedScenariosTest(CliTest):
    def log_on_sim(self, name):
        done = self.run_cli(path(name), "--engine", "sim", "--quiet", "--no-save")
        self.assertEqual(done.exit_code, 0, done)
        return done.stdout

    def test_the_queue_shows_who_waits_for_whom(self):
        self.assertEqual(self.log_on_sim("queue"), QUEUE)

    def test_the_fast_chain_is_through_before_the_slow_one_wakes(self):
        log = self.log_on_sim("chain")
        self.assertEqual(len(log.splitlines()), 19)
        self.assertTrue(log.endswith(CHAIN_TAIL), log)

    def test_the_event_releases_its_waiters_in_order(self):
        self.assertEqual(self.log_on_sim("fanout"), FANOUT)

    def test_the_slower_clock_ticks_first_when_both_are_due(self):
        self.assertEqual(self.log_on_sim("ticks"), ticks())

    def test_the_loop_goes_on_while_a_thread_blocks(self):
        self.assertEqual(self.log_on_sim("offload"), "Hello, world!\n")

    def test_sim_repeats_to_the_last_record_of_the_trace(self):
        traces = []
        for number in range(2):
            file = self.directory / f"trace{number}.json"
            done = self.run_cli(path("queue"), "--engine", "sim", "--quiet", "--no-save", "--trace", file)
            self.assertEqual(done.exit_code, 0, done)
            traces.append(json.loads(file.read_text())["traceEvents"])
        self.assertEqual(traces[0], traces[1])

    def test_every_engine_gives_the_same_result(self):
        expected = {"chain": [[0, 6], [1, 7], [2, 8]], "queue": ["CancelledError"] * 3, "fanout": 2, "offload": "Hello, world!"}
        for name, result in expected.items():
            done = self.run_cli(path(name), "--engine", "all", "--seed", "7", "--format", "json", "--no-save", "--quiet")
            self.assertEqual(done.exit_code, 0, done)
            reports = done.json()
            self.assertEqual([r["engine"]["name"] for r in reports], ["epoll", "libuv", "threads", "sim"])
            self.assertEqual([r["runs"][0]["result"] for r in reports], [result] * 4, name)

    def test_the_workloads_of_the_bench_check_themselves_on_every_engine(self):
        small = {"yield1": "trips=100", "yield1k": "trips=3", "spawn": "rounds=2", "live": "tasks=50", "chain": "turns=50", "timers": "sleeps=50",
                 "timers1m": "sleeps=50", "guard": "turns=50", "queue": "items=100", "event": "waiters=50", "lock_u": "turns=5", "lock_c": "turns=5",
                 "sem_c": "turns=5", "offload_seq": "trips=20", "offload_thr": "trips=2"}
        files = sorted((ROOT / "scenarios" / "bench").glob("*.toml"))
        self.assertEqual([file.stem for file in files], sorted(small))
        for file in files:
            done = self.run_cli(file, "--engine", "all", "-p", small[file.stem], "--format", "json", "--no-save", "--quiet", "--no-ideal")
            self.assertEqual(done.exit_code, 0, done)
            for report in done.json():
                self.assertGreater(report["runs"][0]["counters"]["ops"], 0, file)

    def test_the_shipped_schema_is_the_programs(self):
        done = self.run_cli("schema", "scenario")
        shipped = (ROOT / "scenarios" / "scenario.schema.json").read_text()
        self.assertEqual(json.loads(done.stdout), json.loads(shipped), "run: asyncrun schema scenario > scenarios/scenario.schema.json")

    @unittest.skipUnless(jsonschema, "python3-jsonschema is not installed")
    def test_every_shipped_scenario_is_valid_by_the_schema(self):
        schema = json.loads((ROOT / "scenarios" / "scenario.schema.json").read_text())
        for file in sorted((ROOT / "scenarios").rglob("*.toml")):
            jsonschema.validate(tomllib.loads(file.read_text()), schema)


if __name__ == "__main__":
    unittest.main()
