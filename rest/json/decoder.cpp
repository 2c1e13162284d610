// The only place that sees Boost.JSON's parser: its events go to a Binder, numbers as their text.
#include <boost/json/basic_parser_impl.hpp>
#include <optional>

#include "marginfix/core/text.hpp"
#include "rest/json/binder.hpp"

namespace marginfix::json {
namespace {

using boost::system::error_code;

constexpr std::size_t kMostContext = 2'000;

// What Boost.JSON's basic_parser calls. Texts that come in parts (escapes, long tokens) are put together in `text`.
struct Events {
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  Binder binder;
  std::string text;

  static bool stop(error_code& ec) {
    ec = make_error_code(boost::system::errc::bad_message);
    return false;
  }
  static bool answer(bool good, error_code& ec) { return good || stop(ec); }
  // The whole token, whether or not parts of it came before.
  std::string_view whole(std::string_view last, std::size_t size) {
    if (size == last.size()) return last;
    text.append(last);
    return text;
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code& ec) { return answer(binder.begin_object(), ec); }
  bool on_object_end(std::size_t, error_code& ec) { return answer(binder.end_object(), ec); }
  bool on_array_begin(error_code& ec) { return answer(binder.begin_array(), ec); }
  bool on_array_end(std::size_t, error_code& ec) { return answer(binder.end_array(), ec); }
  bool part(std::string_view piece, std::size_t size) {
    if (size == piece.size()) text.clear();
    text.append(piece);
    return true;
  }
  bool on_key_part(boost::json::string_view s, std::size_t n, error_code&) { return part({s.data(), s.size()}, n); }
  bool on_key(boost::json::string_view s, std::size_t n, error_code& ec) { return answer(binder.key(whole({s.data(), s.size()}, n)), ec); }
  bool on_string_part(boost::json::string_view s, std::size_t n, error_code&) { return part({s.data(), s.size()}, n); }
  bool on_string(boost::json::string_view s, std::size_t n, error_code& ec) {
    return answer(binder.string(whole({s.data(), s.size()}, n)), ec);
  }
  bool on_number_part(boost::json::string_view, error_code&) { return true; }  // never: the text is in one piece
  bool number(boost::json::string_view s, error_code& ec) { return answer(binder.number({s.data(), s.size()}), ec); }
  bool on_int64(std::int64_t, boost::json::string_view s, error_code& ec) { return number(s, ec); }
  bool on_uint64(std::uint64_t, boost::json::string_view s, error_code& ec) { return number(s, ec); }
  template <class Unread>  // the binary number that the parser made of the text; nobody looks at it
  bool on_double(Unread, boost::json::string_view s, error_code& ec) {
    return number(s, ec);
  }
  bool on_bool(bool value, error_code& ec) { return answer(binder.boolean(value), ec); }
  bool on_null(error_code& ec) { return answer(binder.null(), ec); }
  bool on_comment_part(boost::json::string_view, error_code&) { return true; }
  bool on_comment(boost::json::string_view, error_code&) { return true; }
};

boost::json::parse_options options() {
  boost::json::parse_options o;
  o.max_depth = Binder::kMostDepth;
  return o;
}

// The same JSON with each byte that is no UTF-8 as visible() shows it; nothing when there is none. One odd text in a list of hundreds
// must not cost the list.
std::optional<std::string> repaired(std::string_view text) {
  std::string out;
  const char* const end = text.data() + text.size();
  const char* begin = text.data();
  for (const char* p = begin; p != end;) {
    const std::size_t size = marginfix::detail::next_character(p, end).size;
    if (size != 0) {
      p += size;
      continue;
    }
    out.append(begin, p).append(1, '\\').append(visible(p, 1));
    begin = ++p;
  }
  if (out.empty()) return std::nullopt;
  return out.append(begin, end);
}

std::string context_of(std::string_view text) { return redact(text.substr(0, kMostContext)); }

}  // namespace

struct Decoder::Impl {
  boost::json::basic_parser<Events> parser{options()};
};

Decoder::Decoder() : impl_(std::make_unique<Impl>()) {}
Decoder::~Decoder() = default;

Result<void> Decoder::decode(const TypeInfo& type, void* value, std::string_view text, const DecodeOptions& options, DecodeReport* report) {
  auto& parser = impl_->parser;
  parser.reset();
  Binder& binder = parser.handler().binder;
  binder.start(type, value, options, report);
  error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && text.substr(used).find_first_not_of(" \t\r\n") != std::string_view::npos) ec = boost::json::error::extra_data;
  if (!ec) return {};
  const std::string& problem = binder.problem();
  if (problem.empty()) {
    if (const auto readable = repaired(text)) return decode(type, value, *readable, options, report);
  }
  Error error = fail(ErrorCategory::decode, problem.empty() ? "not JSON: " + ec.message() : problem, context_of(text));
  error.offset = used;
  return error;
}

Result<void> decode(const TypeInfo& type, void* value, std::string_view text, const DecodeOptions& options, DecodeReport* report) {
  thread_local Decoder decoder;
  return decoder.decode(type, value, text, options, report);
}

}  // namespace marginfix::json
