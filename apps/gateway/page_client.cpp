#include "apps/gateway/page_client.hpp"

#include <curl/curl.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>

#include "marginfix/core/secret.hpp"
#include "services/gateway/web/token.hpp"

namespace marginfix::apps {
namespace {

constexpr std::string_view kMetricsPath = "metrics";
constexpr long kConnectMs = 3'000;
constexpr long kAnswerMs = 30'000;  // a kill answers when every cancel has left
constexpr std::size_t kMostBytes = std::size_t{64} << 20;

Error no_gateway(const std::string& dir, const std::string& why) {
  return fail(ErrorCategory::store, "no gateway runs in " + dir + ": " + why + " (is --dir the folder it was started with?)");
}

boost::json::object object_of(std::string_view text) {
  boost::system::error_code fault;
  auto value = boost::json::parse(boost::json::string_view(text.data(), text.size()), fault);
  return !fault && value.is_object() ? value.get_object() : boost::json::object();
}

std::string text_in(const boost::json::object& object, std::string_view name) {
  const auto* const found = object.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::size_t take_answer(char* data, std::size_t, std::size_t size, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size > kMostBytes) return 0;
  body.append(data, size);
  return size;
}

// A refusal in the gateway's own words: {"error": {"code": ..., "message": ...}}.
Error refusal_of(long status, const std::string& body) {
  const boost::json::object answer = object_of(body);
  const auto* const error = answer.if_contains("error");
  const boost::json::object said = error != nullptr && error->is_object() ? error->get_object() : boost::json::object();
  const std::string message = text_in(said, "message");
  Error refused = fail(ErrorCategory::http, message.empty() ? "the gateway answered with HTTP status " + std::to_string(status)
                                                            : "the gateway refuses it: " + message);
  refused.status = static_cast<std::int32_t>(status);
  refused.code = text_in(said, "code");
  return refused;
}

using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

// Handle, headers and body of one question, for as long as libcurl points to them.
struct Question {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{curl_easy_init(), &curl_easy_cleanup};
  HeaderList headers{nullptr, &curl_slist_free_all};
  std::string body;

  void add_header(const std::string& line) { headers.reset(curl_slist_append(headers.release(), line.c_str())); }
};

Result<std::string> ask_page(Question& question, const std::string& url) {
  CURL* const curl = question.curl.get();
  if (curl == nullptr) return fail(ErrorCategory::internal, "libcurl cannot be used");
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // it is this machine
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kAnswerMs);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, question.headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_answer);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &question.body);
  const CURLcode code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_OPERATION_TIMEDOUT) return fail(ErrorCategory::timeout, "the gateway at " + url + " does not answer in time");
  if (code != CURLE_OK) {
    return fail(ErrorCategory::connect,
                "no gateway answers at " + url + " (" + curl_easy_strerror(code) + "): it has ended without a word, or is still starting");
  }
  if (status != 200) return refusal_of(status, question.body);
  return std::move(question.body);
}

}  // namespace

Result<PageClient> PageClient::of_folder(const std::string& dir) {
  const std::string file = dir + "/page.json";
  std::ifstream in(file, std::ios::binary);
  if (!in) return no_gateway(dir, file + " is not there");
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::string url = text_in(object_of(text), kMetricsPath);
  if (!url.starts_with("http://") || !url.ends_with(kMetricsPath)) return no_gateway(dir, file + " does not say where its page is");
  url.erase(url.size() - kMetricsPath.size());
  return PageClient(dir, std::move(url));
}

Result<std::string> PageClient::get(const std::string& path) const {
  Question question;
  return ask_page(question, url_ + path);
}

Result<std::string> PageClient::post(const std::string& path, const std::string& json) const {
  const auto token = gateway::read_token(dir_);
  if (!token) return token.error();
  Question question;
  question.add_header("Content-Type: application/json");
  std::string bearer = "Authorization: Bearer " + std::string(token->reveal());
  question.add_header(bearer);
  wipe(bearer.data(), bearer.size());
  curl_easy_setopt(question.curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(json.size()));
  curl_easy_setopt(question.curl.get(), CURLOPT_COPYPOSTFIELDS, json.c_str());
  return ask_page(question, url_ + path);
}

}  // namespace marginfix::apps
