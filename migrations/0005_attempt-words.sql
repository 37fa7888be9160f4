ALTER TABLE `attempts` ADD `reasoning_tokens` integer;--> statement-breakpoint
ALTER TABLE `attempts` ADD `finish_reasons` text;--> statement-breakpoint
ALTER TABLE `attempts` ADD `raw_usage` text;