// The promises: a file is read or refused with a reason, never half; a store that opens has what was read of the file, its numbers ascend,
// takes a message, and has it when it is opened again; one that is damaged is refused as it stands.
#include "fuzz/store_target.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/promise.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "marginfix/sessions/store_file.hpp"

namespace marginfix_tests {
namespace {

using namespace marginfix;
namespace fs = std::filesystem;

constexpr const char* kMessage =
    "8=FIXT.1.1\x01"
    "9=5\x01"
    "35=0\x01"
    "10=161\x01";

// In the memory of the machine where it has such a folder: a fuzzer writes thousands a second.
const std::string& path_of_this_process() {
  static const std::string path = [] {
    const fs::path folder = fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    return (folder / ("marginfix-fuzz-" + std::to_string(::getpid()) + ".store")).string();
  }();
  return path;
}
struct File {
  explicit File(std::string_view bytes) { std::ofstream(path, std::ios::binary) << bytes; }
  ~File() { fs::remove(path); }
  std::string bytes() const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  const std::string& path = path_of_this_process();
};

FileStoreOptions options_of(const File& file) {
  FileStoreOptions options;
  options.path = file.path;
  options.keep_seconds = std::int64_t{1} << 60;  // nothing is too old
  return options;
}

void go_on(const File& file, const StoreFileInfo& info) {
  std::int64_t seq = 0;
  {
    const auto store = open_file_store(options_of(file));
    promise(store->next_sender_seq() == info.next_sender_seq && store->next_target_seq() == info.next_target_seq,
            "a session goes on with the numbers that were read");
    std::int64_t last = 0;
    for (const StoredMessage& message : store->sent(1, 0)) {
      promise(message.seq > last && message.seq < info.next_sender_seq, "messages ascend, below the next number");
      last = message.seq;
    }
    seq = store->next_sender_seq();
    if (seq < 1 || seq > std::int64_t{1} << 40) return;  // no session counts so far
    store->append_sent(seq, kMessage, std::char_traits<char>::length(kMessage));
    store->commit();
  }
  const auto again = open_file_store(options_of(file));
  promise(again->next_sender_seq() == seq + 1, "what was added counts");
  const auto sent = again->sent(seq, seq);
  promise(sent.size() == 1 && sent.front().bytes == kMessage, "and is there");
}

}  // namespace

int fuzz_store(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const File file(bytes);
  const auto read = StoreFile::read(file.path);
  promise(file.bytes() == bytes, "reading changes nothing");
  if (!read) {
    promise(!read.error().message.empty(), "what is no store has a reason");
    return 0;
  }
  try {
    go_on(file, read->info());
  } catch (const std::runtime_error& refused) {
    promise(read->info().damage.has_value(), "only damage is refused");
    promise(std::string_view(refused.what()).find(file.path) != std::string_view::npos, "by its name");
    promise(file.bytes() == bytes, "and left as it is");
    return 0;
  }
  return 1;
}

std::vector<std::string> store_seeds() {
  std::vector<std::string> seeds;
  for (const int messages : {0, 1, 3, 20}) {
    const File file("");
    fs::remove(file.path);
    {
      const auto store = open_file_store(options_of(file));
      for (int seq = 1; seq <= messages; ++seq) {
        store->append_sent(seq, kMessage, std::char_traits<char>::length(kMessage));
        if (seq % 2 == 0) store->set_next_target_seq(seq * 3);
        if (seq == 7) store->reset(), store->set_next_sender_seq(seq + 1);
      }
    }
    seeds.push_back(file.bytes());
  }
  return seeds;
}

}  // namespace marginfix_tests
