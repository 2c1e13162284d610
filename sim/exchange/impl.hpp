// The inside of Exchange: the state, its journal and its snapshots.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "sim/exchange/exchange.hpp"
#include "sim/exchange/record/journal.hpp"
#include "sim/exchange/record/on_disk.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {

// One journal record (without its number) back into the command it came from, and run.
Result<void> replay(State& state, std::string_view record);

class Exchange::Impl {
 public:
  explicit Impl(ExchangeOptions options);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // What `dir` holds.
  Result<OpenReport> load();
  void checkpoint();
  void commit();

  // Of one command: nullptr = nothing is kept.
  std::string* begin_record(Op op);
  void end_record();
  void after_command();

  ExchangeOptions options;
  State state;
  RateLimits limits;
  bool replaying{false};
  bool busy{false};  // a command runs

 private:
  // ---- snapshots beside the running exchange (compaction.cpp)
  struct Compaction {
    std::thread thread;
    std::atomic<bool> done{false};
    std::uint64_t to{0};
    bool good{false};  // the snapshot is safe
    std::uint64_t size{0};
    PutOnDisk put;  // what is in files since
  };
  void make_snapshot();
  void begin_compaction();
  void end_compaction();  // waits for it
  void set_aside(const PutOnDisk& put);
  // Of an Impl of its own, on a thread of its own: the state at the end of journal to - 1, written as snapshot to.
  Result<void> compact(std::uint64_t from, std::uint64_t to);
  // The state as snapshot `generation`, and what is over in files.
  Result<void> write_snapshot(std::uint64_t generation);

  void tell_checkpoint();
  // The commands that follow go there. Throws, and nothing has changed, where it cannot be made.
  void begin_journal(std::uint64_t generation);
  std::uint64_t to_replay() const { return older_journals_ + journal_->size(); }
  DiskFolder folder() const { return {options.dir, identity(), options.past_in_snapshot}; }
  JournalWriting writing() const {
    return options.write_policy == WritePolicy::Mapped ? writing_on(file_system_of(options.dir)) : JournalWriting::Calls;
  }
  Result<void> read_closed_journal(OpenReport& report);
  std::string identity() const;
  bool find_generation();
  void keep_earlier_markets();
  Result<void> load_snapshot(OpenReport& report);
  Result<void> open_journal(OpenReport& report);
  void remove_other_generations() const;
  void remove_unfinished_files() const;
  void remove_snapshot(std::uint64_t generation) const;  // one that failed, with the files that it would have named
  std::filesystem::path snapshot_file(std::uint64_t generation) const;
  std::filesystem::path journal_file(std::uint64_t generation) const;

  FileHandle lock_;
  std::optional<Journal> journal_;
  std::uint64_t generation_{1};  // of the journal that is written
  std::uint64_t base_{1};        // of the newest snapshot: its journal and those behind it are replayed
  std::unique_ptr<Compaction> compaction_;
  std::unique_ptr<Compaction> former_;  // the next one's thread lets go of it: it pins memory that takes a while to return
  std::vector<std::string> freed_;      // what is on disk now, let go of a little at a time: returning 100 MB at once is a pause
  std::uint64_t older_journals_{0};     // bytes of those that a restart would replay before the one that is written
  std::uint64_t not_before_{0};         // bytes to replay that bring the next try at a snapshot, after one that failed
  bool has_snapshot_{false};
  std::uint64_t snapshot_size_{0};
  std::string scratch_;
};

}  // namespace marginfix::sim
