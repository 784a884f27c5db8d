#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures the workloads of bench_targets.py beside their limits, in interleaved rounds, and writes the table.

    bench_scenarios.py engine     the engines through the C++ API: engine_bench's benchmarks named WORKLOAD/ENGINE, with the
                                  counters ns_per_op and, where they apply, bytes_per_task, cpu_ns_per_op, late_p99_ns,
                                  p50_ns, wakeups_per_op
    bench_scenarios.py scenario   scenarios/bench/WORKLOAD.toml, run by the release binary. Time per operation is the length of
                                  the span `measured`, or the makespan without one, divided by the counter `ops`. Bytes per task
                                  are the growth of the peak memory from `-p tasks=1` to the file's own number of tasks

The limits are programs that show what the hardware allows. They are compiled from a folder beside the project (--limits); when
it is absent, the ratios to them are left out, and the table says so. A workload that is missing or fails has its line in the
table too, and the exit code is then 1; a target that is missed is a result, not a failure."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile

from bench_targets import WORKLOADS, format_value, judge

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENGINES = ["epoll", "libuv", "threads-1", "threads-2"]
TIMEOUT = 300  # seconds for one run of anything


class Unmeasured(Exception):
    """Why a figure is not there, in words for the table."""


def run(command):
    """Standard output of a command that must succeed. A shell stands between, because a new program's peak memory starts from
    that of the process that started it: the shell's is small, Python's is not."""
    process = subprocess.Popen(["sh", "-c", '"$@"; exit $?', "sh", *map(str, command)], cwd=ROOT, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        stdout, stderr = process.communicate(timeout=TIMEOUT)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise Unmeasured(f"no end after {TIMEOUT} s") from None
        raise
    if process.returncode != 0:
        lines = [line for line in stderr.splitlines() if line.strip()]
        raise Unmeasured(f"exit code {process.returncode}" + (f": {lines[-1].strip()[:120]}" if lines else ""))
    return stdout


def parse_json(text):
    try:
        return json.loads(text)
    except ValueError:
        raise Unmeasured("its output is not JSON") from None


class Limits:
    """The yardstick's programs, compiled once; `sample` gives the metrics of one workload."""

    def __init__(self, folder):
        self.folder = folder
        self.problem = None
        self.build = ROOT / "build/limits"
        if not (folder / "raw.cpp").exists():
            self.problem = "the limits' sources are not there"
            return
        self.build.mkdir(parents=True, exist_ok=True)
        for program in ("raw", "raw2"):
            source, target = folder / f"{program}.cpp", self.build / program
            newest = max(path.stat().st_mtime for path in folder.iterdir())
            if target.exists() and target.stat().st_mtime > newest:
                continue
            try:
                run(["g++", "-std=c++20", "-O3", "-march=native", "-w", source, "-o", target, "-pthread"])
            except Unmeasured as error:
                self.problem = f"{program}.cpp does not compile: {error}"
                return

    def sample(self, workload, round_cache):
        if self.problem:
            raise Unmeasured(self.problem)
        if (os.cpu_count() or 1) < workload.needs_cores:
            raise Unmeasured(f"its limit needs {workload.needs_cores} cores")
        key = (workload.program, workload.argument)
        if key not in round_cache:  # one program run gives the limits of several workloads
            round_cache[key] = run([self.build / workload.program, workload.argument])
        for line in round_cache[key].splitlines():
            row = parse_json(line)
            if row.get("workload") == workload.line:
                if not row.get("ok", False):
                    raise Unmeasured("the limit's own check failed")
                return metrics_of(row, late="late_p99", p50="p50")
        raise Unmeasured(f"the limit prints no line '{workload.line}'")


def metrics_of(row, late="late_p99_ns", p50="p50_ns", ops=None):
    """A row of figures under the names that the bounds use."""
    found = {"ns": row.get("ns_per_op"), "bytes": row.get("bytes_per_task"), "cpu_ns": row.get("cpu_ns_per_op"),
             "late_p99_ns": row.get(late), "p50_ns": row.get(p50), "wakeups_per_op": row.get("wakeups_per_op")}
    ops = row.get("ops", ops)
    if ops and found["ns"] is not None:
        found["all_fired_s"] = found["ns"] * ops / 1e9
    return {name: float(value) for name, value in found.items() if value is not None}


def benchmark_filter(name):
    """The pattern of one benchmark and its variants. POSIX, so without Python's escapes: it knows no backslash before '-'."""
    return f"^{name}(/|$)"


class EngineApi:
    """Candidates of `engine`: the benchmarks that are compiled into engine_bench."""

    title = "Engines through the C++ API"
    bounds = "api"

    def __init__(self, binary):
        self.binary = binary
        self.names = None

    def sample(self, workload, engine):
        if not self.binary.exists():
            raise Unmeasured("engine_bench is not built")
        if self.names is None:
            self.names = run([self.binary, "--benchmark_list_tests=true"]).split()
        wanted = f"{workload.name}/{engine}"
        if not any(name == wanted or name.startswith(wanted + "/") for name in self.names):
            raise Unmeasured("no such benchmark")
        output = run([self.binary, "--benchmark_format=json", "--benchmark_filter=" + benchmark_filter(wanted)])
        rows = [row for row in parse_json(output).get("benchmarks", []) if row.get("run_type") != "aggregate"]
        if not rows:
            raise Unmeasured("the benchmark reported nothing")
        if rows[0].get("error_occurred"):
            raise Unmeasured(rows[0].get("error_message", "the benchmark failed"))
        return metrics_of(rows[0], ops=1_000_000 if workload.name == "timers1m" else None)


class Scenario:
    """Candidates of `scenario`: files that the release binary runs."""

    title = "Scenarios, interpreted"
    bounds = "scenario"

    def __init__(self, binary):
        self.binary = binary

    def report(self, workload, engine, *extra):
        name, _, workers = engine.partition("-")
        command = [self.binary, f"scenarios/bench/{workload.name}.toml", "--engine", name, "--format", "json", "--quiet", "--no-save", "--no-ideal", *extra]
        if workers:
            command += ["--workers", workers]
        first = parse_json(run(command))["runs"][0]
        if first.get("error"):
            raise Unmeasured(f"{first['error'].get('type')}: {first['error'].get('message')}")
        return first

    def sample(self, workload, engine):
        if not self.binary.exists():
            raise Unmeasured("asyncrun is not built")
        if not (ROOT / f"scenarios/bench/{workload.name}.toml").exists():
            raise Unmeasured("no such scenario")
        try:
            first = self.report(workload, engine)
            ops = first.get("counters", {}).get("ops")
            ops = ops.get("count", ops.get("value")) if isinstance(ops, dict) else ops
            if not ops:
                raise Unmeasured("the scenario counts no 'ops'")
            spans, metrics = first.get("spans", {}), first.get("metrics", {})
            length = spans.get("measured", {}).get("max_ns") or first["makespan_ns"]
            row = {"ops": ops, "ns_per_op": length / ops}
            cpu = [look_up(metrics, "cpu.user_ns", "cpu.user"), look_up(metrics, "cpu.system_ns", "cpu.system")]
            if None not in cpu:
                row["cpu_ns_per_op"] = sum(cpu) / ops
            row["late_p99_ns"] = look_up(metrics, "timer.lateness.p99_ns", "timer.lateness_ns.p99")
            row["p50_ns"] = spans.get("trip", {}).get("p50_ns", row["ns_per_op"])
            if workload.metric == "bytes":
                peaks = [look_up(run_["metrics"], "max_rss_bytes", "max_rss")
                         for run_ in (self.report(workload, engine, "-p", "tasks=1"), first)]
                if None not in peaks:
                    row["bytes_per_task"] = (peaks[1] - peaks[0]) / ops
            return metrics_of(row)
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise Unmeasured(f"its report has another form: {type(error).__name__}: {error}") from None


def look_up(tree, *paths):
    """The number at the first of some dotted paths, whose parts may be joined in the tree's own keys; None without one."""
    def find(node, parts):
        if not parts:
            return node if isinstance(node, (int, float)) else None
        if not isinstance(node, dict):
            return None
        for length in range(len(parts), 0, -1):
            key = ".".join(parts[:length])
            if key in node and (value := find(node[key], parts[length:])) is not None:
                return value
        return None
    return next((value for path in paths if (value := find(tree, path.split("."))) is not None), None)


class Samples:
    """The rounds' figures of one thing: a limit, or a workload on an engine. The first failure ends its measuring."""

    def __init__(self):
        self.rounds = []
        self.problem = None

    def take(self, sample, *arguments):
        if self.problem:
            return
        try:
            self.rounds.append(sample(*arguments))
        except Unmeasured as error:
            self.problem = str(error)

    def values(self, metric):
        return [row[metric] for row in self.rounds if metric in row]

    def median(self, metric):
        values = self.values(metric)
        return statistics.median(values) if values and not self.problem else None


def measure(workloads, engines, rounds, limits, candidate, reference):
    """Interleaves: in each round every workload runs its limit and every engine; odd rounds go through them backwards, so that
    no one always runs first. Returns samples by (workload, engine), where the engine "limit" is the limit."""
    samples = {}
    for number in range(rounds):
        cache = {}
        for workload in workloads:
            runs = [("limit", limits.sample, (workload, cache))]
            runs += [(engine, candidate.sample, (workload, engine)) for engine in engines]
            if reference and any(bound.of == "engine_api" for bound in bounds_of(candidate, workload, "epoll")):
                runs.append(("engine_api", reference.sample, (workload, "epoll")))
            for engine, sample, arguments in runs if number % 2 == 0 else reversed(runs):
                samples.setdefault((workload.name, engine), Samples()).take(sample, *arguments)
            progress(f"round {number + 1} of {rounds}: {workload.name}")
    progress("")
    return samples


def progress(text):
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K" + text)
        sys.stderr.flush()


def bounds_of(candidate, workload, engine):
    return workload.bounds[candidate.bounds].get(engine, [])


def table_rows(workloads, engines, samples, candidate):
    """One row per bound; a workload without a bound on an engine has one row for its figure."""
    rows = []
    for workload in workloads:
        limit = samples[workload.name, "limit"]
        for engine in engines:
            taken = samples[workload.name, engine]
            for bound in bounds_of(candidate, workload, engine) or [None]:
                metric = bound.metric if bound else workload.metric
                values, median, limit_median = taken.values(metric), taken.median(metric), limit.median(metric)
                others = {f"engine:{name}": samples[workload.name, name].median(metric) for name in engines}
                if (workload.name, "engine_api") in samples:
                    others["engine_api"] = samples[workload.name, "engine_api"].median(metric)
                if taken.problem:
                    verdict = f"not measured: {taken.problem}"
                elif bound:
                    verdict = judge(bound, median, limit_median, workload.at_plan, others)
                else:
                    verdict = "–" if median is not None else "not reported"
                rows.append({"workload": workload.name, "engine": engine, "metric": metric, "limit": limit_median,
                             "limit_problem": limit.problem, "median": median, "values": values,
                             "ratio": median / limit_median if median is not None and limit_median else None,
                             "target": bound.text() if bound else None, "verdict": verdict})
    return rows


LABELS = {"ns": "time", "cpu_ns": "CPU", "late_p99_ns": "late p99", "p50_ns": "p50", "bytes": "memory",
          "wakeups_per_op": "wake-ups", "all_fired_s": "all fired by"}


def markdown(rows, about):
    lines = [f"# {about['title']}", "", f"    {about['command']}", "",
             f"{about['machine']}; {about['compiler']}; commit {about['commit']}; {about['date']}; load before "
             f"{about['load_before']}. Medians of {about['rounds']} interleaved rounds, with the smallest and largest.", ""]
    if about["limits_problem"]:
        lines += [f"**Without the limits ({about['limits_problem']}): ratios and the targets that rest on them are left out.**", ""]
    lines += ["| workload | engine | metric | limit | measured | (range) | × limit | target | verdict |",
              "|---|---|---|--:|--:|--:|--:|---|---|"]
    for row in rows:
        show = lambda value: "–" if value is None else format_value(row["metric"], value)
        spread = f"{show(min(row['values']))} … {show(max(row['values']))}" if row["values"] else "–"
        ratio = "–" if row["ratio"] is None else f"{row['ratio']:.2f}"
        lines.append(f"| {row['workload']} | {row['engine']} | {LABELS[row['metric']]} | {show(row['limit'])} | {show(row['median'])} "
                     f"| {spread} | {ratio} | {row['target'] or '–'} | {row['verdict'].replace('|', '/')} |")
    judged = [row for row in rows if row["target"]]
    met = sum(row["verdict"].startswith("met") for row in judged)
    missed = sum(row["verdict"].startswith("missed") for row in judged)
    lines += ["", f"{met} targets met, {missed} missed, {len(judged) - met - missed} not judged.", ""]
    without_limit = sorted({f"{row['workload']} ({row['limit_problem']})" for row in rows if row["limit_problem"]})
    if without_limit and not about["limits_problem"]:
        lines += ["Without a limit: " + ", ".join(without_limit) + ".", ""]
    lines += ["Figures in nanoseconds that a target states by themselves, and those of peers, were taken on another machine; where the "
              "limit's speed here would turn the verdict, the verdict says so. Differences under 1.25 × are ties.", ""]
    return "\n".join(lines)


def about_here(title, rounds, limits, load_before):
    def first_line(command):
        try:
            return run(command).splitlines()[0]
        except (Unmeasured, IndexError):
            return "unknown"
    model = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    commit = first_line(["git", "rev-parse", "--short=12", "HEAD"])
    try:
        if run(["git", "status", "--porcelain", "--untracked-files=no"]).strip():
            commit += " with changes"
    except Unmeasured:
        pass
    return {"title": title, "command": shlex.join(["python3", "tests/support/bench_scenarios.py", *sys.argv[1:]]), "rounds": rounds,
            "machine": f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}",
            "compiler": first_line(["g++", "--version"]), "commit": commit,
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
            "load_before": f"{load_before:.2f}", "limits_problem": limits.problem}


def write(path, text):
    """Leaves the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["engine", "scenario"])
    parser.add_argument("--limits", type=pathlib.Path, default=ROOT.parent / "shared/limits", help="folder of raw.cpp and raw2.cpp")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--engines", nargs="+", default=ENGINES, metavar="ENGINE", help="threads-N: threads with N workers")
    parser.add_argument("--workloads", nargs="+", choices=[w.name for w in WORKLOADS], default=[w.name for w in WORKLOADS],
                        metavar="WORKLOAD", help="default: all")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release", help="folder of the binaries")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "results", help="folder of the table (.md) and the figures (.json)")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")

    load_before = os.getloadavg()[0]
    limits = Limits(options.limits.resolve())
    api = EngineApi(options.build.resolve() / "engine_bench")
    candidate = api if options.kind == "engine" else Scenario(options.build.resolve() / "asyncrun")
    workloads = [workload for workload in WORKLOADS if workload.name in options.workloads and workload.bounds[candidate.bounds]]
    samples = measure(workloads, options.engines, options.rounds, limits, candidate, None if candidate is api else api)

    rows = table_rows(workloads, options.engines, samples, candidate)
    about = about_here(candidate.title, options.rounds, limits, load_before)
    text = markdown(rows, about)
    stem = f"bench-{options.kind}-{datetime.datetime.now().strftime('%Y%m%d-%H%M%S')}"
    write(options.out / f"{stem}.md", text)
    write(options.out / f"{stem}.json", json.dumps({"about": about, "rows": rows}, indent=1, allow_nan=False) + "\n")
    print(text)
    print(f"written: {options.out / stem}.md and .json")
    return 1 if any(row["verdict"].startswith("not measured") for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
