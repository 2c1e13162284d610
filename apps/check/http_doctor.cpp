#include "apps/check/http_doctor.hpp"

#include <fmt/format.h>

#include <ctime>
#include <iomanip>
#include <locale>
#include <optional>
#include <sstream>

#include "apps/rest/call.hpp"
#include "marginfix/core/uuid.hpp"
#include "marginfix/klear_client.hpp"
#include "marginfix/perps_client.hpp"
#include "marginfix/perps_websocket.hpp"

namespace marginfix::apps {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kRest = "REST", kKlear = "Klear", kWebSocket = "WebSocket";
constexpr milliseconds kRestWindow{20'000};  // what a signature's time may be off (recorded: -20 s to +60 s)

template <class Config>
Config impatient(Config config, std::chrono::seconds wait) {
  config.http.retry.more_tries = 0;
  config.http.total_timeout = config.http.request_timeout = wait;
  config.http.connect_timeout = std::min<milliseconds>(config.http.connect_timeout, wait);
  return config;
}

// Which step of reaching a server an error stands for.
std::string_view step_of(const Error& error) {
  if (error.category == ErrorCategory::tls) return "TLS";
  return error.status != 0 ? "access" : "connect";
}

std::string mend_of(const Error& error) {
  std::string line = error_line(error);
  const std::string all = line + error.context;
  const auto says = [&](std::string_view word) { return all.find(word) != std::string::npos; };
  if (says("header_timestamp_expired")) return line + ": set the clock (chrony, ntpd)";
  if (says("INCORRECT_API_KEY_SIGNATURE")) return line + ": the private key is not the one of this key id";
  if (error.status == 401 && says("NOT_FOUND")) return line + ": no such key id here (demo keys are not production's)";
  return line;
}

// The Date header, to the second; nothing when it cannot be read.
std::optional<Timestamp> date_of(const rest::HttpResponse& response) {
  const std::string* const text = response.header("date");
  if (text == nullptr) return std::nullopt;
  std::istringstream in(*text);
  in.imbue(std::locale::classic());
  std::tm parts{};
  in >> std::get_time(&parts, "%a, %d %b %Y %H:%M:%S");
  if (in.fail()) return std::nullopt;
  return from_epoch_seconds(static_cast<std::int64_t>(::timegm(&parts)));
}

// A public question: is the server there, is it the right one, what time is it there. False: no use in asking more.
bool reach(PerpsClient& perps, CheckReport& report) {
  const rest::GetMarginExchangeStatus question;
  const Timestamp before = system_clock().now();
  const auto answer = perps.call_raw(rest::Operation<rest::GetMarginExchangeStatus>::info, &question);
  const Timestamp after = system_clock().now();
  if (!answer) {
    report.bad(kRest, step_of(answer.error()), mend_of(answer.error()));
    return false;
  }
  const auto trip = std::chrono::duration_cast<milliseconds>(after - before);
  report.good(kRest, "connect", fmt::format("{} answers in {} ms", perps.config().base_url, trip.count()));
  report.took(kRest, trip);
  if (const auto theirs = date_of(*answer)) {
    // The header is cut to the second: anything within it is no difference.
    const auto ahead = std::chrono::duration_cast<milliseconds>(*theirs - after);
    const auto behind = std::chrono::duration_cast<milliseconds>(before - *theirs) - milliseconds(1'000);
    report.clock(kRest, ahead.count() > 0 ? ahead : behind.count() > 0 ? -behind : milliseconds(0), kRestWindow);
  }
  return true;
}

// What the account behind the key may do. The order group that is asked away does not exist: a key that may trade hears 404, one that
// may only read 403. It is a write all the same, so it is sent only to those who asked for it.
void scopes(PerpsClient& perps, const Examination& how, CheckReport& report) {
  const auto enabled = perps.exchange().enabled();
  if (enabled && !enabled->enabled) report.bad(kRest, "scope", "this account is not enabled for margin trading: ask the exchange");
  if (!how.probe_trading) return report.note(kRest, "scope", "whether the key may trade was not asked: --probe-trading does, by a write");
  const auto probe = perps.order_groups().remove({.order_group_id = random_uuid()});
  if (!probe && probe.error().status == 404) return report.good(kRest, "scope", "the key may read and trade");
  if (!probe && probe.error().status == 403) return report.note(kRest, "scope", "the key may read, not trade");
  report.note(kRest, "scope", "cannot tell whether the key may trade" + (probe ? std::string() : ": " + error_line(probe.error())));
}

std::string_view key_kind(const Signer& signer) { return signer.key_type() == KeyType::rsa ? "RSA" : "Ed25519"; }

}  // namespace

Result<std::string> examine_key(const Credentials& credentials) {
  const auto loaded = load_signer(credentials);
  if (!loaded) return loaded.error();
  const auto signature = (*loaded)->sign("marginfix check");
  if (!signature) return signature.error();
  return fmt::format("{} key of {} loads and signs", key_kind(**loaded), credentials.key_id);
}

void note_exposure(std::string_view door, const Credentials& credentials, CheckReport& report) {
  if (credentials.signer || !credentials.private_key.empty()) return;
  if (const auto warning = exposure_warning("private key file", credentials.private_key_path)) report.note(door, "key", *warning);
}

void examine_rest(const PerpsConfig& config, const Examination& how, CheckReport& report) {
  PerpsClient perps(impatient(config, how.wait));
  if (config.authenticated()) {
    const auto key = examine_key(config.credentials);
    if (!key) return report.bad(kRest, "key", key.error().message);
    report.good(kRest, "key", *key);
    note_exposure(kRest, config.credentials, report);
  }
  if (!reach(perps, report)) return;
  if (!config.authenticated()) return report.note(kRest, "key", "no key: the public operations only");
  const auto limits = perps.margin().api_limits();
  if (!limits) return report.bad(kRest, step_of(limits.error()), mend_of(limits.error()));
  (void)perps.account().endpoint_costs();  // where it answers, the client goes by it; else by what is documented
  const auto cost = [&](RequestKind kind) { return perps.limits()->cost(kind); };
  report.good(kRest, "access",
              fmt::format("signature accepted; usage tier {}: {} reads, and {} orders or {} cancels a second", limits->usage_tier,
                          limits->read.refill_rate / cost(RequestKind::read), limits->write.refill_rate / cost(RequestKind::order),
                          limits->write.refill_rate / cost(RequestKind::cancel)));
  scopes(perps, how, report);
}

void examine_klear(const KlearConfig& config, const Examination& how, CheckReport& report) {
  if (const auto warning =
          config.token_file.empty() ? std::nullopt : exposure_warning("the file with the access token,", config.token_file))
    report.note(kKlear, "key", *warning);
  KlearClient klear(impatient(config, how.wait));
  const auto balance = klear.margin().settlement_balance();
  if (!balance) return report.bad(kKlear, step_of(balance.error()), error_line(balance.error(), config.access_token.reveal()));
  report.good(kKlear, "connect", config.base_url + " answers");
  report.good(kKlear, "access", "access token accepted for admin user " + config.admin_user_id);
  const auto groups = klear.margin().list_subtrader_groups();
  if (groups) {
    report.good(kKlear, "scope", "clearing and FCM operations");
  } else if (groups.error().status == 403) {
    report.note(kKlear, "scope", "clearing operations; those of FCMs are refused (this member is none)");
  }
}

void examine_websocket(const PerpsWebSocketConfig& config, const Examination& how, CheckReport& report) {
  const auto key = examine_key(config.credentials);
  if (!key) return report.bad(kWebSocket, "key", key.error().message);
  report.good(kWebSocket, "key", *key);
  note_exposure(kWebSocket, config.credentials, report);
  PerpsWebSocketConfig once = config;
  once.most_attempts = 1;
  PerpsWebSocket socket(std::move(once));
  const auto started = socket.start();
  const auto opened = started ? socket.wait_until_open(how.wait) : started;
  if (!opened) return report.bad(kWebSocket, step_of(opened.error()), mend_of(opened.error()));
  report.good(kWebSocket, "connect", config.url + " is reached" + (config.url.starts_with("wss:") ? ", its certificate is right" : ""));
  report.good(kWebSocket, "access", "signature accepted");
  socket.stop();
}

}  // namespace marginfix::apps
