# SPDX-License-Identifier: MIT
"""`asyncrun run`: what is printed where, which options hold, what the report says."""

import json
import unittest

from asyncrun_cli import CliTest
from scenarios import DICE, FAILING, HELLO, HELLO_LOG


class PrintingTest(CliTest):
    def test_a_file_alone_runs_it(self):
        name = self.write_scenario(HELLO)
        short = self.run_cli(name)
        long = self.run_cli("run", name)
        for done in (short, long):
            self.assertEqual(done.exit_code, 0, done)
            self.assertTrue(done.stdout.startswith(HELLO_LOG + "\n"), done)
            self.assertIn("makespan", done.stdout)
            self.assertIn("result  [1, 5]", done.stdout)

    def test_options_may_stand_before_the_file(self):
        name = self.write_scenario(HELLO)
        done = self.run_cli("--engine", "sim", name, "--quiet")
        self.assertEqual((done.exit_code, done.stdout, done.stderr), (0, HELLO_LOG, ""), done)

    def test_quiet_prints_the_log_alone(self):
        done = self.run_cli(self.write_scenario(HELLO), "--quiet", "--no-save")
        self.assertEqual((done.exit_code, done.stdout, done.stderr), (0, HELLO_LOG, ""), done)

    def test_the_report_is_named_on_standard_error(self):
        done = self.run_cli(self.write_scenario(HELLO))
        self.assertEqual(done.stderr, f"asyncrun: report: results/{self.report_files()[0].name}\n")

    def test_json_is_the_report_and_nothing_else(self):
        done = self.run_cli(self.write_scenario(HELLO), "--format", "json")
        self.assertEqual(done.exit_code, 0, done)
        report = self.check_report(done.json())
        self.assertEqual(report, self.the_report())
        self.assertEqual([line["text"] for line in report["runs"][0]["log"]], HELLO_LOG.split("\n")[:-1])

    def test_json_of_several_engines_is_an_array(self):
        done = self.run_cli(self.write_scenario(HELLO), "--engine", "sim,epoll", "--format", "json")
        self.assertEqual([report["engine"]["name"] for report in done.json()], ["sim", "epoll"], done)
        for report in done.json():
            self.check_report(report)

    def test_each_engines_log_has_a_heading(self):
        done = self.run_cli(self.write_scenario(HELLO), "--engine", "epoll", "--engine", "sim", "--quiet")
        self.assertEqual(done.stdout, f"-- epoll --\n{HELLO_LOG}-- sim --\n{HELLO_LOG}", done)

    def test_of_several_repetitions_the_first_prints_its_log(self):
        done = self.run_cli(self.write_scenario(HELLO), "--repetitions", 3, "--warmup", 1, "--quiet")
        self.assertEqual(done.stdout, HELLO_LOG, done)

    def test_without_a_terminal_there_are_no_colours_and_no_progress(self):
        done = self.run_cli(self.write_scenario(FAILING))
        self.assertNotIn("\x1b", done.stdout + done.stderr)
        self.assertNotIn("\r", done.stdout + done.stderr)

    def test_the_table_fits_80_columns(self):
        done = self.run_cli(self.write_scenario(HELLO), "--engine", "all")
        self.assertLessEqual(max(map(len, done.stdout.split("\n"))), 80, done)

    def test_verbose_tells_what_is_done_on_standard_error(self):
        done = self.run_cli(self.write_scenario(HELLO), "--verbose", "--format", "json")
        self.assertIn("asyncrun info: hello on epoll: begins", done.stderr)
        done.json()


class OptionsTest(CliTest):
    def reports(self, *arguments, text=HELLO):
        done = self.run_cli(self.write_scenario(text), *arguments, "--format", "json", "--no-save")
        self.assertEqual(done.exit_code, 0, done)
        return done.json()

    def test_all_stands_for_every_available_engine(self):
        engines = json.loads(self.run_cli("list", "engines", "--format", "json").stdout)
        available = [engine["name"] for engine in engines if engine["available"]]
        self.assertEqual([r["engine"]["name"] for r in self.reports("--engine", "all")], available)

    def test_every_engine_gives_the_same_result(self):
        for report in self.reports("--engine", "all"):
            self.assertEqual(report["runs"][0]["result"], [1, 5], report["engine"])

    def test_an_engine_named_twice_runs_once(self):
        self.assertEqual(len(self.reports("--engine", "sim,sim", "--engine", "sim,epoll")), 2)

    def test_workers_are_noted_in_the_report(self):
        report = self.reports("--engine", "threads", "--workers", "2")
        self.assertEqual(report["engine"]["options"]["workers"], 2)

    def test_a_parameter_is_overridden(self):
        text = '[params]\na = 1\nb = "\'x\'"\n[coroutine.main]\nsteps = [ { return = "[a, b]" } ]\n'
        report = self.reports("-p", "a=2 + 3", "--param", "b='y=z'", text=text)
        self.assertEqual(report["runs"][0]["result"], [5, "y=z"])
        self.assertEqual(report["scenario"]["params"], {"a": 5, "b": "y=z"})

    def test_the_seed_decides_every_random_number(self):
        seven = [self.reports("--seed", "7", text=DICE) for _ in range(2)]
        eight = self.reports("--seed", "8", text=DICE)
        self.assertEqual(seven[0]["scenario"]["seed"], 7)
        self.assertEqual(seven[0]["runs"][0]["result"], seven[1]["runs"][0]["result"])
        self.assertNotEqual(seven[0]["runs"][0]["result"], eight["runs"][0]["result"])

    def test_a_random_seed_is_reported_and_can_be_used_again(self):
        drawn = self.reports("--seed", "random", text=DICE)
        again = self.reports("--seed", drawn["scenario"]["seed"], text=DICE)
        self.assertEqual(drawn["runs"][0]["result"], again["runs"][0]["result"])
        other = [self.reports("--seed", "random", text=DICE)["scenario"]["seed"] for _ in range(3)]
        self.assertGreater(len({drawn["scenario"]["seed"], *other}), 1)

    def test_repetitions_are_runs_of_one_report_and_warmups_are_not(self):
        report = self.check_report(self.reports("--repetitions", "7", "--warmup", "2"))
        self.assertEqual([run["result"] for run in report["runs"]], [[1, 5]] * 7)
        self.assertEqual(report["summary"]["runs"], 7)
        self.assertEqual(report["summary"]["makespan_ns"]["n"], 7)

    def test_the_file_s_run_table_holds_until_the_command_line_says_otherwise(self):
        text = HELLO + '[run]\nengine = "sim"\nrepetitions = 3\ntime_limit = "5s"\n'
        report = self.reports(text=text)
        self.assertEqual((report["engine"]["name"], len(report["runs"])), ("sim", 3))
        self.assertEqual(report["engine"]["options"]["time_limit_ns"], 5_000_000_000)
        report = self.reports("--engine", "epoll", "--repetitions", "2", "--time-limit", "2.5", text=text)
        self.assertEqual((report["engine"]["name"], len(report["runs"])), ("epoll", 2))
        self.assertEqual(report["engine"]["options"]["time_limit_ns"], 2_500_000_000)

    def test_efficiency_is_measured_against_sim(self):
        sim = self.reports("--engine", "sim")["runs"][0]
        real = self.reports("--engine", "epoll")["runs"][0]
        self.assertEqual(real["metrics"]["ideal_makespan_ns"], sim["makespan_ns"])
        self.assertGreater(real["metrics"]["efficiency"], 0)
        without = self.reports("--engine", "epoll", "--no-ideal")["runs"][0]
        self.assertIsNone(without["metrics"]["efficiency"])
        self.assertIn("--no-ideal", without["metrics"]["efficiency_reason"])

    def test_timer_slack_is_noted(self):
        self.assertEqual(self.reports()["engine"]["options"]["timer_slack"], "exact")
        self.assertEqual(self.reports("--timer-slack")["engine"]["options"]["timer_slack"], "default")

    def test_debug_is_noted(self):
        self.assertIs(self.reports()["engine"]["options"]["debug"], False)
        self.assertIs(self.reports("--debug")["engine"]["options"]["debug"], True)


class ReportTest(CliTest):
    def test_the_report_holds_what_is_needed_to_repeat_the_run(self):
        name = self.write_scenario(HELLO)
        done = self.run_cli(name, "--seed", "7", "-p", "pause=0.001", "--format", "json")
        report = done.json()
        self.assertEqual(report["command"], done.command)
        self.assertEqual(report["scenario"]["text"], (self.directory / name).read_text())
        self.assertEqual(report["scenario"]["file"], name)
        self.assertEqual(report["scenario"]["params"], {"pause": 0.001})
        self.assertIn("libuv", report["environment"]["libraries"])
        self.assertGreater(report["calibration"]["clock_read_ns"], 0)
        self.assertRegex(report["tool"]["version"], r"^\d+\.\d+\.\d+")

    def test_the_report_counts_and_measures(self):
        run = self.run_cli(self.write_scenario(HELLO), "--format", "json").json()["runs"][0]
        self.assertEqual(run["counters"], {"naps": 2})
        self.assertEqual(run["spans"]["nap"]["count"], 2)
        self.assertEqual(run["metrics"]["task.spawned"], 3)
        self.assertEqual(run["metrics"]["task.live"]["max"], 3)
        self.assertGreaterEqual(run["makespan_ns"], 10_000_000)  # the longer sleep: never early
        self.assertIsNone(run["error"])
        self.assertIsNone(run["deadlock"])

    def test_a_sim_run_is_the_same_every_time(self):
        name = self.write_scenario(HELLO)
        first, second = (self.run_cli(name, "--engine", "sim", "--format", "json").json()["runs"][0] for _ in "ab")
        for key in ("result", "makespan_ns", "log", "counters", "spans"):
            self.assertEqual(first[key], second[key])


if __name__ == "__main__":
    unittest.main()
