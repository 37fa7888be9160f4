ALTER TABLE `attempts` ADD `first_token_at_ms` integer;--> statement-breakpoint
ALTER TABLE `attempts` ADD `provider_request_id` text;--> statement-breakpoint
ALTER TABLE `attempts` ADD `is_hedge` integer;