#include "services/reconcile/stream/settings.hpp"

#include <algorithm>
#include <charconv>

#include "marginfix/core/text.hpp"

namespace marginfix::reconcile {

namespace {

// So many duplicate windows a message must stay: what is in doubt after the window is found out by reading.
constexpr int kKeptWindows = 10;

Error mistake(std::string text) { return fail(ErrorCategory::config, std::move(text)); }

bool is_loopback(std::string_view host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

Result<std::uint16_t> port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (fault != std::errc() || end != digits.data() + digits.size() || port == 0) return mistake("a port is a number up to 65535");
  return port;
}

// A subject's or a stream's token, as this program makes them.
bool is_plain(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
  });
}

bool is_subject(std::string_view text) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_plain(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::string in_words(std::chrono::nanoseconds span) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

}  // namespace

Result<ServerAddress> parse_server(std::string_view url) {
  ServerAddress address;
  if (url.starts_with("tls://")) {
    address.tls = true;
    url.remove_prefix(6);
  } else if (url.starts_with("nats://")) {
    url.remove_prefix(7);
  } else {
    return mistake("a server is tls://host:port, or nats://127.0.0.1:port on this machine");
  }
  if (url.find('@') != std::string_view::npos)
    return mistake("a server's address has no name and no password in it: use user and password_file, token_file or credentials_file");
  const bool v6 = url.starts_with('[');
  const std::size_t bracket = v6 ? url.find(']') : 0;
  if (bracket == std::string_view::npos) return mistake("an address of IPv6 ends with ]");
  const std::size_t colon = url.find(':', bracket);
  address.host = std::string(v6 ? url.substr(1, bracket - 1) : url.substr(0, colon));
  if (address.host.empty() || address.host.find_first_of("/ ") != std::string::npos)
    return mistake("a server needs a host: tls://host:port");
  if (colon != std::string_view::npos) {
    const auto port = port_of(url.substr(colon + 1));
    if (!port) return port.error();
    address.port = *port;
  }
  if (!address.tls && !is_loopback(address.host))
    return mistake(visible(address.host) + ": plain connections stay on this machine, use tls://");
  return address;
}

Result<void> check_settings(const BrokerSettings& settings) {
  bool tls = false, plain = false;
  for (const std::string& url : settings.servers) {
    const auto address = parse_server(url);
    if (!address) return address.error();
    (address->tls ? tls : plain) = true;
  }
  if (tls && plain) return mistake("servers are all tls:// or all nats://: one of them would be asked in the clear");
  if (plain && !settings.ca_file.empty()) return mistake("ca_file is for tls:// servers");
  if (settings.certificate_file.empty() != settings.key_file.empty()) return mistake("certificate_file and key_file belong together");
  if (settings.user.empty() != settings.password_file.empty()) return mistake("user and password_file belong together");
  if (!settings.credentials_file.empty() + !settings.user.empty() + !settings.token_file.empty() > 1)
    return mistake("one of credentials_file, user and token_file says who asks");
  const StreamSettings& stream = settings.stream;
  if (!is_plain(stream.name)) return mistake("a stream's name is made of letters, digits, _ and -");
  if (!is_subject(stream.subject)) return mistake("subject is made of tokens of letters, digits, _ and -, with points between");
  if (stream.replicas < 1 || stream.replicas > 5) return mistake("replicas: 1 to 5");
  if (stream.keep.count() != 0 && stream.keep < kKeptWindows * stream.duplicate_window)
    return mistake("keep must be at least ten duplicate windows, or 0 (without end): what is in doubt is found out by reading");
  return {};
}

std::string unfit(const StreamFound& found, const StreamSettings& wanted) {
  const std::string subjects = wanted.subject + ".>";
  if (found.retention != "limits")
    return "its retention is " + visible(found.retention) + ", and must be limits: others forget what they have had";
  if (found.has_sources || found.has_mirror) return "it has a source or mirror: others must not write to it";
  if (found.subjects.size() != 1 || found.subjects.front() != subjects) return "its subjects must be " + subjects + " and no other";
  if (found.duplicate_window != wanted.duplicate_window)
    return "its duplicate window is " + in_words(found.duplicate_window) + ", and must be " + in_words(wanted.duplicate_window);
  if (found.max_age.count() != 0 && found.max_age < kKeptWindows * found.duplicate_window)
    return "its messages stay for " + in_words(found.max_age) + ": at least ten duplicate windows are needed";
  if (found.max_messages_per_subject > 0) return "it keeps only the last messages of a subject (max_msgs_per_subject)";
  if (found.replicas < wanted.replicas)
    return "it has " + std::to_string(found.replicas) + " replicas, and must have " + std::to_string(wanted.replicas);
  if (found.no_ack) return "it does not acknowledge (no_ack)";
  if (found.sealed) return "it is sealed";
  if (found.storage != "file") return "its storage is " + visible(found.storage) + ", and must be file";
  return {};
}

}  // namespace marginfix::reconcile
