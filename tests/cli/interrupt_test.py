# SPDX-License-Identifier: MIT
"""Every run ends: by its time limit, by SIGINT or SIGTERM, with a report of what happened so far."""

import fcntl
import signal
import struct
import subprocess
import termios
import time
import unittest

from asyncrun_cli import TIMEOUT, CliTest, read_json
from scenarios import ENDLESS, HELLO, TALKATIVE

WAITING = """
    [coroutine.main]
    steps = [ { sleep = "1h" } ]
    """


class TimeLimitTest(CliTest):
    def test_a_loop_that_never_suspends_is_stopped_on_every_engine(self):
        name = self.write_scenario(ENDLESS)
        for engine in ("epoll", "libuv", "threads", "sim"):
            with self.subTest(engine):
                done = self.run_cli(name, "--engine", engine, "--time-limit", "200ms", "--format", "json", "--no-save")
                self.assertEqual(done.exit_code, 124, done)
                run = self.check_report(done.json())["runs"][0]
                self.assertEqual(run["error"]["type"], "TimeLimit")
                self.assertEqual(run["counters"], {"begun": 1})
                self.assertEqual([line["text"] for line in run["log"]], ["on and on"])
                self.assertIn("TimeLimit", done.stderr)

    def test_the_report_file_is_written_and_the_table_printed(self):
        done = self.run_cli(self.write_scenario(ENDLESS), "--time-limit", "1s")
        self.assertEqual(done.exit_code, 124, done)
        self.assertIn("makespan", done.stdout)
        self.assertIn("TimeLimit: the run reached its time limit", done.stdout)
        run = self.the_report()["runs"][0]
        self.assertGreaterEqual(run["makespan_ns"], 900_000_000)

    def test_a_waiting_run_is_stopped(self):
        done = self.run_cli(self.write_scenario(WAITING), "--time-limit", "0.1")
        self.assertEqual(done.exit_code, 124, done)
        self.assertEqual(self.the_report()["runs"][0]["error"]["type"], "TimeLimit")

    def test_virtual_time_is_not_limited(self):
        done = self.run_cli(self.write_scenario(WAITING), "--engine", "sim", "--time-limit", "30s", "--format", "json")
        self.assertEqual(done.exit_code, 0, done)
        self.assertEqual(done.json()["runs"][0]["makespan_ns"], 3600 * 10**9)

    def test_the_file_may_set_the_limit(self):
        done = self.run_cli(self.write_scenario(ENDLESS + '[run]\ntime_limit = "200ms"\n'))
        self.assertEqual(done.exit_code, 124, done)

    def test_the_other_engines_still_run_and_the_limit_outranks_a_failure(self):
        text = """
            [coroutine.main]
            steps = [
              { if = "now() < 0.05", do = [ { sleep = "1h" } ] },
              { raise = "ValueError" },
            ]
            """
        done = self.run_cli(self.write_scenario(text), "--engine", "epoll,sim", "--time-limit", "300ms", "--format", "json")
        self.assertEqual(done.exit_code, 124, done)
        self.assertEqual([report["runs"][0]["error"]["type"] for report in done.json()], ["TimeLimit", "ValueError"])


class SignalTest(CliTest):
    def start_and_wait_until_it_runs(self, *arguments):
        process = self.start(*arguments, "--verbose")
        for line in process.stderr:
            if line.endswith(": begins\n"):
                return process
        self.fail(f"it did not begin: {self.finish(process)}")

    def test_sigint_and_sigterm_end_a_run_that_never_suspends(self):
        name = self.write_scenario(ENDLESS)
        for number in (signal.SIGINT, signal.SIGTERM):
            for engine in ("epoll", "libuv", "threads", "sim"):
                with self.subTest(number=number, engine=engine):
                    process = self.start_and_wait_until_it_runs(name, "--engine", engine, "--format", "json")
                    process.send_signal(number)
                    done = self.finish(process)
                    self.assertEqual(done.exit_code, 130, done)
                    run = self.check_report(done.json())["runs"][0]
                    self.assertIs(run["interrupted"], True)
                    self.assertEqual(read_json(self.directory / "results/latest.json"), done.json())

    def test_an_interrupted_table_says_so(self):
        process = self.start_and_wait_until_it_runs(self.write_scenario(WAITING))
        process.send_signal(signal.SIGINT)
        done = self.finish(process)
        self.assertEqual(done.exit_code, 130, done)
        self.assertIn("Interrupted: the figures are those so far", done.stdout)
        self.assertIs(self.the_report()["runs"][0]["interrupted"], True)

    def test_an_interrupt_stops_the_repetitions_and_engines_that_remain(self):
        process = self.start_and_wait_until_it_runs(
            self.write_scenario(WAITING), "--engine", "epoll,libuv,sim", "--repetitions", 5, "--format", "json"
        )
        process.send_signal(signal.SIGTERM)
        done = self.finish(process)
        self.assertEqual(done.exit_code, 130, done)
        self.assertEqual([(r["engine"]["name"], len(r["runs"])) for r in done.json()], [("epoll", 1)])
        self.assertEqual(len(self.report_files()), 1)

    def test_a_signal_sent_twice_at_once_still_leaves_a_report(self):
        process = self.start_and_wait_until_it_runs(self.write_scenario(ENDLESS))
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process).exit_code, 130)
        self.assertIs(self.the_report()["runs"][0]["interrupted"], True)

    def test_a_second_interrupt_ends_the_process_at_once(self):
        # The run hangs in writing its log to a pipe that nobody reads: the first interrupt cannot end it.
        process = self.start_and_wait_until_it_runs(self.write_scenario(TALKATIVE), "--quiet")
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            waiting = struct.unpack("i", fcntl.ioctl(process.stdout, termios.FIONREAD, b"\0\0\0\0"))[0]
            if waiting >= 60_000:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(TIMEOUT), 130)
        self.assertEqual(self.report_files(), [])

    def test_a_run_that_is_left_alone_is_not_interrupted(self):
        done = self.run_cli(self.write_scenario(HELLO), "--format", "json")
        self.assertIs(done.json()["runs"][0]["interrupted"], False)


if __name__ == "__main__":
    unittest.main()
