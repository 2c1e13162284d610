#include "integration/gateway/scenario.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace marginfix::gateway::script {
namespace {

namespace fs = std::filesystem;

fs::path folder() { return fs::path(MARGINFIX_SOURCE_DIR) / "tests/integration/gateway/scenarios"; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// "[42 44]": whether the version is among them.
bool lists(std::string_view versions, FixVersion version) { return versions.find(short_name(version)) != std::string_view::npos; }

std::string with_soh(std::string text) {
  constexpr std::string_view kMark = "<SOH>";
  for (std::size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark, at + 1)) text.replace(at, kMark.size(), 1, '\x01');
  return text;
}

Term term_of(std::string_view text, FixVersion version, bool& applies) {
  Term term;
  if (!text.empty() && text.front() == '!') {
    term.kind = Term::Kind::absent;
    text.remove_prefix(1);
  }
  std::size_t digits = 0;
  while (digits < text.size() && std::isdigit(static_cast<unsigned char>(text[digits])) != 0) ++digits;
  if (digits == 0) throw std::runtime_error("no tag in '" + std::string(text) + "'");
  term.tag = std::stoi(std::string(text.substr(0, digits)));
  text.remove_prefix(digits);
  applies = true;
  if (!text.empty() && text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) throw std::runtime_error("'[' without ']'");
    applies = lists(text.substr(1, end - 1), version);
    text.remove_prefix(end + 1);
  }
  if (term.kind == Term::Kind::absent && text.empty()) return term;
  if (text.empty() || text.front() != '=') throw std::runtime_error("no '=' behind tag " + std::to_string(term.tag));
  term.value = with_soh(std::string(text.substr(1)));
  if (term.value == "~") term.kind = Term::Kind::any;
  return term;
}

}  // namespace

std::string_view short_name(FixVersion version) noexcept {
  return version == FixVersion::fix42 ? "42" : version == FixVersion::fix44 ? "44" : "50";
}

std::vector<Scenario> scenarios_of(FixVersion version) {
  std::vector<Scenario> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder())) {
    if (entry.path().extension() != ".txt") continue;
    const fs::path relative = fs::relative(entry.path(), folder());
    const std::string top = relative.begin()->string();
    if ((top == "42" || top == "44" || top == "50") && top != short_name(version)) continue;
    std::string name = fs::path(relative).replace_extension().string();
    std::ranges::replace_if(
        name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
    found.push_back({name, entry.path().string(), version});
  }
  std::ranges::sort(found, {}, &Scenario::name);
  return found;
}

std::vector<Step> read_steps(const Scenario& scenario) {
  std::ifstream in(scenario.path);
  if (!in) throw std::runtime_error(scenario.path + " cannot be read");
  std::vector<Step> steps;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#') continue;
    if (text.front() == '[') {
      const std::size_t end = text.find(']');
      if (end == std::string_view::npos) throw std::runtime_error(scenario.path + ":" + std::to_string(number) + ": '[' without ']'");
      if (!lists(text.substr(1, end - 1), scenario.version)) continue;
      text = trimmed(text.substr(end + 1));
    }
    const std::size_t blank = std::min(text.find(' '), text.size());
    steps.push_back({number, std::string(text), std::string(text.substr(0, blank)), std::string(trimmed(text.substr(blank)))});
  }
  return steps;
}

Line read_line(std::string_view text, FixVersion version) {
  Line line;
  const std::size_t end = std::min(text.find('|'), text.size());
  line.msg_type = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  while (!text.empty()) {
    const std::size_t next = std::min(text.find('|'), text.size());
    const std::string_view field = text.substr(0, next);
    text.remove_prefix(std::min(next + 1, text.size()));
    if (trimmed(field).empty()) continue;
    bool applies = false;
    Term term = term_of(field, version, applies);
    if (applies) line.terms.push_back(std::move(term));
  }
  return line;
}

}  // namespace marginfix::gateway::script
