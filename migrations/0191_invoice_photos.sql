-- RECEIPT: the picture of an invoice lies with the campaign's documents, sealed like them; the invoice names it.
alter table invoice add column photo_id text references document (id);
grant update (photo_id) on invoice to almoner_app;
