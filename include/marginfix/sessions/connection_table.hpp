// Which connections a server keeps, and whose work it does next. One table serves all doors of a server, because file descriptors, memory
// and the thread are the process's and not a door's. What it holds is bounded: connections in all, connections of peers that have not
// shown who they are, connections of one key, bytes that wait in their buffers. Where a newcomer would be one too many another connection
// goes: among the unproven one that never said a word before one that did, and of these, as among those of the same key, the one that has
// been silent longest; where bytes are too many, the connection that holds most. An idle, slow or greedy client so loses its own
// connections and not an honest client's.
// Thread: all connections of a table live on one thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "marginfix/core/time_source.hpp"

namespace marginfix {

struct ConnectionTableLimits {
  std::size_t connections{1024};
  std::size_t unproven{256};
  std::size_t of_one_key{256};
  std::size_t held_bytes{std::size_t{256} << 20};
  // Whose first word came, or who did something, less than this ago is not sent away for a newcomer: a flood would else leave nobody the
  // time to show a key. Newcomers wait before the door meanwhile.
  std::chrono::milliseconds grace{100};
  // The same for those who have not said a word: what a client has to say comes along with its connection, however far away it is.
  std::chrono::milliseconds grace_before_first_word{10};
  // The defaults, or less where the process may not open so many files (RLIMIT_NOFILE).
  static ConnectionTableLimits of_this_process();
};

// A connection's place in the table; leaves it when it is destroyed or assigned to. An empty place does nothing.
class ConnectionPlace {
 public:
  ConnectionPlace() = default;
  ~ConnectionPlace();
  ConnectionPlace(ConnectionPlace&& other) noexcept;
  ConnectionPlace& operator=(ConnectionPlace&& other) noexcept;

  explicit operator bool() const noexcept { return entry_ != nullptr; }
  void leave() noexcept;
  void heard();                      // the peer has said something; a word that is never finished counts once
  void active();                     // the peer did something: finished a request, a message
  void prove(std::string_view key);  // the peer has shown that it has this key
  void hold(std::size_t bytes);      // so many bytes wait in memory because of this connection
  void on_close(
      std::function<void()> close);  // from now on this ends the connection (at once, when it was sent away already): it has a new owner
  // Calls `work` once, now or from the executor's loop, when it is the turn of this connection's key, or of the unproven (Turns).
  void take_turn(const boost::asio::any_io_executor& executor, std::function<void()> work);

  struct Entry;

 private:
  friend class ConnectionTable;
  explicit ConnectionPlace(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}
  std::shared_ptr<Entry> entry_;
};

class ConnectionTable {
 public:
  // `time`: by which silence is measured; null: the machine's. Outlives the table and its places.
  explicit ConnectionTable(ConnectionTableLimits limits = {}, const TimeSource* time = nullptr);
  ~ConnectionTable();
  ConnectionTable(const ConnectionTable&) = delete;
  ConnectionTable& operator=(const ConnectionTable&) = delete;

  // Whether a newcomer would find a place now; a door that hears no does not accept for wait().
  bool ready() const { return wait().count() == 0; }
  std::chrono::milliseconds wait() const;
  // `close` is called at most once, when the place is needed for another connection. It is called in the middle of what that other
  // connection does, so it must not act at once but post. An empty place: every connection is proven and no key has two.
  ConnectionPlace enter(std::function<void()> close);
  // A door could not accept. Where no file descriptor is left (EMFILE, ENFILE) the unproven connection that has been silent longest goes.
  // How long the door had better wait before it tries again: longer the more often it has failed in a row.
  std::chrono::milliseconds accept_failed(int system_error, int in_a_row);

  std::size_t size() const noexcept;
  std::size_t unproven() const noexcept;
  std::size_t held_bytes() const noexcept;

 private:
  friend class ConnectionPlace;
  struct Inner;
  std::shared_ptr<Inner> inner_;  // places may outlive the table
};

}  // namespace marginfix
