// One character of look-ahead, one function a kind of value.
#include "src/core/small_json.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "marginfix/core/text.hpp"

namespace marginfix::detail {
namespace {

// Throws Error inside this file only.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  SmallJson document() {
    SmallJson value = read(0);
    skip_blanks();
    if (at_ < text_.size()) refuse("something follows its end");
    return value;
  }

 private:
  static constexpr int kMaxDepth = 32;

  [[noreturn]] void refuse(std::string_view what) const {
    const std::string_view before = text_.substr(0, std::min(at_, text_.size()));
    const std::size_t line_begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    throw fail(ErrorCategory::config, "line " + std::to_string(1 + std::ranges::count(before, '\n')) + ", column " +
                                          std::to_string(1 + before.size() - line_begin) + ": " + std::string(what));
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  char next() {
    if (at_ == text_.size()) refuse("it ends too early");
    return text_[at_++];
  }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  // True: it was there, and is behind us.
  bool took(char c) {
    skip_blanks();
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (took(c)) return;
    refuse(at_ == text_.size() ? "it ends too early" : std::string("'") + c + "' is wanted here");
  }

  SmallJson read(int depth) {
    if (depth == kMaxDepth) refuse("it is too deep");
    skip_blanks();
    SmallJson value;
    switch (peek()) {
      case '{':
        read_object(value, depth);
        break;
      case '[':
        read_array(value, depth);
        break;
      case '"':
        value.kind = SmallJson::Kind::string;
        value.text = read_string();
        break;
      default:
        read_word(value);
    }
    return value;
  }

  void read_object(SmallJson& value, int depth) {
    value.kind = SmallJson::Kind::object;
    ++at_;
    if (took('}')) return;
    do {
      skip_blanks();
      if (peek() != '"') refuse(at_ == text_.size() ? "it ends too early" : "a member's name in quotes is wanted here");
      std::string name = read_string();
      expect(':');
      value.names.push_back(std::move(name));
      value.items.push_back(read(depth + 1));
    } while (took(','));
    expect('}');
  }

  void read_array(SmallJson& value, int depth) {
    value.kind = SmallJson::Kind::array;
    ++at_;
    if (took(']')) return;
    do value.items.push_back(read(depth + 1));
    while (took(','));
    expect(']');
  }

  // true, false, null or a number.
  void read_word(SmallJson& value) {
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n,:]}\"[{", at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    if (word == "true" || word == "false") {
      value.kind = SmallJson::Kind::boolean;
      value.truth = word == "true";
    } else if (is_number(word)) {
      value.kind = SmallJson::Kind::number;
      value.text = word;
    } else if (word != "null") {
      refuse(at_ == text_.size() ? "it ends too early" : "a value is wanted here");
    }
    at_ = end;
  }

  static bool is_number(std::string_view word) {
    const auto digits = [&word] {
      const std::size_t count = std::min(word.find_first_not_of("0123456789"), word.size());
      word.remove_prefix(count);
      return count;
    };
    if (word.starts_with('-')) word.remove_prefix(1);
    const bool zero = word.starts_with('0');
    if (const std::size_t count = digits(); count == 0 || (zero && count > 1)) return false;
    if (word.starts_with('.')) {
      word.remove_prefix(1);
      if (digits() == 0) return false;
    }
    if (word.starts_with('e') || word.starts_with('E')) {
      word.remove_prefix(1);
      if (word.starts_with('+') || word.starts_with('-')) word.remove_prefix(1);
      if (digits() == 0) return false;
    }
    return word.empty();
  }

  std::string read_string() {
    ++at_;
    std::string out;
    for (char c = next(); c != '"'; c = next()) {
      if (static_cast<unsigned char>(c) < 0x20) refuse("a control character stands in a text");
      if (c == '\\') {
        read_escape(out);
      } else {
        --at_;
        out += read_character();
      }
    }
    return out;
  }
  std::string_view read_character() {
    const std::string_view rest = text_.substr(at_);
    const std::size_t size = next_character(rest.data(), rest.data() + rest.size()).size;
    if (size == 0) refuse("a byte that is no UTF-8 stands in a text");
    at_ += size;
    return rest.substr(0, size);
  }

  void read_escape(std::string& out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    const char c = next();
    if (c == 'u') return append_utf8(out, read_code_point());
    const std::size_t which = kLetters.find(c);
    if (which == std::string_view::npos) refuse("there is no such escape");
    out += kMeant[which];
  }

  std::uint32_t read_hex() {
    std::uint32_t code = 0;
    const std::string_view digits = text_.substr(std::min(at_, text_.size()), 4);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (problem != std::errc{} || digits.size() != 4 || end != digits.data() + 4) refuse("four hexadecimal digits are wanted here");
    at_ += 4;
    return code;
  }
  std::uint32_t read_code_point() {
    const std::uint32_t code = read_hex();
    if (code < 0xD800 || code > 0xDFFF) return code;
    if (code > 0xDBFF || next() != '\\' || next() != 'u') refuse("half of a surrogate pair stands alone");
    const std::uint32_t low = read_hex();
    if (low < 0xDC00 || low > 0xDFFF) refuse("half of a surrogate pair stands alone");
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  static void append_utf8(std::string& out, std::uint32_t code) {
    const auto tail = [&out, code](int shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xC0 | (code >> 6));
      tail(0);
    } else if (code < 0x10000) {
      out += static_cast<char>(0xE0 | (code >> 12));
      tail(6);
      tail(0);
    } else {
      out += static_cast<char>(0xF0 | (code >> 18));
      tail(12);
      tail(6);
      tail(0);
    }
  }

  std::string_view text_;
  std::size_t at_{0};
};

}  // namespace

const SmallJson* SmallJson::find(std::string_view name) const noexcept {
  for (std::size_t i = names.size(); i > 0; --i) {
    if (names[i - 1] == name) return &items[i - 1];
  }
  return nullptr;
}

Result<SmallJson> SmallJson::parse(std::string_view text) {
  try {
    return Parser(text).document();
  } catch (const Error& error) {
    return error;
  }
}

}  // namespace marginfix::detail
