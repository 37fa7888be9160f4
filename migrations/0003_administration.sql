CREATE TABLE `tenants` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at_ms` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `api_keys` ADD `settings` text;--> statement-breakpoint
ALTER TABLE `searches` ADD `key_id` text;