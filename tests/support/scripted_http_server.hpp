// An HTTP server played by a test: it answers each request with the bytes the test wants, cuts lines where the test wants it, and remembers
// everything it was asked. Plain TCP or TLS on an ephemeral loopback port; a thread for each connection, so handlers may block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/certificates.hpp"

namespace marginfix::test {

struct SeenRequest {
  std::string method, target, version;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  int connection{0};  // 1, 2, ... in the order they were accepted
  int number{0};      // 1, 2, ... over all connections
  // "" when there is none.
  std::string header(std::string_view name) const;
};

struct ScriptedAnswer {
  enum class After : std::uint8_t {
    keep,   // the connection stays open
    close,  // orderly
    reset   // TCP RST
  };
  std::string bytes;
  After after{After::keep};
};

// Status line, Content-Type, Content-Length, `more` header lines ("Name: value\r\n") and the body.
ScriptedAnswer http_answer(int status, std::string_view body, std::string_view content_type = "application/json",
                           std::string_view more = {});

class ScriptedHttpServer {
 public:
  using Handler = std::function<ScriptedAnswer(const SeenRequest&)>;
  // Instead of HTTP: called with each accepted connection's stream (after TLS); returns when it is done with it.
  class Stream {
   public:
    virtual ~Stream() = default;
    virtual std::string read_some() = 0;  // empty: the other side has closed, or the server stops
    virtual void write(std::string_view bytes) = 0;
  };
  using RawHandler = std::function<void(Stream&)>;

  struct Options {
    LeafFiles tls;       // empty: plain TCP
    std::string alpn{};  // what the server chooses, "" = nothing
  };

  explicit ScriptedHttpServer(Handler handler);
  ScriptedHttpServer(Handler handler, Options options);
  ScriptedHttpServer(RawHandler handler, Options options);
  ~ScriptedHttpServer();
  ScriptedHttpServer(const ScriptedHttpServer&) = delete;
  ScriptedHttpServer& operator=(const ScriptedHttpServer&) = delete;

  std::uint16_t port() const noexcept;
  // "http://127.0.0.1:port" or "https://localhost:port".
  std::string origin() const;
  std::vector<SeenRequest> requests() const;
  int connections() const;
  int resumed_tls_sessions() const;
  // True as soon as that many requests have come; false after 20 s.
  bool wait_for_requests(std::size_t count) const;
  // The same for connections that the server has closed.
  bool wait_for_closed(int count) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::test
