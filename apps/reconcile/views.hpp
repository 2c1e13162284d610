// Rows of the ledger as people and scripts see them: a table, or JSON in which every id, price, quantity and amount is a text.
#pragma once

#include <cstdint>
#include <string>

#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/ledger/storage.hpp"
#include "services/reconcile/service.hpp"

namespace marginfix::apps {

struct BreakFilter {
  std::string state;     // "" or "all", "open", or one of the five
  std::string category;  // "" = every
  std::string account;   // "" = every
};
// Error(config): no such state or category.
Result<void> check_filter(const BreakFilter& filter);

// Newest first.
void show_breaks(reconcile::Storage& ledger, const BreakFilter& filter, bool json);
// Everything that is known of one. Error(store): there is none.
Result<void> show_break(reconcile::Storage& ledger, std::int64_t id, bool json);
// In words: what such a break means, what it says here, what to do.
Result<void> explain_break(reconcile::Storage& ledger, std::int64_t id, bool json);
void show_positions(reconcile::Storage& ledger, bool json);
void show_coverage(reconcile::Storage& ledger, bool json);
void show_pass(const reconcile::OnePass& pass, const std::string& dir, bool json);

// "20261130" or "2026-11-30".
Result<Date> date_of_argument(const std::string& text);

}  // namespace marginfix::apps
