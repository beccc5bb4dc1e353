create table if not exists projects (
	id bigint primary key,
	name varchar(100) not null,
	task_count integer not null default 0
);

create table if not exists tasks (
	id uuid primary key,
	project_id bigint not null references projects,
	title varchar(200) not null,
	description text,
	priority varchar(10) not null,
	status varchar(20) not null,
	due_date date,
	created_by varchar(50) not null,
	created_at timestamptz not null,
	search_text text,
	indexed_at timestamptz
);

create index if not exists tasks_by_project on tasks (project_id);

create table if not exists project_members (
	project_id bigint not null references projects,
	user_id varchar(50) not null,
	primary key (project_id, user_id)
);

create table if not exists permissions (
	user_id varchar(50) not null,
	permission varchar(50) not null,
	primary key (user_id, permission)
);

create table if not exists audit_log (
	id bigint generated always as identity primary key,
	task_id uuid not null,
	user_id varchar(50) not null,
	action varchar(20) not null,
	happened_at timestamptz not null
);
