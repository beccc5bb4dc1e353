insert into projects (id, name) values (1, 'Website'), (2, 'Mobile app') on conflict do nothing;

insert into project_members (project_id, user_id) values (1, 'ada'), (1, 'grace'), (2, 'ada') on conflict do nothing;

insert into permissions (user_id, permission) values
	('ada', 'task:read'), ('ada', 'task:create'), ('ada', 'task:update'), ('ada', 'task:delete'),
	('guest', 'task:read')
	on conflict do nothing;
