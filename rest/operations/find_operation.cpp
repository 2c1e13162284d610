// Operations by their SDK names, over both APIs.
#include <algorithm>

#include "marginfix/rest/operation.hpp"

namespace marginfix::rest {

const OperationInfo* find_operation(Api api, std::string_view family, std::string_view name) noexcept {
  const auto all = api == Api::perps ? perps_operations() : klear_operations();
  const auto found = std::ranges::find_if(all, [&](const OperationInfo* info) { return info->family == family && info->name == name; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace marginfix::rest
