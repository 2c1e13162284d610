// The file of the file store (little-endian). Written down here once; records.cpp reads and writes it.
//
//   header   64 bytes:  magic "MFXSTOR1", version u32 = 2, zero u32, epoch u64, created_at i64, zeros, crc u32 of the first 60 bytes
//   target   32 bytes:  epoch u64, next target number i64, zeros 12, crc u32 of the first 28 bytes: the number the records begin with
//   records  each:      length u32 of the payload, kind u32, crc u32 of these 8 bytes; payload; crc u32 of the payload
//     sent     seq i64, appended_at i64 (epoch seconds), the message
//     sender   next sender number i64
//     reset    epoch u64, created_at i64: everything before is void
//     target   next target number i64
//
// Behind the last record is room (zeros), where the process was killed also a record that was never finished: its length is zero, for that
// is written last (AppendFile), or it ends beyond the file; and after a power cut one of which a sector is zeros still. Its message never
// left; it is cut. Every other difference is damage.
// Epochs tell which side of a reset the target block belongs to. Version 1 has no target records: there the target block was rewritten in
// place; opened, it becomes version 2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace marginfix::store {

inline constexpr char kMagic[8] = {'M', 'F', 'X', 'S', 'T', 'O', 'R', '1'};
inline constexpr std::uint32_t kVersion = 2, kVersionWithoutTargets = 1;
inline constexpr std::size_t kHeaderSize = 64;
inline constexpr std::size_t kTargetOffset = kHeaderSize;
inline constexpr std::size_t kTargetSize = 32;
inline constexpr std::size_t kRecordsOffset = kHeaderSize + kTargetSize;
inline constexpr std::size_t kRecordHead = 12;
inline constexpr std::size_t kRecordTail = 4;
inline constexpr std::uint32_t kMaxPayload = 64U << 20;

enum class RecordKind : std::uint32_t { sent = 1, sender = 2, reset = 3, target = 4 };

// The machines we run on are little-endian (x86-64, AArch64).
template <class Number>
void put(char* at, Number value) {
  std::memcpy(at, &value, sizeof value);
}
template <class Number>
Number get(const char* at) {
  Number value{};
  std::memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace marginfix::store
