// The inside of Exchange: the engine, its journal and its clock offset.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "sim/exchange/commands.hpp"
#include "sim/exchange/core.hpp"
#include "sim/exchange/journal.hpp"

namespace marginfix::sim {

class Exchange::Impl {
 public:
  explicit Impl(ExchangeOptions options);
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<OpenReport> open(Timestamp wall_now);
  void step(Timestamp wall_now);
  void advance(std::chrono::microseconds by);
  void checkpoint();
  void commit();
  std::string truth_json(const TruthQuery& query) const;

  // Journals a command, then runs it: `op` and `args` are what replay() reads back.
  template <class Run, class... Args>
  auto command(Op op, Run run, const Args&... args) {
    const Busy busy(*this);
    record(op, args...);
    if constexpr (std::is_void_v<decltype(run(core))>) {
      run(core);
      after_command();
    } else {
      auto out = run(core);
      after_command();
      return out;
    }
  }

  ExchangeOptions options;
  Core core;
  RateLimits limits;
  std::chrono::microseconds offset{0};  // trading clock - wall clock
  bool replaying{false};

 private:
  // Listeners must not call commands: their events would come in the middle of others.
  class Busy {
   public:
    explicit Busy(Impl& impl);
    ~Busy() { impl_.busy_ = false; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

   private:
    Impl& impl_;
  };

  template <class... Args>
  void record(Op op, const Args&... args) {
    if (!journal_) return;
    scratch_.clear();
    ArchiveOut out(scratch_);
    out(op, core.emitter().exec().a, core.now(), args...);
    journal_->append(scratch_);
    if (options.write_policy == WritePolicy::EachCommand) journal_->flush();
  }
  void after_command();
  // ---- snapshots beside the running exchange (compaction.cpp)
  struct Compaction {
    std::thread thread;
    std::atomic<bool> done{false};
    std::uint64_t to{0}, size{0};  // size 0: it failed
  };
  void begin_compaction();
  void end_compaction();  // waits for it
  // Of an Impl of its own, on a thread of its own: the state at the end of journal to - 1, written as snapshot to. Its size.
  Result<std::uint64_t> compact(std::uint64_t from, std::uint64_t to);

  void tell_checkpoint();
  std::string snapshot_bytes();
  void begin_journal();
  Result<void> read_closed_journal(OpenReport& report);
  std::string identity() const;
  bool find_generation();
  void keep_earlier_markets();
  Result<void> load_snapshot(OpenReport& report);
  Result<void> open_journal(OpenReport& report);
  Result<void> replay(std::string_view record);
  Result<void> run_replayed(Op op, ArchiveIn& in);
  void remove_other_generations() const;
  std::filesystem::path file(const char* kind) const;

  FileHandle lock_;
  std::optional<Journal> journal_;
  std::uint64_t generation_{1};  // of the journal that is written
  std::uint64_t base_{1};        // of the newest snapshot: its journal and those behind it are replayed
  std::unique_ptr<Compaction> compaction_;
  bool has_snapshot_{false};
  std::uint64_t snapshot_size_{0};
  bool started_{false};
  bool busy_{false};
  std::string scratch_;
};

}  // namespace marginfix::sim
