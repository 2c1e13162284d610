// A scenario: one text file of scenarios/, read for one version of FIX. The language: scenarios/README.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/gateway/oms/version.hpp"

namespace marginfix::gateway::script {

struct Step {
  int line{0};
  std::string text;  // the line without version and comment
  std::string verb;  // its first word: "C>", "C2<", "X>", "reconnect", ...
  std::string rest;  // what stands behind it
};

struct Scenario {
  std::string name;  // of the test: path below scenarios/ without extension, '_' for what a test's name must not have
  std::string path;
  FixVersion version{};
};

// "42", "44", "50".
std::string_view short_name(FixVersion version) noexcept;

// Every scenario that runs in that version: those of scenarios/<version>/, and those elsewhere but in the other versions' folders.
std::vector<Scenario> scenarios_of(FixVersion version);
// The lines that hold for the version. Throws std::runtime_error with path and line where there is something wrong.
std::vector<Step> read_steps(const Scenario& scenario);

// One field of a line: "39=0", "!58" (absent), "17=~" (any value), "103[42]=0" (in that version alone; others drop it before).
struct Term {
  enum class Kind { is, absent, any } kind{Kind::is};
  int tag{0};
  std::string value;
};
// "D|11=c1|38=10|103[42 44]=0": MsgType and terms, for the version. "<SOH>" in a value is a SOH.
struct Line {
  std::string msg_type;
  std::vector<Term> terms;
};
Line read_line(std::string_view text, FixVersion version);

}  // namespace marginfix::gateway::script
