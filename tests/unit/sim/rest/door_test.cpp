// What a door checks around every endpoint, with endpoints and a gate of the test's own.
#include <gtest/gtest.h>

#include "sim/doors/http/endpoint_door.hpp"

namespace marginfix::sim {
namespace {

struct Notes {
  std::vector<std::string> lines;
};

HttpAnswer echo(Notes& notes, EndpointRequest& request) {
  std::string line = "call";
  for (const auto& [name, value] : request.path) line += " {" + name + "}=" + value;
  for (const auto& [name, value] : request.query) line += " ?" + name + "=" + value;
  for (const auto& member : request.body) line += " ." + std::string(member.key());
  notes.lines.push_back(line);
  return {200, "{}"};
}
HttpAnswer burst(Notes&, EndpointRequest&) { throw std::runtime_error("no disk"); }
int cost_by_query(const EndpointRequest& request) { return request.text("dear") == "true" ? 50 : 5; }

const Endpoint<Notes> kTable[] = {
    {"GET", "/things/{id}", EndpointAuth::Public, 10, "limit cursor", "", echo},
    {"POST", "/things", EndpointAuth::Key, 10, "", "name size", echo},
    {"PUT", "/things/{id}/reset", EndpointAuth::Key, 10, "", "", echo},
    {"POST", "/bare", EndpointAuth::Key, 10, "", "", echo},
    {"GET", "/balance", EndpointAuth::Key, 5, "dear", "", echo, cost_by_query},
    {"GET", "/burst", EndpointAuth::Public, 10, "", "", burst},
};

struct Gate final : EndpointGate {
  std::optional<HttpReply> admit(const HttpRequest& request, const EndpointEntry& endpoint, int cost, EndpointRequest&) override {
    asked.push_back(std::string(endpoint.path) + " " + std::to_string(cost));
    if (request.header("Refuse").empty()) return std::nullopt;
    return HttpReply{flat_error(429, "too_many_requests", "too many requests"), {{"Retry-After", "1"}}};
  }
  std::optional<HttpAnswer> confine(const EndpointEntry&, EndpointRequest& request) override {
    if (request.text("limit") != "77") return std::nullopt;
    return nested_error(403, "forbidden", "forbidden");
  }
  std::vector<std::string> asked;
};

class DoorTest : public ::testing::Test {
 protected:
  DoorTest() { door_.add(std::span<const Endpoint<Notes>>(kTable), notes_); }
  HttpReply ask(const std::string& method, const std::string& path, const std::string& query = "", const std::string& body = "",
                HttpHeaders headers = {{"Content-Type", "application/json"}}) {
    return door_.on_request({method, "/v2" + path, query, std::move(headers), body, ""});
  }
  void expect_refused(const HttpReply& reply, int status, const std::string& in_body) {
    EXPECT_EQ(reply.answer.status, status) << reply.answer.body;
    EXPECT_NE(reply.answer.body.find(in_body), std::string::npos) << reply.answer.body;
    EXPECT_TRUE(notes_.lines.empty());
  }
  Notes notes_;
  Gate gate_;
  EndpointDoor door_{"/v2", gate_, {[this] { notes_turn_ += "b"; }, [this] { notes_turn_ += "e"; }, [this] { notes_turn_ += "a"; }}};
  std::string notes_turn_;
};

TEST_F(DoorTest, HandsOverPathQueryAndBodyInsideATurn) {
  EXPECT_EQ(ask("GET", "/things/a%20b", "limit=5&cursor=x").answer.status, 200);
  EXPECT_EQ(ask("POST", "/things", "", R"({"name":"n"})").answer.status, 200);
  EXPECT_EQ(notes_.lines, (std::vector<std::string>{"call {id}=a b ?cursor=x ?limit=5", "call .name"}));
  EXPECT_EQ(notes_turn_, "beabea");
}

TEST_F(DoorTest, UnknownPathsAndMethods) {
  expect_refused(ask("GET", "/nothing"), 404, "not_found");
  const HttpReply wrong = ask("DELETE", "/things");
  expect_refused(wrong, 405, "method_not_allowed");
  EXPECT_EQ(wrong.headers, (HttpHeaders{{"Allow", "POST"}}));
  expect_refused(ask("GET", "/things/%zz"), 400, "invalid_parameters");
  EXPECT_TRUE(gate_.asked.empty());
  EXPECT_EQ(notes_turn_, "");
}

TEST_F(DoorTest, UnknownParametersAndMembers) {
  expect_refused(ask("GET", "/things/a", "limits=5"), 400, "unknown query parameter limits");
  expect_refused(ask("GET", "/things/a", "limit=5&limit=6"), 400, "given twice");
  expect_refused(ask("POST", "/things", "name=n", "{}"), 400, "unknown query parameter name");
  expect_refused(ask("POST", "/things", "", R"({"name":"n","nam":1})"), 400, "unknown member nam");
  expect_refused(ask("PUT", "/things/a/reset", "", R"({"x":1})"), 400, "unknown member x");
  expect_refused(ask("POST", "/things", "", R"({"":1})"), 400, "unknown member");
}

TEST_F(DoorTest, BodiesMustBeJsonAndSaySo) {
  for (const HttpHeaders& headers : {HttpHeaders{}, HttpHeaders{{"Content-Type", "text/plain"}}}) {
    expect_refused(ask("POST", "/things", "", "{}", headers), 400, R"({"code":"invalid_content_type","message":"invalid_content_type"})");
    expect_refused(ask("POST", "/bare", "", "", headers), 400, "invalid_content_type");
    expect_refused(ask("PUT", "/things/a/reset", "", "{}", headers), 400, "invalid_content_type");
  }
  for (const char* body : {"{", "[]", "5", "{\"a\":1}x", "{'a':1}", "\xFF", " "})
    expect_refused(ask("POST", "/things", "", body), 400, "invalid_json");
  EXPECT_EQ(ask("PUT", "/things/a/reset", "", "", {}).answer.status, 200);
  EXPECT_EQ(ask("PUT", "/things/a/reset", "", "{}").answer.status, 200);
  EXPECT_EQ(ask("POST", "/bare", "", "").answer.status, 200);
  EXPECT_EQ(ask("GET", "/things/a", "", "", {}).answer.status, 200);
}

TEST_F(DoorTest, TheGateIsAskedFirstAndWithTheCost) {
  const HttpReply refused = ask("POST", "/things", "", "not json", {{"Refuse", "1"}});
  expect_refused(refused, 429, "too_many_requests");
  EXPECT_EQ(refused.headers, (HttpHeaders{{"Retry-After", "1"}}));
  ask("GET", "/balance");
  ask("GET", "/balance", "dear=true");
  EXPECT_EQ(gate_.asked, (std::vector<std::string>{"/things 10", "/balance 5", "/balance 50"}));
}

TEST_F(DoorTest, AKeyIsKeptToWhatItIsBoundTo) { expect_refused(ask("GET", "/things/a", "limit=77"), 403, "forbidden"); }

TEST_F(DoorTest, AFailureStillEndsTheTurn) {
  EXPECT_THROW(ask("GET", "/burst"), std::runtime_error);
  EXPECT_EQ(notes_turn_, "ba");
}

TEST_F(DoorTest, FaultsComeBeforeOrAfterTheWork) {
  HttpFault fault;
  fault.kind = HttpFault::Kind::Answer;
  fault.path = "/things";
  fault.reply.answer = {503, "{}"};
  door_.faults().add(fault);
  EXPECT_EQ(ask("GET", "/things/a").answer.status, 503);
  EXPECT_TRUE(notes_.lines.empty());
  fault.kind = HttpFault::Kind::CloseAfter;
  door_.faults().add(fault);
  EXPECT_EQ(ask("GET", "/things/a").ending, HttpEnding::Unanswered);
  EXPECT_EQ(notes_.lines.size(), 1U);
  EXPECT_EQ(ask("GET", "/things/a").ending, HttpEnding::Whole);
}

}  // namespace
}  // namespace marginfix::sim
