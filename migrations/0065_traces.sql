-- A word to a workflow carries the trace of the request or step that it tells of (W3C trace context, version 00). Absent: nobody traces.
alter table outbox add column traceparent text
  constraint traceparent_form check (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$');
