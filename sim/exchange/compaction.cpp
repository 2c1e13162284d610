// Snapshots beside the running exchange. Writing a whole state takes seconds once it is large, and every door would be silent for as long.
// So the exchange only begins a new journal, and a thread makes the snapshot out of the files: it loads the one before, replays the
// journals up to the new one as a restart would, and writes what it has then. Until that is safe the older files hold everything.
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sim/exchange/impl.hpp"
#include "sim/exchange/record/save.hpp"

namespace marginfix::sim {
namespace {

// A thread's own on Linux: trading goes before.
void be_humble() { ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), 10); }

}  // namespace

Exchange::Impl::~Impl() { end_compaction(); }

Result<std::uint64_t> Exchange::Impl::compact(std::uint64_t from, std::uint64_t to) {
  replaying = true;
  base_ = generation_ = from;
  has_snapshot_ = std::filesystem::exists(file("snapshot"));
  OpenReport report;
  if (auto loaded = load_snapshot(report); !loaded) return loaded.error();
  for (; generation_ < to; ++generation_) {
    if (auto read = read_closed_journal(report); !read) return read.error();
  }
  const std::string bytes = save(state);
  if (auto written = write_checked_file(file("snapshot"), identity(), bytes); !written) return written.error();
  base_ = to;
  remove_other_generations();  // here, for it may take a while too
  return bytes.size();
}

void Exchange::Impl::begin_compaction() {
  tell_checkpoint();
  journal_->flush();
  const std::uint64_t from = base_, to = ++generation_;
  begin_journal();
  compaction_ = std::make_unique<Compaction>();
  compaction_->to = to;
  ExchangeOptions same = options;
  compaction_->thread = std::thread([work = compaction_.get(), same = std::move(same), from, to]() mutable {
    be_humble();
    try {
      Impl shadow(std::move(same));
      const auto size = shadow.compact(from, to);
      work->size = size ? *size : 0;
    } catch (const std::exception&) {
      work->size = 0;  // what the older files hold is still all there is to hold; the next snapshot tries again
    }
    work->done = true;
  });
}

void Exchange::Impl::end_compaction() {
  if (!compaction_) return;
  compaction_->thread.join();
  const auto done = std::move(compaction_);
  if (done->size == 0) return;
  base_ = done->to;
  snapshot_size_ = done->size;
}

}  // namespace marginfix::sim
