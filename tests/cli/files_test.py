# SPDX-License-Identifier: MIT
"""The files that a run writes, and what happens when they or standard output cannot be written."""

import contextlib
import json
import os
import subprocess
import sys
import unittest

from asyncrun_cli import BINARY, CliTest, read_json
from scenarios import FAILING, HELLO, HELLO_LOG, TALKATIVE


class ReportFilesTest(CliTest):
    def test_reports_are_named_after_scenario_engine_and_time(self):
        done = self.run_cli(self.write_scenario(HELLO), "--engine", "sim,epoll")
        self.assertEqual(done.exit_code, 0, done)
        names = [path.name for path in self.report_files()]
        self.assertEqual(len(names), 2, names)
        self.assertRegex(names[0], r"^hello-epoll-\d{8}T\d{6}Z\.json$")
        self.assertRegex(names[1], r"^hello-sim-\d{8}T\d{6}Z\.json$")
        for path in self.report_files():
            self.check_report(read_json(path))

    def test_latest_leads_to_the_last_report(self):
        name = self.write_scenario(HELLO)
        for last in ("sim", "epoll"):
            before = self.report_files()
            self.run_cli(name, "--engine", "epoll,sim" if last == "sim" else "sim,epoll")
            latest = self.directory / "results/latest.json"
            self.assertTrue(latest.is_symlink())
            self.assertFalse(os.path.isabs(os.readlink(latest)))
            self.assertIn(latest.parent / os.readlink(latest), set(self.report_files()) - set(before))
            self.assertEqual(read_json(latest)["engine"]["name"], last)

    def test_runs_within_a_second_keep_a_file_each(self):
        name = self.write_scenario(HELLO)
        for _ in range(3):
            self.run_cli(name, "--engine", "sim")
        self.assertEqual(len(self.report_files()), 3)

    def test_a_name_of_any_text_makes_a_file_in_the_directory(self):
        text = HELLO.replace('name = "hello"', 'name = "../../é\\tx/y"')
        done = self.run_cli(self.write_scenario(text), "--engine", "sim")
        self.assertEqual(done.exit_code, 0, done)
        self.assertEqual(self.the_report()["scenario"]["name"], "../../é\tx/y")

    def test_out_names_another_directory(self):
        (self.directory / "there").mkdir()
        done = self.run_cli(self.write_scenario(HELLO), "--out", "there")
        self.assertEqual(done.exit_code, 0, done)
        self.the_report("there")
        self.assertFalse((self.directory / "results").exists())

    def test_no_save_writes_nothing(self):
        done = self.run_cli(self.write_scenario(HELLO), "--no-save")
        self.assertEqual((done.exit_code, done.stderr), (0, ""), done)
        self.assertEqual([path.name for path in self.directory.iterdir()], ["scenario.toml"])

    def test_a_failed_run_is_saved_as_well(self):
        self.run_cli(self.write_scenario(FAILING))
        self.assertEqual(self.the_report()["runs"][0]["error"]["type"], "ValueError")

    def test_nothing_but_reports_and_the_link_is_left(self):
        self.run_cli(self.write_scenario(HELLO))
        left = sorted(path.name for path in (self.directory / "results").iterdir())
        self.assertEqual(left, [self.report_files()[0].name, "latest.json"])


class UnwritableTest(CliTest):
    def test_a_missing_directory_is_named_before_anything_runs(self):
        name = self.write_scenario(HELLO)
        for option, value in (("--out", "no/where"), ("--trace", "no/where/trace.json")):
            done = self.run_cli(name, option, value)
            self.assertEqual((done.exit_code, done.stdout), (2, ""), done)
            self.assertIn(f"asyncrun: error: {option} {value}: ", done.stderr)
            self.assertIn("No such file or directory", done.stderr)

    def test_a_file_is_no_directory(self):
        name = self.write_scenario(HELLO)
        done = self.run_cli(name, "--out", name)
        self.assertEqual(done.exit_code, 2, done)
        self.assertIn(f"asyncrun: error: --out {name}: ", done.stderr)

    def test_a_default_directory_that_cannot_be_made_is_named(self):
        (self.directory / "results").write_text("")
        done = self.run_cli(self.write_scenario(HELLO))
        self.assertEqual((done.exit_code, done.stdout), (1, ""), done)
        self.assertRegex(done.stderr, "^asyncrun: error: .*results.*\n$")

    def test_a_full_disk_under_the_trace_is_named(self):
        done = self.run_cli(self.write_scenario(HELLO), "--trace", "/dev/full")
        self.assertEqual(done.exit_code, 1, done)
        self.assertRegex(done.stderr, r"(?m)^asyncrun: error: .*/dev/full.*: No space left on device$")
        self.assertIn("result  [1, 5]", done.stdout)
        self.the_report()

    def test_a_full_disk_under_the_report_is_named_and_leaves_no_half_file(self):
        with self.small_disk() as disk:
            done = self.run_cli(self.write_scenario(TALKATIVE), "--out", disk, "--quiet")
            self.assertEqual(done.exit_code, 1, done)
            self.assertRegex(done.stderr, rf"(?m)^asyncrun: error: .*{disk}.*: No space left on device$")
            self.assertEqual(list(disk.iterdir()), [])
            self.assertEqual(len(done.stdout.split("\n")), 10_001)

    @contextlib.contextmanager
    def small_disk(self):
        disk = self.directory / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "asyncrun-test", disk]
        try:
            if subprocess.run(mount, stderr=subprocess.DEVNULL, check=False).returncode != 0:
                self.skipTest("no file system can be mounted here")
        except FileNotFoundError:
            self.skipTest("there is no mount(8) here")
        try:
            yield disk
        finally:
            subprocess.run(["umount", disk], check=True)


class StandardOutputTest(CliTest):
    def test_a_full_disk_under_standard_output_is_an_error(self):
        for arguments in ([], ["--format", "json"], ["--quiet"]):
            with self.subTest(arguments), open("/dev/full", "w") as full:
                done = self.run_cli(self.write_scenario(HELLO), *arguments, stdout=full)
                self.assertEqual(done.exit_code, 1, done)
                self.assertIn("asyncrun: error: cannot write standard output: No space left on device\n", done.stderr)

    def test_a_full_disk_under_the_log_ends_the_run(self):
        endless = '[coroutine.main]\nsteps = [ { while = "true", do = [ { log = "once more" } ] } ]\n'
        with open("/dev/full", "w") as full:
            done = self.run_cli(self.write_scenario(endless), stdout=full)
        self.assertEqual(done.exit_code, 1, done)
        self.assertIn("cannot write standard output: No space left on device\n", done.stderr)

    def test_a_reader_that_went_away_ends_the_run_quietly(self):
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "w") as closed:
            done = self.run_cli(self.write_scenario(TALKATIVE), "--quiet", stdout=closed)
        self.assertEqual(done.exit_code, 1, done)
        self.assertNotIn("standard output", done.stderr)

    def test_a_closed_standard_output_is_an_error_and_no_file_takes_its_place(self):
        code = "import os, sys; os.close(1); os.execv(sys.argv[1], sys.argv[1:])"
        name = self.write_scenario(HELLO)
        done = subprocess.run(
            [sys.executable, "-c", code, BINARY, name], cwd=self.directory, stderr=subprocess.PIPE, text=True, check=False
        )
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("cannot write standard output: Bad file descriptor", done.stderr)
        self.the_report()

    def test_other_commands_tell_of_a_full_disk_too(self):
        name = self.write_scenario(HELLO)
        for command in (["--help"], ["--version"], ["schema", "report"], ["list", "engines"], ["validate", name]):
            with self.subTest(command), open("/dev/full", "w") as full:
                done = self.run_cli(*command, stdout=full)
                self.assertEqual(done.exit_code, 1, done)
                self.assertIn("cannot write standard output", done.stderr)


class TraceTest(CliTest):
    def check_trace(self, path):
        """Every begin has its end, in the order of nesting: slices in their thread's row, async ones under their id."""
        events = read_json(path)["traceEvents"]
        open_slices = {}
        for event in events:
            if event["ph"] in "BE":
                key = ("slice", event["tid"])
            elif event["ph"] in "be":
                key = (event["cat"], event["id"])
            else:
                continue
            stack = open_slices.setdefault(key, [])
            if event["ph"] in "Bb":
                stack.append(event)
            else:
                self.assertTrue(stack, f"an end without a begin: {event}")
                begin = stack.pop()
                self.assertLessEqual(begin["ts"], event["ts"])
                if event["ph"] == "e":
                    self.assertEqual(begin["name"], event["name"])
        self.assertEqual({key: stack for key, stack in open_slices.items() if stack}, {})
        return events

    def test_a_trace_shows_tasks_polls_spans_and_logs(self):
        for engine in ("epoll", "libuv", "threads", "sim"):
            with self.subTest(engine):
                done = self.run_cli(self.write_scenario(HELLO), "--engine", engine, "--trace", "trace.json", "--no-save")
                self.assertEqual((done.exit_code, done.stderr), (0, f"asyncrun: trace of {engine}: trace.json\n"), done)
                events = self.check_trace(self.directory / "trace.json")
                begun = [(event["ph"], event.get("cat"), event["name"]) for event in events if event["ph"] in "Bb"]
                self.assertEqual(begun.count(("b", "task", "sleeper")), 2)
                self.assertEqual(begun.count(("b", "span", "nap")), 2)
                self.assertGreaterEqual(begun.count(("B", "poll", "sleeper")), 4)
                starts = {event["id"] for event in events if event["ph"] == "s"}
                ends = [event["id"] for event in events if event["ph"] == "f"]
                self.assertTrue(ends)
                self.assertLessEqual(set(ends), starts)
                self.assertIn("early is awake", json.dumps(events))
                self.assertGreaterEqual(min(event["ts"] for event in events if "ts" in event), 0)

    def test_a_run_cut_short_leaves_a_trace_whose_slices_are_closed(self):
        text = '[coroutine.main]\nsteps = [ { span = "s", do = [ { sleep = "1ms" }, { while = "true", do = ["pass"] } ] } ]\n'
        done = self.run_cli(self.write_scenario(text), "--trace", "trace.json", "--time-limit", "200ms")
        self.assertEqual(done.exit_code, 124, done)
        self.check_trace(self.directory / "trace.json")

    def test_several_engines_write_a_file_each(self):
        done = self.run_cli(self.write_scenario(HELLO), "--engine", "epoll,sim", "--trace", "a.b.json")
        self.assertEqual(done.exit_code, 0, done)
        self.assertEqual(sorted(path.name for path in self.directory.glob("a.*")), ["a.b.epoll.json", "a.b.sim.json"])
        for path in self.directory.glob("a.*"):
            self.check_trace(path)
        self.assertIn("asyncrun: trace of sim: a.b.sim.json\n", done.stderr)

    def test_several_engines_cannot_write_to_one_device(self):
        done = self.run_cli(self.write_scenario(HELLO), "--engine", "epoll,sim", "--trace", "/dev/null")
        self.assertEqual((done.exit_code, done.stdout), (2, ""), done)
        self.assertIn("--trace /dev/null: several engines need a file each", done.stderr)

    def test_of_several_repetitions_the_first_is_traced_and_it_is_said(self):
        done = self.run_cli(self.write_scenario(HELLO), "--repetitions", 3, "--trace", "trace.json", "--format", "json")
        self.assertIn("trace of epoll: trace.json (the first of the 3 runs)\n", done.stderr)
        records = [run["metrics"]["trace.records"] for run in done.json()["runs"]]
        self.assertGreater(records[0], 0)
        self.assertEqual(records[1:], [None, None])
        self.check_report(done.json())

    def test_the_log_is_printed_as_ever(self):
        done = self.run_cli(self.write_scenario(HELLO), "--trace", "trace.json", "--quiet")
        self.assertEqual((done.stdout, done.stderr), (HELLO_LOG, ""), done)


if __name__ == "__main__":
    unittest.main()
