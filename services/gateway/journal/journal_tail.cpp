#include "services/gateway/journal/journal_tail.hpp"

#include <algorithm>

namespace marginfix::gateway {

Result<void> JournalTail::read(const std::function<Result<void>(const JournalRecord&)>& each) {
  while (true) {
    const std::vector<std::string> files = journal_files(dir_);
    if (files.empty()) return fail(ErrorCategory::store, dir_ + ": there is no journal of a gateway");
    if (file_.empty()) file_ = files.front();
    const auto end = read_journal_file(file_, at_, [&](const JournalRecord& record) -> Result<void> {
      if (beginning_) {
        beginning_ = record.kind != JournalKind::snapshot_end;
        return {};
      }
      return each(record);
    });
    if (!end) return end.error();
    at_ = *end;
    // A file that has a successor is not written any more.
    const auto next = std::ranges::upper_bound(files, file_);
    if (next == files.end()) return {};
    const auto whole = is_whole_journal_file(*next);
    if (!whole) return whole.error();
    if (!*whole) return {};
    file_ = *next;
    at_ = 0;
    beginning_ = true;
  }
}

}  // namespace marginfix::gateway
