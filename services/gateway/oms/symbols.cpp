#include "services/gateway/oms/symbols.hpp"

#include <algorithm>

namespace marginfix::gateway {
namespace {

// What '*' of the pattern stands for in `text`; nothing: it does not match. A pattern without '*' matches itself.
std::optional<std::string_view> star_of(std::string_view pattern, std::string_view text) noexcept {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text ? std::optional<std::string_view>("") : std::nullopt;
  const std::string_view before = pattern.substr(0, star), behind = pattern.substr(star + 1);
  if (text.size() < before.size() + behind.size() || !text.starts_with(before) || !text.ends_with(behind)) return std::nullopt;
  return text.substr(before.size(), text.size() - before.size() - behind.size());
}

std::string filled(std::string_view pattern, std::string_view star) {
  const std::size_t at = pattern.find('*');
  if (at == std::string_view::npos) return std::string(pattern);
  std::string text(pattern.substr(0, at));
  text += star;
  text += pattern.substr(at + 1);
  return text;
}

bool is_open_to(const ClientConfig& client, std::string_view symbol) {
  return client.symbols.empty() || std::ranges::any_of(client.symbols, [&](const std::string& each) { return matches(each, symbol); });
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) noexcept { return star_of(pattern, text).has_value(); }

std::string exchange_symbol(const ClientConfig& client, std::string_view client_symbol) {
  std::string symbol(client_symbol);
  for (const auto& [theirs, exchanges] : client.symbol_map) {
    if (const auto star = star_of(theirs, client_symbol)) {
      symbol = filled(exchanges, *star);
      break;
    }
  }
  return is_open_to(client, symbol) ? symbol : std::string();
}

std::string client_symbol(const ClientConfig& client, std::string_view exchange_symbol) {
  if (!is_open_to(client, exchange_symbol)) return {};
  for (const auto& [theirs, exchanges] : client.symbol_map) {
    if (const auto star = star_of(exchanges, exchange_symbol)) return filled(theirs, *star);
  }
  return std::string(exchange_symbol);
}

}  // namespace marginfix::gateway
