CREATE TABLE `stored_completions` (
	`search_id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`model` text NOT NULL,
	`metadata` text,
	`revision` integer NOT NULL,
	`created_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `stored_completions_by_tenant` ON `stored_completions` (`tenant_id`,`created_at_ms`,`search_id`);