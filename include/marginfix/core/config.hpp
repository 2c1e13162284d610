// QuickFIX .cfg text as a model: [DEFAULT], any number of [SESSION], key=value, where each value knows its file and line.
// What the keys mean is not known here (sessions/ builds typed configuration on top). Pure: only CfgFile::load() does I/O.
//   # comment        lines that begin with '#' or ';' (a '#' inside a value belongs to the value)
//   Key = value      spaces around both are dropped; CRLF, a byte-order mark and any order of sections are fine
//   Key=${VAR}       replaced by the environment variable, which must exist; "$${" stands for "${"
// Key and section names match in any case, as in QuickFIX; spelling is kept for messages. Nothing may follow a section's ']': what engines
// make of `[SESSION] # text` differs. No message holds a line of a private key, wherever it was pasted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/environment.hpp"
#include "marginfix/core/result.hpp"

namespace marginfix {

struct CfgValue {
  std::string key;
  std::string value;
  std::string file;
  int line{0};
  bool substituted{false};  // holds text of the environment: never shown in messages
};

// One Error for several of a file: their messages, a line each. `errors` must not be empty.
Error cfg_errors(const std::vector<Error>& errors);

// "file:line: Key: problem"; the value is shown unless it came from the environment or the key names a secret. Category config.
Error cfg_error(const CfgValue& value, std::string_view problem);
Result<bool> cfg_bool(const CfgValue& value);  // Y or N, as QuickFIX has it
Result<std::int64_t> cfg_int(const CfgValue& value, std::int64_t least, std::int64_t most);

struct CfgSection {
  std::string name;  // "DEFAULT" or "SESSION"
  int line{0};       // of the section's head; 0: not in the file
  std::vector<CfgValue> values;

  const CfgValue* find(std::string_view key) const noexcept;
};

struct CfgFile {
  std::string name;  // as given: a path, or "<text>"
  CfgSection defaults;
  std::vector<CfgSection> sessions;
  std::vector<Error> mistakes;  // of read(), in the order of the lines

  // Error(config) "file:line: what, and how to fix it": no section yet, unknown section, text behind ']', second [DEFAULT], no '=', empty
  // key, key twice in a section, unknown variable, open "${"; no text at all (UTF-16). Every mistake of the file, a line each.
  static Result<CfgFile> parse(std::string_view text, std::string name, const VariableLookup& lookup);
  static Result<CfgFile> load(const std::string& path, const VariableLookup& lookup = process_variables());
  // What is right of it, with the mistakes beside: for who has more to find in the same run. Error only when the file cannot be read.
  static CfgFile read(std::string_view text, std::string name, const VariableLookup& lookup);
  static Result<CfgFile> read_file(const std::string& path, const VariableLookup& lookup = process_variables());

  // The session's own value, else that of [DEFAULT], else null.
  const CfgValue* find(const CfgSection& session, std::string_view key) const noexcept;
};

}  // namespace marginfix
