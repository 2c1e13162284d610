// Every shipped config/*.cfg loads, and its hosts and ports are the exchange's (fix-margin.md "Endpoints").
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "marginfix/sessions/margin_fix_config.hpp"

namespace marginfix {
namespace {

const std::filesystem::path kRoot = MARGINFIX_SOURCE_DIR;

// Every variable is set, each to a text of its own, so that two keys are never the same.
VariableLookup any_variable() {
  return [](std::string_view name) -> std::optional<std::string> { return "value-of-" + std::string(name); };
}

struct Expected {
  const char* session;
  const char* host;
  std::uint16_t port;
};

// The file as it is, and with the sessions and keys that stand there as comments ("#[SESSION]", "#Key=value").
std::string shipped(const char* file, bool with_commented) {
  std::ifstream in(kRoot / "config" / file);
  std::ostringstream text;
  for (std::string line; std::getline(in, line);) {
    const bool offered = line.starts_with("#[") || (line.starts_with("#") && line.find('=') != std::string::npos && line[1] != ' ');
    text << (with_commented && offered ? line.substr(1) : line) << '\n';
  }
  return text.str();
}

void expect_sessions(const char* file, const std::vector<Expected>& expected, bool with_commented = false) {
  const auto config = MarginFixConfig::from_cfg_text(shipped(file, with_commented), file, any_variable());
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->sessions.size(), expected.size());
  for (const Expected& e : expected) {
    const SessionConfig* const session = config->find(e.session);
    ASSERT_NE(session, nullptr) << e.session;
    EXPECT_EQ(session->host, e.host) << e.session;
    EXPECT_EQ(session->port, e.port) << e.session;
    EXPECT_TRUE(session->tls.enabled);
  }
}

TEST(ShippedConfig, Demo) {
  std::vector<Expected> sessions{{"KalshiNR", "margin-fix.demo.kalshi.co", 8228},
                                 {"KalshiDC", "margin-fix.demo.kalshi.co", 8229},
                                 {"KalshiMD", "margin-marketdata.fix.demo.kalshi.co", 8233}};
  expect_sessions("demo.cfg", sessions);
  sessions.push_back({"KalshiNR-listener", "margin-fix.demo.kalshi.co", 8228});
  sessions.push_back({"KalshiRT", "margin-fix.demo.kalshi.co", 8230});
  expect_sessions("demo.cfg", sessions, true);
}

TEST(ShippedConfig, Production) {
  std::vector<Expected> sessions{{"KalshiRT", "margin-mm.fix.elections.kalshi.com", 8230},
                                 {"KalshiNR", "margin-mm.fix.elections.kalshi.com", 8228},
                                 {"KalshiDC", "margin-mm.fix.elections.kalshi.com", 8229},
                                 {"KalshiMD", "margin-marketdata.fix.elections.kalshi.com", 8233}};
  expect_sessions("production.cfg", sessions);
  sessions.push_back({"KalshiNR-listener", "margin-mm.fix.elections.kalshi.com", 8228});
  expect_sessions("production.cfg", sessions, true);
}

// What docs/getting-started.md has a reader export, and nothing else.
TEST(ShippedConfig, OneApiKeyIsEnough) {
  const auto one_key = [](std::string_view name) -> std::optional<std::string> {
    if (name == "KALSHI_PERPS_KEY_ID") return "3f0c9d5e-7a41-4b52-9c0e-2d6b1a8f4e77";
    if (name == "KALSHI_PERPS_PRIVATE_KEY_PATH") return "key.pem";
    return std::nullopt;
  };
  for (const char* file : {"demo.cfg", "production.cfg"}) {
    const auto config = MarginFixConfig::from_cfg_file((kRoot / "config" / file).string(), one_key);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_TRUE(config->validate()) << file;
    EXPECT_NE(config->find("KalshiNR"), nullptr) << file;
  }
}

TEST(ShippedConfig, Simulator) {
  expect_sessions("simulator.cfg", {{"KalshiNR", "127.0.0.1", 8228},
                                    {"KalshiRT", "127.0.0.1", 8230},
                                    {"KalshiNR-listener", "127.0.0.1", 8228},
                                    {"KalshiDC", "127.0.0.1", 8229},
                                    {"KalshiMD", "127.0.0.1", 8233}});
}

TEST(ShippedConfig, Quickfix) {
  expect_sessions("quickfix.cfg", {{"KalshiNR", "127.0.0.1", 8228}});
  expect_sessions("quickfix.cfg", {{"KalshiNR", "127.0.0.1", 8228}, {"KalshiRT", "127.0.0.1", 8230}}, true);
}

TEST(ShippedConfig, NoneIsLeftUntested) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / "config")) {
    if (entry.path().extension() == ".cfg") files.insert(entry.path().filename());
  }
  EXPECT_EQ(files, (std::set<std::string>{"demo.cfg", "gateway.cfg", "production.cfg", "quickfix.cfg", "simulator.cfg"}));
}

TEST(ShippedConfig, HostsAndPortsStandInTheSpecification) {
  std::ifstream in(kRoot / ".." / "shared" / "spec" / "fix-margin.md");
  if (!in) GTEST_SKIP() << "the specification (shared/spec/fix-margin.md) is not beside the checkout";
  std::ostringstream text;
  text << in.rdbuf();
  for (const char* file : {"demo.cfg", "production.cfg"}) {
    const auto config = MarginFixConfig::from_cfg_file((kRoot / "config" / file).string(), any_variable());
    ASSERT_TRUE(config) << config.error().message;
    for (const SessionConfig& session : config->sessions) {
      EXPECT_NE(text.str().find("`" + session.host + "`"), std::string::npos) << session.host;
      EXPECT_NE(text.str().find(std::to_string(session.port)), std::string::npos) << session.port;
    }
  }
}

}  // namespace
}  // namespace marginfix
