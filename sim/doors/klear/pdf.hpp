// One page of text as a PDF: enough for a statement that people open.
#pragma once

#include <string>
#include <vector>

namespace marginfix::sim::klear {

// ASCII lines, top to bottom, in a fixed-width font; those that do not fit on the page are left out (it holds kPdfLines).
inline constexpr std::size_t kPdfLines = 60;
std::string one_page_pdf(const std::vector<std::string>& lines);

}  // namespace marginfix::sim::klear
