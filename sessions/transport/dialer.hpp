// Makes client connections for C++20 callers that have an executor. Contract: link.hpp.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "sessions/transport/link.hpp"

namespace marginfix::transport {

// The executor must run on one thread. Nothing is read or opened before the first dial().
std::unique_ptr<Dialer> make_dialer(boost::asio::any_io_executor executor, DialTarget target);

}  // namespace marginfix::transport
