CREATE TABLE `running_searches` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`created_at_ms` integer NOT NULL
);
