// SPDX-License-Identifier: MIT
#pragma once

#include "engine/runtime/ref.h"

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace asyncrun {

/// A class of errors in Python's tree: what `except` compares. Never freed, compared by address.
class ErrorType {
  public:
    ErrorType(std::string name, const ErrorType* base) : name_(std::move(name)), base_(base) {}
    const std::string& name() const noexcept { return name_; }
    const ErrorType* base() const noexcept { return base_; }
    bool is_a(const ErrorType& other) const noexcept {
        for (const ErrorType* t = this; t; t = t->base_) {
            if (t == &other) return true;
        }
        return false;
    }

    /// The type of that name, or null. Python's builtins and asyncio's are known from the start. Any thread.
    static const ErrorType* find(std::string_view name);
    /// The type of that name; an unknown one is declared as a subclass of Exception. Any thread.
    static const ErrorType& declare(std::string_view name);
    /// Every known name, for suggestions.
    static std::vector<std::string> names();

  private:
    std::string name_;
    const ErrorType* base_;
};

/// The types that the runtime itself raises or tests for.
namespace errors {
const ErrorType& base_exception();
const ErrorType& exception();
const ErrorType& cancelled();
const ErrorType& timeout();
const ErrorType& runtime();
const ErrorType& invalid_state();
const ErrorType& queue_empty();
const ErrorType& queue_full();
const ErrorType& value();
const ErrorType& type();
const ErrorType& broken_barrier();
const ErrorType& exception_group();
const ErrorType& base_exception_group();
const ErrorType& foreign();  ///< a C++ exception that is none of ours: `std::exception::what` is its message
}  // namespace errors

/// Where an error passed by; what a traceback prints. Filled in by whoever knows places (the interpreter).
struct TracebackEntry {
    std::string task;
    std::string file;
    int line = 0;
    std::string step;
    std::string code;  ///< the coroutine or function
};

/// An exception as a value: what a failed task or future holds, what crosses threads, what `except` binds.
/// Immutable but for its traceback, which only the task that carries it extends. Shared by counting.
class Error final : public Counted {
  public:
    Error(const ErrorType& type, std::string message) : type_(&type), message_(std::move(message)) {}
    /// An ExceptionGroup; its text is Python's, with the number of members.
    Error(const ErrorType& type, std::string message, std::vector<Ref<Error>> members)
        : type_(&type), message_(std::move(message)), members_(std::move(members)) {}

    const ErrorType& type() const noexcept { return *type_; }
    bool is_a(const ErrorType& other) const noexcept { return type_->is_a(other); }
    bool is_cancellation() const noexcept { return is_a(errors::cancelled()); }
    const std::string& message() const noexcept { return message_; }
    const std::vector<Ref<Error>>& members() const noexcept { return members_; }
    std::vector<TracebackEntry>& traceback() noexcept { return traceback_; }

    /// Made with a text, though maybe an empty one: Python's `ValueError('')`, which prints apart from `ValueError()`.
    /// A text that is not empty says so itself.
    bool text_given = false;
    /// The C++ exception that in-flight code rethrows, when this came from one that is not ours.
    std::exception_ptr foreign;

  private:
    const ErrorType* type_;
    std::string message_;
    std::vector<Ref<Error>> members_;
    std::vector<TracebackEntry> traceback_;
};
using ErrorRef = Ref<Error>;

inline ErrorRef make_error(const ErrorType& type, std::string message = {}) {
    return make_ref<Error>(type, std::move(message));
}

/// An Error in flight through C++ code.
class Exception final : public std::exception {
  public:
    explicit Exception(ErrorRef error) : error_(std::move(error)) {}
    Exception(const ErrorType& type, std::string message) : error_(make_error(type, std::move(message))) {}
    const ErrorRef& error() const noexcept { return error_; }
    const char* what() const noexcept override { return error_->message().c_str(); }

  private:
    ErrorRef error_;
};

/// Throws what the error stands for: the foreign C++ exception if there is one, else an Exception.
[[noreturn]] void raise(ErrorRef error);
/// The exception being handled, as an Error. Call inside a catch block.
ErrorRef current_error();

}  // namespace asyncrun
