// SPDX-License-Identifier: MIT
#include "cli/diagnostic_log.h"

#include <memory>
#include <mutex>

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

namespace asyncrun {
namespace {

class ConsoleSink final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    explicit ConsoleSink(Console& console) : console_(console) {}

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t text;
        formatter_->format(message, text);
        console_.print_error({text.data(), text.size()});
    }
    void flush_() override {}

  private:
    Console& console_;
};

}  // namespace

void open_diagnostic_log(Console& console, const std::string& level) {
    auto logger = std::make_shared<spdlog::logger>("asyncrun", std::make_shared<ConsoleSink>(console));
    logger->set_pattern("%H:%M:%S.%e %n %l: %v");
    logger->set_level(spdlog::level::from_str(level));
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace asyncrun
