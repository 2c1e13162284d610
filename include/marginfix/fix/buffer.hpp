// A growing byte buffer the caller owns and reuses: clear() keeps the memory, so encoding allocates only until it is large enough.
// Not thread-safe; one buffer a thread or session.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace marginfix::fix {

class Buffer {
 public:
  explicit Buffer(std::size_t capacity = 1024) : bytes_(new char[capacity]), capacity_(capacity) {}

  std::string_view view() const noexcept { return {bytes_.get(), size_}; }
  const char* data() const noexcept { return bytes_.get(); }
  char* data() noexcept { return bytes_.get(); }
  std::size_t size() const noexcept { return size_; }
  std::size_t capacity() const noexcept { return capacity_; }
  bool empty() const noexcept { return size_ == 0; }
  void clear() noexcept { size_ = 0; }
  void truncate(std::size_t size) noexcept { size_ = size < size_ ? size : size_; }

  void append(std::string_view text) {
    if (text.empty()) return;
    std::memcpy(reserve(text.size()), text.data(), text.size());
    size_ += text.size();
  }
  // Room for `more` bytes behind the content; write there, then commit() how many were.
  char* reserve(std::size_t more) {
    if (capacity_ - size_ < more) grow(more);
    return bytes_.get() + size_;
  }
  void commit(const char* end) noexcept { size_ = static_cast<std::size_t>(end - bytes_.get()); }

 private:
  void grow(std::size_t more) {
    const std::size_t wanted = size_ + more > capacity_ * 2 ? size_ + more : capacity_ * 2;
    std::unique_ptr<char[]> larger(new char[wanted]);
    if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
    bytes_ = std::move(larger);
    capacity_ = wanted;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_{0};
  std::size_t capacity_;
};

}  // namespace marginfix::fix
