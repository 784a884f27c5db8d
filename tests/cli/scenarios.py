# SPDX-License-Identifier: MIT
"""Small scenarios that several tests of the command line run."""

HELLO = """
    name = "hello"
    description = "Two sleepers at once"

    [params]
    pause = 0.002

    [coroutine.sleeper]
    args = ["name", "n"]
    steps = [
      { span = "nap", do = [ { sleep = "n * pause" } ] },
      { count = "naps" },
      { log = "{name} is awake" },
      { return = "n" },
    ]

    [coroutine.main]
    steps = [
      { gather = ["sleeper('early', 1)", "sleeper('late', 5)"], as = "all" },
      { return = "all" },
    ]
    """
HELLO_LOG = "early is awake\nlate is awake\n"

DICE = """
    [coroutine.main]
    steps = [ { return = "[randint(1, 1000000) for i in range(4)]" } ]
    """

ENDLESS = """
    name = "endless"

    [coroutine.main]
    steps = [
      { log = "on and on" },
      { count = "begun" },
      { while = "true", do = ["pass"] },
    ]
    """

FAILING = """
    [coroutine.inner]
    steps = [
      { raise = "ValueError", message = "boom" },
    ]

    [coroutine.main]
    steps = [
      { await = "inner()" },
    ]
    """

DEADLOCK = """
    [lock.a]
    [lock.b]

    [coroutine.both]
    args = ["first", "second"]
    steps = [
      { acquire = "first" },
      { sleep = "1ms" },
      { acquire = "second" },
    ]

    [coroutine.main]
    steps = [
      { spawn = "both(a, b)", as = "x", name = "left" },
      { spawn = "both(b, a)", as = "y", name = "right" },
      { await = "x" },
    ]
    """

FIVE_MISTAKES = """
    nam = "five"
    [queue.q]
    maxsize = "nope"
    [coroutine.main]
    steps = [
      { put = "q1", item = 1 },
      { slep = 1 },
      { return = "1 +" },
    ]
    """

TALKATIVE = """
    [params]
    lines = 10000

    [coroutine.main]
    steps = [
      { for = "i", in = "range(lines)", do = [ { log = "line {i} of many, and long enough to fill what it is written to" } ] },
    ]
    """
