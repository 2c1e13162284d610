// Counts the `seq` of one subscription. A pure value: no clock, no I/O. Source: websocket.md "Sequence".
#pragma once

#include <cstdint>
#include <optional>

namespace marginfix::ws {

enum class SequenceVerdict : std::uint8_t {
  take,       // the first one seen, or the next
  duplicate,  // the same number again: drop it
  gap,        // numbers are missing
  restarted   // a lower number: the server began anew
};

class SequenceTracker {
 public:
  // `control`: an answer (`ok`, `error`, `unsubscribed`), which may carry the number of the last data frame again.
  SequenceVerdict next(std::int64_t seq, bool control = false) noexcept {
    const auto before = last_;
    last_ = seq;
    if (!before || seq == *before + 1) return SequenceVerdict::take;
    if (seq == *before) return control ? SequenceVerdict::take : SequenceVerdict::duplicate;
    return seq > *before ? SequenceVerdict::gap : SequenceVerdict::restarted;
  }
  std::optional<std::int64_t> last() const noexcept { return last_; }
  void reset() noexcept { last_.reset(); }

 private:
  std::optional<std::int64_t> last_;
};

}  // namespace marginfix::ws
