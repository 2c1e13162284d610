// `marginfix tail`: each event of the stream once, a line for people or the event itself for programs.
#include "apps/tail_command.hpp"

#include <boost/json/parse.hpp>
#include <charconv>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "apps/output.hpp"
#include "marginfix/json/writer.hpp"
#include "services/reconcile/config.hpp"
#include "services/reconcile/stream/events.hpp"
#include "services/reconcile/stream/tail.hpp"

namespace marginfix::apps {
namespace {

namespace bj = boost::json;
using namespace marginfix::reconcile;

struct TailArguments {
  std::string config, from{"now"}, kind, symbol;
  BrokerSettings nats;
  std::uint64_t count{0};
  int seconds{0};
};

Result<BrokerSettings> settings_of(const TailArguments& a) {
  BrokerSettings settings = a.nats;
  if (!a.config.empty()) {
    auto config = load_config(a.config);
    if (!config) return config.error();
    const std::vector<std::string> servers = std::move(settings.servers);
    settings = std::move(config->nats);
    if (!servers.empty()) settings.servers = servers;
  }
  if (!settings.on())
    return fail(ErrorCategory::config, "where is the stream? --server nats://127.0.0.1:4222, or --config with a [nats] section");
  if (auto checked = check_settings(settings); !checked) return checked.error();
  return settings;
}

Result<StreamConnection::From> from_of(const std::string& text) {
  StreamConnection::From from;
  if (text == "now") return from;
  std::uint64_t sequence = text == "begin" ? 1 : 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), sequence);
  if (text == "begin" || (fault == std::errc() && end == text.data() + text.size() && sequence > 0)) {
    from.sequence = sequence;
    return from;
  }
  const auto time = parse_rfc3339(text);
  if (!time)
    return fail(ErrorCategory::config,
                "--from is now, begin, a time (2026-11-30T18:00:00Z) or a sequence of the stream, not '" + text + "'");
  from.time = *time;
  return from;
}

// Members of an event, as texts.
class EventText {
 public:
  explicit EventText(const std::string& payload) {
    boost::system::error_code fault;
    value_ = bj::parse(payload, fault);
    readable_ = !fault && value_.is_object();
    if (!readable_) value_ = bj::object{};
  }
  bool readable() const noexcept { return readable_; }
  std::string operator[](const char* name) const {
    const bj::value* const member = value_.get_object().if_contains(name);
    return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
  }

 private:
  bj::value value_;
  bool readable_{false};
};

std::string with(const char* label, const std::string& text) { return text.empty() ? std::string() : std::string(label) + text; }

std::string words_of(const EventText& event, const std::string& kind) {
  if (kind == "execution")
    return event["side"] + ' ' + event["quantity"] + " at " + event["price"] + with(" fee ", event["fee"]) +
           with(" ExecID ", event["exec_id"]) + " order " + event["order_id"];
  if (kind == "position")
    return "net " + (event["net"].empty() ? "?" : event["net"]) + " entry " + event["entry_price"] + " realized " + event["realized_pnl"] +
           " fees " + event["fees"];
  if (kind == "order")
    return event["side"] + ' ' + event["order_qty"] + " at " + event["price"] + with(" OrdStatus ", event["ord_status"]) + " done " +
           event["cum_qty"] + " open " + event["leaves_qty"] + " order " + event["order_id"];
  if (kind == "break") return event["state"] + ' ' + event["category"] + " #" + event["break_id"] + ' ' + event["subject"];
  return {};
}

Style style_of(const EventText& event, const std::string& kind) {
  if (kind == "break") return event["state"] == "confirmed" ? Style::red : Style::plain;
  if (kind != "execution") return Style::plain;
  return event["side"] == "buy" ? Style::green : Style::red;
}

void print_event(const StreamMessage& message, bool json) {
  const EventText event(message.payload);
  if (json) {
    // The event as it is, behind where it stands in the stream; what is no event of ours, as a text: a line is one JSON object.
    const bool as_it_is = event.readable() && message.payload.find('\n') == std::string::npos;
    std::string line;
    json::Writer out(line);
    out.begin_object().member("sequence", std::to_string(message.sequence)).member("subject", message.subject);
    as_it_is ? out.key("event").raw(message.payload) : out.member("raw", message.payload);
    out.end_object();
    return print_json(line);
  }
  const std::string kind = event["kind"], where = event["account"] + with(" ", event["symbol"]) + ' ';
  print_pieces({{event["time"] + ' ', Style::dim},
                {(kind.empty() ? "?" : kind) + ' ', Style::bold},
                {where},
                {kind.empty() ? message.payload : words_of(event, kind), style_of(event, kind)}});
}

int run_tail(const TailArguments& a, const Globals& globals) {
  const auto settings = settings_of(a);
  if (!settings) return report(settings.error());
  const auto from = from_of(a.from);
  if (!from) return report(from.error());
  catch_stop_signals();
  const auto trouble = [](const std::string& what) { tell(what.empty() ? "the stream goes on" : what + "; trying again"); };
  StreamTail tail([wanted = *settings] { return connect_nats(wanted); }, settings->stream.name,
                  stream_filter(settings->stream.subject, a.kind, globals.connection.account, a.symbol), *from, trouble);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(a.seconds);
  for (std::uint64_t printed = 0; !stop_requested();) {
    if (a.seconds > 0 && std::chrono::steady_clock::now() >= until) break;
    const auto next = tail.next(std::chrono::milliseconds(100));
    if (!next) return report(next.error());
    if (!*next) continue;
    print_event(**next, globals.json);
    if (a.count != 0 && ++printed >= a.count) break;
  }
  return kSuccess;
}

}  // namespace

void add_tail_command(CLI::App& root, const Globals& globals, Runner& run) {
  auto* command = root.add_subcommand("tail", "follows the stream of executions, positions, orders and breaks that `reconcile` feeds");
  auto a = std::make_shared<TailArguments>();
  command->add_option("--config", a->config, "configuration of the service, whose [nats] says where the stream is")->type_name("FILE");
  command->add_option("--server", a->nats.servers, "a NATS server, as often as there are: tls://host:4222; nats:// on this machine only")
      ->type_name("URL");
  command->add_option("--stream", a->nats.stream.name, "name of the stream (default: MARGINFIX)")->type_name("NAME");
  command->add_option("--subject", a->nats.stream.subject, "first tokens of its subjects (default: marginfix)")->type_name("TEXT");
  command->add_option("--ca-file", a->nats.ca_file, "authority of the servers' certificates (default: the system's)")->type_name("FILE");
  command->add_option("--credentials-file", a->nats.credentials_file, "NATS credentials (.creds)")->type_name("FILE");
  command->add_option("--user", a->nats.user, "user; with --password-file")->type_name("NAME");
  command->add_option("--password-file", a->nats.password_file, "file that holds the password")->type_name("FILE");
  command->add_option("--from", a->from, "now (default), begin, a time (2026-11-30T18:00:00Z), or a sequence of the stream")
      ->type_name("WHEN");
  command->add_option("--kind", a->kind, "one kind of event")->check(CLI::IsMember({"execution", "position", "order", "break"}));
  command->add_option("--symbol", a->symbol, "one market; --account chooses an account")->type_name("SYMBOL");
  command->add_option("--count", a->count, "end after so many events");
  command->add_option("--seconds", a->seconds, "end after this time (default: until SIGINT)");
  command->callback([a, &globals, &run] { run = [a, &globals] { return run_tail(*a, globals); }; });
}

}  // namespace marginfix::apps
