// Frames of the WebSocket's private channels.
#include "marginfix/ws/domain_values.hpp"
#include "marginfix/ws/frame_reader.hpp"
#include "services/reconcile/engine/state.hpp"

namespace marginfix::reconcile {

namespace {

void take_ws_fill(EngineState& state, const Record& record, std::int64_t position, const ws::MarginFill& told) {
  const auto fill = ws::to_fill(told);
  if (!fill) return state.undecodable(record, position, "a fill of the WebSocket: " + fill.error().message);
  SourceFillRow row;
  row.source = Source::websocket;
  row.account = record.account;
  row.order_id = fill->order_id;
  row.trade_id = fill->trade_id;
  row.cl_ord_id = fill->cl_ord_id;
  row.symbol = fill->symbol;
  if (told.subaccount) row.subaccount = *told.subaccount;
  row.side = std::string(1, static_cast<char>(fill->side));
  row.price = fill->price;
  row.quantity = fill->quantity;
  row.fee = fill->fee;
  row.transact_time = fill->transact_time;
  row.is_taker = fill->is_taker;
  row.post_position = fill->post_position;
  if (told.order_source) row.order_source = std::string(told.order_source->text());
  row.first_seen = state.now;
  row.position = position;
  state.book.fill(std::move(row));
}

}  // namespace

void read_ws(EngineState& state, const Record& record, std::int64_t position) {
  state.coverage.heard(record.account, record.source, state.now);
  ws::FrameReader reader;
  const ws::Frame frame = reader.read(record.body);
  if (const auto* unknown = frame.as<ws::UnknownFrame>()) {
    if (frame.type == "fill" || frame.type == "user_order")
      state.undecodable(record, position, "a frame that cannot be read: " + unknown->problem);
    return;
  }
  if (const auto* fill = frame.as<ws::MarginFill>()) take_ws_fill(state, record, position, *fill);
}

}  // namespace marginfix::reconcile
