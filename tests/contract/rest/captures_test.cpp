// Recordings of the live exchange (June 2026) through the tables: every answer decodes into its operation's type, every request that the
// exchange took passes our checks and comes out as it was sent. Members that the specification requires and the recordings lack are
// printed. Skips, and says so, where the recordings are not beside the checkout.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "marginfix/rest/operation.hpp"

namespace marginfix::rest::test {

// One line of manifest.json.
struct Recording {
  std::string method;
  std::string path;  // with the query, from the host's root
  std::int32_t status{0};
  std::string file;
  std::optional<RawJson> request_body;
  json::UnknownMembers unknown;
};
struct Manifest {
  std::vector<Recording> recordings;
};

}  // namespace marginfix::rest::test

MARGINFIX_SCHEMA(marginfix::rest::test::Recording);
MARGINFIX_SCHEMA(marginfix::rest::test::Manifest);

namespace marginfix::json {
namespace {
using rest::test::Manifest;
using rest::test::Recording;
constexpr FieldInfo kRecording[] = {field<&Recording::method>("method"), field<&Recording::path>("path"),
                                    field<&Recording::status>("status"), field<&Recording::file>("file"),
                                    field<&Recording::request_body>("request_body")};
constexpr FieldInfo kManifest[] = {field<&Manifest::recordings>("recordings")};
}  // namespace
constinit const TypeInfo Schema<Recording>::type = object_type<Recording>("Recording", kRecording);
constinit const TypeInfo Schema<Manifest>::type = object_type<Manifest>("Manifest", kManifest);
}  // namespace marginfix::json

namespace marginfix::rest::test {
namespace {

constexpr std::string_view kRoot = "/trade-api/v2";

std::string read_file(const std::string& name) {
  std::ifstream in(std::string(MARGINFIX_SOURCE_DIR) + "/../shared/captures/rest/" + name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

using Texts = std::map<std::string, std::string>;

// What the places of `pattern` stand for in `path`; nothing when they do not fit. Literal parts win, so the caller prefers fewer places.
std::optional<Texts> places(std::string_view pattern, std::string_view path) {
  const auto want = split(pattern, '/');
  const auto have = split(path, '/');
  if (want.size() != have.size()) return std::nullopt;
  Texts out;
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (want[i].starts_with('{')) {
      out[want[i].substr(1, want[i].size() - 2)] = have[i];
    } else if (want[i] != have[i]) {
      return std::nullopt;
    }
  }
  return out;
}

struct Match {
  const OperationInfo* info{nullptr};
  Texts parameters;  // of path and query
};

Match match(const Recording& recording) {
  const auto cut = recording.path.find('?');
  const std::string path = recording.path.substr(kRoot.size(), cut - kRoot.size());
  Match best;
  for (const OperationInfo* info : perps_operations()) {
    if (to_string(info->method) != recording.method) continue;
    auto found = places(info->path, path);
    if (found && (best.info == nullptr || found->size() < best.parameters.size())) best = {info, *std::move(found)};
  }
  if (cut == std::string::npos) return best;
  for (const auto& pair : split(std::string_view(recording.path).substr(cut + 1), '&')) {
    const auto equals = pair.find('=');
    best.parameters[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return best;
}

// "a=1&b=0.1000" with decimals' closing zeros cut, in order of names: how two queries are compared.
std::string canonical(std::string_view query) {
  std::vector<std::string> pairs = query.empty() ? std::vector<std::string>{} : split(query, '&');
  for (std::string& pair : pairs) {
    if (pair.find('.') != std::string::npos) pair.resize(pair.find_last_not_of('0') + 1);
  }
  std::ranges::sort(pairs);
  std::string out;
  for (const auto& pair : pairs) out += pair + '&';
  return out;
}

// A request struct filled from the recording's texts.
json::AnyValue request_of(const Match& m, const Recording& recording) {
  json::AnyValue request(*m.info->request);
  for (const auto& [name, text] : m.parameters) {
    const auto& fields = m.info->request->fields;
    const auto field = std::ranges::find_if(fields, [&](const json::FieldInfo& f) { return f.name == name; });
    if (field == fields.end()) {
      ADD_FAILURE() << m.info->operation_id << " has no parameter " << name;
      continue;
    }
    const auto read = json::read_text(*field->type, field->at(request.get()), text);
    EXPECT_TRUE(read) << name << ": " << read.error().message;
  }
  if (m.info->body != nullptr && recording.request_body) {
    json::DecodeReport report;
    const auto read = json::decode(*m.info->body, m.info->body_at(request.get()), recording.request_body->text, {}, &report);
    EXPECT_TRUE(read) << recording.request_body->text << ": " << read.error().message;
    EXPECT_EQ(report.unknown_members + report.unknown_words, 0U) << recording.request_body->text;
  }
  return request;
}

// A JSON body as its members, decimals by value: "1" and "1.00" say the same.
std::string body_by_value(const json::TypeInfo& type, std::string_view text) {
  json::AnyValue value(type);
  const auto read = json::decode(type, value.get(), text);
  EXPECT_TRUE(read) << text << ": " << read.error().message;
  std::string out;
  json::Writer writer(out);
  json::encode(type, value.get(), writer);
  return out;
}

class RestCaptures : public testing::Test {
 protected:
  void SetUp() override {
    const std::string text = read_file("manifest.json");
    if (text.empty()) GTEST_SKIP() << "the recordings are not beside the checkout (../shared/captures/rest)";
    auto manifest = json::decode<Manifest>("{\"recordings\":" + text + '}');
    ASSERT_TRUE(manifest) << to_string(manifest.error());
    recordings_ = std::move(manifest->recordings);
    ASSERT_GT(recordings_.size(), 60U);
  }
  std::vector<Recording> recordings_;
};

// "markets[12].price" -> "markets[].price"
std::string without_indices(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char c : path) {
    if (c == ']') inside = false;
    if (!inside) out += c;
    if (c == '[') inside = true;
  }
  return out;
}

TEST_F(RestCaptures, EveryAnswerDecodesIntoItsType) {
  std::map<std::string, std::set<std::string>> missing;  // by schema
  std::size_t decoded = 0;
  std::size_t beyond = 0;
  std::set<std::string_view> operations;
  for (const Recording& r : recordings_) {
    if (r.status < 200 || r.status > 299) continue;
    SCOPED_TRACE(r.file);
    const Match m = match(r);
    ASSERT_NE(m.info, nullptr) << r.method << ' ' << r.path;
    EXPECT_EQ(r.status, m.info->success) << m.info->operation_id;
    ASSERT_NE(m.info->response, nullptr) << m.info->operation_id;
    json::AnyValue value(*m.info->response);
    json::DecodeReport report;
    const auto read = json::decode(*m.info->response, value.get(), read_file(r.file), {}, &report);
    EXPECT_TRUE(read) << m.info->operation_id << ": " << read.error().message;
    EXPECT_EQ(report.unknown_members, 0U) << m.info->operation_id;
    EXPECT_EQ(report.unknown_words, 0U) << m.info->operation_id;
    beyond += report.beyond_type;
    for (const auto& path : report.missing) missing[std::string(m.info->response->name)].insert(without_indices(path));
    operations.insert(m.info->operation_id);
    ++decoded;
  }
  std::cout << decoded << " answers of " << operations.size() << " operations decoded; required by the specification and not there:\n";
  for (const auto& [schema, paths] : missing) {
    std::cout << "  " << schema << ':';
    for (const auto& path : paths) std::cout << ' ' << path;
    std::cout << '\n';
  }
  EXPECT_GE(decoded, 40U);
  // 922337203685477.5807 as the ask of the market without asks
  std::cout << beyond << " prices beyond what dollars can hold, kept as text\n";
  EXPECT_EQ(beyond, 1U);
}

TEST_F(RestCaptures, EveryRequestTheExchangeTookIsOneWeWouldSend) {
  for (const Recording& r : recordings_) {
    SCOPED_TRACE(r.file);
    const Match m = match(r);
    ASSERT_NE(m.info, nullptr) << r.method << ' ' << r.path;
    if (r.status < 200 || r.status > 299) continue;
    json::AnyValue request = request_of(m, r);
    const auto prepared = prepare(*m.info, request.get());
    ASSERT_TRUE(prepared) << prepared.error().message;
    const auto cut = r.path.find('?');
    EXPECT_EQ(std::string(kRoot) + prepared->path, r.path.substr(0, cut));
    EXPECT_EQ(canonical(prepared->query), canonical(cut == std::string::npos ? "" : r.path.substr(cut + 1)));
    if (r.request_body) {
      ASSERT_NE(m.info->body, nullptr);
      EXPECT_EQ(prepared->body, body_by_value(*m.info->body, r.request_body->text));
    }
  }
}

// What the exchange refused because of its form is refused here before it is sent.
TEST_F(RestCaptures, WhatTheExchangeRefusedByRuleIsNotSent) {
  std::size_t refused = 0;
  for (const Recording& r : recordings_) {
    if (r.file != "orders__reduce_only_gtc.json" && r.file != "funding__history_no_params.json") continue;
    const Match m = match(r);
    json::AnyValue request = request_of(m, r);
    const auto prepared = prepare(*m.info, request.get());
    EXPECT_FALSE(prepared) << r.file << ": " << prepared->query;
    ++refused;
  }
  EXPECT_EQ(refused, 2U);
}

}  // namespace
}  // namespace marginfix::rest::test
