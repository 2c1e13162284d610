#include "bench/peer/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <fstream>

namespace marginfix::bench {

double cpu_us() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  return us(used.ru_utime) + us(used.ru_stime);
}

double thread_cpu_ns() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

long resident_kb() {
  std::ifstream file("/proc/self/statm");
  long size{}, resident{};
  file >> size >> resident;
  return resident * (::sysconf(_SC_PAGESIZE) / 1'024);
}

}  // namespace marginfix::bench
