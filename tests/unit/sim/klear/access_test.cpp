// Who may use the Klear door, and the file that the admin's token lives in. Source: klear.md "Hosts and authentication", "Errors".
#include "sim/doors/klear/access.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "sim/doors/klear/klear_endpoints.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::sim {
namespace {

namespace fs = std::filesystem;

class KlearAccessFile : public ::testing::Test {
 protected:
  fs::path dir() const { return folder_.path(); }
  fs::path file() const { return dir() / "keys" / "klear.token"; }
  void write(std::string_view text) const {
    fs::create_directories(file().parent_path());
    std::ofstream(file()) << text;
  }
  test::TempFolder folder_;
};

TEST_F(KlearAccessFile, IsMadeOnceKeptAndReadableByItsOwnerOnly) {
  const auto first = ensure_klear_access(dir()).value();
  EXPECT_TRUE(is_uuid(first.admin_user_id));
  EXPECT_EQ(first.access_token.reveal().size(), 64U);
  EXPECT_EQ(fs::status(file()).permissions() & fs::perms::all, fs::perms::owner_read | fs::perms::owner_write);
  const auto again = ensure_klear_access(dir()).value();
  EXPECT_EQ(again.admin_user_id, first.admin_user_id);
  EXPECT_EQ(again.access_token.reveal(), first.access_token.reveal());
}

TEST_F(KlearAccessFile, DamageIsNamedWithoutShowingTheToken) {
  const std::string id = "0b0c0d0e-1111-4222-8333-444455556666", token(64, 'a');
  for (const std::string& text :
       {std::string(), id, id + ":", id + ":" + token.substr(1), "x" + id + ":" + token, id + ":" + std::string(64, 'g')}) {
    write(text);
    const auto access = ensure_klear_access(dir());
    ASSERT_FALSE(access) << text;
    EXPECT_EQ(access.error().category, ErrorCategory::config);
    EXPECT_NE(access.error().message.find("klear.token"), std::string::npos);
    EXPECT_EQ(access.error().message.find("aaaaaaaa"), std::string::npos);
  }
  write(id + ":" + token + "\n");
  EXPECT_EQ(ensure_klear_access(dir()).value().access_token.reveal(), token);
}

class KlearBearer : public ::testing::Test {
 protected:
  int status(std::string_view header) const {
    const auto refusal = check_bearer(access_, header);
    return refusal ? refusal->status : 200;
  }
  KlearAccess access_{"admin-1", SecretString("s3cret")};
};

TEST_F(KlearBearer, TheAdminComesInBlanksOrNot) {
  for (const char* header : {"Bearer admin-1:s3cret", "bearer admin-1:s3cret", " Bearer   admin-1 : s3cret ", "BEARER\tadmin-1:s3cret"}) {
    EXPECT_EQ(status(header), 200) << header;
  }
}

TEST_F(KlearBearer, EverybodyElseGetsAFlat401) {
  for (const char* header : {"", "Bearer", "Bearer ", "Bearer admin-1", "Bearer admin-1:", "Bearer :s3cret", "Bearer admin-1:s3cre",
                             "Bearer admin-1:s3crett", "Bearer admin-2:s3cret", "Bearer s3cret:admin-1", "Basic admin-1:s3cret",
                             "admin-1:s3cret", "Beareradmin-1:s3cret", "Bearer admin-1:s3cret:"}) {
    EXPECT_EQ(status(header), 401) << header;
  }
  const auto refusal = check_bearer(access_, "Bearer admin-1:s3crex");
  EXPECT_EQ(refusal->body, R"({"code":"unauthorized","message":"unauthorized","details":"unknown admin user or access token"})");
}

TEST(KlearErrors, AreFlatWhoeverWroteThem) {
  HttpAnswer answer = nested_error(400, "invalid_parameters", "invalid parameters", "limit must be a whole number", "klear");
  flatten_error(answer);
  EXPECT_EQ(answer.body,
            R"({"code":"invalid_parameters","message":"invalid parameters","details":"limit must be a whole number","service":"klear"})");
  flatten_error(answer);
  EXPECT_EQ(answer.body, klear_error(400, "invalid_parameters", "invalid parameters", "limit must be a whole number", "klear").body);
  HttpAnswer fine{200, R"({"error":{"a":1}})"};
  flatten_error(fine);
  EXPECT_EQ(fine.body, R"({"error":{"a":1}})");
}

// The gate in the door: its own refusals and those of the shared checks leave in one shape.
class KlearGateDoor : public ::testing::Test {
 protected:
  KlearGateDoor() {
    EndpointEntry entry;
    entry.method = "GET";
    entry.path = "/margin/x";
    entry.auth = EndpointAuth::KlearToken;
    entry.handle = [](EndpointRequest&) { return HttpAnswer{200, "{}"}; };
    door_.add(std::move(entry));
  }
  HttpAnswer ask(std::string path, std::string query, std::string authorization) {
    HttpRequest request;
    request.method = "GET";
    request.path = std::move(path);
    request.query = std::move(query);
    if (!authorization.empty()) request.headers.emplace_back("authorization", std::move(authorization));
    return door_.on_request(request).answer;
  }
  KlearAccess access_{"admin-1", SecretString("s3cret")};
  KlearGate gate_{access_};
  EndpointDoor door_{"/klear-api/v1", gate_, {[] {}, [] {}, [] {}}};
};

TEST_F(KlearGateDoor, LetsTheAdminInAndNobodyElse) {
  EXPECT_EQ(ask("/klear-api/v1/margin/x", "", "Bearer admin-1:s3cret").body, "{}");
  EXPECT_EQ(ask("/klear-api/v1/margin/x", "", "").status, 401);
  EXPECT_EQ(ask("/klear-api/v1/margin/x", "", "Bearer admin-1:no").status, 401);
}

TEST_F(KlearGateDoor, WrongTokensAreBrakedAndTheRightOneIsNot) {
  Brake brake({.at_once = 2, .forgiven_after = std::chrono::milliseconds(10'000), .most = std::chrono::milliseconds(500), .addresses = 4});
  KlearGate gate(access_, &brake);
  const auto admit = [&](const std::string& token) {
    HttpRequest request;
    request.peer = "127.0.0.1:5000";
    request.headers.emplace_back("Authorization", "Bearer admin-1:" + token);
    EndpointEntry endpoint;
    endpoint.auth = EndpointAuth::KlearToken;
    EndpointRequest prepared;
    return gate.admit(request, endpoint, 0, prepared);
  };
  for (int i = 0; i < 2; ++i) EXPECT_EQ(admit("no")->answer.status, 401);
  const auto late = admit("no");
  EXPECT_EQ(late->answer.status, 429);
  EXPECT_GT(late->delay.count(), 0);
  EXPECT_FALSE(admit("s3cret")) << "the same address, at once";
}

TEST_F(KlearGateDoor, SharedChecksAnswerInKlearsShape) {
  const HttpAnswer unknown = ask("/klear-api/v1/margin/x", "a=1", "Bearer admin-1:s3cret");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_TRUE(unknown.body.starts_with(R"({"code":"invalid_parameters",)")) << unknown.body;
  const HttpAnswer nowhere = ask("/klear-api/v1/nowhere", "", "Bearer admin-1:s3cret");
  EXPECT_EQ(nowhere.status, 404);
  EXPECT_TRUE(nowhere.body.starts_with(R"({"code":)")) << nowhere.body;
}

}  // namespace
}  // namespace marginfix::sim
