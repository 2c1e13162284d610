// Counts open elements over comments, CDATA and quotes.
#include "src/fix/xml_depth.hpp"

#include <algorithm>

namespace marginfix::fix::detail {

namespace {

class DepthReader {
 public:
  DepthReader(std::string_view xml, std::size_t limit) noexcept : xml_(xml), limit_(limit) {}

  std::size_t line_too_deep() noexcept {
    while (next_tag()) {
      if (!tag()) return 0;
      if (depth_ > limit_)
        return 1 + static_cast<std::size_t>(std::count(xml_.begin(), xml_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
    }
    return 0;
  }

 private:
  bool next_tag() noexcept {
    at_ = xml_.find('<', at_);
    return at_ != std::string_view::npos;
  }

  // From '<' on; false where the parser gives up too.
  bool tag() noexcept {
    ++at_;
    if (is('/')) return closing();
    if (is('?')) return behind("?>");
    if (!is('!')) return opening();
    if (xml_.substr(at_).starts_with("!--")) return behind("-->");
    if (xml_.substr(at_).starts_with("![CDATA[")) return behind("]]>");
    if (xml_.substr(at_).starts_with("!DOCTYPE")) return document_type();
    return behind(">");
  }

  bool closing() noexcept {
    if (depth_ > 0) --depth_;
    return behind(">");
  }

  bool opening() noexcept {
    skip_to(" \n\r\t/>?");
    skip_blanks();
    while (at_ < xml_.size() && std::string_view("/>?<=!\"'").find(xml_[at_]) == std::string_view::npos)
      if (!attribute()) return false;
    if (is('>')) {
      ++depth_;
      ++at_;
      return true;
    }
    return is('/') && behind(">");
  }

  bool attribute() noexcept {
    skip_to(" \n\r\t/<=>?!\"'");
    skip_blanks();
    if (!is('=')) return false;
    ++at_;
    skip_blanks();
    if (!is('"') && !is('\'')) return false;
    const char quote = xml_[at_++];
    at_ = std::min(xml_.find(quote, at_), xml_.size());
    if (at_ == xml_.size()) return false;
    ++at_;
    skip_blanks();
    return true;
  }

  bool document_type() noexcept {
    int brackets = 0;
    for (; at_ < xml_.size(); ++at_) {
      if (is('[')) ++brackets;
      if (is(']')) --brackets;
      if (is('>') && brackets <= 0) return true;
    }
    return false;
  }

  bool is(char c) const noexcept { return at_ < xml_.size() && xml_[at_] == c; }
  void skip_to(std::string_view any) noexcept { at_ = std::min(xml_.find_first_of(any, at_), xml_.size()); }
  void skip_blanks() noexcept { at_ = std::min(xml_.find_first_not_of(" \n\r\t", at_), xml_.size()); }
  bool behind(std::string_view end) noexcept {
    const std::size_t found = xml_.find(end, at_);
    at_ = found == std::string_view::npos ? xml_.size() : found + end.size();
    return found != std::string_view::npos;
  }

  std::string_view xml_;
  std::size_t limit_;
  std::size_t at_{0};
  std::size_t depth_{0};
};

}  // namespace

std::size_t line_nested_deeper_than(std::string_view xml, std::size_t limit) noexcept { return DepthReader(xml, limit).line_too_deep(); }

}  // namespace marginfix::fix::detail
