-- A gift that the channel took back for its donor is not given back a second time: asked for each return that is sent.
create index charged_back_gifts on money_exception ((data->>'orderId')) where booked_fen > 0;
