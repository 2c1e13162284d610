#include "rest/transport/async.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <limits>

namespace marginfix::rest::detail {
namespace {

constexpr std::size_t kMostIdle = 256;  // easy handles kept for the next requests; their connections live in the multi handle

template <class Value>
void set_multi(CURLM* multi, CURLMoption option, Value value) {
  if (const CURLMcode code = curl_multi_setopt(multi, option, value); code != CURLM_OK)
    throw Exception(fail(ErrorCategory::internal, std::string("libcurl refuses a multi option: ") + curl_multi_strerror(code)));
}

}  // namespace

AsyncTransport::AsyncTransport(Strand strand, TransportOptions options)
    : strand_(std::move(strand)), options_(std::move(options)), timer_(strand_) {
  load_libcurl();
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw Exception(fail(ErrorCategory::internal, "libcurl has no multi handle"));
  const long most = static_cast<long>(std::min<std::size_t>(options_.http.connections, 1'000));
  set_multi(multi_, CURLMOPT_SOCKETFUNCTION, &AsyncTransport::on_socket);
  set_multi(multi_, CURLMOPT_SOCKETDATA, static_cast<void*>(this));
  set_multi(multi_, CURLMOPT_TIMERFUNCTION, &AsyncTransport::on_timer);
  set_multi(multi_, CURLMOPT_TIMERDATA, static_cast<void*>(this));
  set_multi(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, most);
  set_multi(multi_, CURLMOPT_MAXCONNECTS, most);
  set_multi(multi_, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
}

AsyncTransport::~AsyncTransport() {
  // From here on nothing may be asked of the loop: there is nobody left to answer to.
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, static_cast<curl_multi_timer_callback>(nullptr));
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, static_cast<curl_socket_callback>(nullptr));
  close();
  curl_multi_cleanup(multi_);
}

AsyncTransport::Id AsyncTransport::start(HttpRequest request, Done done) {
  const Id id = ++last_id_;
  std::unique_ptr<EasyTransfer> transfer;
  if (idle_.empty()) {
    transfer = std::make_unique<EasyTransfer>(options_, nullptr);
  } else {
    transfer = std::move(idle_.back());
    idle_.pop_back();
  }
  Running& running = running_[id] = {std::move(transfer), std::move(request), std::move(done)};
  running.transfer->begin(running.request);
  curl_multi_add_handle(multi_, running.transfer->handle());  // wakes through on_timer
  return id;
}

HttpAnswer AsyncTransport::stop(Id id, HttpEnd why, std::string detail) {
  const auto running = running_.find(id);
  if (running == running_.end()) return {};
  HttpAnswer answer = running->second.transfer->abandon(why, std::move(detail));
  retire(running);
  return answer;
}

void AsyncTransport::close() {
  while (!running_.empty()) retire(running_.begin());
  idle_.clear();
  while (!watches_.empty()) forget(watches_.begin()->first);
  due_.reset();
  armed_for_.reset();
  timer_.cancel();
}

std::map<AsyncTransport::Id, AsyncTransport::Running>::iterator AsyncTransport::find(CURL* handle) {
  return std::ranges::find_if(running_, [handle](const auto& entry) { return entry.second.transfer->handle() == handle; });
}

void AsyncTransport::retire(std::map<Id, Running>::iterator running) {
  curl_multi_remove_handle(multi_, running->second.transfer->handle());
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(running->second.transfer));
  running_.erase(running);
}

void AsyncTransport::collect() {
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    const auto running = find(message->easy_handle);
    if (running == running_.end()) continue;
    HttpAnswer answer = running->second.transfer->finish(code);
    Done done = std::move(running->second.done);
    retire(running);
    done(std::move(answer));
  }
}

void AsyncTransport::act(curl_socket_t socket, int events) {
  int under_way = 0;
  curl_multi_socket_action(multi_, socket, events, &under_way);
  collect();
}

int AsyncTransport::on_timer(CURLM*, long milliseconds, void* self) noexcept {
  static_cast<AsyncTransport*>(self)->set_timer(milliseconds);
  return 0;
}

// libcurl moves its clock with every step of every request, mostly later: a timer that is armed for an earlier moment stays, and looks
// when it rings. Setting a timer is a system call, and was a third of what a call costs.
void AsyncTransport::set_timer(long milliseconds) {
  if (milliseconds < 0) {  // nothing is under way: the loop may run out
    due_.reset();
    armed_for_.reset();
    timer_.cancel();
    return;
  }
  due_ = Clock::now() + std::chrono::milliseconds(milliseconds);
  if (milliseconds == 0) {
    act_soon();
  } else if (!armed_for_ || *due_ < *armed_for_) {
    arm_timer();
  }
}

void AsyncTransport::act_soon() {
  if (std::exchange(acting_soon_, true)) return;
  boost::asio::post(strand_, [self = shared_from_this()] {
    self->acting_soon_ = false;
    self->act_if_due();
  });
}

void AsyncTransport::arm_timer() {
  armed_for_ = due_;
  timer_.expires_at(*due_);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
    if (ec) return;
    self->armed_for_.reset();
    self->act_if_due();
  });
}

void AsyncTransport::act_if_due() {
  if (!due_) return;
  if (*due_ <= Clock::now()) {
    due_.reset();
    act(CURL_SOCKET_TIMEOUT, 0);
  } else if (!armed_for_) {
    arm_timer();
  }
}

int AsyncTransport::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept {
  static_cast<AsyncTransport*>(self)->watch(socket, what);
  return 0;
}

void AsyncTransport::watch(curl_socket_t socket, int what) {
  if (what == CURL_POLL_REMOVE) return forget(socket);
  auto& watch = watches_[socket];
  if (!watch) {
    watch = std::make_shared<Watch>(strand_);
    boost::system::error_code ec;
    watch->descriptor.assign(socket, ec);
    if (ec) {  // not a socket the loop can wait for: the request runs into its time-out
      watches_.erase(socket);
      return;
    }
  }
  watch->wanted = what;
  arm(watch, socket);
}

// The socket stays libcurl's: only the loop forgets it.
void AsyncTransport::forget(curl_socket_t socket) {
  const auto found = watches_.find(socket);
  if (found == watches_.end()) return;
  found->second->open = false;
  found->second->descriptor.release();
  watches_.erase(found);
}

void AsyncTransport::arm(const std::shared_ptr<Watch>& watch, curl_socket_t socket) {
  if ((watch->wanted & CURL_POLL_IN) != 0 && !watch->waiting_read) wait(watch, socket, true);
  if ((watch->wanted & CURL_POLL_OUT) != 0 && !watch->waiting_write) wait(watch, socket, false);
}

void AsyncTransport::wait(const std::shared_ptr<Watch>& watch, curl_socket_t socket, bool read) {
  (read ? watch->waiting_read : watch->waiting_write) = true;
  watch->descriptor.async_wait(read ? boost::asio::posix::stream_descriptor::wait_read : boost::asio::posix::stream_descriptor::wait_write,
                               [self = shared_from_this(), watch, socket, read](const boost::system::error_code& ec) {
                                 (read ? watch->waiting_read : watch->waiting_write) = false;
                                 if (!watch->open) return;
                                 const int wanted = read ? CURL_POLL_IN : CURL_POLL_OUT;
                                 if ((watch->wanted & wanted) != 0)
                                   self->act(socket, ec ? CURL_CSELECT_ERR : (read ? CURL_CSELECT_IN : CURL_CSELECT_OUT));
                                 if (watch->open) self->arm(watch, socket);
                               });
}

}  // namespace marginfix::rest::detail
