-- A view may be shared: with colleagues of the same role, or with everybody of the same platform or hospital. It stays its owner's to share, unshare and take away.
alter table saved_view add column shared text not null default 'none' check (shared in ('none', 'role', 'platform'));
create index saved_view_shared on saved_view (staff_id) where shared <> 'none';
grant update (shared) on saved_view to almoner_app;
