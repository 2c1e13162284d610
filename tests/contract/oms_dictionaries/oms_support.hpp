// The three versions of fix-spec/oms/ and the golden messages of each (tests/golden/oms.txt).
#pragma once

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

#include "contract/dictionaries/quickfix_probe.hpp"
#include "contract/dictionaries/support.hpp"
#include "golden/golden.hpp"
#include "marginfix/fix/dictionary.hpp"

namespace marginfix_tests {

// One FIX version of the gateway's clients: its two files (the same file twice for FIX.4.2 and FIX.4.4) and how its goldens are called.
struct OmsVersion {
  std::string prefix;  // "42-"
  std::string session_file;
  std::string application_file;

  std::string session_xml() const { return spec_file("oms/" + session_file); }
  std::string application_xml() const { return spec_file("oms/" + application_file); }
};

inline const std::array<OmsVersion, 3>& oms_versions() {
  static const std::array<OmsVersion, 3> versions{
      OmsVersion{"42-", "FIX42.xml", "FIX42.xml"},
      OmsVersion{"44-", "FIX44.xml", "FIX44.xml"},
      OmsVersion{"50-", "FIXT11.xml", "FIX50SP2.xml"},
  };
  return versions;
}

// A golden of oms.txt; for one that a dictionary must refuse also QuickFIX's word for the reason and the tag.
struct OmsGolden {
  Golden golden;
  std::string why;  // empty: must be accepted
  int tag = 0;
};

inline OmsGolden oms_golden(const Golden& golden) {
  OmsGolden out{golden, "", 0};
  const std::string mark = "refused ";
  if (golden.description.rfind(mark, 0) != 0) return out;
  const std::size_t blank = golden.description.find(' ', mark.size());
  if (blank == std::string::npos) throw std::runtime_error(golden.name + ": 'refused' needs a reason and a tag");
  out.why = golden.description.substr(mark.size(), blank - mark.size());
  out.tag = std::stoi(golden.description.substr(blank + 1));
  return out;
}

// Every message of the version, those to accept and those to refuse.
inline std::vector<OmsGolden> oms_goldens(const OmsVersion& version) {
  std::vector<Golden> all;
  load_golden_table(std::string(MARGINFIX_SOURCE_DIR) + "/tests/golden/oms.txt", all);
  std::vector<OmsGolden> out;
  for (const Golden& golden : all)
    if (golden.name.rfind(version.prefix, 0) == 0) out.push_back(oms_golden(golden));
  return out;
}

// The accepted golden of that name, in pipe form; throws when there is none.
inline std::string oms_pipes(const OmsVersion& version, const std::string& name) {
  const std::vector<OmsGolden> goldens = oms_goldens(version);
  const auto found =
      std::find_if(goldens.begin(), goldens.end(), [&](const OmsGolden& each) { return each.golden.name == version.prefix + name; });
  if (found == goldens.end()) throw std::runtime_error("no golden message is called " + version.prefix + name);
  return to_pipes(found->golden.wire);
}

// The version's files in our own model; the pair refers to them.
struct OmsDictionaries {
  explicit OmsDictionaries(const OmsVersion& version)
      : session(parsed(version.session_xml(), version.session_file)),
        application(parsed(version.application_xml(), version.application_file)) {}
  marginfix::fix::DictionaryPair pair() const { return {session, application}; }

  marginfix::fix::Dictionary session;
  marginfix::fix::Dictionary application;
};

}  // namespace marginfix_tests
