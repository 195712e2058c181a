-- Where a gift is paid: a code on a screen, the browser of a telephone, or a page inside of WeChat. It decides how the order is made at its channel, and the
-- same order is made ready again in the same way; every order of before is a code's. A payer inside of WeChat is kept as the hash by which payers are known.
alter table gift add column client text not null default 'code' check (client in ('code', 'browser', 'wechat'));
alter table gift add column asked_payer_hash bytea;
alter table gift add constraint wechat_knows_its_payer check ((client = 'wechat') = (asked_payer_hash is not null));
alter table gift add constraint wechat_is_paid_in_wechat check (client <> 'wechat' or channel = 'wechat');
