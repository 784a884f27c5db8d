# SPDX-License-Identifier: MIT
"""The workloads that need no network: what their limit is, and which bounds a candidate is held to.

The figures of `at_plan` and of the peers were taken on one machine, the plan's: x86-64, 2 cores, g++ 12. A bound that rests on
them is judged as it stands; where this machine's limit says that the verdict would turn, the table says so too."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Bound:
    """One promise about one metric: at most `factor` × what it is counted in.

    `of` is "" (the metric's own unit), "limit" (this run's), "engine:NAME" (NAME's median in this run), "engine_api" (the same
    engine through the C++ API, in this run) or the name of a peer, whose figure on the plan's machine is `peer`."""

    metric: str
    factor: float
    of: str = ""
    peer: float = 0.0

    def text(self):
        number = f"{self.factor:g}"
        if not self.of:
            return "≤ " + format_value(self.metric, self.factor)
        if self.of == "limit":
            return f"≤ {number} × limit"
        if self.of == "engine_api":
            return f"≤ {number} × the C++ API"
        if self.of.startswith("engine:"):
            return f"≤ {number} × {self.of.removeprefix('engine:')}"
        return f"≤ {number} × {self.of} ({format_value(self.metric, self.peer)})"


def limit(factor, metric="ns"):
    return Bound(metric, factor, "limit")


def at_most(value, metric="ns"):
    return Bound(metric, value)


def peer(factor, name, value, metric="ns"):
    return Bound(metric, factor, name, value)


@dataclasses.dataclass(frozen=True)
class Workload:
    """`program` and `argument` run the limit, whose line is called `line`; `at_plan` is the limit on the plan's machine, in the
    metric of the first bound. `bounds` maps "api" and "scenario" to the engines' bounds."""

    name: str
    what: str
    program: str
    argument: str
    line: str
    at_plan: float
    bounds: dict
    metric: str = "ns"
    needs_cores: int = 1


def task_row(name, what, at_plan, api, scenario, threads=None, program="raw", line=None, metric="ns"):
    """A workload of tasks alone: the libuv engine is held to 1.15 × the epoll engine, and `threads` on two workers to a share of
    multi-threaded Tokio where the plan names one."""
    engines = {"epoll": [api], "libuv": [Bound(metric, 1.15, "engine:epoll")]}
    if threads:
        engines["threads-2"] = [peer(threads[0], "multi-threaded Tokio", threads[1])]
    return Workload(name, what, program, name, line or name, at_plan, {"api": engines, "scenario": {"epoll": [scenario]}}, metric)


LATE = at_most(500_000, "late_p99_ns")

WORKLOADS = [
    task_row("yield1", "a trip through the ready queue, 1 task", 6.7, limit(2), at_most(30)),
    task_row("yield1k", "a trip through the ready queue, 1,000 tasks", 5.9, limit(1.5), at_most(30), (0.7, 55)),
    task_row("spawn", "spawn and join a trivial task", 9.9, limit(3), at_most(120), (0.3, 724)),
    task_row("live", "a task suspended on an event", 105, at_most(160, "bytes"), at_most(400, "bytes"), metric="bytes"),
    task_row("chain", "await a coroutine that returns at once", 9.0, limit(1.6), at_most(40)),
    Workload("timers", "100,000 concurrent sleeps within 1 s", "raw", "timers", "timers", 1400, {
        "api": {"epoll": [peer(0.6, "Tokio", 2241, "cpu_ns"), LATE],
                "libuv": [peer(1.25, "bare libuv", 2653, "cpu_ns"), peer(1.25, "bare libuv", 3_400_000, "late_p99_ns")]},
        "scenario": {"epoll": [peer(1, "Tokio", 2241, "cpu_ns"), LATE]}}, "cpu_ns"),
    Workload("timers1m", "1,000,000 concurrent sleeps within 1 s", "raw", "timers1m", "timers1m", 609, {
        "api": {"epoll": [peer(0.5, "Tokio", 1954, "cpu_ns"), at_most(1.1, "all_fired_s")],
                "libuv": [peer(1.25, "bare libuv", 3142, "cpu_ns")]},
        "scenario": {"epoll": [at_most(1.3, "all_fired_s")]}}, "cpu_ns"),
    Workload("armcancel", "arm and cancel a 10 s timer beside 1,000 others", "raw", "armcancel", "armcancel", 37, {
        "api": {"epoll": [peer(0.5, "libuv", 46)], "libuv": [peer(1.25, "bare libuv", 46)]}, "scenario": {}}),
    task_row("guard", "a 10 s timeout around one yield", 58, limit(1.5), at_most(200), program="raw2"),
    task_row("queue", "an item through a queue of 64, 2 producers, 4 consumers", 7.1, limit(2), at_most(55), (0.5, 250)),
    task_row("event", "set() to the last of 100,000 waiters resumed", 25, limit(1.5), at_most(120), (0.5, 321)),
    task_row("lock_u", "acquire and release a free lock", 2.7, limit(2), at_most(20), (0.3, 354)),
    task_row("lock_c", "acquire and release with a yield inside, 100 tasks", 14, limit(1.7), at_most(70), (0.3, 1009)),
    task_row("sem_c", "10 permits, a yield inside, 100 tasks", 14, limit(1.7), at_most(70)),
    Workload("offload_seq", "a no-op round trip to a 2-thread executor, one after the other", "raw", "wake", "rt_spin_2core", 440, {
        "api": {"epoll": [peer(0.25, "the best C++ peer", 8900, "p50_ns")], "libuv": [peer(1, "bare libuv", 17_500, "p50_ns")]},
        "scenario": {"epoll": [Bound("p50_ns", 1.2, "engine_api")]}}, "p50_ns", 2),
    Workload("offload_thr", "the same with 1,000 in flight", "raw", "wake", "offload_thr", 31, {
        "api": {"epoll": [limit(4), at_most(0.01, "wakeups_per_op")], "libuv": [peer(1, "bare libuv", 337)]},
        "scenario": {"epoll": [limit(10)]}}, "ns", 2),
]


def format_value(metric, value):
    """A figure with its unit, in about three digits."""
    if metric == "bytes":
        return f"{value:,.0f} B"
    if metric == "wakeups_per_op":
        return f"{value:.3g} per op"
    if metric == "all_fired_s":
        return f"{value:.3g} s"
    if abs(value) >= 100_000:
        return f"{value / 1e6:.3g} ms"
    if abs(value) >= 100:
        return f"{value:,.0f} ns"
    return f"{value:.3g} ns"


def judge(bound, value, limit_value, at_plan, others):
    """The verdict on one median. `others` maps what "engine:NAME" and "engine_api" stand for to their medians, if measured."""
    if value is None:
        return "not reported"
    if bound.of == "limit":
        allowed = None if limit_value is None else bound.factor * limit_value
    elif bound.of == "engine_api" or bound.of.startswith("engine:"):
        reference = others.get(bound.of)
        allowed = None if reference is None else bound.factor * reference
    else:
        allowed = bound.factor * (bound.peer if bound.of else 1)
    if allowed is None:
        return "not judged: nothing to compare with"
    verdict = "met" if value <= allowed else "missed"
    depends_on_machine = bound.of not in ("limit", "engine_api") and not bound.of.startswith("engine:")
    if depends_on_machine and limit_value and bound.metric in ("ns", "cpu_ns", "p50_ns"):
        scaled = allowed * limit_value / at_plan
        if (value <= scaled) != (value <= allowed):
            turned = "met" if value <= scaled else "missed"
            verdict += f" ({turned} when scaled by the limit: {format_value(bound.metric, scaled)})"
    return verdict
