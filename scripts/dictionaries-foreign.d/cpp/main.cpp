// Loads two data dictionaries in QuickFIX C++ and validates the messages of tables at the engine's defaults. C++14 and C++17: built
// against 1.15.1 and 1.16 by scripts/dictionaries-foreign.
// Arguments: session dictionary, application dictionary, tables. Last line: "RESULT messages=N refused=N reordered=N changed=N": other
// bytes of the same fields, and other fields. BodyLength(9) and CheckSum(10) follow from the rest.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/contract/dictionaries/quickfix_probe.hpp"
#include "tests/golden/golden.hpp"

namespace {
std::string text_of(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> sorted_fields(const std::string& wire) {
  std::vector<std::string> fields;
  for (std::size_t from = 0, to = 0; (to = wire.find('\x01', from)) != std::string::npos; from = to + 1) {
    const std::string field = wire.substr(from, to - from);
    if (field.compare(0, 2, "9=") != 0 && field.compare(0, 3, "10=") != 0) fields.push_back(field);
  }
  std::sort(fields.begin(), fields.end());
  return fields;
}
}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  try {
    const marginfix_tests::QuickFixDictionaries engine(text_of(argv[1]), text_of(argv[2]));
    std::vector<marginfix_tests::Golden> messages;
    for (int i = 3; i < argc; ++i) marginfix_tests::load_golden_table(argv[i], messages);
    int refused = 0, reordered = 0, changed = 0;
    for (const auto& message : messages) {
      const auto verdict = engine.check(message.wire);
      if (!verdict.accepted) {
        ++refused;
        std::cout << "refused " << message.name << ": " << verdict.why << " tag " << verdict.tag << " " << verdict.text << "\n";
      } else if (verdict.round_trip != message.wire && sorted_fields(verdict.round_trip) == sorted_fields(message.wire)) {
        ++reordered;
      } else if (verdict.round_trip != message.wire) {
        ++changed;
        std::cout << "changed " << message.name << ": " << marginfix_tests::to_pipes(verdict.round_trip) << "\n";
      }
    }
    std::cout << "RESULT messages=" << messages.size() << " refused=" << refused << " reordered=" << reordered << " changed=" << changed
              << "\n";
    return refused == 0 ? 0 : 1;
  } catch (const std::exception& e) {
    std::cout << e.what() << "\n";
    return 1;
  }
}
