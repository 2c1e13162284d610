// See pdf.hpp. PDF 1.4: five objects, a cross-reference table of their offsets, a trailer.
#include "sim/doors/klear/pdf.hpp"

#include <cstddef>

namespace marginfix::sim::klear {
namespace {

std::string escaped(const std::string& line) {
  std::string out;
  for (const char c : line) {
    if (c == '(' || c == ')' || c == '\\') out += '\\';
    out += c >= ' ' && c <= '~' ? c : '?';
  }
  return out;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string out = "BT /F1 9 Tf 12 TL 50 780 Td\n";
  for (std::size_t i = 0; i < lines.size() && i < kPdfLines; ++i) out += "(" + escaped(lines[i]) + ") Tj T*\n";
  return out + "ET";
}

std::string ten_digits(std::size_t number) {
  const std::string digits = std::to_string(number);
  return std::string(10 - digits.size(), '0') + digits;
}

}  // namespace

std::string one_page_pdf(const std::vector<std::string>& lines) {
  const std::string text = text_of(lines);
  const std::string objects[] = {
      "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
      "<< /Length " + std::to_string(text.size()) + " >>\nstream\n" + text + "\nendstream",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"};
  std::string out = "%PDF-1.4\n", table = "0000000000 65535 f \n";
  int number = 0;
  for (const std::string& object : objects) {
    table += ten_digits(out.size()) + " 00000 n \n";
    out += std::to_string(++number) + " 0 obj\n" + object + "\nendobj\n";
  }
  const std::string at = std::to_string(out.size());
  return out + "xref\n0 6\n" + table + "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n" + at + "\n%%EOF\n";
}

}  // namespace marginfix::sim::klear
