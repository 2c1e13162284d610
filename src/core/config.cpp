// Reader of QuickFIX .cfg text. One pass, line by line; a mistake is kept with file, line and how to fix it, and the next line is read.
#include "marginfix/core/config.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "marginfix/core/home_path.hpp"
#include "marginfix/core/secret.hpp"
#include "marginfix/core/trimmed.hpp"

namespace marginfix {
namespace {

char lower(char c) noexcept { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool same(std::string_view a, std::string_view b) noexcept { return std::ranges::equal(a, b, {}, lower, lower); }

// Not ranges::search: clang 14 cannot read its answer's header in libstdc++ 12.
bool contains(std::string_view text, std::string_view word) noexcept {
  return std::search(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

bool names_a_secret(std::string_view key) noexcept {
  for (const std::string_view word : {"password", "passphrase", "privatekey", "secret", "token"}) {
    if (contains(key, word) && !contains(key, "path")) return true;
  }
  return false;
}

bool is_name(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

constexpr std::size_t kLongestWord = 40;  // a longer one that is base64 and nothing else is a line of a key

bool is_base64_text(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '/' || c == '='; });
}

class Parser {
 public:
  Parser(CfgFile& file, const VariableLookup& lookup) : file_(file), lookup_(lookup) {}

  void parse(std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") || text.find('\0') != std::string_view::npos) {
      line_ = 1;
      return keep(mistake("is UTF-16 text, or no text at all (it holds NUL bytes): save it as UTF-8"));
    }
    while (!text.empty()) {
      ++line_;
      const auto end = text.find('\n');
      if (auto done = parse_line(trimmed(text.substr(0, end))); !done) keep(done.error());
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 1);
    }
  }

 private:
  Error mistake(std::string_view what) const {
    return fail(ErrorCategory::config, file_.name + ":" + std::to_string(line_) + ": " + std::string(what));
  }

  void keep(const Error& error) { file_.mistakes.push_back(error); }

  Result<void> parse_line(std::string_view line) {
    if (in_key_text_) {  // the rest of a key pasted over several lines: told once, shown never
      in_key_text_ = line.find("-----END ") == std::string_view::npos;
      return {};
    }
    if (behind_key_text_ && is_base64_text(line)) return {};
    behind_key_text_ = false;
    if (line.empty() || line.front() == '#' || line.front() == ';') return {};
    return line.front() == '[' ? parse_head(line) : parse_pair(line);
  }

  Result<void> parse_head(std::string_view line) {
    const auto close = line.find(']');
    const auto name = trimmed(line.substr(1, close - 1));
    auto known = begin_section(name);  // its keys are read even where the head is not right
    if (close == std::string_view::npos) return mistake("section head '" + std::string(line) + "' has no closing ']'");
    if (close + 1 == line.size()) return known;
    return mistake("nothing may follow ']': '" + shown(trimmed(line.substr(close + 1))) + "' goes on a line of its own");
  }

  Result<void> begin_section(std::string_view name) {
    if (same(name, "SESSION")) {
      section_ = &file_.sessions.emplace_back(CfgSection{"SESSION", line_, {}});
      return {};
    }
    section_ = &unknown_;
    if (!same(name, "DEFAULT")) return mistake("unknown section [" + std::string(name) + "]: use [DEFAULT] or [SESSION]");
    if (file_.defaults.line != 0) {
      return mistake("a second [DEFAULT] (the first is at line " + std::to_string(file_.defaults.line) + "): put all defaults into one");
    }
    file_.defaults.line = line_;
    section_ = &file_.defaults;
    return {};
  }

  Result<void> parse_pair(std::string_view line) {
    if (const auto begin = line.find("-----BEGIN "); begin != std::string_view::npos && line.find("-----END ") == std::string_view::npos) {
      in_key_text_ = true;
      return mistake("a value is one line: give the key's file (KalshiPrivateKeyPath), or its text with \\n for each line end");
    }
    const auto equals = line.find('=');
    const auto key = trimmed(line.substr(0, equals));
    if (key.size() >= kLongestWord && is_base64_text(line)) {
      behind_key_text_ = true;
      return mistake("a line of a private key's text: give the key's file (KalshiPrivateKeyPath)");
    }
    if (equals == std::string_view::npos) return mistake("'" + shown(line) + "' is no Key=value line; comments begin with '#'");
    if (key.empty()) return mistake("no key before '='");
    if (section_ == nullptr) {
      section_ = &unknown_;  // told once
      return mistake("key " + std::string(key) + " stands before any section: begin with [DEFAULT] or [SESSION]");
    }
    if (section_ == &unknown_) return {};
    if (const CfgValue* const first = section_->find(key)) {
      return mistake("key " + std::string(key) + " again in the same [" + section_->name + "] (first at line " +
                     std::to_string(first->line) + "): keep one");
    }
    CfgValue value{std::string(key), {}, file_.name, line_, false};
    auto done = substitute(trimmed(line.substr(equals + 1)), value);
    if (!done) return done;
    section_->values.push_back(std::move(value));
    return {};
  }

  // Text of the environment is put in as it is, and not looked through again.
  Result<void> substitute(std::string_view raw, CfgValue& out) const {
    while (true) {
      const auto dollar = raw.find("${");
      if (dollar == std::string_view::npos) break;
      if (dollar > 0 && raw[dollar - 1] == '$') {
        out.value += raw.substr(0, dollar - 1);
        out.value += "${";
        raw.remove_prefix(dollar + 2);
        continue;
      }
      const auto close = raw.find('}', dollar);
      if (close == std::string_view::npos) return mistake("'${' without '}' in the value of " + out.key);
      const auto name = raw.substr(dollar + 2, close - dollar - 2);
      if (!is_name(name)) return mistake("'${" + std::string(name) + "}' in the value of " + out.key + " is no variable name");
      const auto text = lookup_ ? lookup_(name) : std::nullopt;
      if (!text)
        return mistake("environment variable " + std::string(name) + " for " + out.key + " is not set: export it or write the value here");
      out.value += raw.substr(0, dollar);
      out.value += *text;
      out.substituted = true;
      raw.remove_prefix(close + 1);
    }
    out.value += raw;
    return {};
  }

  static std::string shown(std::string_view line) { return std::string(line.substr(0, 40)) + (line.size() > 40 ? "..." : ""); }

  CfgFile& file_;
  const VariableLookup& lookup_;
  CfgSection* section_{nullptr};
  CfgSection unknown_;           // where keys go whose section is none: nowhere
  bool in_key_text_{false};      // of a PEM that goes over several lines
  bool behind_key_text_{false};  // the line before was base64 and nothing else
  int line_{0};
};

}  // namespace

Error cfg_errors(const std::vector<Error>& errors) {
  Error all = errors.front();
  for (std::size_t i = 1; i < errors.size(); ++i) all.message += "\n" + errors[i].message;
  return all;
}

Error cfg_error(const CfgValue& value, std::string_view problem) {
  std::string text = value.file + ":" + std::to_string(value.line) + ": " + value.key;
  if (!value.substituted && !names_a_secret(value.key)) text += "=" + redact(value.value);
  return fail(ErrorCategory::config, text + ": " + std::string(problem));
}

Result<bool> cfg_bool(const CfgValue& value) {
  if (same(value.value, "Y")) return true;
  if (same(value.value, "N")) return false;
  return cfg_error(value, "must be Y or N");
}

Result<std::int64_t> cfg_int(const CfgValue& value, std::int64_t least, std::int64_t most) {
  std::int64_t number{};
  const char* const end = value.value.data() + value.value.size();
  const auto [stop, problem] = std::from_chars(value.value.data(), end, number);
  if (problem == std::errc{} && stop == end && number >= least && number <= most) return number;
  return cfg_error(value, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
}

const CfgValue* CfgSection::find(std::string_view key) const noexcept {
  const auto found = std::ranges::find_if(values, [key](const CfgValue& value) { return same(value.key, key); });
  return found == values.end() ? nullptr : &*found;
}

CfgFile CfgFile::read(std::string_view text, std::string name, const VariableLookup& lookup) {
  CfgFile file;
  file.name = std::move(name);
  file.defaults.name = "DEFAULT";
  Parser(file, lookup).parse(text);
  return file;
}

Result<CfgFile> CfgFile::read_file(const std::string& path, const VariableLookup& lookup) {
  const std::string place = home_path(path, lookup);
  std::ifstream in(place, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  std::error_code no_matter;
  if (!in || std::filesystem::is_directory(place, no_matter))
    return fail(ErrorCategory::config, "cannot read the configuration file '" + path + "': check path and rights");
  return read(text.str(), path, lookup);
}

namespace {
Result<CfgFile> without_mistakes(Result<CfgFile> file) {
  if (file && !file->mistakes.empty()) return cfg_errors(file->mistakes);
  return file;
}
}  // namespace

Result<CfgFile> CfgFile::parse(std::string_view text, std::string name, const VariableLookup& lookup) {
  return without_mistakes(read(text, std::move(name), lookup));
}

Result<CfgFile> CfgFile::load(const std::string& path, const VariableLookup& lookup) { return without_mistakes(read_file(path, lookup)); }

const CfgValue* CfgFile::find(const CfgSection& session, std::string_view key) const noexcept {
  const CfgValue* const own = session.find(key);
  return own != nullptr ? own : defaults.find(key);
}

}  // namespace marginfix
