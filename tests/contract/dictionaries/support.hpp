// Files and small edits the dictionary tests share.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "golden/golden.hpp"
#include "marginfix/fix/dictionary.hpp"

namespace marginfix_tests {

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string spec_file(const std::string& name) { return read_file(std::string(MARGINFIX_SOURCE_DIR) + "/fix-spec/" + name); }

// The exchange's published v1.03, kept beside the checkout; empty when it is not there.
inline std::string published_path() { return std::string(MARGINFIX_SOURCE_DIR) + "/../shared/spec/official/kalshi-fix-dictionary.xml"; }

inline marginfix::fix::Dictionary parsed(const std::string& xml, const std::string& source) {
  return marginfix::fix::Dictionary::parse(xml, source).value();
}

inline const marginfix::fix::DictionaryPair& our_pair() {
  static const marginfix::fix::Dictionary session = parsed(std::string(marginfix::fix::embedded_session_dictionary()), "FIXT11-margin.xml");
  static const marginfix::fix::Dictionary application =
      parsed(std::string(marginfix::fix::embedded_application_dictionary()), "FIX50SP2-margin.xml");
  static const marginfix::fix::DictionaryPair pair{session, application};
  return pair;
}

// The text with the first `what` replaced; throws when it is not there, so that a test cannot pass by missing its mark.
inline std::string with(std::string text, const std::string& what, const std::string& replacement) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos) throw std::runtime_error("'" + what + "' is not there to replace");
  return text.replace(at, what.size(), replacement);
}

// A message of pipe form with 9 and 10 computed anew, whatever stands there.
inline std::string reframed(const std::string& pipes) {
  std::string open = pipes;
  const std::size_t nine = open.find("|9=") + 3;
  open.replace(nine, open.find('|', nine) - nine, "?");
  const std::size_t ten = open.rfind("|10=") + 4;
  open.replace(ten, open.size() - ten, "?|");
  return golden_wire(open);
}

// A golden message with one edit, in wire form.
inline std::string edited(const std::string& golden, const std::string& what, const std::string& replacement) {
  return reframed(with(to_pipes(golden_named(golden).wire), what, replacement));
}

}  // namespace marginfix_tests
