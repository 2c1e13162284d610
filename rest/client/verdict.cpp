#include "rest/client/verdict.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <set>

#include "rest/client/error_body.hpp"
#include "rest/client/unknown_outcome.hpp"

namespace marginfix::rest {
namespace {

constexpr std::size_t kMostContext = 2'000;
constexpr std::size_t kMostRawMessage = 200;

bool is_transient(std::int32_t status) {
  constexpr std::array<std::int32_t, 7> kStatuses{408, 425, 429, 500, 502, 503, 504};
  return std::ranges::find(kStatuses, status) != kStatuses.end();
}

// Header names seen for the id of a request, the exchange's own first.
std::string request_id_of(const HttpAnswer& answer) {
  for (const std::string_view name :
       {"x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "x-amzn-trace-id", "cf-ray", "x-amz-cf-id"}) {
    const auto found = std::ranges::find(answer.headers, name, [](const auto& header) { return std::string_view(header.first); });
    if (found != answer.headers.end()) return found->second;
  }
  return {};
}

const std::string* header_of(const HttpAnswer& answer, std::string_view name) {
  const auto found = std::ranges::find(answer.headers, name, [](const auto& header) { return std::string_view(header.first); });
  return found == answer.headers.end() ? nullptr : &found->second;
}

bool is_json(std::string_view content_type) {
  std::string lower(content_type.substr(0, content_type.find(';')));
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  while (lower.ends_with(' ')) lower.pop_back();
  return lower.ends_with("/json") || lower.ends_with("+json");
}

// A page is not shown to people as if it were a sentence.
std::string raw_message(std::string_view body, const std::string* content_type) {
  if (body.empty()) return "with an empty body";
  const auto first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "with an empty body";
  if (body[first] == '<' || (content_type != nullptr && content_type->find("html") != std::string::npos))
    return "with a page instead of an answer: something between here and the exchange wrote it";
  std::string text(body.substr(first, kMostRawMessage));
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return redact(text) + (body.size() - first > kMostRawMessage ? "..." : "");
}

ErrorCategory category_of(HttpEnd end) {
  switch (end) {
    case HttpEnd::no_connect:
      return ErrorCategory::connect;
    case HttpEnd::tls_failed:
    case HttpEnd::tls_refused:
      return ErrorCategory::tls;
    case HttpEnd::timed_out:
      return ErrorCategory::timeout;
    case HttpEnd::cut:
    case HttpEnd::cancelled:
      return ErrorCategory::closed;
    case HttpEnd::too_big:
    case HttpEnd::bad_encoding:
    case HttpEnd::not_http:
      return ErrorCategory::decode;
    case HttpEnd::answered:
    case HttpEnd::failed:
      return ErrorCategory::internal;
  }
  return ErrorCategory::internal;
}

std::string_view sentence_of(HttpEnd end) {
  switch (end) {
    case HttpEnd::no_connect:
      return "no connection";
    case HttpEnd::tls_failed:
      return "the TLS handshake failed";
    case HttpEnd::tls_refused:
      return "the server's certificate is not trusted";
    case HttpEnd::timed_out:
      return "no answer in time";
    case HttpEnd::cut:
      return "the connection ended before the answer did";
    case HttpEnd::cancelled:
      return "cancelled";
    case HttpEnd::too_big:
      return "the answer is larger than http.most_body allows";
    case HttpEnd::bad_encoding:
      return "the answer cannot be decompressed";
    case HttpEnd::not_http:
      return "the answer is not HTTP";
    case HttpEnd::answered:
    case HttpEnd::failed:
      return "the request failed";
  }
  return {};
}

Verdict no_answer(const OperationInfo& info, const HttpAnswer& answer, std::string_view where) {
  Error error = fail(category_of(answer.end), std::string(where) + ": " + std::string(sentence_of(answer.end)));
  if (!answer.detail.empty()) error.message += " (" + answer.detail + ")";
  error.status = answer.end == HttpEnd::cut || answer.end == HttpEnd::timed_out ? 0 : answer.status;
  error.request_id = request_id_of(answer);
  error.may_have_been_sent = answer.sent;
  const bool transient = answer.end == HttpEnd::no_connect || answer.end == HttpEnd::tls_failed || answer.end == HttpEnd::timed_out ||
                         answer.end == HttpEnd::cut;
  return {with_unknown_outcome(std::move(error), info), transient, answer.stale, std::nullopt};
}

Verdict refusal(const OperationInfo& info, const HttpAnswer& answer, std::string_view where, Timestamp now) {
  const ErrorBody body = read_error_body(answer.body);
  Error error = fail(answer.status == 429 ? ErrorCategory::rate_limit : ErrorCategory::http,
                     std::string(where) + ": " + std::to_string(answer.status), redact(answer.body.substr(0, kMostContext)));
  if (answer.status >= 300 && answer.status < 400) {
    error.message += ", a redirect, which is never followed";
  } else if (body.code.empty() && body.message.empty()) {
    error.message += " " + raw_message(answer.body, header_of(answer, "content-type"));
  } else {
    if (!body.code.empty()) error.message += " " + body.code;
    if (!body.message.empty() && body.message != body.code) error.message += ": " + redact(body.message);
  }
  error.status = answer.status;
  error.code = body.code;
  error.request_id = request_id_of(answer);
  // A complete 4xx says that nothing was done; 408 is a time-out in other words, and a 5xx leaves it open.
  error.may_have_been_sent = answer.status < 400 || answer.status >= 500 || answer.status == 408;
  Verdict verdict{with_unknown_outcome(std::move(error), info), is_transient(answer.status), false, std::nullopt};
  if (const std::string* const wait = header_of(answer, "retry-after")) verdict.retry_after = parse_retry_after(*wait, now);
  return verdict;
}

Error undecodable(const OperationInfo& info, const HttpResponse& response, std::string what) {
  Error error =
      fail(ErrorCategory::decode, std::string(info.operation_id) + ": " + std::to_string(response.status) + " " + std::move(what));
  if (info.response == nullptr || !holds_secret(*info.response)) error.context = redact(response.body.substr(0, kMostContext));
  error.status = response.status;
  error.request_id = response.request_id;
  error.may_have_been_sent = true;
  return with_unknown_outcome(std::move(error), info);
}

// Whether there is something to decode at all.
Result<void> check_content(const OperationInfo& info, const HttpResponse& response) {
  if (info.response == nullptr) return {};
  if (response.status == 204 && info.response->fields.empty()) return {};
  if (response.body.empty()) return undecodable(info, response, "with an empty body instead of " + std::string(info.response->name));
  const std::string* const type = response.header("content-type");
  if (type != nullptr && !is_json(*type)) return undecodable(info, response, "with content of type \"" + *type + "\" instead of JSON");
  return {};
}

bool holds_secret(const json::TypeInfo& type, std::set<const json::TypeInfo*>& seen) {
  if (!seen.insert(&type).second) return false;
  if (&type == &json::type_of<SecretString>()) return true;
  if (type.element != nullptr && holds_secret(*type.element, seen)) return true;
  return std::ranges::any_of(type.fields, [&](const json::FieldInfo& field) { return holds_secret(*field.type, seen); });
}

}  // namespace

bool holds_secret(const json::TypeInfo& type) {
  std::set<const json::TypeInfo*> seen;
  return holds_secret(type, seen);
}

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, Timestamp now) {
  using std::chrono::milliseconds;
  constexpr std::int64_t kMostSeconds = 1'000'000'000;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (end == text.data() + text.size() && error == std::errc{} && !text.empty())
    return seconds < 0 ? std::nullopt : std::optional(milliseconds(1'000 * std::min(seconds, kMostSeconds)));
  if (error == std::errc::result_out_of_range && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
    return milliseconds(1'000 * kMostSeconds);
  // A date begins with the name of its day.
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) return std::nullopt;
  const std::time_t at = curl_getdate(std::string(text).c_str(), nullptr);
  if (at < 0) return std::nullopt;
  const auto wait = std::chrono::ceil<milliseconds>(from_epoch_seconds(at) - now);
  return std::max(wait, milliseconds(0));
}

Verdict judge(const OperationInfo& info, HttpAnswer answer, std::string_view where, Timestamp now) {
  if (answer.end != HttpEnd::answered) return no_answer(info, answer, where);
  if (answer.status < 200 || answer.status > 299) return refusal(info, answer, where, now);
  HttpResponse response;
  response.request_id = request_id_of(answer);
  response.status = answer.status;
  response.headers = std::move(answer.headers);
  response.body = std::move(answer.body);
  if (auto good = check_content(info, response); !good) return {good.error(), false, false, std::nullopt};
  return {std::move(response), false, false, std::nullopt};
}

const std::string* HttpResponse::header(std::string_view name) const noexcept {
  const auto found = std::ranges::find(headers, name, [](const auto& header) { return std::string_view(header.first); });
  return found == headers.end() ? nullptr : &found->second;
}

Result<void> decode_response(const OperationInfo& info, const HttpResponse& response, void* value) {
  if (auto good = check_content(info, response); !good) return good;
  if (info.response == nullptr || response.body.empty()) return {};
  auto decoded = json::decode(*info.response, value, response.body);
  if (decoded) return {};
  Error error = undecodable(info, response, "with a body that is not " + std::string(info.response->name) + ": " + decoded.error().message);
  error.offset = decoded.error().offset;
  return error;
}

}  // namespace marginfix::rest
