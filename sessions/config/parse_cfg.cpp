// A QuickFIX .cfg becomes a MarginFixConfig: every key is looked up in the table, every refusal names file, line and how to fix it.
#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

#include "marginfix/core/config.hpp"
#include "sessions/config/keys.hpp"

namespace marginfix {
namespace {

using namespace sessions::config;  // the table and its rules

// Finds every mistake of the file in one run. What only a file without mistakes can be held against (keys that are missing, contradictions,
// clashes) waits until there are none: nobody shall be told what follows from something else.
class CfgReader {
 public:
  CfgReader(const CfgFile& file, MarginFixConfig& out) : file_(file), out_(out), mistakes_(file.mistakes) {}

  Result<void> read() {
    if (file_.sessions.empty() && mistakes_.empty())
      keep(fail(ErrorCategory::config, file_.name + ": no [SESSION] in it: write one for each session of the exchange"));
    check_names(file_.defaults, true);
    for (const CfgSection& section : file_.sessions) check_names(section, false);
    read_client_keys();
    for (const CfgSection& section : file_.sessions) read_session(section);
    if (mistakes_.empty()) check_contradictions();
    if (mistakes_.empty()) keep(check_log());
    if (mistakes_.empty()) keep(check_message_files());
    if (mistakes_.empty()) keep(check_defaults_used());
    if (mistakes_.empty()) keep(check_clashes());
    if (mistakes_.empty()) return {};
    std::ranges::stable_sort(mistakes_, {}, [this](const Error& error) { return line_of(error); });
    return cfg_errors(mistakes_);
  }

 private:
  static Error refuse(const CfgValue& value, std::string_view why) { return cfg_error(value, why); }

  // A value of [DEFAULT] is wrong for each session, and told once.
  void keep(const Error& error) {
    if (std::ranges::find(mistakes_, error.message, &Error::message) == mistakes_.end()) mistakes_.push_back(error);
  }
  void keep(const Result<void>& done) {
    if (!done) keep(done.error());
  }

  // "name:LINE: ...": the order in which a person goes through the file.
  int line_of(const Error& error) const {
    const std::string_view text = error.message;
    if (!text.starts_with(file_.name + ":")) return 0;
    int line = 0;
    std::from_chars(text.data() + file_.name.size() + 1, text.data() + text.size(), line);
    return line;
  }

  void check_names(const CfgSection& section, bool defaults) {
    for (const CfgValue& value : section.values) {
      // An exact key first: SocketConnectHost itself is known, SocketConnectHost1 is refused.
      const KeySpec* const spec = find_key(value.key);
      if (spec == nullptr) {
        keep(refuse(value, why_unknown(value.key)));
      } else if (!defaults && spec->sessions == kClient) {
        keep(refuse(value, "holds for the whole client: move it to [DEFAULT]"));
      }
    }
  }

  static std::string why_unknown(std::string_view key) {
    if (const RefusedKey* const refused = find_refused(key)) return "is refused: " + std::string(refused->remedy);
    const auto near = nearest_key(key);
    return near.empty() ? "is not a key of this library: see docs/configuration.md"
                        : "is not a key of this library: did you mean " + std::string(near) + "?";
  }

  void read_client_keys() {
    SessionConfig unused;
    Stated stated;
    Target target{unused, stated, out_};
    for (const KeySpec& spec : keys()) {
      if (spec.sessions != kClient) continue;
      const CfgValue* const value = file_.defaults.find(spec.key);
      if (value == nullptr) continue;
      out_.log_stated = out_.log_stated || spec.group == Group::log;
      keep(apply(spec, *value, target));
    }
  }

  // Messages are logged at level debug.
  Result<void> check_log() {
    const CfgValue* const messages = file_.defaults.find("LogMessages");
    if (messages == nullptr || !out_.log_messages || out_.log.level <= LogLevel::debug) return {};
    const CfgValue* const level = file_.defaults.find("LogLevel");
    if (level != nullptr) {
      return refuse(*messages,
                    "and LogLevel=" + level->value + " contradict each other: messages are logged at level debug; keep one of the two");
    }
    out_.log.level = LogLevel::debug;
    return {};
  }

  // FileLogPath writes them, unless the file says that it wants no messages, or none there.
  Result<void> check_message_files() {
    const CfgValue* const files = file_.defaults.find("FileLogMessages");
    for (const std::string_view key :
         {"FileLogMessages", "FileLogBackupPath", "FileLogMaxSize", "FileLogDaily", "FileLogMaxFiles", "FileLogHeartbeats"}) {
      const CfgValue* const value = file_.defaults.find(key);
      if (value != nullptr && out_.message_log.folder.empty()) return refuse(*value, "has no folder to hold for: set FileLogPath");
    }
    const CfgValue* const messages = files != nullptr ? files : file_.defaults.find("LogMessages");
    if (messages == nullptr) return {};
    const auto wanted = cfg_bool(*messages);
    if (wanted && !*wanted) out_.message_log.folder.clear();
    return {};
  }

  Result<void> apply(const KeySpec& spec, const CfgValue& value, Target& target) {
    if (spec.apply != nullptr) return spec.apply(target, value);
    if (spec.group == Group::quickfix && reported_.insert(&value).second)
      out_.findings.push_back({value.file, value.line, std::string(spec.key), std::string(spec.meaning)});
    return {};
  }

  Result<TargetSession> read_target(const CfgSection& section) const {
    const CfgValue* const value = file_.find(section, "TargetCompID");
    if (value == nullptr) return missing(section, "TargetCompID: use KalshiNR, KalshiRT, KalshiDC or KalshiMD");
    for (const auto target : {TargetSession::NR, TargetSession::RT, TargetSession::DC, TargetSession::MD}) {
      if (target_comp_id(target) == value->value) return target;
    }
    return refuse(*value, "is not a session of the exchange: use KalshiNR, KalshiRT, KalshiDC or KalshiMD");
  }

  Result<SessionKind> read_kind(const CfgSection& section, TargetSession target) const {
    if (target == TargetSession::DC) return SessionKind::drop_copy;
    if (target == TargetSession::MD) return SessionKind::market_data;
    const CfgValue* const value = file_.find(section, "ListenerSession");
    if (value == nullptr) return SessionKind::order_entry;
    const auto flag = cfg_bool(*value);
    if (!flag) return flag.error();
    return *flag ? SessionKind::listener : SessionKind::order_entry;
  }

  Result<std::optional<Environment>> read_environment(const CfgSection& section) const {
    const CfgValue* const value = file_.find(section, "KalshiEnvironment");
    if (value == nullptr) return std::optional<Environment>{};
    const auto environment = parse_environment(value->value);
    if (!environment) return refuse(*value, environment.error().message);
    return std::optional<Environment>{*environment};
  }

  Error missing(const CfgSection& section, std::string_view what) const {
    return fail(ErrorCategory::config, file_.name + ":" + std::to_string(section.line) + ": [SESSION] without " + std::string(what));
  }

  void read_session(const CfgSection& section) {
    const auto target = read_target(section);
    if (!target) {
      // Missing beside other mistakes: its line may be the one that is wrong.
      if (file_.find(section, "TargetCompID") != nullptr || mistakes_.empty()) keep(target.error());
      return check_values(section);
    }
    const auto kind = read_kind(section, *target);
    const auto environment = read_environment(section);
    if (!kind) keep(kind.error());
    if (!environment) keep(environment.error());
    if (!kind || !environment) return check_values(section);
    if (out_.sessions.empty()) out_.environment = *environment;

    SessionConfig session = MarginFixConfig::session_defaults(*environment, *kind, *target);
    Stated stated;
    Target into{session, stated, out_};
    for (const KeySpec& spec : keys()) {
      if (spec.sessions != kClient) keep(read_key(section, spec, *target, into));
    }
    finish(section, session, stated);
    stated_.push_back(std::move(stated));
    out_.sessions.push_back(std::move(session));
  }

  // Of a session that is not known to be one: what its values are is wrong or right all the same.
  void check_values(const CfgSection& section) {
    SessionConfig session;
    Stated stated;
    Target into{session, stated, out_};
    for (const KeySpec& spec : keys()) {
      const CfgValue* const value = spec.sessions == kClient || spec.key == "TargetCompID" ? nullptr : section.find(spec.key);
      if (value != nullptr) keep(apply(spec, *value, into));
    }
  }

  void check_contradictions() {
    for (std::size_t i = 0; i < out_.sessions.size(); ++i) {
      if (const auto found = find_contradiction(out_.sessions[i], stated_[i])) keep(blame(file_.sessions[i], *found));
    }
  }

  Result<void> read_key(const CfgSection& section, const KeySpec& spec, TargetSession target, Target& into) {
    const CfgValue* const own = section.find(spec.key);
    const bool applies = (spec.sessions & mask(target)) != 0;
    if (own != nullptr && !applies) {
      return refuse(*own, "means nothing on " + std::string(target_comp_id(target)) + ": it is for " + session_names(spec.sessions) +
                              "; take it out");
    }
    const CfgValue* const value = own != nullptr ? own : (applies ? file_.defaults.find(spec.key) : nullptr);
    if (value == nullptr) return {};
    used_.insert(value);
    if (&spec == find_key("SSLCertificateAuthoritiesFile") && file_.find(section, "CertificationAuthoritiesFile") != nullptr)
      return refuse(*value, "and CertificationAuthoritiesFile are the same key: keep one");
    return apply(spec, *value, into);
  }

  void finish(const CfgSection& section, SessionConfig& session, const Stated& stated) {
    if (!stated.qualifier.empty()) session.name = std::string(target_comp_id(session.target)) + "-" + stated.qualifier;
    const CfgValue* const own_key = section.find("SenderCompID");
    const CfgValue* const shared_key = file_.defaults.find("SenderCompID");
    if (own_key != nullptr && shared_key != nullptr && own_key->value != shared_key->value &&
        section.find("KalshiPrivateKeyPath") == nullptr && section.find("KalshiPrivateKey") == nullptr) {
      out_.findings.push_back(
          {own_key->file, own_key->line, "SenderCompID",
           "is this session's own, but the private key is that of [DEFAULT]: if it belongs to the other API key, the exchange "
           "will refuse the signature"});
    }
    if (session.target == TargetSession::RT) {
      session.reset_sequence_once = stated.reset_seq_num_flag.value_or(false);
      if (session.store_folder.empty()) {
        out_.findings.push_back(
            {file_.name, section.line, "FileStorePath",
             "is missing for KalshiRT, whose numbers and messages must outlive the process: the client starts only with "
             "FileStorePath, or a store of your own"});
      }
      if (session.reset_sequence_once) {
        const CfgValue* const value = file_.find(section, "ResetSeqNumFlag");
        out_.findings.push_back(
            {file_.name, value == nullptr ? section.line : value->line, "ResetSeqNumFlag",
             "resets KalshiRT at every start of the process and drops what the exchange retained: take it out afterwards"});
      }
    }
  }

  static std::string session_names(std::uint8_t sessions) {
    std::string names;
    for (const auto target : {TargetSession::NR, TargetSession::RT, TargetSession::DC, TargetSession::MD}) {
      if ((sessions & mask(target)) == 0) continue;
      if (!names.empty()) names += ", ";
      names += target_comp_id(target);
    }
    return names;
  }

  Error blame(const CfgSection& section, const Contradiction& found) const {
    if (const CfgValue* const value = file_.find(section, found.key)) return refuse(*value, found.text);
    return fail(ErrorCategory::config,
                file_.name + ":" + std::to_string(section.line) + ": [SESSION]: " + std::string(found.key) + " " + found.text);
  }

  // A key of [DEFAULT] holds for the sessions that know it; one that none of them knows is a mistake.
  Result<void> check_defaults_used() const {
    for (const CfgValue& value : file_.defaults.values) {
      const KeySpec* const spec = find_key(value.key);
      if (spec == nullptr || spec->sessions == kClient || used_.contains(&value)) continue;
      const auto overridden = [&](const CfgSection& section) { return section.find(value.key) != nullptr; };
      if (std::ranges::any_of(file_.sessions, overridden)) continue;
      return refuse(value, "means nothing to any session of this file: it is for " + session_names(spec->sessions) + "; take it out");
    }
    return {};
  }

  Result<void> check_clashes() const {
    const auto clash = find_clash(out_.sessions);
    if (!clash) return {};
    Error error = blame(file_.sessions[clash->second], clash->contradiction);
    error.message += " (the other one is the [SESSION] at line " + std::to_string(file_.sessions[clash->first].line) + ")";
    return error;
  }

  const CfgFile& file_;
  MarginFixConfig& out_;
  std::vector<Error> mistakes_;
  std::vector<Stated> stated_;  // of each session
  std::set<const CfgValue*> used_, reported_;
};

Result<MarginFixConfig> read_cfg(const CfgFile& file) {
  MarginFixConfig config;
  if (auto done = CfgReader(file, config).read(); !done) return done.error();
  return config;
}

}  // namespace

Result<MarginFixConfig> MarginFixConfig::from_cfg_file(const std::string& path, const VariableLookup& lookup) {
  const auto file = CfgFile::read_file(path, lookup);
  if (!file) return file.error();
  return read_cfg(*file);
}

Result<MarginFixConfig> MarginFixConfig::from_cfg_text(std::string_view text, const std::string& name, const VariableLookup& lookup) {
  return read_cfg(CfgFile::read(text, name, lookup));
}

}  // namespace marginfix
