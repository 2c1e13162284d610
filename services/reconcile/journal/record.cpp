#include "services/reconcile/journal/record.hpp"

#include <array>
#include <cstddef>

namespace marginfix::reconcile {

std::string_view to_string(RecordKind kind) noexcept {
  constexpr std::array<std::string_view, 17> kNames{
      "begin",        "fix",        "rest",       "poll_begin",      "poll_end",      "ws",    "klear",    "firm_fix", "firm_row",
      "source_state", "gap_opened", "gap_closed", "drop_copy_range", "resume_points", "sweep", "decision", "day_cut"};
  const auto i = static_cast<std::size_t>(kind);
  return i >= 1 && i <= kNames.size() ? kNames[i - 1] : std::string_view("?");
}

}  // namespace marginfix::reconcile
