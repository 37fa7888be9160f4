/**
 * Stands where `cloudflare:workers` does in workerd: the base classes of objects and RPC targets, which only carry what the
 * platform hands them. `hooks.ts` resolves the name to this file.
 */
export class DurableObject<Env = unknown> {
  readonly ctx: unknown;
  readonly env: Env;

  constructor(ctx: unknown, env: Env) {
    this.ctx = ctx;
    this.env = env;
  }
}

export class RpcTarget {}
