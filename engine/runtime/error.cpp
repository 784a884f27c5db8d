// SPDX-License-Identifier: MIT
#include "engine/runtime/error.h"

#include <deque>
#include <map>
#include <mutex>

namespace asyncrun {
namespace {

struct Tree {
    std::mutex mutex;
    std::deque<ErrorType> types;
    std::map<std::string, const ErrorType*, std::less<>> by_name;

    const ErrorType& add(std::string_view name, std::string_view base) {
        const ErrorType* parent = base.empty() ? nullptr : by_name.find(base)->second;
        types.emplace_back(std::string(name), parent);
        by_name.emplace(types.back().name(), &types.back());
        return types.back();
    }

    Tree() {
        // CPython 3.11's exception hierarchy (Doc/library/exceptions.rst) and the classes of asyncio,
        // concurrent.futures and queue that a scenario can meet.
        static constexpr std::pair<const char*, const char*> tree[] = {
            {"BaseException", ""},
            {"BaseExceptionGroup", "BaseException"},
            {"GeneratorExit", "BaseException"},
            {"KeyboardInterrupt", "BaseException"},
            {"SystemExit", "BaseException"},
            {"CancelledError", "BaseException"},
            {"Exception", "BaseException"},
            {"ArithmeticError", "Exception"},
            {"FloatingPointError", "ArithmeticError"},
            {"OverflowError", "ArithmeticError"},
            {"ZeroDivisionError", "ArithmeticError"},
            {"AssertionError", "Exception"},
            {"AttributeError", "Exception"},
            {"BufferError", "Exception"},
            {"EOFError", "Exception"},
            {"IncompleteReadError", "EOFError"},
            {"ExceptionGroup", "Exception"},
            {"ImportError", "Exception"},
            {"ModuleNotFoundError", "ImportError"},
            {"LookupError", "Exception"},
            {"IndexError", "LookupError"},
            {"KeyError", "LookupError"},
            {"MemoryError", "Exception"},
            {"NameError", "Exception"},
            {"UnboundLocalError", "NameError"},
            {"OSError", "Exception"},
            {"BlockingIOError", "OSError"},
            {"ChildProcessError", "OSError"},
            {"ConnectionError", "OSError"},
            {"BrokenPipeError", "ConnectionError"},
            {"ConnectionAbortedError", "ConnectionError"},
            {"ConnectionRefusedError", "ConnectionError"},
            {"ConnectionResetError", "ConnectionError"},
            {"FileExistsError", "OSError"},
            {"FileNotFoundError", "OSError"},
            {"InterruptedError", "OSError"},
            {"IsADirectoryError", "OSError"},
            {"NotADirectoryError", "OSError"},
            {"PermissionError", "OSError"},
            {"ProcessLookupError", "OSError"},
            {"TimeoutError", "OSError"},
            {"ReferenceError", "Exception"},
            {"RuntimeError", "Exception"},
            {"NotImplementedError", "RuntimeError"},
            {"RecursionError", "RuntimeError"},
            {"BrokenBarrierError", "RuntimeError"},
            {"BrokenExecutor", "RuntimeError"},
            {"BrokenProcessPool", "BrokenExecutor"},
            {"BrokenThreadPool", "BrokenExecutor"},
            {"StopAsyncIteration", "Exception"},
            {"StopIteration", "Exception"},
            {"SyntaxError", "Exception"},
            {"IndentationError", "SyntaxError"},
            {"TabError", "IndentationError"},
            {"SystemError", "Exception"},
            {"TypeError", "Exception"},
            {"ValueError", "Exception"},
            {"UnicodeError", "ValueError"},
            {"UnicodeDecodeError", "UnicodeError"},
            {"UnicodeEncodeError", "UnicodeError"},
            {"UnicodeTranslateError", "UnicodeError"},
            {"Warning", "Exception"},
            {"BytesWarning", "Warning"},
            {"DeprecationWarning", "Warning"},
            {"EncodingWarning", "Warning"},
            {"FutureWarning", "Warning"},
            {"ImportWarning", "Warning"},
            {"PendingDeprecationWarning", "Warning"},
            {"ResourceWarning", "Warning"},
            {"RuntimeWarning", "Warning"},
            {"SyntaxWarning", "Warning"},
            {"UnicodeWarning", "Warning"},
            {"UserWarning", "Warning"},
            {"QueueFull", "Exception"},
            {"QueueEmpty", "Exception"},
            {"InvalidStateError", "Exception"},
            {"LimitOverrunError", "Exception"},
        };
        for (const auto& [name, base] : tree) add(name, base);
    }
};

Tree& tree() {
    static Tree t;
    return t;
}

const ErrorType& known(const char* name) { return *ErrorType::find(name); }

}  // namespace

const ErrorType* ErrorType::find(std::string_view name) {
    Tree& t = tree();
    std::lock_guard lock(t.mutex);
    const auto it = t.by_name.find(name);
    return it == t.by_name.end() ? nullptr : it->second;
}

const ErrorType& ErrorType::declare(std::string_view name) {
    Tree& t = tree();
    std::lock_guard lock(t.mutex);
    const auto it = t.by_name.find(name);
    return it == t.by_name.end() ? t.add(name, "Exception") : *it->second;
}

std::vector<std::string> ErrorType::names() {
    Tree& t = tree();
    std::lock_guard lock(t.mutex);
    std::vector<std::string> out;
    for (const auto& [name, type] : t.by_name) out.push_back(name);
    return out;
}

namespace errors {
#define ASYNCRUN_KNOWN_ERROR(function, name)           \
    const ErrorType& function() {                      \
        static const ErrorType& type = known(name);    \
        return type;                                   \
    }
ASYNCRUN_KNOWN_ERROR(base_exception, "BaseException")
ASYNCRUN_KNOWN_ERROR(exception, "Exception")
ASYNCRUN_KNOWN_ERROR(cancelled, "CancelledError")
ASYNCRUN_KNOWN_ERROR(timeout, "TimeoutError")
ASYNCRUN_KNOWN_ERROR(runtime, "RuntimeError")
ASYNCRUN_KNOWN_ERROR(invalid_state, "InvalidStateError")
ASYNCRUN_KNOWN_ERROR(queue_empty, "QueueEmpty")
ASYNCRUN_KNOWN_ERROR(queue_full, "QueueFull")
ASYNCRUN_KNOWN_ERROR(value, "ValueError")
ASYNCRUN_KNOWN_ERROR(type, "TypeError")
ASYNCRUN_KNOWN_ERROR(broken_barrier, "BrokenBarrierError")
ASYNCRUN_KNOWN_ERROR(exception_group, "ExceptionGroup")
ASYNCRUN_KNOWN_ERROR(base_exception_group, "BaseExceptionGroup")
ASYNCRUN_KNOWN_ERROR(foreign, "SystemError")
#undef ASYNCRUN_KNOWN_ERROR
}  // namespace errors

void raise(ErrorRef error) {
    if (error->foreign) std::rethrow_exception(error->foreign);
    throw Exception(std::move(error));
}

ErrorRef current_error() {
    try {
        throw;
    } catch (const Exception& e) {
        return e.error();
    } catch (const std::exception& e) {
        auto error = make_error(errors::foreign(), e.what());
        error->foreign = std::current_exception();
        return error;
    } catch (...) {
        auto error = make_error(errors::foreign(), "unknown C++ exception");
        error->foreign = std::current_exception();
        return error;
    }
}

}  // namespace asyncrun
