// Keys from variables and from text.
#include "marginfix/core/credentials.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace marginfix {
namespace {

// RFC 8032's first test key.
constexpr const char* kEd25519 =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

TEST(Credentials, comeFromFourVariables) {
  const std::map<std::string, std::string, std::less<>> set{
      {"X_KEY_ID", "id"}, {"X_PRIVATE_KEY", "pem"}, {"X_PRIVATE_KEY_PATH", "path"}, {"X_PRIVATE_KEY_PASSPHRASE", "phrase"}};
  const auto credentials = credentials_from_env(
      [&](std::string_view name) -> std::optional<std::string> {
        const auto found = set.find(name);
        return found == set.end() ? std::nullopt : std::optional(found->second);
      },
      "X_");
  EXPECT_EQ(credentials.key_id, "id");
  EXPECT_EQ(credentials.private_key.reveal(), "pem");
  EXPECT_EQ(credentials.private_key_path, "path");
  EXPECT_EQ(credentials.passphrase.reveal(), "phrase");
  EXPECT_TRUE(credentials_from_env({}, "X_").empty());
}

// docker --env-file and systemd keep the quotes that a shell would have taken.
TEST(Credentials, loseTheQuotesOfAnEnvFile) {
  const auto credentials = credentials_from_env(
      [](std::string_view name) -> std::optional<std::string> {
        return name == "X_KEY_ID"             ? std::optional<std::string>(" \"id\"\n")
               : name == "X_PRIVATE_KEY_PATH" ? std::optional<std::string>("'a b.pem'")
                                              : std::nullopt;
      },
      "X_");
  EXPECT_EQ(credentials.key_id, "id");
  EXPECT_EQ(credentials.private_key_path, "a b.pem");
  EXPECT_EQ(without_wrapping("\""), "\"");
  EXPECT_EQ(without_wrapping("\"a'"), "\"a'");
}

TEST(Credentials, aReadyMadeSignerComesBeforeTextAndTextBeforeAFile) {
  Credentials credentials;
  credentials.private_key = SecretString(kEd25519);
  credentials.private_key_path = "/nowhere";
  const auto from_text = load_signer(credentials);
  ASSERT_TRUE(from_text) << from_text.error().message;
  EXPECT_EQ((*from_text)->key_type(), KeyType::ed25519);
  credentials.private_key = SecretString("nonsense");
  credentials.signer = *from_text;
  EXPECT_EQ(load_signer(credentials).value(), *from_text);
}

TEST(Credentials, noKeyAndABadKeyAreErrors) {
  EXPECT_EQ(load_signer({}).error().category, ErrorCategory::credentials);
  Credentials missing;
  missing.private_key_path = "/nowhere/key.pem";
  EXPECT_EQ(load_signer(missing).error().category, ErrorCategory::credentials);
}

}  // namespace
}  // namespace marginfix
