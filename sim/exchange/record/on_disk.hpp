// What is over and is not part of every snapshot: it stands in files that are written once, beside the snapshot that names them.
//   closed-<g>.mfc   closed orders in the order they closed, fills of each account, public trades of each market; read at a restart
//   reports-<g>.mfr  full chunks of the drop-copy history; read when somebody asks for them
// <g> is the generation of the snapshot they were made for. A snapshot so costs what is open and what came since the one before; what a
// file holds and nobody may ask for any more stays until the rest of the file has gone too, or until more is dead than alive. A snapshot
// names its files only when they are safe: files that no snapshot names (a process died in between) are removed at the next start, and the
// journals hold what they held.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "marginfix/core/result.hpp"
#include "sim/exchange/record/history.hpp"

namespace marginfix::sim {

struct State;

struct ClosedFile {
  std::uint64_t generation{0};
  std::uint64_t first_order{0};  // closed orders are counted from 0 in the order they closed, those that were forgotten too
  std::uint64_t orders{0};
  std::uint64_t fills{0};
  std::uint64_t trades{0};
  std::uint64_t bytes{0};
};
template <class Ar>
void fields(Ar& ar, ClosedFile& f) {
  ar(f.generation, f.first_order, f.orders, f.fills, f.trades, f.bytes);
}

// A part of the state; of the other parts it says how much of them stands in files.
struct OnDisk {
  std::vector<ClosedFile> files;  // oldest first
  std::uint64_t orders{0};        // closed orders up to here
  std::uint64_t forgotten{0};     // how many closed orders were
};

// Where files go and how much it takes to begin one: less stays in the snapshot itself.
struct DiskFolder {
  std::filesystem::path dir;
  std::string identity;
  std::uint64_t least{0};  // bytes
};

// Writes what is over into files of this generation, if it is enough, and notes where it stands.
Result<void> put_on_disk(State& state, const DiskFolder& folder, std::uint64_t generation);
// What the snapshot says of files; empty: there are none.
std::string describe_files(const State& state);
// The other way round, into a state that load() has read: reads the closed files.
Result<void> read_files(State& state, const DiskFolder& folder, std::string_view description);
bool names_file(const State& state, const std::string& name);
std::uint64_t bytes_on_disk(const State& state);  // of the closed files

// What another State of the same exchange has put on disk, for this one to note too. Both went through the same commands; this one is
// ahead.
struct PutOnDisk {
  OnDisk marks;
  std::vector<std::uint64_t> fills, trades;
  struct Chunk {
    ExecId first, last;
    History::Place place;
  };
  std::vector<std::vector<Chunk>> chunks;  // by account
};
PutOnDisk what_is_on_disk(const State& state, std::uint64_t generation);
void note_on_disk(State& state, const PutOnDisk& other);

}  // namespace marginfix::sim
