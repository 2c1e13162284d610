// The golden messages of tests/golden/*.txt: at least one for each message type, direction and conditional shape of the exchange's
// margin FIX. Clean in C++14 and C++20, no dependency but the standard library, so that codec, wall, simulator and dictionary tests use
// the same bytes. Needs MARGINFIX_SOURCE_DIR (marginfix_test() defines it). A broken table throws std::runtime_error.
#pragma once

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace marginfix_tests {

struct Golden {
  std::string name;         // unique over all tables
  std::string direction;    // who sends it: "client" or "exchange"
  std::string description;  // what is special about it
  std::string wire;         // SOH form, BodyLength(9) and CheckSum(10) right
};

inline std::string to_soh(std::string pipes) {
  for (std::size_t i = 0; i < pipes.size(); ++i)
    if (pipes[i] == '|') pipes[i] = '\x01';
  return pipes;
}

inline std::string to_pipes(std::string wire) {
  for (std::size_t i = 0; i < wire.size(); ++i)
    if (wire[i] == '\x01') wire[i] = '|';
  return wire;
}

namespace golden_detail {

inline void replace_first(std::string& text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), with);
}

// Length of the bytes between the SOH after 9= and the start of 10=; npos when the message has no such frame.
inline std::size_t body_length(const std::string& wire) {
  const std::size_t nine = wire.find(
      "\x01"
      "9=");
  const std::size_t ten = wire.rfind(
      "\x01"
      "10=");
  const std::size_t start = nine == std::string::npos ? nine : wire.find('\x01', nine + 1);
  if (start == std::string::npos || ten == std::string::npos || ten < start) return std::string::npos;
  return ten - start;
}

inline std::string check_sum(const std::string& wire) {
  const std::size_t ten = wire.rfind(
      "\x01"
      "10=");
  unsigned sum = 0;
  for (std::size_t i = 0; i <= ten && i < wire.size(); ++i) sum += static_cast<unsigned char>(wire[i]);
  char text[4];
  std::snprintf(text, sizeof text, "%03u", sum % 256U);
  return text;
}

inline Golden parse_line(const std::string& line, const std::string& where) {
  Golden golden;
  std::string* columns[] = {&golden.name, &golden.direction, &golden.description};
  std::size_t from = 0;
  for (std::string* column : columns) {
    const std::size_t bar = line.find(" | ", from);
    if (bar == std::string::npos) throw std::runtime_error(where + ": a golden needs name | sender | description | message");
    *column = line.substr(from, bar - from);
    from = bar + 3;
  }
  golden.wire = line.substr(from);
  return golden;
}

}  // namespace golden_detail

// Pipe form to wire; `9=?` and `10=?` are computed, anything else is taken as it stands.
inline std::string golden_wire(const std::string& pipes) {
  std::string wire = to_soh(pipes);
  golden_detail::replace_first(wire,
                               "\x01"
                               "9=?",
                               "\x01"
                               "9=" +
                                   std::to_string(golden_detail::body_length(wire)));
  golden_detail::replace_first(wire,
                               "\x01"
                               "10=?",
                               "\x01"
                               "10=" +
                                   golden_detail::check_sum(wire));
  return wire;
}

inline void load_golden_table(const std::string& path, std::vector<Golden>& out) {
  std::ifstream file(path.c_str());
  if (!file) throw std::runtime_error(path + ": cannot be opened");
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    Golden golden = golden_detail::parse_line(line, path + ":" + std::to_string(number));
    golden.wire = golden_wire(golden.wire);
    out.push_back(golden);
  }
}

#ifdef MARGINFIX_SOURCE_DIR
inline std::vector<Golden> load_goldens() {
  const char* const tables[] = {"session", "order_entry", "execution_reports", "order_groups", "drop_copy", "market_data"};
  std::vector<Golden> goldens;
  for (const char* table : tables) load_golden_table(std::string(MARGINFIX_SOURCE_DIR) + "/tests/golden/" + table + ".txt", goldens);
  return goldens;
}

// The golden of that name; throws when there is none.
inline Golden golden_named(const std::string& name) {
  for (const Golden& golden : load_goldens())
    if (golden.name == name) return golden;
  throw std::runtime_error("no golden message is called " + name);
}
#endif

}  // namespace marginfix_tests
