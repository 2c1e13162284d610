// The promises: a file or errors that name it and the line; read() has what parse() has, with the mistakes beside; what the environment
// holds is in no message; a configuration is one that check() lets through.
#include "fuzz/cfg_target.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "fuzz/promise.hpp"
#include "marginfix/core/config.hpp"
#include "marginfix/sessions/margin_fix_config.hpp"

namespace marginfix_tests {
namespace {

using namespace marginfix;

constexpr std::string_view kFile = "strange.cfg", kOfTheEnvironment = "s3cr3t-of-the-environment";

VariableLookup variables() {
  return [](std::string_view name) -> std::optional<std::string> {
    if (name.empty() || name.front() == 'N') return std::nullopt;
    return std::string(kOfTheEnvironment);
  };
}

void check_error(const Error& error) {
  promise(error.category == ErrorCategory::config || error.category == ErrorCategory::credentials, "what cannot be used is configuration");
  promise(!error.message.empty(), "and has a reason");
  promise(error.message.find(kOfTheEnvironment) == std::string::npos, "which holds nothing of the environment");
}

}  // namespace

int fuzz_cfg(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto file = CfgFile::parse(text, std::string(kFile), variables());
  const CfgFile read = CfgFile::read(text, std::string(kFile), variables());
  promise(file.has_value() == read.mistakes.empty(), "read() finds the mistakes that parse() refuses");
  for (const Error& mistake : read.mistakes) {
    check_error(mistake);
    promise(mistake.message.find(kFile) != std::string::npos, "a mistake names the file");
  }
  if (file) promise(file->sessions.size() == read.sessions.size(), "and the same sections");
  const auto config = MarginFixConfig::from_cfg_text(text, std::string(kFile), variables());
  if (!config) {
    check_error(config.error());
    return file ? 1 : 0;
  }
  promise(file.has_value(), "a configuration is made of a file");
  promise(config->validate().has_value(), "and holds no contradiction");
  return 2;
}

std::vector<std::string> cfg_seeds() {
  std::vector<std::string> seeds;
  for (const auto& file : std::filesystem::directory_iterator(MARGINFIX_SOURCE_DIR "/config")) {
    if (file.path().extension() != ".cfg") continue;
    std::ifstream in(file.path(), std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  seeds.emplace_back(
      "[DEFAULT]\nConnectionType=initiator\nSocketConnectHost=127.0.0.1\nSocketUseSSL=N\nHeartBtInt=30\n"
      "[SESSION]\nTargetCompID=KalshiNR\nSocketConnectPort=8228\nSenderCompID=3f0c9d5e-7a41-4b52-9c0e-2d6b1a8f4e77\n"
      "KalshiPrivateKeyPath=${KEY}\n");
  return seeds;
}

}  // namespace marginfix_tests
