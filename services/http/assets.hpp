// The files of assets/, built in: script and style sheet that the services' pages begin with. Made by CMake from assets.cpp.in.
#pragma once

#include <string_view>

namespace marginfix::services {

std::string_view base_js() noexcept;
std::string_view base_css() noexcept;

}  // namespace marginfix::services
