// SPDX-License-Identifier: MIT
#include "engine/trace/chrome_writer.h"

#include "engine/trace/json_text.h"
#include "engine/trace/merged_records.h"

#include <charconv>
#include <cstdlib>
#include <unordered_map>

namespace asyncrun {
namespace {

constexpr size_t kFlushBytes = 64 * 1024;

class ChromeWriter {
  public:
    ChromeWriter(const TraceRecorder& recorder, const TraceRun& run, const ByteSink& sink)
        : recorder_(recorder), run_(run), sink_(sink), rows_(recorder.tracks().size()) {}

    void write() {
        write_head();
        MergedRecords records(recorder_);
        for (MergedRecords::Item item; records.next(item);) {
            now_ns_ = run_.scale.to_ns(item.record.ticks) - run_.start_ns;
            row_ = item.track;
            write_record(item.record);
        }
        close_everything();
        write_tail();
    }

  private:
    /// One thread's row: what is open on it. A job's slice never holds a poll or the other way round.
    struct Row {
        bool open = false;
        bool is_job = false;
        uint32_t subject = 0;
    };
    struct Task {
        std::string label;
        uint32_t coroutine = 0;
        bool alive = false;
        std::vector<uint32_t> waits;
        /// The arrow that ends at the next poll; 0 is none.
        uint64_t flow = 0;
    };

    void write_head() {
        out_ = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n";
        metadata("process_name", 0, run_.title);
        for (size_t i = 0; i < rows_.size(); ++i) {
            const TraceTrack& track = *recorder_.tracks()[i];
            metadata("thread_name", i + 1, track.name());
            row_ = i;
            open_event('M', "thread_sort_index", nullptr, false);
            out_ += ",\"args\":{\"sort_index\":";
            number(i + 1);
            out_ += "}}";
        }
    }

    void metadata(std::string_view what, size_t thread, std::string_view name) {
        row_ = thread ? thread - 1 : 0;
        open_event('M', what, nullptr, false);
        out_ += ",\"args\":{\"name\":";
        append_json_string(out_, name);
        out_ += "}}";
    }

    void write_tail() {
        out_ += "\n],\"otherData\":{\"records\":";
        number(recorder_.records());
        out_ += ",\"trace.dropped\":";
        number(recorder_.dropped());
        for (const auto& [key, value] : run_.notes) {
            out_ += ',';
            append_json_string(out_, key);
            out_ += ':';
            append_json_string(out_, value);
        }
        out_ += "}}\n";
        sink_(out_);
        out_.clear();
    }

    void write_record(const TraceRecord& r) {
        switch (r.kind()) {
            case TraceKind::task_created: create_task(r); break;
            case TraceKind::task_named: name_task(r); break;
            case TraceKind::task_finished: end_task(r, "finished"); break;
            case TraceKind::task_failed: end_task(r, "failed"); break;
            case TraceKind::task_cancelled: end_task(r, "cancelled"); break;
            case TraceKind::poll_begin: begin_slice(r, false); break;
            case TraceKind::job_begin: begin_slice(r, true); break;
            case TraceKind::poll_end:
            case TraceKind::job_end: end_slice(); break;
            case TraceKind::wake: wake(r.subject); break;
            case TraceKind::wait_begin: begin_wait(r); break;
            case TraceKind::wait_end: end_wait(task(r.subject), r.subject); break;
            case TraceKind::timer_fired: timer_fired(r); break;
            case TraceKind::log: instant(r, "log"); break;
            case TraceKind::mark: instant(r, "mark"); break;
            case TraceKind::span_begin: begin_span(r); break;
            case TraceKind::span_end: end_span(r.subject); break;
            case TraceKind::counter: counter(r); break;
        }
    }

    // Tasks

    Task& task(uint32_t id) { return tasks_[id]; }

    const std::string& label_of(uint32_t id) {
        Task& t = task(id);
        if (t.label.empty()) {
            t.label = "Task-" + std::to_string(id);
        }
        return t.label;
    }

    /// What polls and the task's life are called: the coroutine, or else the task.
    const std::string& coroutine_of(uint32_t id) {
        const uint32_t text = task(id).coroutine;
        return text ? recorder_.text(text) : label_of(id);
    }

    void create_task(const TraceRecord& r) {
        Task& t = task(r.subject);
        t.coroutine = r.detail();
        t.alive = true;
        async_event('b', coroutine_of(r.subject), "task", r.subject);
        const Row& row = rows_[row_];
        out_ += ",\"args\":{\"task\":";
        number(r.subject);
        if (row.open && !row.is_job) {
            out_ += ",\"parent\":";
            append_json_string(out_, label_of(row.subject));
        }
        out_ += "}}";
    }

    void name_task(const TraceRecord& r) {
        task(r.subject).label = recorder_.text(r.detail());
        async_event('n', task(r.subject).label, "task", r.subject);
        out_ += '}';
    }

    void end_task(const TraceRecord& r, std::string_view outcome) {
        Task& t = task(r.subject);
        while (!t.waits.empty()) end_wait(t, r.subject);
        if (t.alive) {
            async_event('e', coroutine_of(r.subject), "task", r.subject);
            out_ += ",\"args\":{\"name\":";
            append_json_string(out_, label_of(r.subject));
            out_ += ",\"outcome\":";
            append_json_string(out_, outcome);
            if (r.kind() == TraceKind::task_failed && r.detail()) {
                out_ += ",\"error\":";
                append_json_string(out_, recorder_.text(r.detail()));
            }
            out_ += "}}";
            t.alive = false;
        }
        // The poll in which it ended is still open under its name; forgotten when that ends.
        const Row& row = rows_[row_];
        if (!(row.open && !row.is_job && row.subject == r.subject)) tasks_.erase(r.subject);
    }

    void begin_wait(const TraceRecord& r) {
        task(r.subject).waits.push_back(r.detail());
        async_event('b', recorder_.text(r.detail()), "task", r.subject);
        out_ += '}';
    }

    void end_wait(Task& t, uint32_t id) {
        if (t.waits.empty()) return;
        async_event('e', recorder_.text(t.waits.back()), "task", id);
        out_ += '}';
        t.waits.pop_back();
    }

    // Slices and arrows

    void begin_slice(const TraceRecord& r, bool is_job) {
        end_slice();  // of a begin whose end was dropped
        Row& row = rows_[row_];
        row = {true, is_job, r.subject};
        const std::string& name = is_job ? recorder_.text(r.detail()) : coroutine_of(r.subject);
        open_event('B', name, is_job ? "job" : "poll");
        out_ += ",\"args\":{";
        if (is_job) {
            out_ += "\"job\":";
            number(r.subject);
        } else {
            out_ += "\"task\":";
            append_json_string(out_, label_of(r.subject));
        }
        out_ += "}}";
        if (is_job) return;
        if (uint64_t& flow = task(r.subject).flow) {
            flow_event('f', flow);
            flow = 0;
        }
    }

    void end_slice() {
        Row& row = rows_[row_];
        if (!row.open) return;
        event_without_name('E');
        row.open = false;
        if (row.is_job) return;
        const auto found = tasks_.find(row.subject);
        if (found != tasks_.end() && !found->second.alive) tasks_.erase(found);
    }

    void wake(uint32_t id) {
        Task& t = task(id);
        if (t.flow) return;  // made ready already
        t.flow = ++flows_;
        if (rows_[row_].open) {
            flow_event('s', t.flow);
            return;
        }
        open_event('B', "wake", "loop");
        out_ += '}';
        flow_event('s', t.flow);
        event_without_name('E');
    }

    void timer_fired(const TraceRecord& r) {
        open_event('i', "timer", "timer");
        out_ += ",\"s\":\"t\"";
        if (r.subject) {
            out_ += ",\"args\":{\"task\":";
            append_json_string(out_, label_of(r.subject));
            out_ += '}';
        }
        out_ += '}';
    }

    void flow_event(char phase, uint64_t id) {
        open_event(phase, "wake", "wake");
        out_ += ",\"id\":";
        number(id);
        if (phase == 'f') out_ += ",\"bp\":\"e\"";
        out_ += '}';
    }

    // Spans, instants, counters

    void begin_span(const TraceRecord& r) {
        spans_[r.subject] = r.detail();
        async_event('b', recorder_.text(r.detail()), "span", r.subject);
        const Row& row = rows_[row_];
        if (row.open && !row.is_job) {
            out_ += ",\"args\":{\"task\":";
            append_json_string(out_, label_of(row.subject));
            out_ += '}';
        }
        out_ += '}';
    }

    void end_span(uint32_t id) {
        const auto found = spans_.find(id);
        if (found == spans_.end()) return;
        async_event('e', recorder_.text(found->second), "span", id);
        out_ += '}';
        spans_.erase(found);
    }

    void instant(const TraceRecord& r, const char* category) {
        open_event('i', recorder_.text(r.detail()), category);
        out_ += ",\"s\":\"t\"";
        if (r.subject) {
            out_ += ",\"args\":{\"task\":";
            append_json_string(out_, label_of(r.subject));
            out_ += '}';
        }
        out_ += '}';
    }

    void counter(const TraceRecord& r) {
        open_event('C', recorder_.text(r.subject), nullptr);
        out_ += ",\"args\":{\"value\":";
        number(r.detail());
        out_ += "}}";
    }

    void close_everything() {
        for (row_ = 0; row_ < rows_.size(); ++row_) end_slice();
        row_ = 0;
        for (auto& [id, t] : tasks_) {
            while (!t.waits.empty()) end_wait(t, id);
            if (!t.alive) continue;
            async_event('e', coroutine_of(id), "task", id);
            out_ += ",\"args\":{\"outcome\":\"pending\"}}";
        }
        while (!spans_.empty()) end_span(spans_.begin()->first);
    }

    // Text

    void open_event(char phase, std::string_view name, const char* category, bool timed = true) {
        if (out_.size() >= kFlushBytes) {
            sink_(out_);
            out_.clear();
        }
        out_ += first_ ? "" : ",\n";
        first_ = false;
        out_ += "{\"ph\":\"";
        out_ += phase;
        out_ += "\",\"pid\":1,\"tid\":";
        number(row_ + 1);
        if (timed) {
            out_ += ",\"ts\":";
            time(now_ns_);
        }
        if (category) {
            out_ += ",\"cat\":\"";
            out_ += category;
            out_ += '"';
        }
        if (!name.empty() || phase != 'E') {
            out_ += ",\"name\":";
            append_json_string(out_, name);
        }
    }

    void event_without_name(char phase) {
        open_event(phase, {}, nullptr);
        out_ += '}';
    }

    /// Async events of one category and id nest; "task" ids are tasks, "span" ids are spans.
    void async_event(char phase, std::string_view name, const char* category, uint32_t id) {
        open_event(phase, name, category);
        out_ += ",\"id\":\"";
        out_ += category[0];
        number(id);
        out_ += '"';
    }

    void number(uint64_t value) {
        char text[24];
        out_.append(text, std::to_chars(text, text + sizeof text, value).ptr);
    }

    void time(int64_t ns) {
        if (ns < 0) out_ += '-';
        const uint64_t magnitude = ns < 0 ? ~static_cast<uint64_t>(ns) + 1 : static_cast<uint64_t>(ns);
        number(magnitude / 1000);
        const unsigned rest = static_cast<unsigned>(magnitude % 1000);
        out_ += '.';
        out_ += static_cast<char>('0' + rest / 100);
        out_ += static_cast<char>('0' + rest / 10 % 10);
        out_ += static_cast<char>('0' + rest % 10);
    }

    const TraceRecorder& recorder_;
    const TraceRun& run_;
    const ByteSink& sink_;
    std::string out_;
    bool first_ = true;
    size_t row_ = 0;
    int64_t now_ns_ = 0;
    uint64_t flows_ = 0;
    std::vector<Row> rows_;
    std::unordered_map<uint32_t, Task> tasks_;
    std::unordered_map<uint32_t, uint32_t> spans_;
};

}  // namespace

void write_chrome_trace(const TraceRecorder& recorder, const TraceRun& run, const ByteSink& sink) {
    ChromeWriter(recorder, run, sink).write();
}

}  // namespace asyncrun
