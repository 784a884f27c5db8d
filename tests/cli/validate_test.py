# SPDX-License-Identifier: MIT
"""`asyncrun validate`, `list` and `schema`: what there is, and what is wrong with it."""

import json
import tomllib
import unittest

from asyncrun_cli import ROOT, CliTest, jsonschema
from scenarios import DEADLOCK, ENDLESS, FAILING, FIVE_MISTAKES, HELLO


class ValidateTest(CliTest):
    def test_a_good_scenario_is_fine(self):
        done = self.run_cli("validate", self.write_scenario(HELLO))
        self.assertEqual((done.exit_code, done.stdout, done.stderr), (0, "scenario.toml: fine\n", ""), done)

    def test_nothing_is_run_and_nothing_written(self):
        done = self.run_cli("validate", self.write_scenario(ENDLESS))
        self.assertEqual(done.exit_code, 0, done)
        self.assertEqual([path.name for path in self.directory.iterdir()], ["scenario.toml"])

    def test_all_findings_of_all_files_are_told(self):
        files = [self.write_scenario(text, name) for text, name in ((FIVE_MISTAKES, "five.toml"), (HELLO, "good.toml"))]
        done = self.run_cli("validate", *files, "missing.toml")
        self.assertEqual(done.exit_code, 2, done)
        places = [line.split(" ")[0] for line in done.stdout.split("\n") if line.startswith("five.toml:") and ": error:" in line]
        self.assertEqual(places, [f"five.toml:{place}:" for place in ("1:1", "3:11", "6:11", "7:5", "8:18")], done)
        self.assertIn("five.toml: 5 errors\n", done.stdout)
        self.assertIn("good.toml: fine\n", done.stdout)
        self.assertIn("missing.toml: error: No such file or directory\n", done.stdout)

    def test_json_gives_each_finding_its_place(self):
        files = [self.write_scenario(text, name) for text, name in ((FIVE_MISTAKES, "five.toml"), (HELLO, "good.toml"))]
        done = self.run_cli("validate", "--format", "json", *files, "missing.toml")
        self.assertEqual((done.exit_code, done.stderr), (2, ""), done)
        five, good, missing = done.json()
        self.assertEqual([(d["line"], d["column"]) for d in five["diagnostics"]], [(1, 1), (3, 11), (6, 11), (7, 5), (8, 18)])
        self.assertEqual(five["diagnostics"][3]["severity"], "error")
        self.assertEqual((good["valid"], good["diagnostics"]), (True, []))
        self.assertEqual((missing["valid"], missing["diagnostics"][0]["line"]), (False, None))

    def test_quiet_tells_of_bad_files_alone(self):
        files = [self.write_scenario(text, name) for text, name in ((FIVE_MISTAKES, "five.toml"), (HELLO, "good.toml"))]
        done = self.run_cli("validate", "--quiet", *files)
        self.assertEqual(done.exit_code, 2, done)
        self.assertNotIn("good.toml", done.stdout)

    def test_the_projects_own_scenarios_are_fine(self):
        files = sorted((ROOT / "scenarios").rglob("*.toml"))
        if not files:
            self.skipTest("there are none")
        done = self.run_cli("validate", *files)
        self.assertEqual(done.exit_code, 0, done)


class ListTest(CliTest):
    def test_engines_are_listed_with_what_they_are(self):
        done = self.run_cli("list", "engines")
        self.assertEqual((done.exit_code, done.stderr), (0, ""), done)
        names = [line.split(" ")[0] for line in done.stdout.split("\n") if line and not line.startswith(" ")]
        self.assertEqual({"epoll", "libuv", "threads", "sim"} - set(names), set())

    def test_engines_as_json_say_whether_they_are_available(self):
        for engine in self.run_cli("list", "engines", "--format", "json").json():
            self.assertEqual(engine["available"], engine["reason"] is None, engine)
            self.assertTrue(engine["description"])

    def test_scenarios_are_those_below_scenarios(self):
        self.write_scenario(HELLO, "scenarios/b.toml")
        self.write_scenario(FIVE_MISTAKES, "scenarios/a/bad.toml")
        self.write_scenario(FAILING, "scenarios/c.toml")
        self.write_scenario("", "scenarios/notes.txt")
        self.write_scenario(HELLO, "elsewhere.toml")
        done = self.run_cli("list", "scenarios")
        self.assertEqual(done.exit_code, 0, done)
        self.assertEqual(
            done.stdout,
            "scenarios/a/bad.toml\n    cannot be loaded: 5 errors\n"
            "scenarios/b.toml  (hello)\n    Two sleepers at once\n"
            "scenarios/c.toml\n",
        )

    def test_another_directory_may_be_named(self):
        self.write_scenario(HELLO, "mine/b.toml")
        listed = self.run_cli("list", "scenarios", "mine", "--format", "json").json()
        self.assertEqual([(s["file"], s["name"]) for s in listed], [("mine/b.toml", "hello")])

    def test_a_missing_directory_is_named(self):
        done = self.run_cli("list", "scenarios")
        self.assertEqual((done.exit_code, done.stdout), (2, ""), done)
        self.assertIn("asyncrun: error: scenarios: No such file or directory\n", done.stderr)


@unittest.skipIf(jsonschema is None, "python3-jsonschema is not installed")
class SchemaTest(CliTest):
    def validator(self, what):
        done = self.run_cli("schema", what)
        self.assertEqual((done.exit_code, done.stderr), (0, ""), done)
        schema = json.loads(done.stdout)
        kind = jsonschema.validators.validator_for(schema)
        kind.check_schema(schema)
        return kind(schema)

    def test_the_reports_schema_is_one(self):
        self.assertFalse(self.validator("report").is_valid({"schema_version": 1}))

    def test_the_scenarios_schema_accepts_what_the_loader_accepts(self):
        validator = self.validator("scenario")
        own = [path.read_text() for path in sorted((ROOT / "scenarios").rglob("*.toml"))]
        for text in [HELLO, ENDLESS, FAILING, DEADLOCK, *own]:
            self.assertEqual([error.message[:300] for error in validator.iter_errors(tomllib.loads(text))], [])

    def test_the_scenarios_schema_refuses_what_no_scenario_has(self):
        validator = self.validator("scenario")
        self.assertFalse(validator.is_valid(tomllib.loads(FIVE_MISTAKES)))
        self.assertFalse(validator.is_valid(tomllib.loads('[coroutine.main]\nsteps = [ { slep = 1 } ]')))


if __name__ == "__main__":
    unittest.main()
