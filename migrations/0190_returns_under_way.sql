-- A round of a hundred thousand donors is read page after page, in the order of its ids, and asked after each settled group whether anything is left.
-- With (round_id, status) every page sorted all that was left of the round.
create index return_under_way on gift_return (round_id, id) where status in ('due', 'processing');
create index return_owed on gift_return (round_id) where status = 'owed';
create index return_of_round on gift_return (round_id);
drop index gift_return_round_id_status_idx;
