// --dry-run: the request as it would leave, secrets as ***. No network, no key is read.
#pragma once

#include <string>

#include "marginfix/rest/config.hpp"
#include "marginfix/rest/operation.hpp"

namespace marginfix::apps {

// The request line, its headers and its body; one JSON object with `json`. `request` has passed prepare().
std::string dry_run(const PerpsConfig& config, const rest::OperationInfo& info, const void* request, bool json);
std::string dry_run(const KlearConfig& config, const rest::OperationInfo& info, const void* request, bool json);

}  // namespace marginfix::apps
