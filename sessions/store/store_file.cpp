// A store's file from outside: read beside its owner, or written anew.
#include "marginfix/sessions/store_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>
#include <utility>

#include "sessions/store/records.hpp"

namespace marginfix {
namespace {

using store::Entry;

constexpr std::size_t kPiece = 256 * 1024;
// Where each append is a write(), half of one may be seen. What is damage stays it.
constexpr int kLooks = 6;
constexpr std::chrono::milliseconds kBetweenLooks{20};

Error file_error(const std::string& path, const std::string& what, int error) {
  return fail(ErrorCategory::store, fmt::format("{}: {}: {}", path, what, std::generic_category().message(error)));
}

class OpenFile {
 public:
  OpenFile(std::string path, int flags) : path_(std::move(path)), fd_(::open(path_.c_str(), flags | O_CLOEXEC)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }
  bool is_open() const noexcept { return fd_ >= 0; }
  const std::string& path() const noexcept { return path_; }

  // As many bytes as the file has there; throws Exception.
  std::size_t read_at(char* data, std::size_t size, std::uint64_t offset) const {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t count = ::pread(fd_, data + done, size - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw Exception(file_error(path_, "cannot read", errno));
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

 private:
  std::string path_;
  int fd_;
};

// Read, not mapped: its owner may cut the room at its end while we look.
class Pieces final : public store::Bytes {
 public:
  explicit Pieces(const OpenFile& file) : file_(file) {}
  std::string_view at(std::uint64_t offset, std::size_t size) override {
    if (offset < begin_ || offset + size > begin_ + piece_.size()) {
      piece_.resize(std::max(size, kPiece));
      piece_.resize(file_.read_at(piece_.data(), piece_.size(), offset));
      begin_ = offset;
    }
    return std::string_view(piece_).substr(offset - begin_, size);
  }
  void look_again() override { piece_.clear(); }

 private:
  const OpenFile& file_;
  std::uint64_t begin_{0};
  std::string piece_;
};

// The kernel's own list of locks: asking by flock() would keep a session out that starts in this moment. btrfs and overlays tell stat()
// another device than that list has; there the inode's number has to do.
bool is_locked(const OpenFile& file) {
  struct stat about {};
  struct statfs system {};
  if (::fstat(file.get(), &about) != 0 || ::fstatfs(file.get(), &system) != 0) return false;
  const bool device_told = system.f_type != BTRFS_SUPER_MAGIC && system.f_type != OVERLAYFS_SUPER_MAGIC;
  const std::string device = device_told ? fmt::format(" {:02x}:{:02x}", major(about.st_dev), minor(about.st_dev)) : std::string();
  const std::string name = fmt::format("{}:{} ", device, about.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    if (line.find(" FLOCK ") != std::string::npos && line.find(" WRITE ") != std::string::npos && line.find(name) != std::string::npos)
      return true;
  }
  return false;
}

StoreFileInfo info_of(const store::Reading& reading, std::uint64_t file_size, bool in_use) {
  const store::State& state = reading.state;
  StoreFileInfo info;
  info.version = reading.version;
  info.epoch = state.epoch;
  info.created_at = state.created_at;
  info.next_sender_seq = state.next_sender;
  info.next_target_seq = state.next_target;
  info.messages = state.index.size();
  if (!state.index.empty()) {
    const auto [oldest, newest] =
        std::ranges::minmax_element(state.index, {}, [](const Entry& entry) { return entry.at; });  // clocks are set back, too
    info.first_seq = state.index.front().seq;
    info.last_seq = state.index.back().seq;
    info.oldest = oldest->at;
    info.newest = newest->at;
  }
  info.used_bytes = reading.end;
  // Beside its owner these are bytes of what is being appended.
  const std::uint64_t behind = in_use || reading.damage ? reading.end : reading.unfinished_end;
  info.unfinished_bytes = behind - reading.end;
  info.room_bytes = file_size > behind ? file_size - behind : 0;
  info.damage = reading.damage;
  info.in_use = in_use;
  return info;
}

}  // namespace

struct StoreFile::Impl {
  explicit Impl(const std::string& path) : file(path, O_RDONLY) {}
  OpenFile file;
  StoreFileInfo info;
  std::vector<Entry> index;
};

StoreFile::StoreFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StoreFile::StoreFile(StoreFile&&) noexcept = default;
StoreFile& StoreFile::operator=(StoreFile&&) noexcept = default;
StoreFile::~StoreFile() = default;

Result<std::unique_ptr<StoreFile::Impl>> StoreFile::look(const std::string& path) {
  auto impl = std::make_unique<Impl>(path);
  struct stat about {};
  if (!impl->file.is_open()) return file_error(path, "cannot open", errno);
  if (::fstat(impl->file.get(), &about) != 0) return file_error(path, "cannot stat", errno);
  if (!S_ISREG(about.st_mode)) return fail(ErrorCategory::store, path + ": this is no file");
  const bool was_in_use = is_locked(impl->file);
  Pieces bytes(impl->file);
  store::Reading reading = store::read_records(bytes);
  if (::fstat(impl->file.get(), &about) != 0) return file_error(path, "cannot stat", errno);
  impl->info = info_of(reading, static_cast<std::uint64_t>(about.st_size), was_in_use || is_locked(impl->file));
  impl->index = std::move(reading.state.index);
  return impl;
}

Result<StoreFile> StoreFile::read(const std::string& path) {
  try {
    auto seen = look(path);
    for (int looks = 1; looks < kLooks && seen && (*seen)->info.in_use && (*seen)->info.damage; ++looks) {
      std::this_thread::sleep_for(kBetweenLooks);
      seen = look(path);
    }
    if (!seen) return seen.error();
    return StoreFile(*std::move(seen));
  } catch (const Exception& error) {
    return error.error();
  }
}

const StoreFileInfo& StoreFile::info() const noexcept { return impl_->info; }

Result<void> StoreFile::for_each(std::int64_t begin, std::int64_t end, const std::function<bool(const StoreFileMessage&)>& visit) const {
  auto at = std::ranges::lower_bound(impl_->index, begin, {}, &Entry::seq);
  std::string record;
  try {
    for (; at != impl_->index.end() && (end == 0 || at->seq <= end); ++at) {
      record.resize(at->record_size());
      record.resize(impl_->file.read_at(record.data(), record.size(), at->offset));
      if (!store::is_record_of(*at, record))
        return fail(ErrorCategory::store,
                    fmt::format("{}: message {} at offset {} cannot be read back", impl_->file.path(), at->seq, at->offset));
      if (!visit(StoreFileMessage{at->seq, at->at, std::string(store::message_of(record))})) break;
    }
  } catch (const Exception& error) {
    return error.error();
  }
  return {};
}

namespace {

// Bytes for a file that gets its name when all of it is on the disk; removed if that never happens.
class FreshFile {
 public:
  explicit FreshFile(std::string path)
      : path_(std::move(path)), temporary_(path_ + ".XXXXXX"), fd_(::mkostemp(temporary_.data(), O_CLOEXEC)) {
    if (fd_ < 0) throw Exception(file_error(path_, "cannot write beside it", errno));
  }
  FreshFile(const FreshFile&) = delete;
  FreshFile& operator=(const FreshFile&) = delete;
  ~FreshFile() {
    if (!named_) ::unlink(temporary_.c_str());
    ::close(fd_);
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) throw Exception(file_error(path_, "cannot write", count < 0 ? errno : ENOSPC));
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  // False: something has that name already.
  bool take_name(bool replace) {
    if (::fsync(fd_) != 0) throw Exception(file_error(path_, "cannot sync", errno));
    if (replace) {
      if (::rename(temporary_.c_str(), path_.c_str()) != 0) throw Exception(file_error(path_, "cannot rename", errno));
      named_ = true;
    } else if (::link(temporary_.c_str(), path_.c_str()) != 0) {  // unlike rename(), it replaces nothing
      if (errno == EEXIST) return false;
      throw Exception(file_error(path_, "cannot give it its name", errno));
    }
    sync_folder();
    return true;
  }

 private:
  void sync_folder() const {
    const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
    const OpenFile opened(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
    if (!opened.is_open() || ::fsync(opened.get()) != 0) throw Exception(file_error(opened.path(), "cannot sync", errno));
  }

  std::string path_, temporary_;
  int fd_;
  bool named_{false};
};

void check_contents(const std::string& path, const NewStoreFile& contents) {
  const auto refuse = [&](const std::string& why) { throw Exception(fail(ErrorCategory::store, path + ": not written: " + why)); };
  if (contents.next_sender_seq < 1 || contents.next_target_seq < 1)
    refuse(fmt::format("{} and {} are no sequence numbers", contents.next_sender_seq, contents.next_target_seq));
  std::int64_t before = 0;
  for (const StoreFileMessage& message : contents.messages) {
    if (message.seq <= before || message.seq >= contents.next_sender_seq)
      refuse(fmt::format("message {} is not between {} and {}", message.seq, before, contents.next_sender_seq));
    if (message.bytes.size() > store::kMaxPayload - 16) refuse(fmt::format("message {} is too long", message.seq));
    before = message.seq;
  }
}

void write_contents(FreshFile& file, const NewStoreFile& contents) {
  constexpr std::uint64_t kFirstEpoch = 1;
  std::string bytes = store::header_block(kFirstEpoch, contents.created_at) + store::target_block(kFirstEpoch, contents.next_target_seq);
  for (const StoreFileMessage& message : contents.messages) {
    store::add_sent(bytes, message.seq, message.stored_at, message.bytes);
    if (bytes.size() < kPiece) continue;
    file.write(bytes);
    bytes.clear();
  }
  store::add_number(bytes, store::RecordKind::sender, contents.next_sender_seq);
  file.write(bytes);
}

Error there_already(const std::string& path) {
  return fail(ErrorCategory::store, path + ": is there already: a session's numbers stand in it");
}

// Held until the new file has taken its place: a session that opens it meanwhile is refused.
void lock_what_is_replaced(const OpenFile& old) {
  if (!old.is_open()) throw Exception(file_error(old.path(), "cannot be replaced", errno));
  struct stat mine {
  }, named{};
  // Its owner may just have put a shorter one in its place.
  const bool locked = ::flock(old.get(), LOCK_EX | LOCK_NB) == 0;
  if (!locked || ::fstat(old.get(), &mine) != 0 || ::stat(old.path().c_str(), &named) != 0 || mine.st_ino != named.st_ino)
    throw Exception(fail(ErrorCategory::store, old.path() + ": the message store is in use by another session or process"));
  std::string magic(sizeof store::kMagic, '\0');
  magic.resize(old.read_at(magic.data(), magic.size(), 0));
  if (!magic.empty() && !std::equal(magic.begin(), magic.end(), std::begin(store::kMagic), std::end(store::kMagic)))
    throw Exception(fail(ErrorCategory::store, old.path() + ": this is no message store of ours: it is not replaced"));
}

}  // namespace

Result<void> write_store_file(const std::string& path, const NewStoreFile& contents, bool overwrite) {
  try {
    check_contents(path, contents);
    std::error_code none;
    const bool replaces = std::filesystem::exists(path, none);
    if (replaces && !overwrite) return there_already(path);
    std::optional<OpenFile> old;
    if (replaces) lock_what_is_replaced(old.emplace(path, O_RDWR));
    FreshFile file(path);
    write_contents(file, contents);
    if (!file.take_name(replaces)) return there_already(path);
    return {};
  } catch (const Exception& error) {
    return error.error();
  }
}

}  // namespace marginfix
