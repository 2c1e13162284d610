#include "sim/doors/rest/auth.hpp"

#include "sim/exchange/views/accounts.hpp"

#include <charconv>

namespace marginfix::sim {
namespace {

// Recorded: -5 s, +5 s and +30 s pass; -30 s, -5 min and +5 min do not.
constexpr auto kOldest = std::chrono::seconds(20), kNewest = std::chrono::seconds(60);
constexpr std::string_view kKeyHeader = "KALSHI-ACCESS-KEY", kTimestamp = "KALSHI-ACCESS-TIMESTAMP", kSignature = "KALSHI-ACCESS-SIGNATURE";

AuthOutcome refuse(std::string_view details, bool guess = false) {
  return {std::nullopt, nested_error(401, "authentication_error", "authentication_error", details), guess};
}

std::optional<Timestamp> read_timestamp(std::string_view text) {
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
  constexpr std::int64_t kYear3000 = 32'503'680'000'000;
  if (error != std::errc{} || end != text.data() + text.size() || ms < 0 || ms > kYear3000) return std::nullopt;
  return from_epoch_ms(ms);
}

}  // namespace

AuthOutcome authenticate(const HttpRequest& request, const KeyRing& keys, const Exchange& exchange, Timestamp wall_now, bool required) {
  const std::string_view key_id = request.header(kKeyHeader), sent = request.header(kTimestamp), signature = request.header(kSignature);
  if (key_id.empty() && sent.empty() && signature.empty() && !required) return {};
  for (const auto& [name, value] : {std::pair(kKeyHeader, key_id), std::pair(kTimestamp, sent), std::pair(kSignature, signature)}) {
    if (value.empty()) return refuse("MISSING_" + std::string(name));
  }
  const auto time = read_timestamp(sent);
  if (!time) return refuse("INVALID_" + std::string(kTimestamp));
  if (wall_now - *time > kOldest || *time - wall_now > kNewest) {
    return {std::nullopt, nested_error(401, "header_timestamp_expired", "header timestamp expired")};
  }
  const Signer* const key = keys.find(key_id);
  const auto caller = views::find_key(exchange.state(), key_id);
  if (key == nullptr || !caller) return refuse("NOT_FOUND", true);
  if (!key->verify(std::string(sent) + request.method + request.path, signature)) return refuse("INCORRECT_API_KEY_SIGNATURE", true);
  return {caller, std::nullopt};
}

}  // namespace marginfix::sim
