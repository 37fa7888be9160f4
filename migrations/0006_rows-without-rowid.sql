-- Rows of a key of two columns, without a rowid: each is written once and not twice, which is what is billed.
CREATE TABLE `new_candidates` (
	`search_id` TEXT NOT NULL,
	`node_id` TEXT NOT NULL,
	`text` TEXT NOT NULL,
	`answer_class` TEXT,
	`score` REAL,
	`score_kind` TEXT,
	`repeats` INTEGER NOT NULL,
	`is_answer` INTEGER NOT NULL,
	PRIMARY KEY(`search_id`, `node_id`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `new_candidates` (`search_id`, `node_id`, `text`, `answer_class`, `score`, `score_kind`, `repeats`, `is_answer`) SELECT `search_id`, `node_id`, `text`, `answer_class`, `score`, `score_kind`, `repeats`, `is_answer` FROM `candidates`;
--> statement-breakpoint
DROP TABLE `candidates`;
--> statement-breakpoint
ALTER TABLE `new_candidates` RENAME TO `candidates`;
--> statement-breakpoint
CREATE TABLE `new_attempts` (
	`search_id` TEXT NOT NULL,
	`index` INTEGER NOT NULL,
	`provider` TEXT NOT NULL,
	`model` TEXT NOT NULL,
	`started_at_ms` INTEGER NOT NULL,
	`headers_at_ms` INTEGER,
	`ended_at_ms` INTEGER NOT NULL,
	`prompt_tokens` INTEGER NOT NULL,
	`completion_tokens` INTEGER NOT NULL,
	`cached_tokens` INTEGER NOT NULL,
	`microdollars` INTEGER NOT NULL,
	`is_estimated` INTEGER NOT NULL,
	`outcome` TEXT NOT NULL,
	`first_token_at_ms` INTEGER,
	`provider_request_id` TEXT,
	`is_hedge` INTEGER,
	`reasoning_tokens` INTEGER,
	`finish_reasons` TEXT,
	`raw_usage` TEXT,
	PRIMARY KEY(`search_id`, `index`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `new_attempts` (`search_id`, `index`, `provider`, `model`, `started_at_ms`, `headers_at_ms`, `ended_at_ms`, `prompt_tokens`, `completion_tokens`, `cached_tokens`, `microdollars`, `is_estimated`, `outcome`, `first_token_at_ms`, `provider_request_id`, `is_hedge`, `reasoning_tokens`, `finish_reasons`, `raw_usage`) SELECT `search_id`, `index`, `provider`, `model`, `started_at_ms`, `headers_at_ms`, `ended_at_ms`, `prompt_tokens`, `completion_tokens`, `cached_tokens`, `microdollars`, `is_estimated`, `outcome`, `first_token_at_ms`, `provider_request_id`, `is_hedge`, `reasoning_tokens`, `finish_reasons`, `raw_usage` FROM `attempts`;
--> statement-breakpoint
DROP TABLE `attempts`;
--> statement-breakpoint
ALTER TABLE `new_attempts` RENAME TO `attempts`;
--> statement-breakpoint
CREATE TABLE `new_running_searches` (
	`id` TEXT NOT NULL,
	`tenant_id` TEXT NOT NULL,
	`created_at_ms` INTEGER NOT NULL,
	PRIMARY KEY(`id`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `new_running_searches` (`id`, `tenant_id`, `created_at_ms`) SELECT `id`, `tenant_id`, `created_at_ms` FROM `running_searches`;
--> statement-breakpoint
DROP TABLE `running_searches`;
--> statement-breakpoint
ALTER TABLE `new_running_searches` RENAME TO `running_searches`;
