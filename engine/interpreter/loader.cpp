// SPDX-License-Identifier: MIT
#include "engine/interpreter/loader.h"

#include "engine/interpreter/body_compiler.h"
#include "engine/interpreter/literal.h"
#include "engine/interpreter/loader_declarations.h"
#include "engine/interpreter/loader_tables.h"
#include "engine/language/document.h"
#include "engine/language/mapped_text.h"
#include "engine/language/suggest.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

namespace asyncrun {
namespace {

/// How many objects one table may declare with `copies`.
constexpr int64_t most_copies = 1'000'000;
constexpr int64_t most_workers = 1'000'000;
/// What `cores` is on a virtual clock, so that min(32, cores + 4) is 32 (details D2).
constexpr int64_t sim_cores = 28;

/// The error classes that exist before any scenario declares its own.
const std::set<std::string, std::less<>>& known_errors() {
    static const std::set<std::string, std::less<>> known = [] {
        const std::vector<std::string> names = ErrorType::names();
        return std::set<std::string, std::less<>>(names.begin(), names.end());
    }();
    return known;
}

class Loader {
  public:
    Loader(const SourceFile& source, const LoadOptions& options, Diagnostics& diagnostics)
        : source_(source),
          options_(options),
          diagnostics_(diagnostics),
          constants_("a param", names_, nouns_, false),
          shared_("a shared variable", names_, nouns_, false),
          declarations_("a declaration", names_, nouns_, true),
          workers_("a declaration", names_, nouns_, true),
          sim_workers_("a declaration", names_, nouns_, true) {
        const auto cores = std::max(1U, std::thread::hardware_concurrency());
        workers_.add("cores", Value(static_cast<int64_t>(cores)));
        sim_workers_.add("cores", Value(sim_cores));
    }

    std::unique_ptr<Program> load(const Node& document) {
        program_ = std::make_unique<Program>();
        program_->file = source_.path();
        program_->text = source_.text();
        read_top_level(document);
        declare_values();
        declare_callables();
        read_params();
        read_shared();
        read_objects();
        if (run_) read_run(*run_);
        find_main(document);
        compile_bodies();
        check_offloads();
        return std::move(program_);
    }

  private:
    /// An entry of a table that declares something, until all names are known.
    struct Declared {
        const TableSpec* table;
        const Entry* entry;
        uint32_t index = 0;  ///< in the program's list of its kind
        bool named = false;  ///< the name stands for it: no earlier declaration has taken it
    };
    struct Body {
        Code* code;
        std::vector<std::pair<std::string, Span>> arguments;
        const Node* steps;
    };

    // ---- what there is ----

    void read_top_level(const Node& document) {
        short_main_ = document.entry("steps");
        for (const Entry& entry : document.entries) {
            if (const TableSpec* table = find_table_spec(entry.key)) {
                read_table(*table, entry);
                continue;
            }
            const auto keys = top_level_keys();
            const bool known =
                std::any_of(keys.begin(), keys.end(), [&](const TableKey& k) { return k.name == entry.key; });
            if (!known) report_unknown(entry);
        }
        DeclarationReader reader(declarations_, diagnostics_);
        const std::string stem = std::filesystem::path(source_.path()).stem().string();
        program_->name = reader.text(document.entry("name")).value_or(stem);
        program_->description = reader.text(document.entry("description")).value_or("");
        if (const Node* seed = document.find("seed")) {
            if (seed->is(NodeKind::integer)) {
                program_->seed = static_cast<uint64_t>(seed->integer);
            } else {
                diagnostics_.error(seed->span,
                                   "'seed' is a whole number, not " + std::string(describe(seed->kind)));
            }
        }
    }

    void report_unknown(const Entry& entry) {
        const bool table = entry.value.is(NodeKind::table) && !entry.value.braces;
        const bool tables = entry.value.is(NodeKind::array) && !entry.value.items.empty() &&
                            entry.value.items[0].is(NodeKind::table) && !entry.value.items[0].braces;
        Suggestion suggestion(entry.key);
        const auto consider_keys = [&] {
            for (const TableKey& key : top_level_keys()) suggestion.consider(key.name);
        };
        if (!table && !tables) consider_keys();
        for (const TableSpec& spec : table_specs()) suggestion.consider(spec.name);
        if (table || tables) consider_keys();
        diagnostics_.error(
            entry.key_span,
            (table || tables ? "no table is named " : "no key at the top of a scenario is named ") +
                in_quotes(entry.key),
            suggestion.best().empty() ? longer_table(entry.key) : suggestion.question());
    }

    /// Names of tables are also cut short: 'que', 'sem'.
    static std::string longer_table(const std::string& name) {
        if (name.size() < 2) return {};
        for (const TableSpec& spec : table_specs()) {
            if (spec.name.starts_with(name)) return "did you mean " + in_quotes(spec.name) + "?";
        }
        return {};
    }

    void read_table(const TableSpec& table, const Entry& entry) {
        const Node& node = entry.value;
        const std::string header = "[" + std::string(table.name) + "]";
        if (table.use == TableSpec::Use::not_run) {
            diagnostics_.error(entry.key_span, "this version does not run " + header + " tables");
        }
        if (!node.is(NodeKind::table)) {
            const bool alternatives = table.name == "expect" && node.is(NodeKind::array) &&
                                      std::all_of(node.items.begin(), node.items.end(),
                                                  [](const Node& item) { return item.is(NodeKind::table); });
            if (!alternatives) {
                diagnostics_.error(node.span, in_quotes(table.name) + " is a table, not " +
                                                  std::string(describe(node.kind)));
            }
            return;
        }
        if (table.name == "run") run_ = &node;
        if (table.use == TableSpec::Use::judges || table.shape == TableSpec::Shape::single) return;
        const bool callable =
            table.name == "coroutine" || table.name == "function" || table.name == "generator";
        for (const Entry& declared : node.entries) {
            if (table.shape == TableSpec::Shape::named && !declared.value.is(NodeKind::table)) {
                if (table.key(declared.key)) {
                    diagnostics_.error(declared.key_span, std::string(table.noun) + " needs a name",
                                       "write [" + std::string(table.name) + ".NAME]");
                } else {
                    diagnostics_.error(declared.value.span,
                                       in_quotes(declared.key) + " is declared by one table [" +
                                           std::string(table.name) + "." + declared.key + "], not by " +
                                           std::string(describe(declared.value.kind)));
                }
                continue;
            }
            // What a [context] declares is called, but nothing runs it yet: only its name is looked at.
            (callable || table.name == "context" ? callables_ : values_).push_back({&table, &declared});
        }
    }

    // ---- names ----

    void check_name(const Declared& declared) {
        const std::string& name = declared.entry->key;
        if (is_variable_name(name)) return;
        const bool letters = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
            return std::isalnum(c) || c == '_';
        });
        const bool reserved = letters && !std::isdigit(static_cast<unsigned char>(name[0]));
        diagnostics_.error(declared.entry->key_span,
                           in_quotes(name) + " cannot be the name of " + std::string(declared.table->noun),
                           reserved ? "it is a word of the language or of Python"
                                    : "a name has letters, digits and _, and does not begin with a digit");
    }

    static void sort_by_place(std::vector<Declared>& list) {
        std::stable_sort(list.begin(), list.end(), [](const Declared& a, const Declared& b) {
            return a.entry->key_span.begin < b.entry->key_span.begin;
        });
    }

    void report_duplicate(const Declared& declared, Span first, const std::string& noun) {
        diagnostics_.error(declared.entry->key_span,
                           in_quotes(declared.entry->key) + " is declared already: it is " + noun);
        diagnostics_.note(first, in_quotes(declared.entry->key) + " is declared here");
    }

    /// Params, shared variables and objects share one space of names.
    void declare_values() {
        sort_by_place(values_);
        std::map<std::string, Span, std::less<>> places;
        for (Declared& declared : values_) {
            const Entry& entry = *declared.entry;
            check_name(declared);
            const auto [place, first] = places.emplace(entry.key, entry.key_span);
            if (!first) report_duplicate(declared, place->second, nouns_.find(entry.key)->second);
            declared.named = first;
            if (first) nouns_.emplace(entry.key, declared.table->noun);
            if (declared.table->name == "params") {
                if (first) names_.params.emplace(entry.key, Value());
            } else if (declared.table->name == "shared") {
                declared.index = static_cast<uint32_t>(program_->shared_names.size());
                program_->shared_names.push_back(entry.key);
                program_->shared_values.emplace_back();
                if (first) names_.shared.emplace(entry.key, declared.index);
            } else if (declared.table->object == Kind::none) {
                if (first) names_.contexts.emplace(entry.key, static_cast<uint32_t>(names_.contexts.size()));
            } else {
                declared.index = static_cast<uint32_t>(program_->objects.size());
                ObjectDeclaration& object = program_->objects.emplace_back();
                object.kind = declared.table->object;
                object.name = entry.key;
                object.span = entry.key_span;
                object.copies_given = entry.value.find("copies") != nullptr;
                if (first) names_.objects.emplace(entry.key, declared.index);
            }
        }
    }

    /// Coroutines and functions share one space of names, apart from that of values.
    void declare_callables() {
        sort_by_place(callables_);
        std::map<std::string, std::pair<Span, std::string>, std::less<>> places;
        if (short_main_) {
            // `steps` at the top are a coroutine's; a [coroutine.main] beside them is reported below.
            Code& code = new_code(Code::Kind::coroutine, "main", short_main_->key_span);
            names_.callables.emplace("main", DeclaredNames::Callee{Code::Kind::coroutine, 0, 0});
            bodies_.push_back({&code, {}, &short_main_->value});
        }
        for (Declared& declared : callables_) {
            const Entry& entry = *declared.entry;
            check_name(declared);
            const bool beside_steps = short_main_ && entry.key == "main";
            const auto [place, first] =
                places.emplace(entry.key, std::pair(entry.key_span, std::string(declared.table->noun)));
            if (beside_steps) {
                diagnostics_.error(entry.key_span,
                                   "'steps' at the top of the scenario are the body of 'main' already");
                diagnostics_.note(short_main_->key_span, "they are here");
            } else if (!first) {
                report_duplicate(declared, place->second.first, place->second.second);
            }
            declare_callable(declared, first && !beside_steps);
        }
    }

    void declare_callable(const Declared& declared, bool named) {
        const Entry& entry = *declared.entry;
        if (declared.table->name == "context") return;
        const Code::Kind kind = declared.table->name == "function"    ? Code::Kind::function
                                : declared.table->name == "generator" ? Code::Kind::generator
                                                                      : Code::Kind::coroutine;
        Body body{nullptr, read_arguments(entry.value.find("args")), entry.value.find("steps")};
        const auto arity = static_cast<uint32_t>(body.arguments.size());
        uint32_t index = 0;
        if (kind != Code::Kind::generator) {
            index = static_cast<uint32_t>(codes_of(kind).size());
            body.code = &new_code(kind, entry.key, entry.key_span);
            body.code->arguments = arity;
            DeclarationReader(declarations_, diagnostics_)
                .check_keys(entry.value, declared.table->keys, declared.table->noun, entry.key_span);
            if (body.steps) bodies_.push_back(std::move(body));
        }
        if (named) names_.callables.emplace(entry.key, DeclaredNames::Callee{kind, index, arity});
    }

    std::vector<std::unique_ptr<Code>>& codes_of(Code::Kind kind) {
        return kind == Code::Kind::function ? program_->functions : program_->coroutines;
    }

    Code& new_code(Code::Kind kind, const std::string& name, Span span) {
        auto code = std::make_unique<Code>();
        code->kind = kind;
        code->name = name;
        code->span = span;
        return *codes_of(kind).emplace_back(std::move(code));
    }

    std::vector<std::pair<std::string, Span>> read_arguments(const Node* args) {
        std::vector<std::pair<std::string, Span>> arguments;
        if (!args) return arguments;
        if (!args->is(NodeKind::array)) {
            diagnostics_.error(args->span,
                               "'args' is an array of names, not " + std::string(describe(args->kind)));
            return arguments;
        }
        for (const Node& name : args->items) {
            if (!name.is(NodeKind::string)) {
                diagnostics_.error(name.span, "an argument is a string with its name, not " +
                                                  std::string(describe(name.kind)));
            } else if (!is_variable_name(name.text())) {
                diagnostics_.error(name.span, in_quotes(name.text()) + " cannot name an argument");
            } else {
                arguments.emplace_back(name.text(), name.span);
                continue;
            }
            // Something must stand for it, so that calls with the right number are not reported too.
            arguments.emplace_back("?" + std::to_string(arguments.size()), name.span);
        }
        return arguments;
    }

    // ---- values ----

    static bool is_scalar(const Value& value) { return !value.on_heap() || value.is_string(); }

    void read_params() {
        DeclarationReader reader(constants_, diagnostics_);
        for (const Declared& declared : values_) {
            if (declared.table->name != "params" || !declared.named) continue;
            const Entry& entry = *declared.entry;
            auto value = reader.constant(entry.value);
            if (value && !is_scalar(*value)) {
                diagnostics_.error(entry.value.span,
                                   "a param holds a number, a boolean, text or none, not a list",
                                   "a list goes to [shared]");
                value.reset();
            }
            if (const auto* given = override_of(entry.key)) {
                const auto overriding = read_override(*given);
                if (overriding) value = overriding;
            }
            if (!value) {
                declarations_.mark_broken(entry.key);
                workers_.mark_broken(entry.key);
                sim_workers_.mark_broken(entry.key);
            }
            names_.params[entry.key] = value.value_or(Value());
            program_->params.push_back({entry.key, value.value_or(Value()), entry.key_span});
        }
        for (const auto& [name, text] : options_.params) {
            if (names_.params.contains(name)) continue;
            Suggestion suggestion(name);
            for (const auto& [known, ignored] : names_.params) suggestion.consider(known);
            diagnostics_.error({}, "-p " + name + "=" + text + ": no param is named " + in_quotes(name),
                               suggestion.question());
        }
    }

    /// The last of several wins, as with other options.
    const std::pair<std::string, std::string>* override_of(const std::string& param) const {
        const auto it = std::find_if(options_.params.rbegin(), options_.params.rend(),
                                     [&](const auto& given) { return given.first == param; });
        return it == options_.params.rend() ? nullptr : &*it;
    }

    std::optional<Value> read_override(const std::pair<std::string, std::string>& given) {
        const SourceFile argument("-p", given.second);
        Diagnostics found(argument);
        const Span whole{0, static_cast<uint32_t>(given.second.size())};
        auto value = DeclarationReader(constants_, found).constant(MappedText::verbatim(given.second, whole));
        if (value && !is_scalar(*value)) {
            found.error(whole, "a param holds a number, a boolean, text or none, not a list");
            value.reset();
        }
        for (const Diagnostic& diagnostic : found.all()) {
            diagnostics_.error({}, "-p " + given.first + "=" + given.second + ": " + diagnostic.message,
                               diagnostic.hint);
        }
        return value;
    }

    void read_shared() {
        DeclarationReader reader(shared_, diagnostics_);
        for (const Declared& declared : values_) {
            if (declared.table->name != "shared") continue;
            program_->shared_values[declared.index] =
                reader.constant(declared.entry->value).value_or(Value());
        }
    }

    void read_objects() {
        for (const Declared& declared : values_) {
            if (declared.table->object == Kind::none || declared.table->use != TableSpec::Use::runs) continue;
            read_object(*declared.table, *declared.entry, program_->objects[declared.index]);
        }
    }

    void read_object(const TableSpec& table, const Entry& entry, ObjectDeclaration& object) {
        DeclarationReader reader(declarations_, diagnostics_);
        const Node& node = entry.value;
        reader.check_keys(node, table.keys, table.noun, entry.key_span);
        const auto word = [&](std::string_view key) { return reader.word(node.entry(key), *table.key(key)); };
        object.copies = reader.integer(node.entry("copies"), {0, most_copies}).value_or(1);
        switch (object.kind) {
            case Kind::queue:
                object.maxsize = reader.integer(node.entry("maxsize"), {}).value_or(0);
                object.order = word("order").value_or("fifo");
                word("domain");
                break;
            case Kind::semaphore:
                object.value = reader.integer(node.entry("value"), {0}).value_or(1);
                object.bounded = reader.flag(node.entry("bounded")).value_or(false);
                break;
            case Kind::executor:
                program_->uses_executors = true;
                word("kind");
                object.workers = DeclarationReader(workers_, diagnostics_)
                                     .integer(node.entry("workers"), {1, most_workers});
                // A value that is refused here is refused above, unless it depends on the number of cores.
                if (object.workers) {
                    object.sim_workers = DeclarationReader(sim_workers_, diagnostics_)
                                             .integer(node.entry("workers"), {1, most_workers});
                }
                object.is_default = reader.flag(node.entry("default")).value_or(false);
                check_default(node.entry("default"), object);
                break;
            default: break;
        }
    }

    void check_default(const Entry* entry, const ObjectDeclaration& object) {
        if (!object.is_default) return;
        if (object.copies_given) {
            diagnostics_.error(entry->key_span, "an executor with 'copies' cannot be the default one");
        } else if (default_executor_) {
            diagnostics_.error(entry->key_span, "there is a default executor already");
            diagnostics_.note(default_executor_->key_span, "it is here");
        } else {
            default_executor_ = entry;
        }
    }

    void read_run(const Node& node) {
        DeclarationReader reader(declarations_, diagnostics_);
        const TableSpec& table = *find_table_spec("run");
        reader.check_keys(node, table.keys, "[run]", node.span);
        RunDefaults& defaults = program_->defaults;
        defaults.engine = reader.text(node.entry("engine"));
        defaults.repetitions = reader.integer(node.entry("repetitions"), {1});
        defaults.warmup = reader.integer(node.entry("warmup"), {0});
        defaults.time_limit = reader.seconds(node.entry("time_limit"));
        defaults.slow_callback = reader.seconds(node.entry("slow_callback"));
        defaults.debug = reader.flag(node.entry("debug"));
        defaults.pass_cost = reader.seconds(node.entry("pass_cost")).value_or(Duration{});
        reader.word(node.entry("entry"), *table.key("entry"));
    }

    // ---- bodies ----

    void find_main(const Node& document) {
        const Entry* const entry = document.entry("main");
        if (entry && short_main_) {
            diagnostics_.error(
                entry->key_span,
                "'main' cannot name another coroutine: 'steps' at the top of the scenario are its body");
            return;
        }
        std::string name = "main";
        Span place;
        if (entry) {
            const auto given = DeclarationReader(declarations_, diagnostics_).text(entry);
            if (!given) return;
            name = *given;
            place = entry->value.span;
        }
        const auto found = names_.callables.find(name);
        if (found == names_.callables.end()) {
            Suggestion suggestion(name);
            for (const auto& [known, callee] : names_.callables) {
                if (callee.kind == Code::Kind::coroutine) suggestion.consider(known);
            }
            std::string hint = suggestion.question();
            if (hint.empty() && !entry)
                hint = "a scenario begins with [coroutine.main], or with 'steps' at its top";
            diagnostics_.error(place, "no coroutine is named " + in_quotes(name), hint);
            return;
        }
        const DeclaredNames::Callee& callee = found->second;
        if (callee.kind == Code::Kind::generator) {
            diagnostics_.error(place, in_quotes(name) + " is a generator: 'main' names a coroutine");
            return;
        }
        Code& code = *codes_of(callee.kind)[callee.index];
        if (!place.known()) place = code.span;
        if (callee.kind == Code::Kind::function) {
            diagnostics_.error(place, "this version does not run a [function] as 'main'");
        } else if (callee.arity > 0) {
            diagnostics_.error(code.span,
                               in_quotes(name) + " is where the scenario begins: it may not have arguments");
        }
        program_->main = &code;
    }

    void compile_bodies() {
        std::vector<std::pair<std::string, Span>> caught;
        std::set<std::string, std::less<>> raised;
        const auto& known = known_errors();
        for (const Body& body : bodies_) {
            BodyCompiler compiler(*program_, names_, diagnostics_, *body.code);
            compiler.compile(body.arguments, *body.steps);
            caught.insert(caught.end(), compiler.caught().begin(), compiler.caught().end());
            raised.insert(compiler.raised().begin(), compiler.raised().end());
        }
        // A raise that was not understood would make its handler look idle.
        if (diagnostics_.has_errors()) return;
        for (const auto& [name, place] : caught) {
            if (known.contains(name) || raised.contains(name)) continue;
            Suggestion suggestion(name);
            for (const std::string& candidate : known) suggestion.consider(candidate);
            for (const std::string& candidate : raised) suggestion.consider(candidate);
            diagnostics_.warning(place, "nothing raises " + in_quotes(name), suggestion.question());
        }
    }

    /// Functions that an executor runs may not touch the loop, nor may those that they call (depth first, each once).
    void check_offloads() {
        for (const Program::OffloadSite& site : program_->offloads) {
            std::set<const Code*> seen;
            const Code* const culprit = find_loop_toucher(*site.function, seen);
            if (!culprit) continue;
            const Step& step = *culprit->touches_loop;
            const std::string verb = in_quotes(step.kind->name) + " in line " + std::to_string(step.line);
            diagnostics_.error(site.place, culprit == site.function
                                               ? in_quotes(culprit->name) + " cannot run on an executor: its " + verb +
                                                     " touches the loop"
                                               : in_quotes(site.function->name) + " cannot run on an executor: it calls " +
                                                     in_quotes(culprit->name) + ", whose " + verb + " touches the loop");
            diagnostics_.note(step.span, "it is here");
        }
    }

    const Code* find_loop_toucher(const Code& function, std::set<const Code*>& seen) const {
        if (!seen.insert(&function).second) return nullptr;
        if (function.touches_loop) return &function;
        for (const uint32_t callee : function.calls) {
            if (const Code* culprit = find_loop_toucher(*program_->functions[callee], seen)) return culprit;
        }
        return nullptr;
    }

    const SourceFile& source_;
    const LoadOptions& options_;
    Diagnostics& diagnostics_;
    std::unique_ptr<Program> program_;
    DeclaredNames names_;
    DeclarationNames::Nouns nouns_;
    DeclarationNames constants_;
    DeclarationNames shared_;
    DeclarationNames declarations_;
    DeclarationNames workers_;      ///< sees the machine's `cores`
    DeclarationNames sim_workers_;  ///< sees those of `sim`
    std::vector<Declared> values_;
    std::vector<Declared> callables_;
    std::vector<Body> bodies_;
    const Node* run_ = nullptr;
    const Entry* short_main_ = nullptr;
    const Entry* default_executor_ = nullptr;
};

}  // namespace

std::unique_ptr<Program> load_program(const SourceFile& source, const LoadOptions& options,
                                      Diagnostics& diagnostics) {
    known_errors();
    const auto document = load_document(source, diagnostics);
    if (!document) return nullptr;
    const size_t errors_before = diagnostics.error_count();
    auto program = Loader(source, options, diagnostics).load(*document);
    return diagnostics.error_count() == errors_before ? std::move(program) : nullptr;
}

}  // namespace asyncrun
