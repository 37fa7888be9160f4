CREATE TABLE `api_keys` (
	`public_id` text PRIMARY KEY NOT NULL,
	`digest` text NOT NULL,
	`tenant_id` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`revoked_at_ms` integer
);
--> statement-breakpoint
CREATE TABLE `attempts` (
	`search_id` text NOT NULL,
	`index` integer NOT NULL,
	`provider` text NOT NULL,
	`model` text NOT NULL,
	`started_at_ms` integer NOT NULL,
	`headers_at_ms` integer,
	`ended_at_ms` integer NOT NULL,
	`prompt_tokens` integer NOT NULL,
	`completion_tokens` integer NOT NULL,
	`cached_tokens` integer NOT NULL,
	`microdollars` integer NOT NULL,
	`is_estimated` integer NOT NULL,
	`outcome` text NOT NULL,
	PRIMARY KEY(`search_id`, `index`)
);
--> statement-breakpoint
CREATE TABLE `candidates` (
	`search_id` text NOT NULL,
	`node_id` text NOT NULL,
	`text` text NOT NULL,
	`answer_class` text,
	`score` real,
	`score_kind` text,
	`repeats` integer NOT NULL,
	`is_answer` integer NOT NULL,
	PRIMARY KEY(`search_id`, `node_id`)
);
--> statement-breakpoint
CREATE TABLE `searches` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant_id` text NOT NULL,
	`model` text NOT NULL,
	`method` text NOT NULL,
	`state` text NOT NULL,
	`stop_reason` text NOT NULL,
	`answer` text,
	`score` real,
	`rollouts` integer NOT NULL,
	`calls` integer NOT NULL,
	`prompt_tokens` integer NOT NULL,
	`completion_tokens` integer NOT NULL,
	`microdollars` integer NOT NULL,
	`seed` integer NOT NULL,
	`recipe` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`ended_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `searches_by_tenant` ON `searches` (`tenant_id`,`created_at_ms`);