#include "services/reconcile/journal/journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <utility>

#include "services/reconcile/journal/file.hpp"
#include "services/reconcile/journal/journal_scan.hpp"

namespace marginfix::reconcile {

namespace {

using EachRecord = std::function<void(const Record&, JournalPosition)>;

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

// A process may have been killed while it wrote the first 40 bytes.
Result<std::int64_t> begin_file(File& file) {
  const auto size = file.size();
  if (!size) return size.error();
  if (*size >= kJournalBegin) return std::int64_t{0};
  std::string there(static_cast<std::size_t>(*size), '\0');
  if (const auto read = file.read(there.data(), there.size(), 0); !read) return read.error();
  const std::string header = journal_header();
  if (!header.starts_with(there) && there.find_first_not_of('\0') != std::string::npos) return std::int64_t{0};  // the scan refuses it
  if (auto written = file.write(header, 0); !written) {
    (void)file.truncate(0);
    return written.error();
  }
  if (auto synced = file.sync(); !synced) return synced.error();
  if (auto synced = sync_folder(folder_of(file.path())); !synced) return synced.error();
  return *size;
}

Result<JournalEnd> scan_all(const File& file, JournalPosition from, const EachRecord& each) {
  auto scan = JournalScan::open(file, from);
  if (!scan) return scan.error();
  for (;;) {
    const auto record = scan->next();
    if (!record) return record.error();
    if (!*record) break;
    if (each) each(**record, scan->position());
  }
  return JournalEnd{scan->position(), scan->unfinished(), scan->records()};
}

}  // namespace

struct JournalWriter::Impl {
  File file;
  JournalPosition flushed, end;
  std::int64_t cut{0};
  std::string buffer;
  Sha256 sha;
  std::optional<Error> broken;

  explicit Impl(File opened) : file(std::move(opened)) {}

  // So that the file ends where the last flush left it.
  void cut_back() {
    buffer.clear();
    end = flushed;
    if (auto cut_off = file.truncate(flushed.offset); !cut_off) break_off(cut_off.error());
  }
  void break_off(Error error) {
    error.code = "restart";
    error.message += "; what the journal holds on the disk is not known: restart the service, which reads it again";
    broken = std::move(error);
  }
};

JournalWriter::JournalWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JournalWriter::~JournalWriter() = default;

Result<std::unique_ptr<JournalWriter>> JournalWriter::open(const std::string& path, JournalPosition from, const EachRecord& replayed) {
  auto file = File::open(path, O_RDWR | O_CREAT);
  if (!file) return file.error();
  auto impl = std::make_unique<Impl>(std::move(*file));
  const auto begun = begin_file(impl->file);
  if (!begun) return begun.error();
  const auto end = scan_all(impl->file, from, replayed);
  if (!end) return end.error();
  if (end->unfinished_bytes > 0) {
    if (auto cut = impl->file.truncate(end->position.offset); !cut) return cut.error();
    if (auto synced = impl->file.sync(); !synced) return synced.error();
  }
  impl->cut = *begun + end->unfinished_bytes;
  impl->flushed = impl->end = end->position;
  return std::unique_ptr<JournalWriter>(new JournalWriter(std::move(impl)));
}

JournalPosition JournalWriter::append(const Record& record) {
  const std::size_t at = impl_->buffer.size();
  encode_record(record, impl_->buffer);
  const Hash hash = impl_->sha.of(as_bytes(impl_->end.hash), std::string_view(impl_->buffer).substr(at));
  impl_->buffer += as_bytes(hash);
  impl_->end = {impl_->end.offset + static_cast<std::int64_t>(impl_->buffer.size() - at), hash};
  return impl_->end;
}

void JournalWriter::discard() {
  impl_->buffer.clear();
  impl_->end = impl_->flushed;
}

Result<void> JournalWriter::flush() {
  if (impl_->broken) {
    discard();
    return *impl_->broken;
  }
  if (impl_->buffer.empty()) return {};
  if (auto written = impl_->file.write(impl_->buffer, impl_->flushed.offset); !written) {
    impl_->cut_back();
    return written.error();
  }
  // The kernel forgets what it could not write, and says so once: neither it nor the next fdatasync can be believed.
  if (auto synced = impl_->file.sync(); !synced) {
    impl_->cut_back();
    impl_->break_off(synced.error());
    return *impl_->broken;
  }
  impl_->buffer.clear();
  impl_->flushed = impl_->end;
  return {};
}

JournalPosition JournalWriter::end() const noexcept { return impl_->end; }
std::int64_t JournalWriter::cut_bytes() const noexcept { return impl_->cut; }

Result<JournalEnd> read_journal(const std::string& path, JournalPosition from, const EachRecord& each) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return file.error();
  return scan_all(*file, from, each);
}

}  // namespace marginfix::reconcile
