// The inside of Exchange: the state, its journal and its snapshots.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "sim/exchange/exchange.hpp"
#include "sim/exchange/record/journal.hpp"
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
    std::uint64_t to{0}, size{0};  // size 0: it failed
  };
  void begin_compaction();
  void end_compaction();  // waits for it
  // Of an Impl of its own, on a thread of its own: the state at the end of journal to - 1, written as snapshot to. Its size.
  Result<std::uint64_t> compact(std::uint64_t from, std::uint64_t to);

  void tell_checkpoint();
  void begin_journal();
  Result<void> read_closed_journal(OpenReport& report);
  std::string identity() const;
  bool find_generation();
  void keep_earlier_markets();
  Result<void> load_snapshot(OpenReport& report);
  Result<void> open_journal(OpenReport& report);
  void remove_other_generations() const;
  std::filesystem::path file(const char* kind) const;

  FileHandle lock_;
  std::optional<Journal> journal_;
  std::uint64_t generation_{1};  // of the journal that is written
  std::uint64_t base_{1};        // of the newest snapshot: its journal and those behind it are replayed
  std::unique_ptr<Compaction> compaction_;
  bool has_snapshot_{false};
  std::uint64_t snapshot_size_{0};
  std::string scratch_;
};

}  // namespace marginfix::sim
