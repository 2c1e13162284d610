// A byte stream of any kind (TCP, TLS) as one type that Boost.Asio's and Boost.Beast's operations take: what they do is compiled once and
// not for each kind of stream, which for Beast's WebSocket was half of a layer's build. Costs an allocation a read or write.
// Thread: the executor's. Nothing may be under way when a stream is destroyed.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/container/static_vector.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace marginfix {

class ByteStream {
 public:
  using error_code = boost::system::error_code;
  using Done = std::function<void(error_code, std::size_t)>;
  template <class Buffer>
  using Buffers = boost::container::static_vector<Buffer, 8>;  // what does not fit waits for the next call
  using ReadBuffers = Buffers<boost::asio::mutable_buffer>;
  using WriteBuffers = Buffers<boost::asio::const_buffer>;

  virtual ~ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  // Some bytes, at least one; `done` from the executor.
  virtual void read_some(const ReadBuffers& into, Done done) = 0;
  virtual void write_some(const WriteBuffers& what, Done done) = 0;

  // Asio's AsyncReadStream and AsyncWriteStream.
  using executor_type = boost::asio::any_io_executor;
  virtual executor_type get_executor() = 0;
  template <class Handler>
  using Returned = typename boost::asio::async_result<std::decay_t<Handler>, void(error_code, std::size_t)>::return_type;
  template <class From, class Handler>
  Returned<Handler> async_read_some(const From& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto given, const From& into) { read_some(first_of<ReadBuffers>(into), erased(std::move(given))); }, handler, buffers);
  }
  template <class From, class Handler>
  Returned<Handler> async_write_some(const From& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(error_code, std::size_t)>(
        [this](auto given, const From& what) { write_some(first_of<WriteBuffers>(what), erased(std::move(given))); }, handler, buffers);
  }

 protected:
  ByteStream() = default;

  // A handler that only moves, as one that std::function can hold. What it owns is free again before it is called.
  template <class Handler>
  static auto erased(Handler&& handler) {
    return [given = std::make_shared<std::decay_t<Handler>>(std::forward<Handler>(handler))](auto... results) {
      auto own = std::move(*given);
      own(results...);
    };
  }

 private:
  template <class Some, class From>
  static Some first_of(const From& buffers) {
    Some out;
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end && out.size() < out.capacity(); ++at) {
      if (const typename Some::value_type buffer = *at; buffer.size() > 0) out.push_back(buffer);
    }
    return out;
  }
};

}  // namespace marginfix
