#include "apps/reconcile/arguments.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "services/reconcile/postgres/address.hpp"

namespace marginfix::apps {
namespace {

// The nth word of proc(5)'s stat, counted as there.
std::uintptr_t word_of_stat(int number) {
  std::ifstream stat("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(stat), {}};
  std::istringstream words(text.substr(std::min(text.size(), text.rfind(')') + 1)));
  std::string word;
  for (int i = 2; i < number && words >> word; ++i) {
  }
  return word.empty() ? 0 : static_cast<std::uintptr_t>(std::strtoull(word.c_str(), nullptr, 10));
}

}  // namespace

void hide_passwords_in_arguments() {
  constexpr int kArgumentsBegin = 48, kArgumentsEnd = 49;
  char* at = reinterpret_cast<char*>(word_of_stat(kArgumentsBegin));
  const char* const end = reinterpret_cast<const char*>(word_of_stat(kArgumentsEnd));
  while (at != nullptr && at < end) {
    const std::string_view argument(at);
    const auto [begin, size] =
        argument.find("postgres") == std::string_view::npos ? std::pair<std::size_t, std::size_t>() : reconcile::password_place(argument);
    std::fill_n(at + begin, size, 'x');
    at += argument.size() + 1;
  }
}

}  // namespace marginfix::apps
