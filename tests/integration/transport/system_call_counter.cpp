#include "integration/transport/system_call_counter.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {
thread_local marginfix::test::SystemCalls counted;
}

marginfix::test::SystemCalls marginfix::test::system_calls_so_far() { return counted; }

extern "C" {
int epoll_wait(int descriptor, epoll_event* events, int most, int timeout) {
  ++counted.waits;
  return static_cast<int>(::syscall(SYS_epoll_wait, descriptor, events, most, timeout));
}
ssize_t recv(int descriptor, void* data, size_t size, int flags) {
  ++counted.reads;
  return ::syscall(SYS_recvfrom, descriptor, data, size, flags, nullptr, nullptr);
}
ssize_t recvmsg(int descriptor, msghdr* message, int flags) {
  ++counted.reads;
  return ::syscall(SYS_recvmsg, descriptor, message, flags);
}
ssize_t send(int descriptor, const void* data, size_t size, int flags) {
  ++counted.writes;
  return ::syscall(SYS_sendto, descriptor, data, size, flags, nullptr, 0);
}
ssize_t sendmsg(int descriptor, const msghdr* message, int flags) {
  ++counted.writes;
  return ::syscall(SYS_sendmsg, descriptor, message, flags);
}
ssize_t pwrite(int descriptor, const void* data, size_t size, off_t at) {
  ++counted.files;
  return ::syscall(SYS_pwrite64, descriptor, data, size, at);
}
int fdatasync(int descriptor) {
  ++counted.files;
  return static_cast<int>(::syscall(SYS_fdatasync, descriptor));
}
int ftruncate(int descriptor, off_t size) noexcept {
  ++counted.files;
  return static_cast<int>(::syscall(SYS_ftruncate, descriptor, size));
}
}
