#include "services/reconcile/folder/pages.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <functional>

#include "services/reconcile/folder.hpp"
#include "services/reconcile/journal/file.hpp"

namespace marginfix::reconcile {

namespace {

constexpr std::string_view kFirstLine = "marginfix ledger pages 1\n";
constexpr std::string_view kLast = "all ";

// The size of a page as the database's first bytes say it; 4096 where it has none.
std::int64_t page_size_of(const File& file) {
  std::array<char, 18> head{};
  const auto read = file.read(head.data(), head.size(), 0);
  if (!read || *read < head.size()) return 4096;
  const int size = static_cast<unsigned char>(head[16]) * 256 + static_cast<unsigned char>(head[17]);
  return size == 1 ? 65'536 : size < 512 ? 4096 : size;
}

// The hash of each `size` bytes; the last page may be shorter.
Result<void> each_page(const File& file, std::int64_t size, const std::function<void(std::int64_t number, const Hash&)>& each) {
  std::string page(static_cast<std::size_t>(size), '\0');
  Sha256 sha;
  for (std::int64_t number = 1;; ++number) {
    const auto read = file.read(page.data(), page.size(), (number - 1) * size);
    if (!read) return read.error();
    if (*read == 0) return {};
    each(number, sha.of(std::string_view(page).substr(0, *read)));
  }
}

// Cuts the file's text into words and lines.
class PagesText {
 public:
  explicit PagesText(std::string_view text) : left_(text) {}
  bool word(std::string_view expected) {
    if (!left_.starts_with(expected)) return false;
    left_.remove_prefix(expected.size());
    return true;
  }
  bool number(std::int64_t& value) {
    const auto [end, fault] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    if (fault != std::errc{}) return false;
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    return true;
  }
  bool hash(Hash& value) {
    const auto found = hash_of_hex(left_.substr(0, 64));
    if (!found) return false;
    value = *found;
    left_.remove_prefix(64);
    return true;
  }
  std::string_view left() const noexcept { return left_; }

 private:
  std::string_view left_;
};

struct Pages {
  PagesEnd end;
  std::int64_t page_size{0}, count{0};
  std::string_view hashes;  // 65 characters a page
};

std::optional<Pages> parse_pages(std::string_view text) {
  Pages pages;
  PagesText in(text);
  const bool head = in.word(kFirstLine) && in.word("journal ") && in.number(pages.end.journal.offset) && in.word(" ") &&
                    in.hash(pages.end.journal.hash) && in.word("\naudit ") && in.number(pages.end.audit.lines) && in.word(" ") &&
                    in.number(pages.end.audit.bytes) && in.word(" ") && in.hash(pages.end.audit.hash) && in.word("\npage ") &&
                    in.number(pages.page_size) && in.word(" ") && in.number(pages.count) && in.word("\n");
  if (!head || pages.page_size <= 0 || in.left().size() != static_cast<std::size_t>(pages.count) * 65) return std::nullopt;
  pages.hashes = in.left();
  return pages;
}

Error pages_error(const std::string& what, const std::string& path) { return fail(ErrorCategory::store, what, path); }

// The text before the last line, when that line is its hash.
std::optional<std::string_view> hashed_part(std::string_view text) {
  const std::size_t last = text.size() < 69 ? std::string_view::npos : text.size() - 69;
  if (last == std::string_view::npos || text.substr(last, 4) != kLast || text.back() != '\n') return std::nullopt;
  const std::string_view before = text.substr(0, last);
  if (to_hex(Sha256().of(before)) != text.substr(last + 4, 64)) return std::nullopt;
  return before;
}

}  // namespace

Result<void> write_pages(const std::string& dir, const PagesEnd& end) {
  const auto file = File::open(ledger_path(dir), O_RDONLY);
  if (!file) return file.error();
  const std::int64_t size = page_size_of(*file);
  std::string hashes;
  std::int64_t count = 0;
  const auto read = each_page(*file, size, [&](std::int64_t number, const Hash& hash) {
    hashes += to_hex(hash) + "\n";
    count = number;
  });
  if (!read) return read.error();
  std::string text(kFirstLine);
  text += "journal " + std::to_string(end.journal.offset) + " " + to_hex(end.journal.hash) + "\n";
  text += "audit " + std::to_string(end.audit.lines) + " " + std::to_string(end.audit.bytes) + " " + to_hex(end.audit.hash) + "\n";
  text += "page " + std::to_string(size) + " " + std::to_string(count) + "\n" + hashes;
  text += std::string(kLast) + to_hex(Sha256().of(text)) + "\n";
  return replace_file(pages_path(dir), text);
}

Result<void> remove_pages(const std::string& dir) {
  if (::unlink(pages_path(dir).c_str()) == 0) return sync_folder(dir);  // or a power cut brings it back
  if (errno == ENOENT) return {};
  return file_error("cannot remove " + pages_path(dir), errno);
}

Result<std::optional<PagesEnd>> check_pages(const std::string& dir) {
  const std::string path = pages_path(dir);
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::optional<PagesEnd>{};
  const auto text = read_file(path);
  if (!text) return text.error();
  const auto before = hashed_part(*text);
  const auto pages = before ? parse_pages(*before) : std::nullopt;
  if (!pages) return pages_error("ledger.pages: changed, its own hash is not that of its text", path);
  const auto file = File::open(ledger_path(dir), O_RDONLY);
  if (!file) return file.error();
  std::string wrong;
  std::int64_t count = 0;
  const auto read = each_page(*file, pages->page_size, [&](std::int64_t number, const Hash& hash) {
    count = number;
    if (number > pages->count || !wrong.empty()) return;
    if (to_hex(hash) != pages->hashes.substr(static_cast<std::size_t>(number - 1) * 65, 64))
      wrong = "ledger.db: page " + std::to_string(number) + " (bytes " + std::to_string((number - 1) * pages->page_size) + " to " +
              std::to_string(number * pages->page_size - 1) + ") was changed since its writer ended";
  });
  if (!read) return read.error();
  if (wrong.empty() && count != pages->count)
    wrong = "ledger.db: has " + std::to_string(count) + " pages, and had " + std::to_string(pages->count) + " when its writer ended";
  if (!wrong.empty()) return pages_error(wrong, ledger_path(dir));
  return std::optional(pages->end);
}

}  // namespace marginfix::reconcile
