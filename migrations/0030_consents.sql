-- RIGHTS: the rules each party agrees to before it is served, versioned; and who agreed to which version, and when. FEES: the schedule shown before giving and withdrawing.
create table consent_text (
  party        text not null check (party in ('seeker', 'sponsor', 'donor')),
  version      integer not null check (version > 0),
  effective_on date not null,
  zh           text not null,
  en           text not null,
  primary key (party, version),
  unique (party, effective_on)
);

-- Ids and times only: what was agreed to stands in consent_text under its version.
create table consent (
  campaign_id text not null references campaign (id),
  party       text not null check (party in ('seeker', 'sponsor')),
  version     integer not null,
  person_id   text not null references person (id),
  agreed_at   timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by text not null,
  primary key (campaign_id, party, version),
  foreign key (party, version) references consent_text (party, version),
  constraint agreed_before_recorded check (agreed_at <= recorded_at)
);

-- One row for all the gifts of one order: the donor saw the rules and the fees before giving.
create table gift_consent (
  order_key     text primary key,
  tenant_id     text not null,
  campaign_id   text not null references campaign (id),
  party         text not null default 'donor' check (party = 'donor'),
  version       integer not null,
  fee_version   integer not null,
  consented_at  timestamptz not null,
  foreign key (party, version) references consent_text (party, version),
  foreign key (tenant_id, fee_version) references fee_schedule (tenant_id, version)
);
create index on gift_consent (campaign_id);

-- The schedule that the sponsor was shown before asking for the money. Requests from before this rule, and debts paid after a death, name none.
alter table release_request add column fee_version_shown integer;

grant select on consent_text, consent, gift_consent to almoner_app;
grant insert on consent, gift_consent to almoner_app;

insert into consent_text (party, version, effective_on, zh, en) values
('seeker', 1, '2018-10-19',
 E'一、本服务是个人求助信息发布服务，不是慈善组织的公开募捐。\n二、我已知悉求助信息将向公众展示，并同意平台为审核而核验我的身份、病情、治疗医院、费用和家庭财产。\n三、我保证所提供的信息真实、完整、及时，不夸大病情，不隐瞒财产、保险、社会救助和其他筹款；对信息的真实性，由我与信息发布者承担责任。\n四、筹得款项只用于本次疾病的治疗及公示的用途；我将按期公示病情和款项使用情况，并提交票据。\n五、未使用、超出目标或者违反约定的款项，依照平台规则返还捐赠人。\n六、我有权查询款项、申请提前结束筹款、对审核结果和处理决定提出申诉；个人信息依法受到保护。',
 E'1. This service publishes a person''s own plea for help. It is not public fundraising by a charitable organisation.\n2. I know that the plea is shown to the public, and I agree that the platform verifies my identity, illness, hospital, costs and family assets for its audit.\n3. What I provide is true, complete and timely. I neither exaggerate the illness nor hide assets, insurance, social aid or other raises. The publisher and I answer for its truth.\n4. The money serves the treatment of this illness and the published purposes only. I publish the progress and the use of the money when due, and hand in receipts.\n5. Money that is unspent, above the target or used against what was agreed goes back to the donors under the platform''s rules.\n6. I may look up the money, end the raise early, and appeal against audit results and decisions. My personal data is protected by law.'),
('sponsor', 1, '2018-10-19',
 E'一、我作为求助信息的发布者，已获得求助人或者其监护人的同意，并说明了我与求助人的关系。\n二、本服务是个人求助信息发布服务，不是慈善组织的公开募捐；我与求助人对信息的真实性承担责任。\n三、我保证材料真实、合法取得，不伪造、变造病历、票据、印章，不借求助谋利。\n四、我将配合平台、医院和监管部门核实，按期更新病情与款项使用情况，及时答复质疑、投诉和举报。\n五、款项按公示用途使用；未使用、超出目标或者违反约定的款项，依照平台规则返还捐赠人。\n六、收费项目、标准和方式以求助页面公示为准；我有权申请提前结束筹款并对处理决定提出申诉。',
 E'1. I publish this plea with the consent of the help-seeker or their guardian, and I have stated my relation to them.\n2. This service publishes a person''s own plea for help. It is not public fundraising by a charitable organisation; the help-seeker and I answer for its truth.\n3. The material is true and lawfully obtained. I forge or alter no record, receipt or seal, and make no profit from the plea.\n4. I help platform, hospital and authorities to verify, update progress and use of the money when due, and answer questions, complaints and reports promptly.\n5. The money is used as published. Money that is unspent, above the target or used against what was agreed goes back to the donors under the platform''s rules.\n6. What is charged, how much and how is shown on the page of the plea. I may end the raise early and appeal against decisions.'),
('donor', 1, '2018-10-19',
 E'一、这是对个人求助的赠与，不是慈善募捐，不能开具公益事业捐赠票据。\n二、平台已审核求助信息，但求助人与信息发布者对其真实性承担责任；请仔细阅读公示内容、风险提示和收费标准后再作决定。\n三、款项由托管账户专户存放，经审核、公示和审批后拨付；每一笔拨付、费用、退款均可查询。\n四、超出目标、筹款结束后收到或者未使用的款项，按原路退还；您可以凭赠与编号申请退款，以尚未使用的份额为限。\n五、您有权投诉、举报并获得答复；您的个人信息依法受到保护。',
 E'1. This is a gift to a person who asks for help. It is not charitable fundraising, and no public-benefit donation receipt can be issued.\n2. The platform has audited the plea; the help-seeker and the publisher answer for its truth. Please read what is published, the risk tips and the fees before you decide.\n3. The money is kept in a dedicated custody account and leaves it after review, publicity and approval. Every payout, fee and refund can be looked up.\n4. Money above the target, received after the close, or unspent goes back by the way it came. You may ask for your gift back by its number, up to the share that is not spent.\n5. You may complain, report and be answered. Your personal data is protected by law.'),
('seeker', 2, '2024-09-05',
 E'一、本服务是个人求助网络服务，不是慈善募捐。求助人与信息发布者对求助信息的真实性承担责任；骗取款项的，平台将报告公安机关。\n二、我已知悉求助信息将向公众展示，并同意平台核验我的身份、病情、治疗医院、费用、家庭经济状况和其他救助。\n三、我保证信息真实、完整、及时，不夸大、不隐瞒；任何人不得按单收费或者从款项中提成。\n四、达到目标即停止筹款；款项存放于托管银行专户，每笔支取经平台审核，仅用于公示的用途，我将按期公示使用情况并提交票据。\n五、未使用、超出目标或者违反约定的款项，退还捐赠人；筹集、支取、使用、退还均予公示。\n六、我有权查询款项、提前结束筹款和申诉，也可以同意由平台转介慈善组织；个人信息依法受到保护。',
 E'1. This is an Internet service for a person''s own plea for help, not charitable fundraising. Help-seeker and publisher answer for its truth; suspected fraud is reported to public security.\n2. I know that the plea is shown to the public, and I agree that the platform verifies my identity, illness, hospital, costs, family means and other aid.\n3. What I provide is true, complete and timely, neither exaggerated nor hidden. Nobody may charge per case or take a commission from the money.\n4. The raise ends when its goal is met. The money lies in a dedicated account at a custody bank; each payment is reviewed by the platform and serves the published purposes only. I publish its use when due and hand in receipts.\n5. Money that is unspent, above the target or used against what was agreed goes back to the donors. Raising, payout, use and return are all published.\n6. I may look up the money, end the raise early and appeal, and may agree to be referred to a charity. My personal data is protected by law.'),
('sponsor', 2, '2024-09-05',
 E'一、我作为信息发布者，已获得求助人或者其监护人的同意；我与求助人对信息的真实性承担责任。\n二、本服务是个人求助网络服务，不是慈善募捐。\n三、我保证材料真实、合法取得，不伪造、变造病历、票据、印章；我没有向任何推广人员按单付费，也没有约定从款项中提成。\n四、我将配合平台、医院、民政和公安机关核实，按期更新病情与款项使用情况，及时答复投诉和举报。\n五、达到目标即停止筹款；未使用、超出目标或者违反约定的款项，退还捐赠人。\n六、收费以求助页面公示为准；我有权提前结束筹款并对处理决定提出申诉。',
 E'1. I publish this plea with the consent of the help-seeker or their guardian; the help-seeker and I answer for its truth.\n2. This is an Internet service for a person''s own plea for help, not charitable fundraising.\n3. The material is true and lawfully obtained; I forge or alter no record, receipt or seal. I have paid nobody per case and promised nobody a commission from the money.\n4. I help platform, hospital, civil affairs and public security to verify, update progress and use of the money when due, and answer complaints and reports promptly.\n5. The raise ends when its goal is met. Money that is unspent, above the target or used against what was agreed goes back to the donors.\n6. What is charged is shown on the page of the plea. I may end the raise early and appeal against decisions.'),
('donor', 2, '2024-09-05',
 E'一、这是对个人求助的赠与，不是慈善募捐，不能开具公益事业捐赠票据；求助人与信息发布者对信息的真实性承担责任。\n二、请仔细阅读公示内容、风险提示和收费标准后再作决定；平台不预先勾选任何附加赠与。\n三、款项存放于托管银行专户，与平台自有资金分开，经审核、公示和审批后拨付；筹集、支取、使用、退还均予公示。\n四、超出目标、筹款结束后收到或者未使用的款项，按原路退还；您可以凭赠与编号申请退款，以尚未使用的份额为限。\n五、您有权投诉、举报并获得答复；涉嫌诈骗的，平台将报告公安机关。您的个人信息依法受到保护。',
 E'1. This is a gift to a person who asks for help. It is not charitable fundraising, and no public-benefit donation receipt can be issued; help-seeker and publisher answer for its truth.\n2. Please read what is published, the risk tips and the fees before you decide. Nothing is added to your gift unless you choose it.\n3. The money lies in a dedicated account at a custody bank, apart from the platform''s own, and leaves it after review, publicity and approval. Raising, payout, use and return are all published.\n4. Money above the target, received after the close, or unspent goes back by the way it came. You may ask for your gift back by its number, up to the share that is not spent.\n5. You may complain, report and be answered; suspected fraud is reported to public security. Your personal data is protected by law.');
