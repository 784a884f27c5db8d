# SPDX-License-Identifier: MIT
"""What a terminal shows: a progress line while the scenario runs, colours unless they are unwanted."""

import os
import pty
import subprocess
import threading
import unittest

from asyncrun_cli import CliTest
from scenarios import FAILING

SLOW = """
    name = "slow"

    [coroutine.main]
    steps = [
      { repeat = 5, do = [ { sleep = "120ms" }, { log = "tick" } ] },
    ]
    """


class Terminal:
    """A pseudo-terminal that collects all that is written to it."""

    def __init__(self):
        self._master, self.end = pty.openpty()
        self._pieces = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        while True:
            try:
                piece = os.read(self._master, 65536)
            except OSError:  # nobody holds the other end any more
                piece = b""
            if not piece:
                return
            self._pieces.append(piece)

    def text(self):
        os.close(self.end)
        self._reader.join()
        os.close(self._master)
        return b"".join(self._pieces).decode().replace("\r\n", "\n")


class TerminalTest(CliTest):
    def run_on_terminal(self, *arguments, out=True, err=True, env=None):
        """Gives the exit code and what the terminal got; streams that are not on it are dropped."""
        terminal = Terminal()
        streams = {"stdout": terminal.end if out else subprocess.DEVNULL, "stderr": terminal.end if err else subprocess.DEVNULL}
        clean = {"NO_COLOR": "", "TERM": "xterm"}
        try:
            done = self.run_cli(*arguments, env={**clean, **(env or {})}, **streams)
        finally:
            text = terminal.text()
        return done.exit_code, text

    def test_the_progress_line_shows_elapsed_time_tasks_and_rate(self):
        code, text = self.run_on_terminal(self.write_scenario(SLOW), out=False)
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"\rslow on epoll  \d+\.\d s  tasks: 1 live, 0 done, [^\r]+/s\x1b\[K")

    def test_the_progress_line_is_taken_away_before_other_output(self):
        code, text = self.run_on_terminal(self.write_scenario(SLOW))
        self.assertEqual(code, 0, text)
        self.assertIn("\rslow on epoll", text)
        # What stays on each line of the terminal: what follows the last return to its beginning.
        kept = [line.split("\r")[-1].removeprefix("\x1b[K") for line in text.split("\n")]
        self.assertEqual(kept.count("tick"), 5, text)
        self.assertFalse([line for line in kept if "tasks:" in line], text)

    def test_quiet_shows_no_progress_line(self):
        code, text = self.run_on_terminal(self.write_scenario(SLOW), "--quiet")
        self.assertEqual((code, text), (0, "tick\n" * 5))

    def test_log_lines_come_one_by_one(self):
        # Nothing else makes the lines appear while the run hangs.
        name = self.write_scenario('[coroutine.main]\nsteps = [ { log = "first" }, { sleep = "1h" } ]\n')
        master, end = pty.openpty()
        process = self.start(name, stdout=end)
        os.close(end)
        try:
            self.assertEqual(os.read(master, 100), b"first\r\n")
        finally:
            process.kill()
            os.close(master)

    def test_a_terminal_gets_colours(self):
        _, text = self.run_on_terminal(self.write_scenario(FAILING), err=False)
        self.assertIn("\x1b[1;31mValueError: boom\x1b[0m", text)

    def test_errors_are_coloured_when_standard_error_is_a_terminal(self):
        _, text = self.run_on_terminal("missing.toml", out=False)
        self.assertIn("\x1b[1;31merror:\x1b[0m missing.toml", text)

    def test_no_color_in_the_environment_or_as_an_option_turns_them_off(self):
        name = self.write_scenario(FAILING)
        for arguments, env in (([], {"NO_COLOR": "1"}), (["--no-color"], {}), ([], {"TERM": "dumb"})):
            with self.subTest(arguments=arguments, env=env):
                _, text = self.run_on_terminal(name, *arguments, err=False, env=env)
                self.assertIn("ValueError: boom", text)
                self.assertNotIn("\x1b", text)


if __name__ == "__main__":
    unittest.main()
