#include "apps/store/quickfix_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <set>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

#include "marginfix/core/trimmed.hpp"
#include "marginfix/fix/frame.hpp"

namespace marginfix::apps {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kEndings{".body", ".header", ".seqnums", ".senderseqnums", ".targetseqnums"};
constexpr int kTries = 40;  // to see the files as they are between two messages
constexpr std::chrono::milliseconds kBetweenTries{5};
constexpr std::size_t kJavaEntry = 16;

Error file_error(const std::string& path, const std::string& what) { return fail(ErrorCategory::store, path + ": " + what); }
[[noreturn]] void refuse_bytes(const std::string& path, std::uint64_t offset, const std::string& what) {
  throw Exception(file_error(path, fmt::format("byte {}: {}", offset, what)));
}

class InputFile {
 public:
  explicit InputFile(std::string path) : path_(std::move(path)), fd_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {}
  InputFile(InputFile&& other) noexcept : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}
  InputFile& operator=(InputFile&& other) noexcept {
    path_.swap(other.path_);
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~InputFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  bool is_open() const noexcept { return fd_ >= 0; }
  const std::string& path() const noexcept { return path_; }

  struct stat about() const {
    struct stat info {};
    if (::fstat(fd_, &info) != 0) throw Exception(file_error(path_, std::generic_category().message(errno)));
    return info;
  }
  std::uint64_t size() const { return static_cast<std::uint64_t>(about().st_size); }
  // QuickFIX's reset takes the files away and makes new ones.
  bool has_its_name() const {
    struct stat named {};
    return ::stat(path_.c_str(), &named) == 0 && named.st_ino == about().st_ino;
  }
  // As much of it as there is.
  std::string read(std::uint64_t offset, std::size_t size) const {
    std::string bytes(size, '\0');
    std::size_t done = 0;
    while (done < size) {
      const ssize_t count = ::pread(fd_, &bytes[done], size - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw Exception(file_error(path_, std::generic_category().message(errno)));
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return bytes;
  }
  std::string read_all() const { return read(0, size()); }

 private:
  std::string path_;
  int fd_;
};

InputFile open_input(const std::string& path) {
  InputFile file(path);
  if (file.is_open()) return file;
  throw Exception(file_error(path, errno == ENOENT
                                       ? "is missing: QuickFIX's FileStore always has it, so this is not all of a session's files"
                                       : std::generic_category().message(errno)));
}

// ---- the files at one moment -------------------------------------------------------------------------------------------
struct FileNames {
  explicit FileNames(const std::string& session)
      : body(session + ".body"), header(session + ".header"), creation(session + ".session"), sender(session + ".seqnums") {
    const std::string alone = session + ".senderseqnums", other = session + ".targetseqnums";
    two_files = fs::exists(alone) || fs::exists(other);
    if (!two_files) return;
    if (fs::exists(sender))
      throw Exception(file_error(sender, "stands beside " + alone +
                                             ": the session has been used with two kinds of store, and which has its "
                                             "numbers cannot be known; put the files of the one that ran last into a folder of their own"));
    sender = alone;
    target = other;
  }
  std::string body, header, creation, sender, target;  // sender: both numbers, unless there are two files
  bool two_files{false};
};

struct Picture {
  explicit Picture(const FileNames& names) : body(open_input(names.body)), body_size(body.size()) {}
  InputFile body;
  std::uint64_t body_size;
  std::string header, sender, target;
};

std::pair<std::string, std::string> read_numbers(const FileNames& names) {
  return {open_input(names.sender).read_all(), names.two_files ? open_input(names.target).read_all() : std::string()};
}

// Numbers first and last: what they acknowledge is in header and body, and but for one message that is being written, nothing else is.
std::optional<Picture> try_picture(const FileNames& names) {
  const auto before = read_numbers(names);
  Picture picture(names);
  picture.header = open_input(names.header).read_all();
  std::tie(picture.sender, picture.target) = read_numbers(names);
  if (before != std::pair(picture.sender, picture.target) || !picture.body.has_its_name()) return std::nullopt;
  return picture;
}

Picture take_picture(const FileNames& names) {
  for (int tries = 1;; ++tries) {
    std::optional<Exception> problem;  // in the middle of a reset files are missing
    try {
      if (auto picture = try_picture(names)) return *std::move(picture);
    } catch (const Exception& error) {
      problem.emplace(error);
    }
    if (tries == kTries)
      throw problem ? *problem : Exception(file_error(names.sender, "changes while it is read: QuickFIX writes too fast, stop it first"));
    std::this_thread::sleep_for(kBetweenTries);
  }
}

// ---- numbers -----------------------------------------------------------------------------------------------------------
// The digits that `text` begins with are taken off it; nothing where there are none, or too many.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}
bool take_word(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

struct Numbers {
  std::int64_t sender{1}, target{1};
};

// "0000000042 : 0000000017"; by hand also "42 : 17".
Numbers cpp_numbers(const std::string& path, std::string_view file) {
  std::string_view text = trimmed(file);
  const std::size_t size = text.size();
  const auto sender = take_number(text);
  const std::size_t sender_digits = size - text.size();
  const bool parted = sender && take_word(text, " : ");
  const std::size_t target_digits = text.size();
  const auto target = parted ? take_number(text) : std::nullopt;
  // QuickFIX pads to 10 digits (1.16: 20): fewer behind the colon have been cut off.
  const bool cut = (sender_digits == 10 || sender_digits == 20) && target_digits != sender_digits;
  if (!target || !text.empty() || cut)
    refuse_bytes(path, file.size() - text.size(), "not as QuickFIX writes it: \"0000000042 : 0000000017\"");
  return {*sender, *target};
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t number = 0;
  for (const char c : bytes.substr(0, 4)) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

// A text of Java's writeUTF(); what an earlier, longer one left behind it does not count, as for QuickFIX/J.
std::string_view java_text(const std::string& path, std::string_view file) {
  if (file.empty()) return {};  // made and never written: the number is still 1
  const std::size_t size = file.size() < 2 ? 0 : (static_cast<unsigned char>(file[0]) << 8U | static_cast<unsigned char>(file[1]));
  if (file.size() < 2 || file.size() - 2 < size) refuse_bytes(path, file.size(), "ends in the middle of a text of QuickFIX/J's");
  return file.substr(2, size);
}

std::int64_t java_number(const std::string& path, std::string_view file) {
  std::string_view text = java_text(path, file);
  if (file.empty()) return 1;
  const auto number = take_number(text);
  if (!number || !text.empty()) refuse_bytes(path, 2, "not as QuickFIX/J writes it: a number behind its length");
  return *number;
}

Numbers java_cached_numbers(const std::string& path, std::string_view file) {
  std::string_view text = java_text(path, file);
  if (file.empty()) return {};
  const auto sender = take_number(text);
  const auto target = sender && take_word(text, ":") ? take_number(text) : std::nullopt;
  if (!target || !text.empty()) refuse_bytes(path, 2, "not as QuickFIX/J writes it: \"42:17\" behind its length");
  return {*sender, *target};
}

QuickfixLayout layout_of(const FileNames& names, const Picture& picture) {
  if (names.two_files) return QuickfixLayout::java;
  const std::string& telling = picture.sender.empty() ? picture.header : picture.sender;
  return !telling.empty() && telling[0] == '\0' ? QuickfixLayout::java_cached : QuickfixLayout::cpp;
}

Numbers numbers_of(QuickfixLayout layout, const FileNames& names, const Picture& picture) {
  Numbers numbers;
  if (layout == QuickfixLayout::java) {
    numbers = {java_number(names.sender, picture.sender), java_number(names.target, picture.target)};
  } else if (layout == QuickfixLayout::java_cached) {
    numbers = java_cached_numbers(names.sender, picture.sender);
  } else if (!picture.sender.empty() || !picture.header.empty() || picture.body_size != 0) {
    numbers = cpp_numbers(names.sender, picture.sender);
  }
  if (numbers.sender < 1 || numbers.target < 1)
    refuse_bytes(names.sender, 0, fmt::format("{} and {} are no sequence numbers", numbers.sender, numbers.target));
  return numbers;
}

// ---- the header --------------------------------------------------------------------------------------------------------
struct HeaderEntry {
  std::int64_t seq;
  std::uint64_t offset, size;
  std::uint64_t at;  // in the header
};

// An entry without its blank is one that a killed process did not finish.
std::vector<HeaderEntry> cpp_entries(const std::string& path, std::string_view file) {
  std::vector<HeaderEntry> entries;
  std::string_view rest = file;
  while (!rest.empty()) {
    const std::uint64_t at = file.size() - rest.size();
    if (rest.find_first_not_of("0123456789,") == std::string_view::npos && std::ranges::count(rest, ',') <= 2) break;
    const auto seq = take_number(rest);
    const auto offset = seq && take_word(rest, ",") ? take_number(rest) : std::nullopt;
    const auto size = offset && take_word(rest, ",") ? take_number(rest) : std::nullopt;
    if (!size || !take_word(rest, " "))
      refuse_bytes(path, at, "not as QuickFIX writes it: \"number,offset,size \" for each message (is an entry glued to half of another?)");
    entries.push_back({*seq, static_cast<std::uint64_t>(*offset), static_cast<std::uint64_t>(*size), at});
  }
  return entries;
}

std::vector<HeaderEntry> java_entries(std::string_view file) {
  std::vector<HeaderEntry> entries;
  for (std::size_t at = 0; at + kJavaEntry <= file.size(); at += kJavaEntry) {
    const std::uint64_t offset = std::uint64_t{big_endian(file.substr(at + 4))} << 32U | big_endian(file.substr(at + 8));
    entries.push_back({static_cast<std::int32_t>(big_endian(file.substr(at))), offset, big_endian(file.substr(at + 12)), at});
  }
  return entries;
}

// ---- the body ----------------------------------------------------------------------------------------------------------
// The size of the message that `bytes` begin with, by its BodyLength(9); 0: it cannot be told, or they end before.
std::size_t message_size(std::string_view bytes) {
  constexpr std::string_view kBodyLength =
      "\x01"
      "9=";
  constexpr std::size_t kCheckSum = 7;  // "10=123<SOH>"
  if (!bytes.starts_with("8=")) return 0;
  const auto soh = bytes.find('\x01');
  if (soh == std::string_view::npos || !bytes.substr(soh).starts_with(kBodyLength)) return 0;
  std::string_view rest = bytes.substr(soh + kBodyLength.size());
  const auto length = take_number(rest);
  if (!length || !take_word(rest, "\x01")) return 0;
  const std::size_t before = bytes.size() - rest.size();
  const auto size = static_cast<std::size_t>(*length);
  return size > rest.size() || rest.size() - size < kCheckSum ? 0 : before + size + kCheckSum;
}

class Import {
 public:
  Import(const std::string& session, Timestamp oldest)
      : oldest_(oldest), names_(session), picture_(take_picture(names_)), layout_(layout_of(names_, picture_)) {}

  QuickfixStore run() {
    numbers_ = numbers_of(layout_, names_, picture_);
    entries_ = is_cpp() ? cpp_entries(names_.header, picture_.header) : java_entries(picture_.header);
    store_.layout = layout_;
    store_.next_sender_seq = numbers_.sender;
    store_.next_target_seq = numbers_.target;
    read_creation_time();
    find_what_counts();
    is_cpp() ? check_cpp_places() : check_java_places();
    auto counts = counts_.begin();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const bool this_one = counts != counts_.end() && *counts == i;
      if (this_one) ++counts;
      take_message(i, this_one);
    }
    store_.being_written = is_written_meanwhile();
    return std::move(store_);
  }

 private:
  bool is_cpp() const { return layout_ == QuickfixLayout::cpp; }

  void read_creation_time() {
    const InputFile file(names_.creation);
    if (!file.is_open()) return;
    const std::string bytes = file.read_all();
    const std::string_view text = trimmed(is_cpp() ? std::string_view(bytes) : java_text(names_.creation, bytes));
    if (text.empty()) return;
    const auto time = parse_fix_utc(text);
    if (!time) refuse_bytes(names_.creation, 0, "no time: " + time.error().message);
    store_.created_at = *time;
  }

  // A number given again replaces what had it before, and what came after. The last one may not have left: numbers are written behind it.
  void find_what_counts() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].seq < 1) refuse_bytes(names_.header, entries_[i].at, fmt::format("{} is no sequence number", entries_[i].seq));
      while (!counts_.empty() && entries_[counts_.back()].seq >= entries_[i].seq) counts_.pop_back();
      counts_.push_back(i);
    }
    if (!counts_.empty() && entries_[counts_.back()].seq == numbers_.sender) {
      counts_.pop_back();
      store_.has_unsent = true;
    }
    if (counts_.empty()) return;
    const HeaderEntry& last = entries_[counts_.back()];
    if (last.seq + 1 == numbers_.sender) return;
    refuse_bytes(
        names_.header, last.at,
        fmt::format("the last message is {}, but {} says that the next one is {}: which is right cannot be known. Let QuickFIX log on and "
                    "out once, so that both are written anew, and import then",
                    last.seq, names_.sender, numbers_.sender));
  }

  // Of an entry's message, in the body. QuickFIX/J's sizes may count characters; there the next message begins where one ends.
  std::uint64_t end_of(std::size_t i) const {
    if (is_cpp()) return entries_[i].offset + entries_[i].size;
    return i + 1 < entries_.size() ? entries_[i + 1].offset : picture_.body_size;
  }

  void check_cpp_places() {
    std::uint64_t place = 0;
    for (const HeaderEntry& entry : entries_) {
      if (entry.offset < place)
        refuse_bytes(names_.header, entry.at,
                     fmt::format("message {} at {} lies on the one before it, which ends at {}", entry.seq, entry.offset, place));
      if (entry.offset > picture_.body_size || entry.size > picture_.body_size - entry.offset) {
        if (&entry == &entries_.back() && store_.has_unsent) break;  // written since the body was looked at
        refuse_bytes(names_.header, entry.at,
                     fmt::format("message {} ends at {}, but {} has {} bytes", entry.seq, entry.offset + entry.size, names_.body,
                                 picture_.body_size));
      }
      check_left_over(place, entry.offset);
      place = entry.offset + entry.size;
    }
    check_left_over(place, picture_.body_size);
  }

  // Bytes without an entry: a process was killed between body and header, and the number was used again. Anything else is a header that has
  // lost entries.
  void check_left_over(std::uint64_t begin, std::uint64_t end) {
    const std::string bytes = begin < end ? picture_.body.read(begin, end - begin) : std::string();
    store_.left_out_bytes += bytes.size();
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const std::uint64_t at = end - rest.size();
      if (!rest.starts_with(std::string_view("8=FIX").substr(0, rest.size())))
        refuse_bytes(names_.body, at, fmt::format("bytes that are no message, and have no entry in {}", names_.header));
      const std::size_t size = message_size(rest);
      fix::Frame frame;
      if (size == 0 || !fix::check_frame(rest.substr(0, size), &frame)) {  // half a message
        rest.remove_prefix(std::min(rest.find("\x01"
                                              "8=FIX"),
                                    rest.size() - 1) +
                           1);
        continue;
      }
      expect_used_again(frame.msg_seq_num, at);
      rest.remove_prefix(size);
    }
  }

  void expect_used_again(std::int64_t seq, std::uint64_t at) {
    if (seq == numbers_.sender) {
      store_.has_unsent = true;
      return;
    }
    const bool again = std::ranges::any_of(entries_, [&](const HeaderEntry& entry) { return entry.seq == seq && entry.offset > at; });
    if (!again) refuse_bytes(names_.body, at, fmt::format("message {} has no entry in {}", seq, names_.header));
  }

  void check_java_places() const {
    std::uint64_t place = 0;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const HeaderEntry& entry = entries_[i];
      const bool misplaced = i == 0 ? entry.offset != 0 : entry.offset < place;
      const bool unwritten = &entry == &entries_.back() && store_.has_unsent;  // the header is written first
      if (misplaced || (entry.offset > picture_.body_size && !unwritten))
        refuse_bytes(names_.header, entry.at, fmt::format("message {} cannot begin at {}", entry.seq, entry.offset));
      place = entry.offset;
    }
    if (entries_.empty() && picture_.body_size != 0) refuse_bytes(names_.body, 0, "messages that have no entry in " + names_.header);
  }

  // Every entry's message is there, those that do not count, too, or an entry with a wrong number could hide one.
  void take_message(std::size_t i, bool counts) {
    const HeaderEntry& entry = entries_[i];
    const std::uint64_t end = end_of(i);
    fix::Frame frame;
    std::string bytes;
    const bool fits = end <= picture_.body_size && entry.offset <= end && entry.size <= end - entry.offset;
    if (fits) bytes = picture_.body.read(entry.offset, end - entry.offset);
    if (!fits || !fix::check_frame(bytes, &frame)) {
      if (may_be_torn(i)) return;
      refuse_bytes(
          names_.body, entry.offset,
          fmt::format("here {} has message {} with {} bytes, but there is no whole message with the right BodyLength(9) and CheckSum(10)",
                      names_.header, entry.seq, entry.size));
    }
    if (frame.msg_seq_num != entry.seq)
      refuse_bytes(names_.body, entry.offset,
                   fmt::format("MsgSeqNum(34) is {}, but {} has message {} here (its byte {})", frame.msg_seq_num, names_.header, entry.seq,
                               entry.at));
    check_addresses(frame, entry);
    if (counts) keep(entry, frame, std::move(bytes));
  }

  // Killed while it was written: its number is used again at once, or is the next one.
  bool may_be_torn(std::size_t i) const {
    const bool last = i + 1 == entries_.size();
    return last ? store_.has_unsent : !is_cpp() && entries_[i + 1].seq == entries_[i].seq;
  }

  void keep(const HeaderEntry& entry, const fix::Frame& frame, std::string bytes) {
    if (frame.is_admin()) {
      ++store_.session_messages;
      return;
    }
    const auto sent = parse_fix_utc(std::string_view(frame.sending_time.data, frame.sending_time.size));
    if (!sent)
      refuse_bytes(names_.body, entry.offset, fmt::format("message {} has no SendingTime(52): {}", entry.seq, sent.error().message));
    if (*sent < oldest_) {
      ++store_.too_old;
      return;
    }
    store_.messages.push_back({entry.seq, to_epoch_seconds(*sent), std::move(bytes)});
  }

  void check_addresses(const fix::Frame& frame, const HeaderEntry& entry) {
    if (store_.begin_string.empty()) {
      store_.begin_string = text_of(frame.begin_string);
      store_.sender_comp_id = text_of(frame.sender_comp_id);
      store_.target_comp_id = text_of(frame.target_comp_id);
    }
    if (frame.begin_string == store_.begin_string && frame.sender_comp_id == store_.sender_comp_id &&
        frame.target_comp_id == store_.target_comp_id)
      return;
    refuse_bytes(names_.body, entry.offset,
                 fmt::format("message {} is of another session ({} from {} to {}) than those before it ({} from {} to {})", entry.seq,
                             text_of(frame.begin_string), text_of(frame.sender_comp_id), text_of(frame.target_comp_id), store_.begin_string,
                             store_.sender_comp_id, store_.target_comp_id));
  }
  static std::string text_of(const fix::Slice& slice) { return {slice.data, slice.size}; }

  bool is_written_meanwhile() const {
    const auto now = read_numbers(names_);
    if (!picture_.body.has_its_name())
      throw Exception(file_error(names_.body, "was replaced while it was read: QuickFIX has reset the session"));
    return now != std::pair(picture_.sender, picture_.target) || picture_.body.size() != picture_.body_size;
  }

  Timestamp oldest_;
  FileNames names_;
  Picture picture_;
  QuickfixLayout layout_;
  Numbers numbers_;
  std::vector<HeaderEntry> entries_;  // in the order they were written
  std::vector<std::size_t> counts_;   // of these, ascending by number
  QuickfixStore store_;
};

// The path without one of the endings; empty: it has none.
std::string without_ending(const std::string& path) {
  for (const std::string_view ending : kEndings) {
    if (path.ends_with(ending)) return path.substr(0, path.size() - ending.size());
  }
  return path.ends_with(".session") ? path.substr(0, path.rfind('.')) : std::string();
}

std::set<std::string> sessions_in(const fs::path& folder) {
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    const bool counts = std::ranges::any_of(kEndings, [&](std::string_view ending) { return path.ends_with(ending); });
    if (counts) found.insert(without_ending(path));
  }
  return found;
}

}  // namespace

std::string_view to_string(QuickfixLayout layout) noexcept {
  switch (layout) {
    case QuickfixLayout::cpp:
      return "QuickFIX C++ FileStore";
    case QuickfixLayout::java:
      return "QuickFIX/J FileStore";
    case QuickfixLayout::java_cached:
      return "QuickFIX/J CachedFileStore";
  }
  return {};
}

Result<std::vector<std::string>> find_quickfix_sessions(const std::string& from) {
  try {
    std::set<std::string> found;
    if (fs::is_directory(from)) {
      found = sessions_in(from);
    } else {
      std::string session = without_ending(from);
      if (session.empty()) session = from.ends_with('.') ? from.substr(0, from.size() - 1) : from;
      const bool there = std::ranges::any_of(kEndings, [&](std::string_view ending) { return fs::exists(session + std::string(ending)); });
      if (there) found.insert(session);
    }
    if (found.empty())
      return file_error(
          from, "no files of a QuickFIX FileStore (NAME.body, NAME.header, NAME.seqnums): give its FileStorePath, or that and NAME");
    return std::vector<std::string>(found.begin(), found.end());
  } catch (const fs::filesystem_error& error) {
    return file_error(from, error.code().message());
  }
}

Result<QuickfixStore> read_quickfix_store(const std::string& session, Timestamp oldest) {
  try {
    return Import(session, oldest).run();
  } catch (const Exception& error) {
    return error.error();
  } catch (const fs::filesystem_error& error) {
    return file_error(session, error.code().message());
  }
}

}  // namespace marginfix::apps
