#include "services/reconcile/postgres/address.hpp"

#include <algorithm>
#include <utility>

namespace marginfix::reconcile {

bool is_postgres_address(std::string_view storage) noexcept {
  return storage.starts_with("postgresql://") || storage.starts_with("postgres://");
}

std::pair<std::size_t, std::size_t> password_place(std::string_view address) noexcept {
  constexpr std::string_view kParameter = "password=";
  const std::size_t scheme = address.find("://");
  if (scheme == std::string_view::npos) return {0, 0};
  const std::size_t question = address.find('?', scheme);
  const std::size_t slash = address.find('/', scheme + 3), first = address.find('@', scheme + 3);
  // As libpq does; and a password that was not encoded as it should be is none the less one: up to the last '@' that can belong to it.
  const std::size_t end = first < slash ? std::min(slash, address.find('?', first)) : question;
  const std::size_t at = address.substr(0, end).rfind('@');
  const std::size_t colon = address.find(':', scheme + 3);
  if (at != std::string_view::npos && colon < at && colon < slash) return {colon + 1, at - colon - 1};
  for (std::size_t from = question; from != std::string_view::npos; from = address.find('&', from + 1)) {
    if (address.substr(from + 1).starts_with(kParameter)) {
      const std::size_t begin = from + 1 + kParameter.size();
      return {begin, std::min(address.find('&', begin), address.size()) - begin};
    }
  }
  return {0, 0};
}

std::string masked_address(std::string_view address) {
  const auto [begin, size] = password_place(address);
  if (size == 0) return std::string(address);
  return std::string(address.substr(0, begin)) + "***" + std::string(address.substr(begin + size));
}

std::string PostgresAddress::masked(std::string text) const {
  for (const SecretString* secret : {&password_, &written_password_}) {
    const std::string_view hidden = secret->reveal();
    if (hidden.empty()) continue;
    for (std::size_t at = text.find(hidden); at != std::string::npos; at = text.find(hidden, at + 3))
      text.replace(at, hidden.size(), "***");
  }
  return text;
}

}  // namespace marginfix::reconcile
