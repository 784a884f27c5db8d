// SPDX-License-Identifier: MIT
#include "engine/report/schema.h"

namespace asyncrun {
namespace {

constexpr std::string_view kSchema = R"schema({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://asyncrun.invalid/schema/report-1.json",
  "title": "asyncrun report",
  "description": "One scenario run on one engine, with everything needed to repeat it. Durations are nanoseconds; numbers are finite or null.",
  "type": "object",
  "additionalProperties": false,
  "required": ["schema_version", "tool", "command", "environment", "calibration", "scenario", "engine", "runs", "summary"],
  "properties": {
    "schema_version": { "const": 1 },
    "tool": {
      "description": "What asyncrun itself was.",
      "type": "object",
      "additionalProperties": false,
      "required": ["name", "version", "commit", "compiler", "flags", "build_type"],
      "properties": {
        "name": { "const": "asyncrun" },
        "version": { "type": "string", "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+" },
        "commit": { "type": "string" },
        "compiler": { "type": "string" },
        "flags": { "type": "string" },
        "build_type": { "type": "string" }
      }
    },
    "command": { "description": "The command line, word by word.", "type": "array", "items": { "type": "string" } },
    "environment": { "$ref": "#/$defs/environment" },
    "calibration": { "anyOf": [{ "$ref": "#/$defs/calibration" }, { "type": "null" }] },
    "scenario": {
      "type": "object",
      "additionalProperties": false,
      "required": ["name", "file", "sha256", "seed", "params", "text"],
      "properties": {
        "name": { "type": "string" },
        "file": { "type": "string" },
        "sha256": { "type": "string", "pattern": "^[0-9a-f]{64}$" },
        "seed": { "type": "integer", "minimum": 0 },
        "params": { "description": "All parameters with the values that the run had.", "type": "object" },
        "text": { "description": "The scenario file as it was read.", "type": "string" }
      }
    },
    "engine": {
      "type": "object",
      "additionalProperties": false,
      "required": ["name", "options"],
      "properties": { "name": { "type": "string", "minLength": 1 }, "options": { "type": "object" } }
    },
    "runs": { "description": "All repetitions in their order.", "type": "array", "items": { "$ref": "#/$defs/run" } },
    "summary": {
      "description": "Figures over the runs that neither failed nor were interrupted.",
      "type": "object",
      "required": ["runs", "failed"],
      "properties": { "runs": { "$ref": "#/$defs/count" }, "failed": { "$ref": "#/$defs/count" } },
      "additionalProperties": { "$ref": "#/$defs/statistics" }
    }
  },
  "$defs": {
    "count": { "type": "integer", "minimum": 0 },
    "count_or_null": { "type": ["integer", "null"], "minimum": 0 },
    "integer_or_null": { "type": ["integer", "null"] },
    "number_or_null": { "type": ["number", "null"] },
    "text_or_null": { "type": ["string", "null"] },
    "environment": {
      "description": "The machine and its state before the run; null is what it does not tell.",
      "type": "object",
      "additionalProperties": false,
      "required": ["started", "kernel", "architecture", "cpu", "cores_online", "affinity", "governor", "turbo", "clock_source",
                   "timer_slack_ns", "virtualization", "cgroup", "cpu_limit_cores", "memory_limit_bytes", "memory_bytes",
                   "load_average", "libraries"],
      "properties": {
        "started": { "type": "string" },
        "kernel": { "type": "string" },
        "architecture": { "type": "string" },
        "cpu": { "$ref": "#/$defs/text_or_null" },
        "cores_online": { "type": "integer" },
        "affinity": { "description": "The cores that the process may use.", "type": "array", "items": { "$ref": "#/$defs/count" } },
        "governor": { "$ref": "#/$defs/text_or_null" },
        "turbo": { "type": ["boolean", "null"] },
        "clock_source": { "$ref": "#/$defs/text_or_null" },
        "timer_slack_ns": { "$ref": "#/$defs/count_or_null" },
        "virtualization": { "$ref": "#/$defs/text_or_null" },
        "cgroup": { "$ref": "#/$defs/text_or_null" },
        "cpu_limit_cores": { "$ref": "#/$defs/number_or_null" },
        "memory_limit_bytes": { "$ref": "#/$defs/count_or_null" },
        "memory_bytes": { "$ref": "#/$defs/count" },
        "load_average": { "type": "array", "maxItems": 3, "items": { "$ref": "#/$defs/number_or_null" } },
        "libraries": { "type": "object", "additionalProperties": { "type": "string" } }
      }
    },
    "calibration": {
      "description": "What elementary operations cost in this process, so that figures can be read as ratios.",
      "type": "object",
      "additionalProperties": false,
      "required": ["resume_suspend_ns", "clock_read_ns", "tick_read_ns", "system_call_ns", "cross_thread_wake_ns", "malloc_free_ns",
                   "free_list_ns", "took_ms"],
      "properties": {
        "resume_suspend_ns": { "$ref": "#/$defs/number_or_null" },
        "clock_read_ns": { "$ref": "#/$defs/number_or_null" },
        "tick_read_ns": { "$ref": "#/$defs/number_or_null" },
        "system_call_ns": { "$ref": "#/$defs/number_or_null" },
        "cross_thread_wake_ns": { "$ref": "#/$defs/number_or_null" },
        "malloc_free_ns": { "$ref": "#/$defs/number_or_null" },
        "free_list_ns": { "$ref": "#/$defs/number_or_null" },
        "took_ms": { "$ref": "#/$defs/number_or_null" }
      }
    },
    "run": {
      "type": "object",
      "additionalProperties": false,
      "required": ["result", "error", "deadlock", "interrupted", "makespan_ns", "log", "log_dropped", "counters", "spans", "reports",
                   "metrics"],
      "properties": {
        "result": { "description": "What main returned, as JSON." },
        "error": { "anyOf": [{ "$ref": "#/$defs/error" }, { "type": "null" }] },
        "deadlock": {
          "description": "All waiting tasks when nothing could happen any more; error.type is then \"Deadlock\".",
          "type": ["array", "null"],
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["task", "waits_for", "file", "line"],
            "properties": {
              "task": { "type": "string" },
              "waits_for": { "type": "string" },
              "file": { "type": "string" },
              "line": { "$ref": "#/$defs/count" }
            }
          }
        },
        "interrupted": { "type": "boolean" },
        "makespan_ns": { "$ref": "#/$defs/count" },
        "log": {
          "description": "The first log lines; log_dropped counts those beyond.",
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["t_ns", "task", "text"],
            "properties": {
              "t_ns": { "type": "integer" },
              "task": { "type": "string" },
              "text": { "type": "string" },
              "level": { "type": "string" }
            }
          }
        },
        "log_dropped": { "$ref": "#/$defs/count" },
        "counters": { "type": "object", "additionalProperties": { "$ref": "#/$defs/number_or_null" } },
        "spans": { "type": "object", "additionalProperties": { "$ref": "#/$defs/span" } },
        "reports": {
          "description": "What was reported beside errors: exceptions never retrieved, calls never awaited, …",
          "type": "object",
          "additionalProperties": { "$ref": "#/$defs/count" }
        },
        "metrics": { "$ref": "#/$defs/metrics" }
      }
    },
    "error": {
      "type": "object",
      "additionalProperties": false,
      "required": ["type", "message", "traceback"],
      "properties": {
        "type": { "type": "string", "minLength": 1 },
        "message": { "type": "string" },
        "traceback": {
          "description": "Outermost first.",
          "type": "array",
          "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["task", "file", "line", "step"],
            "properties": {
              "task": { "type": "string" },
              "file": { "type": "string" },
              "line": { "$ref": "#/$defs/count" },
              "step": { "type": "string" }
            }
          }
        },
        "exceptions": { "description": "The members of an exception group.", "type": "array", "items": { "$ref": "#/$defs/error" } }
      }
    },
    "durations": {
      "description": "A distribution of nanoseconds; its figures are null when nothing was counted.",
      "type": "object",
      "additionalProperties": false,
      "required": ["count", "min_ns", "p50_ns", "p90_ns", "p99_ns", "max_ns", "mean_ns", "sampled", "sample_every"],
      "properties": {
        "count": { "$ref": "#/$defs/count" },
        "min_ns": { "$ref": "#/$defs/integer_or_null" },
        "p50_ns": { "$ref": "#/$defs/integer_or_null" },
        "p90_ns": { "$ref": "#/$defs/integer_or_null" },
        "p99_ns": { "$ref": "#/$defs/integer_or_null" },
        "max_ns": { "$ref": "#/$defs/integer_or_null" },
        "mean_ns": { "$ref": "#/$defs/number_or_null" },
        "sampled": { "type": "boolean" },
        "sample_every": { "type": "integer", "minimum": 1 }
      }
    },
    "levels": {
      "description": "A distribution of plain numbers.",
      "type": "object",
      "additionalProperties": false,
      "required": ["count", "min", "p50", "p90", "p99", "max", "mean", "sampled", "sample_every"],
      "properties": {
        "count": { "$ref": "#/$defs/count" },
        "min": { "$ref": "#/$defs/integer_or_null" },
        "p50": { "$ref": "#/$defs/integer_or_null" },
        "p90": { "$ref": "#/$defs/integer_or_null" },
        "p99": { "$ref": "#/$defs/integer_or_null" },
        "max": { "$ref": "#/$defs/integer_or_null" },
        "mean": { "$ref": "#/$defs/number_or_null" },
        "sampled": { "type": "boolean" },
        "sample_every": { "type": "integer", "minimum": 1 }
      }
    },
    "durations_or_null": { "anyOf": [{ "$ref": "#/$defs/durations" }, { "type": "null" }] },
    "span": {
      "type": "object",
      "additionalProperties": false,
      "required": ["count", "min_ns", "p50_ns", "p90_ns", "p99_ns", "max_ns", "mean_ns", "sampled", "sample_every", "failed",
                   "saturated", "histogram"],
      "properties": {
        "count": { "$ref": "#/$defs/count" },
        "min_ns": { "$ref": "#/$defs/count_or_null" },
        "p50_ns": { "$ref": "#/$defs/count_or_null" },
        "p90_ns": { "$ref": "#/$defs/count_or_null" },
        "p99_ns": { "$ref": "#/$defs/count_or_null" },
        "max_ns": { "$ref": "#/$defs/count_or_null" },
        "mean_ns": { "$ref": "#/$defs/number_or_null" },
        "sampled": { "type": "boolean" },
        "sample_every": { "type": "integer", "minimum": 1 },
        "failed": { "description": "How many ended by an exception.", "$ref": "#/$defs/count" },
        "saturated": { "description": "How many were longer than the histogram reaches.", "$ref": "#/$defs/count" },
        "histogram": { "description": "HdrHistogram's compressed V2 encoding, base64.", "type": "string", "pattern": "^HISTFAAA" }
      }
    },
    "gauge": {
      "type": "object",
      "additionalProperties": false,
      "required": ["mean", "max"],
      "properties": { "mean": { "$ref": "#/$defs/number_or_null" }, "max": { "type": "integer" } }
    },
    "rated_counter": {
      "type": "object",
      "additionalProperties": false,
      "required": ["value", "rate_per_s"],
      "properties": { "value": { "$ref": "#/$defs/number_or_null" }, "rate_per_s": { "$ref": "#/$defs/number_or_null" } }
    },
    "metrics": {
      "type": "object",
      "required": ["efficiency", "efficiency_reason", "ideal_makespan_ns", "task.spawned", "task.done", "task.failed", "task.cancelled",
                   "task.live", "cpu.user_ns", "cpu.system_ns", "ctx_switches.voluntary", "ctx_switches.involuntary", "max_rss_bytes",
                   "max_rss_is_of_run", "syscalls.wait", "syscalls.submit", "poll.time", "timer.lateness", "sched.delay", "ready.depth",
                   "loop.util", "trace.records", "trace.dropped"],
      "properties": {
        "efficiency": { "description": "Makespan on the engine sim / makespan.", "$ref": "#/$defs/number_or_null" },
        "efficiency_reason": { "description": "Why there is no efficiency.", "$ref": "#/$defs/text_or_null" },
        "ideal_makespan_ns": { "$ref": "#/$defs/count_or_null" },
        "task.spawned": { "$ref": "#/$defs/count" },
        "task.done": { "$ref": "#/$defs/count" },
        "task.failed": { "$ref": "#/$defs/count" },
        "task.cancelled": { "$ref": "#/$defs/count" },
        "task.live": {
          "type": "object",
          "additionalProperties": false,
          "required": ["max"],
          "properties": { "max": { "$ref": "#/$defs/count" } }
        },
        "cpu.user_ns": { "$ref": "#/$defs/count_or_null" },
        "cpu.system_ns": { "$ref": "#/$defs/count_or_null" },
        "ctx_switches.voluntary": { "$ref": "#/$defs/count_or_null" },
        "ctx_switches.involuntary": { "$ref": "#/$defs/count_or_null" },
        "max_rss_bytes": { "$ref": "#/$defs/count_or_null" },
        "max_rss_is_of_run": { "description": "False: the peak is the process's, from its start.", "type": "boolean" },
        "syscalls.wait": { "$ref": "#/$defs/count_or_null" },
        "syscalls.submit": { "$ref": "#/$defs/count_or_null" },
        "poll.time": { "$ref": "#/$defs/durations_or_null" },
        "timer.lateness": { "description": "Signed: negative is early.", "$ref": "#/$defs/durations_or_null" },
        "sched.delay": { "$ref": "#/$defs/durations_or_null" },
        "ready.depth": { "anyOf": [{ "$ref": "#/$defs/gauge" }, { "type": "null" }] },
        "loop.util": { "$ref": "#/$defs/number_or_null" },
        "trace.records": { "$ref": "#/$defs/count_or_null" },
        "trace.dropped": { "$ref": "#/$defs/count_or_null" }
      },
      "patternProperties": {
        "^count\\.": { "$ref": "#/$defs/rated_counter" },
        "^(arrivals|barrier|condition|connection|context|cpu|event|future|host|io|lock|loop|offload|poll|queue|ready|sched|semaphore|server|steal|syscalls|task|task_group|timer|trace|wake)\\.": {
          "anyOf": [
            { "$ref": "#/$defs/number_or_null" },
            { "$ref": "#/$defs/durations" },
            { "$ref": "#/$defs/levels" },
            { "$ref": "#/$defs/gauge" },
            { "type": "object", "additionalProperties": false, "required": ["max"], "properties": { "max": { "type": "integer" } } }
          ]
        }
      },
      "additionalProperties": false
    },
    "statistics": {
      "type": "object",
      "additionalProperties": false,
      "required": ["n", "median", "min", "max", "mean", "mad", "interval", "interval_confidence"],
      "properties": {
        "n": { "$ref": "#/$defs/count" },
        "median": { "$ref": "#/$defs/number_or_null" },
        "min": { "$ref": "#/$defs/number_or_null" },
        "max": { "$ref": "#/$defs/number_or_null" },
        "mean": { "$ref": "#/$defs/number_or_null" },
        "mad": { "description": "Median absolute deviation from the median.", "$ref": "#/$defs/number_or_null" },
        "interval": {
          "description": "Of the median, from order statistics, at 95 % or more; null below 6 runs.",
          "anyOf": [
            { "type": "array", "minItems": 2, "maxItems": 2, "items": { "$ref": "#/$defs/number_or_null" } },
            { "type": "null" }
          ]
        },
        "interval_confidence": { "$ref": "#/$defs/number_or_null" }
      }
    }
  }
}
)schema";

}  // namespace

std::string_view report_schema() { return kSchema; }

}  // namespace asyncrun
