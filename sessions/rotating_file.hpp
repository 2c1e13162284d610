// A log file and its predecessors: NAME.current.log, NAME.backup.1.log, NAME.backup.2.log, ... One thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace marginfix::sessions {

class RotatingFile {
 public:
  struct Rules {
    std::string folder, backup_folder, name;
    std::uint64_t max_bytes{0};  // 0: no limit
    std::size_t max_files{0};    // 0: all are kept
    bool daily{true};
  };
  explicit RotatingFile(Rules rules);
  ~RotatingFile();
  RotatingFile(const RotatingFile&) = delete;
  RotatingFile& operator=(const RotatingFile&) = delete;

  // Goes on in the file that is there. 0, or the errno; EWOULDBLOCK: another process writes it.
  int open();
  // A line with its line end, which begins with its time. Written by write_out(), or when much has come together.
  void add(std::chrono::sys_days day, std::string_view line);
  // So many lines will never come; `time` is how their line begins.
  void miss(std::uint64_t lines, std::string_view time);
  void write_out();
  // Ends the file, unless it is empty, and begins the next.
  void rotate();

  std::string path() const;
  int problem() const noexcept { return problem_; }  // the errno of what failed last, 0 once it works again
  // Lines that were written, and lines that got lost here (not those of miss()), since the last call.
  struct Counts {
    std::uint64_t written{0}, lost{0};
  };
  Counts take_counts() noexcept;

 private:
  std::string backup_path(std::uint64_t number) const;
  bool is_over(std::chrono::sys_days day, std::size_t line) const noexcept;
  bool moved_away() const;
  int begin();
  int append(std::string_view bytes);
  void close() noexcept;
  void remove_oldest() const;

  Rules rules_;
  int file_{-1};
  std::uint64_t size_{0};
  std::uint64_t not_before_{0};  // a rotation that failed is tried again when the file has grown so far
  std::optional<std::chrono::sys_days> day_;
  std::uint64_t last_number_{0};
  std::string buffer_;
  std::uint64_t buffered_{0};  // lines in it
  std::uint64_t missing_{0};   // lines that the next write has to tell of
  std::string missing_time_;
  int problem_{0};
  Counts counts_;
};

}  // namespace marginfix::sessions
