// The page's token: DIR/token, one line, readable by its owner alone. Whoever has it may kill, arm and reload; everything else only reads.
#pragma once

#include <string>

#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"

namespace marginfix::gateway {

std::string token_path(const std::string& dir);
// Error(store): there is no such file, it cannot be read, or it is empty.
Result<SecretString> read_token(const std::string& dir);
// The token of before; where there is none, a new one, which is on the disk then (mode 0600). Error(store).
Result<SecretString> keep_token(const std::string& dir);

}  // namespace marginfix::gateway
