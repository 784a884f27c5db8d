# SPDX-License-Identifier: MIT
"""A test that failed, crashed or never finished is counted, whichever framework it ran under."""

import unittest

from tally import count


class Counting(unittest.TestCase):
    def test_googletest_counts_its_own_tests(self):
        self.assertEqual(count("[==========] 41 tests\n[  PASSED  ] 41 tests.\n", True), (41, 0))
        self.assertEqual(count("[  PASSED  ] 1 test.\n[  FAILED  ] 2 tests, listed below:\n\n 2 FAILED TESTS\n", False), (1, 2))

    def test_unittest_counts_failures_and_errors(self):
        self.assertEqual(count("Ran 5 tests in 0.1s\n\nOK\n", True), (5, 0))
        self.assertEqual(count("Ran 5 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=1)\n", False), (2, 3))

    def test_an_entry_that_crashed_is_one_failure(self):
        self.assertEqual(count("[ RUN      ] Queue.Loses\nSegmentation fault\n", False), (0, 1))

    def test_a_sanitizer_report_at_exit_is_a_failure_beside_the_tests_that_passed(self):
        self.assertEqual(count("[  PASSED  ] 3 tests.\nERROR: LeakSanitizer\n", False), (3, 1))


if __name__ == "__main__":
    unittest.main()
