// The files of assets/, built in. Made by CMake from assets.cpp.in.
#pragma once

#include <string_view>

namespace marginfix::reconcile {

std::string_view page_html() noexcept;
std::string_view page_js() noexcept;
std::string_view page_css() noexcept;
std::string_view page_icon() noexcept;   // SVG
std::string_view report_css() noexcept;  // the style sheet of a day's report (report/day_report.hpp)

}  // namespace marginfix::reconcile
