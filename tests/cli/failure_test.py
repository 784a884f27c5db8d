# SPDX-License-Identifier: MIT
"""What goes wrong: in the scenario, in the file, on the command line. Exit code, both streams, report."""

import os
import unittest

from asyncrun_cli import CliTest
from scenarios import DEADLOCK, FAILING, FIVE_MISTAKES, HELLO


class FailingScenarioTest(CliTest):
    def test_an_error_exits_1_and_shows_where_it_came_from(self):
        done = self.run_cli(self.write_scenario(FAILING))
        self.assertEqual(done.exit_code, 1, done)
        self.assertIn(
            "Traceback (most recent call last):\n"
            '  File "scenario.toml", line 8, in Task-1 (await)\n'
            '    { await = "inner()" }\n'
            '  File "scenario.toml", line 3, in Task-1 (raise)\n'
            '    { raise = "ValueError", message = "boom" }\n'
            "ValueError: boom\n",
            done.stdout,
        )
        error = self.the_report()["runs"][0]["error"]
        self.assertEqual((error["type"], error["message"]), ("ValueError", "boom"))
        self.assertEqual([entry["line"] for entry in error["traceback"]], [8, 3])

    def test_with_json_the_error_is_told_on_standard_error_too(self):
        done = self.run_cli(self.write_scenario(FAILING), "--format", "json")
        self.assertEqual(done.exit_code, 1, done)
        self.assertEqual(done.json()["runs"][0]["error"]["type"], "ValueError")
        self.assertIn("asyncrun: error: scenario on epoll failed\nTraceback", done.stderr)
        self.assertIn("ValueError: boom\n", done.stderr)

    def test_a_failed_assertion_exits_1(self):
        text = '[coroutine.main]\nsteps = [ { assert = "1 == 2", message = "one is not two" } ]\n'
        done = self.run_cli(self.write_scenario(text))
        self.assertEqual(done.exit_code, 1, done)
        self.assertIn("AssertionError: one is not two", done.stdout)

    def test_tasks_that_wait_for_each_others_lock_end_at_once_and_are_named(self):
        name = self.write_scenario(DEADLOCK)
        for engine in ("epoll", "libuv", "threads", "sim"):
            with self.subTest(engine):
                done = self.run_cli(name, "--engine", engine, "--format", "json", "--no-save")
                self.assertEqual(done.exit_code, 1, done)
                run = self.check_report(done.json())["runs"][0]
                self.assertEqual(run["error"]["type"], "Deadlock")
                waiting = {line["task"]: (line["waits_for"], line["line"]) for line in run["deadlock"]}
                self.assertEqual(waiting["left"], ("lock b (acquire)", 9))
                self.assertEqual(waiting["right"], ("lock a (acquire)", 9))
                self.assertRegex(done.stderr, r"(?m)^  left +waits for lock b \(acquire\) +scenario.toml:9$")

    def test_a_deadlock_is_in_the_table(self):
        done = self.run_cli(self.write_scenario(DEADLOCK))
        self.assertEqual(done.exit_code, 1, done)
        self.assertRegex(done.stdout, r"(?m)^Deadlock: 3 tasks wait for what cannot come any more$")
        self.assertRegex(done.stdout, r"(?m)^  right +waits for lock a \(acquire\) +scenario.toml:9$")
        self.assertEqual(len(self.the_report()["runs"][0]["deadlock"]), 3)

    def test_of_several_engines_the_worst_counts(self):
        text = """
            [coroutine.main]
            steps = [ { if = "thread_count() < 0", do = ["pass"], else = [ { raise = "ValueError" } ] } ]
            """
        done = self.run_cli(self.write_scenario(text), "--engine", "sim,epoll")
        self.assertEqual(done.exit_code, 1, done)
        self.assertEqual(len(self.report_files()), 2)


class InvalidScenarioTest(CliTest):
    def assert_invalid(self, done, message):
        self.assertEqual((done.exit_code, done.stdout), (2, ""), done)
        self.assertIn(message, done.stderr)
        self.assertFalse((self.directory / "results").exists())

    def test_five_mistakes_are_five_errors_at_their_places(self):
        done = self.run_cli(self.write_scenario(FIVE_MISTAKES))
        self.assert_invalid(done, "asyncrun: error: scenario.toml: 5 errors\n")
        found = [line.split(" ")[0] for line in done.stderr.split("\n") if ": error: " in line and ".toml:" in line]
        places = [f"scenario.toml:{place}:" for place in ("1:1", "3:11", "6:11", "7:5", "8:18")]
        self.assertEqual([place for place in found if place != "asyncrun:"], places, done)
        self.assertIn("did you mean 'sleep'?", done.stderr)

    def test_broken_toml_is_an_error_at_its_place(self):
        self.assert_invalid(self.run_cli(self.write_scenario("name = \n")), "scenario.toml:1:")

    def test_an_unknown_parameter_is_named(self):
        done = self.run_cli(self.write_scenario(HELLO), "-p", "pase=1")
        self.assert_invalid(done, "'pase'")
        self.assertIn("pause", done.stderr)

    def test_a_missing_file_is_named(self):
        self.assert_invalid(self.run_cli("nowhere/no.toml"), "asyncrun: error: nowhere/no.toml: No such file or directory\n")

    def test_a_directory_is_no_scenario(self):
        (self.directory / "folder").mkdir()
        self.assert_invalid(self.run_cli("folder"), "asyncrun: error: folder: ")

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_an_unreadable_file_is_named(self):
        (self.directory / self.write_scenario(HELLO)).chmod(0)
        self.assert_invalid(self.run_cli("scenario.toml"), "asyncrun: error: scenario.toml: Permission denied\n")

    def test_a_file_that_is_too_large_is_named(self):
        with open(self.directory / "large.toml", "wb") as file:
            file.truncate(100 << 20)
        self.assert_invalid(self.run_cli("large.toml"), "asyncrun: error: large.toml: ")

    def test_a_file_of_nothing_is_invalid(self):
        done = self.run_cli("/dev/null")
        self.assertEqual(done.exit_code, 2, done)
        self.assertIn("/dev/null", done.stderr)


class InvalidUsageTest(CliTest):
    def assert_refused(self, *arguments, says, tries="asyncrun run --help"):
        with self.subTest(" ".join(map(str, arguments))):
            done = self.run_cli(*arguments)
            self.assertEqual((done.exit_code, done.stdout), (2, ""), done)
            self.assertIn(f"asyncrun: error: {says}", done.stderr)
            if tries:
                self.assertIn(f"try '{tries}'", done.stderr)

    def test_wrong_options_exit_2_with_a_hint(self):
        name = self.write_scenario(HELLO)
        self.assert_refused(name, "--wrokers", "3", says="unknown option '--wrokers'; did you mean '--workers'?")
        self.assert_refused(name, "--workers", "0", says="--workers")
        self.assert_refused(name, "--workers", "two", says="--workers")
        self.assert_refused(name, "--repetitions", "0", says="--repetitions")
        self.assert_refused(name, "--repetitions", "-1", says="--repetitions")
        self.assert_refused(name, "--warmup", "-1", says="--warmup")
        for seed in ("-1", "1.5", "18446744073709551616", "", "dice"):
            self.assert_refused(name, "--seed", seed, says="--seed")
        for limit in ("0", "0s", "-1s", "fast", "1 parsec", "nan", "inf", "1e300"):
            self.assert_refused(name, "--time-limit", limit, says="--time-limit")
        for param in ("pause", "=1"):
            self.assert_refused(name, "-p", param, says="--param")
        self.assert_refused(name, "--format", "xml", says="--format")
        self.assert_refused(name, "--log-level", "loud", says="--log-level")
        self.assert_refused(name, "another.toml", says="unexpected argument 'another.toml'")
        self.assert_refused("run", says="FILE is required")
        self.assert_refused("validat", name, says="unexpected argument 'scenario.toml'; instead of 'validat', did you mean 'validate'?")
        self.assert_refused("list", says="", tries="asyncrun list --help")
        self.assert_refused("schema", "repot", says="", tries="asyncrun schema --help")

    def test_an_unknown_engine_is_refused_with_the_names_there_are(self):
        name = self.write_scenario(HELLO)
        self.assert_refused(name, "--engine", "epol", says="no engine is named 'epol'\n  did you mean 'epoll'?", tries=None)
        self.assert_refused(name, "--engine", "sim,", says="no engine is named ''", tries=None)

    def test_an_unknown_engine_of_the_file_is_refused_too(self):
        self.assertEqual(self.run_cli(self.write_scenario(HELLO + '[run]\nengine = "epol"\n')).exit_code, 2)

    def test_no_arguments_give_the_help_on_standard_error(self):
        done = self.run_cli()
        self.assertEqual((done.exit_code, done.stdout), (2, ""), done)
        self.assertIn("Usage: asyncrun", done.stderr)


class HelpTest(CliTest):
    def test_help_has_examples_and_exit_codes(self):
        for arguments in (["--help"], ["run", "--help"], ["-h"]):
            done = self.run_cli(*arguments)
            self.assertEqual((done.exit_code, done.stderr), (0, ""), done)
            for text in ("Examples:", "Exit codes", "124", "130", "--engine"):
                self.assertIn(text, done.stdout)

    def test_every_command_has_help(self):
        for command in (["validate"], ["list"], ["list", "engines"], ["list", "scenarios"], ["schema"], ["schema", "report"]):
            done = self.run_cli(*command, "--help")
            self.assertEqual((done.exit_code, done.stderr), (0, ""), done)
            self.assertIn(f"Usage: asyncrun {' '.join(command)}", done.stdout)

    def test_version_names_commit_and_compiler(self):
        done = self.run_cli("--version")
        self.assertEqual(done.exit_code, 0, done)
        self.assertRegex(done.stdout, r"^asyncrun \d+\.\d+\.\d+ \(.+, .+, .+\)\n$")


if __name__ == "__main__":
    unittest.main()
