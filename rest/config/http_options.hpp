// Checks of what both configurations share.
#pragma once

#include "marginfix/rest/config.hpp"

namespace marginfix::rest {

Result<void> check_http_options(const HttpOptions& options);

}  // namespace marginfix::rest
