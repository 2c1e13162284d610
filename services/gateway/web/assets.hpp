// The files of assets/, built in. Made by CMake from assets.cpp.in.
#pragma once

#include <string_view>

namespace marginfix::gateway {

std::string_view gateway_html() noexcept;
std::string_view gateway_js() noexcept;
std::string_view gateway_css() noexcept;
std::string_view gateway_icon() noexcept;  // SVG

}  // namespace marginfix::gateway
