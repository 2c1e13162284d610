// Requests driven by an Asio loop: libcurl's multi_socket interface, its sockets waited for by stream_descriptors and its clock by a
// steady_timer. Everything happens on one strand; no function here blocks.
#pragma once

#include <curl/curl.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "rest/transport/easy.hpp"
#include "rest/transport/http.hpp"

namespace marginfix::rest::detail {

using Strand = boost::asio::strand<boost::asio::any_io_executor>;

// Owned by a shared_ptr: waits that are still out keep it alive.
class AsyncTransport : public std::enable_shared_from_this<AsyncTransport> {
 public:
  using Done = std::function<void(HttpAnswer)>;
  using Id = std::uint64_t;

  AsyncTransport(Strand strand, TransportOptions options);
  ~AsyncTransport();
  AsyncTransport(const AsyncTransport&) = delete;
  AsyncTransport& operator=(const AsyncTransport&) = delete;

  // `done` is called once, on the strand, never from inside start(). `request` is copied as far as libcurl does not copy it.
  Id start(HttpRequest request, Done done);
  // Ends it now: gives what had come and calls nothing. Empty answer when there is no such request.
  HttpAnswer stop(Id id, HttpEnd why, std::string detail);
  // Lets go of every socket and timer. Nothing must be under way.
  void close();

 private:
  using Clock = std::chrono::steady_clock;
  struct Watch {
    explicit Watch(const Strand& strand) : descriptor(strand) {}
    boost::asio::posix::stream_descriptor descriptor;
    int wanted{0};  // CURL_POLL_*
    bool waiting_read{false}, waiting_write{false};
    bool open{true};
  };
  struct Running {
    std::unique_ptr<EasyTransfer> transfer;
    HttpRequest request;
    Done done;
  };

  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept;
  static int on_timer(CURLM*, long milliseconds, void* self) noexcept;
  void watch(curl_socket_t socket, int what);
  void forget(curl_socket_t socket);
  void arm(const std::shared_ptr<Watch>& watch, curl_socket_t socket);
  void wait(const std::shared_ptr<Watch>& watch, curl_socket_t socket, bool read);
  void set_timer(long milliseconds);
  void act_soon();
  void arm_timer();
  void act_if_due();
  void act(curl_socket_t socket, int events);
  void collect();
  std::map<Id, Running>::iterator find(CURL* handle);
  void retire(std::map<Id, Running>::iterator running);

  Strand strand_;
  TransportOptions options_;
  CURLM* multi_;
  boost::asio::steady_timer timer_;
  std::optional<Clock::time_point> due_;        // when libcurl wants to be called
  std::optional<Clock::time_point> armed_for_;  // when the timer rings: never later than due_
  bool acting_soon_{false};
  std::map<curl_socket_t, std::shared_ptr<Watch>> watches_;
  std::map<Id, Running> running_;
  std::vector<std::unique_ptr<EasyTransfer>> idle_;
  Id last_id_{0};
};

}  // namespace marginfix::rest::detail
