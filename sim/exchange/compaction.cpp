// Snapshots beside the running exchange. Writing a whole state takes seconds once it is large, and every door would be silent for as long.
// So the exchange only begins a new journal, and a thread makes the snapshot out of the files: it loads the one before, replays the
// journals up to the new one as a restart would, and writes what it has then. Until that is safe the older files hold everything.
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "sim/exchange/impl.hpp"
#include "sim/exchange/record/save.hpp"

namespace marginfix::sim {
namespace {

// A thread's own on Linux: trading goes before. Not more humble than this, or it would never be done on a busy machine.
void be_humble() { ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), 4); }

}  // namespace

Exchange::Impl::~Impl() { end_compaction(); }

Result<void> Exchange::Impl::compact(std::uint64_t from, std::uint64_t to) {
  replaying = true;
  base_ = generation_ = from;
  has_snapshot_ = std::filesystem::exists(snapshot_file(from));
  OpenReport report;
  if (auto loaded = load_snapshot(report); !loaded) return loaded;
  for (; generation_ < to; ++generation_) {
    if (auto read = read_closed_journal(report); !read) return read;
  }
  auto written = write_snapshot(to);
  if (!written) remove_snapshot(to);
  return written;
}

void Exchange::Impl::begin_compaction() {
  tell_checkpoint();
  journal_->flush();
  const std::uint64_t from = base_, to = generation_ + 1;
  // Where the last one took so long that a restart would take long too, this one does not stand back.
  const bool late = to_replay() > 2 * std::max(options.snapshot_bytes, snapshot_size_);
  begin_journal(to);
  auto work = std::make_unique<Compaction>();
  work->to = to;
  ExchangeOptions same = options;
  work->thread = std::thread([work = work.get(), same = std::move(same), from, to, late, former = std::move(former_)]() mutable {
    former.reset();
    if (!late) be_humble();
    try {
      Impl shadow(std::move(same));
      if (shadow.compact(from, to)) {
        work->size = shadow.snapshot_size_;
        work->put = what_is_on_disk(shadow.state, to);
        work->good = true;                  // whatever comes now: the older files go
        shadow.remove_other_generations();  // here, for it may take a while too
      }
    } catch (const std::exception&) {
      // Not good: what the older files hold is still all there is to hold, and the next snapshot tries again.
    }
    work->done = true;
  });
  compaction_ = std::move(work);
}

void Exchange::Impl::end_compaction() {
  if (!compaction_) return;
  compaction_->thread.join();
  former_ = std::move(compaction_);
  const Compaction* const done = former_.get();
  if (!done->good) return;
  base_ = done->to;
  snapshot_size_ = done->size;
  older_journals_ = not_before_ = 0;
  set_aside(done->put);
  note_on_disk(state, done->put);
}

void Exchange::Impl::set_aside(const PutOnDisk& put) {
  History& history = state.emitter.history;
  for (std::size_t a = 0; a < put.chunks.size(); ++a) {
    auto filed = put.chunks[a].begin();
    for (History::Chunk& chunk : history.accounts[a].chunks) {
      while (filed != put.chunks[a].end() && filed->first < chunk.first) ++filed;
      if (filed == put.chunks[a].end()) break;
      if (filed->first != chunk.first || filed->last != chunk.last) continue;
      history.count_all(chunk);
      freed_.push_back(std::move(chunk.bytes));
    }
  }
}

}  // namespace marginfix::sim
