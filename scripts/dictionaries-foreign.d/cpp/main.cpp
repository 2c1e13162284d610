// Loads two data dictionaries in QuickFIX C++ and validates the messages of tables at the engine's defaults. C++14 and C++17: built
// against 1.15.1 and 1.16 by scripts/dictionaries-foreign.
// Arguments: session dictionary, application dictionary, tables. Last line: "RESULT messages=N refused=N reordered=0 changed=N".
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
}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  try {
    const marginfix_tests::QuickFixDictionaries engine(text_of(argv[1]), text_of(argv[2]));
    std::vector<marginfix_tests::Golden> messages;
    for (int i = 3; i < argc; ++i) marginfix_tests::load_golden_table(argv[i], messages);
    int refused = 0, changed = 0;
    for (const auto& message : messages) {
      const auto verdict = engine.check(message.wire);
      if (!verdict.accepted) {
        ++refused;
        std::cout << "refused " << message.name << ": " << verdict.why << " tag " << verdict.tag << " " << verdict.text << "\n";
      } else if (verdict.round_trip != message.wire) {
        ++changed;
        std::cout << "changed " << message.name << ": " << marginfix_tests::to_pipes(verdict.round_trip) << "\n";
      }
    }
    std::cout << "RESULT messages=" << messages.size() << " refused=" << refused << " reordered=0 changed=" << changed << "\n";
    return refused == 0 ? 0 : 1;
  } catch (const std::exception& e) {
    std::cout << e.what() << "\n";
    return 1;
  }
}
