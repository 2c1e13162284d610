#include "services/reconcile/folder/audit_compare.hpp"

#include <fcntl.h>

#include <algorithm>

namespace marginfix::reconcile {

namespace {

constexpr std::size_t kWindow = 1 << 18;

}  // namespace

AuditCompare::AuditCompare(const std::string& path, std::int64_t size) : path_(path), size_(size) {}

void AuditCompare::append(const AuditEntry& entry) {
  const AuditPosition at = position();
  const std::string line = chain_.line(entry);
  if (!fault_.empty() || at.bytes >= size_) return;
  const std::string found = there(at.bytes, line.size());
  if (found == line) {
    ++equal_;
    compared_ = position().bytes;
    return;
  }
  if (static_cast<std::int64_t>(found.size()) + at.bytes >= size_ && line.starts_with(found)) return;  // unfinished
  const auto differs = std::mismatch(found.begin(), found.end(), line.begin(), line.end()).first - found.begin();
  fault_ = "audit.jsonl: line " + std::to_string(at.lines + 1) + " (byte " + std::to_string(at.bytes + differs) +
           "): is not what the journal gives";
}

bool AuditCompare::unfinished() const {
  const auto file = File::open(path_, O_RDONLY);
  std::string rest(static_cast<std::size_t>(left_bytes()), '\0');
  const auto read = file ? file->read(rest.data(), rest.size(), compared_) : Result<std::size_t>(file.error());
  return read && rest.find('\n') == std::string::npos;
}

std::string AuditCompare::there(std::int64_t at, std::size_t size) {
  if (at < window_at_ || at + static_cast<std::int64_t>(size) > window_at_ + static_cast<std::int64_t>(window_.size())) {
    const auto file = File::open(path_, O_RDONLY);
    if (!file) throw Exception(file.error());
    window_.resize(std::min(static_cast<std::size_t>(size_ - at), std::max(size, kWindow)));
    const auto read = file->read(window_.data(), window_.size(), at);
    if (!read) throw Exception(read.error());
    window_.resize(*read);
    window_at_ = at;
  }
  return window_.substr(static_cast<std::size_t>(at - window_at_), size);
}

}  // namespace marginfix::reconcile
