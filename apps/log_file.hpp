// A log from disk or from standard input, in pieces; gzip is read as it is.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"

namespace marginfix::apps {

// "-" is standard input. `on_piece` gives false to stop early. Error(config): the file cannot be opened or read, or its gzip is cut short
// or damaged; what came before has been handed over then.
Result<void> read_log_file(const std::string& path, const std::function<bool(std::string_view)>& on_piece);

}  // namespace marginfix::apps
