// The event loop behind link.hpp for callers that cannot include Asio.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <utility>

#include "sessions/transport/dialer.hpp"

namespace marginfix::transport {
namespace {

namespace asio = boost::asio;

struct Repeater : std::enable_shared_from_this<Repeater> {
  Repeater(asio::io_context& io, std::chrono::milliseconds every, std::function<bool()> what)
      : timer(io), period(every), work(std::move(what)) {}

  void arm() {
    timer.expires_after(period);
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error && self->work()) self->arm();
    });
  }

  asio::steady_timer timer;
  std::chrono::milliseconds period;
  std::function<bool()> work;
};

class AsioLoop final : public IoLoop {
 public:
  void run() override {
    io_.restart();
    const auto guard = asio::make_work_guard(io_);
    io_.run();
  }
  void stop() override { io_.stop(); }
  void post(std::function<void()> work) override { asio::post(io_, std::move(work)); }
  void every(std::chrono::milliseconds period, std::function<bool()> work) override {
    std::make_shared<Repeater>(io_, period, std::move(work))->arm();
  }
  std::unique_ptr<Dialer> make_dialer(const DialTarget& target) override { return transport::make_dialer(io_.get_executor(), target); }

 private:
  asio::io_context io_{1};
};

}  // namespace

std::unique_ptr<IoLoop> make_io_loop() { return std::make_unique<AsioLoop>(); }

}  // namespace marginfix::transport
