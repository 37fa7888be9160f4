import { describe, expect, it } from "vitest";
import { findModel, parseProviders } from "../../src/providers/config.ts";

const MODEL = { id: "espalier/24" };
const PROVIDER = { name: "local", baseUrl: "http://127.0.0.1:8790/v1/", models: [MODEL] };

function messageFor(value: unknown): string {
  const parsed = parseProviders(JSON.stringify(value));
  if (parsed.ok) throw new Error("it was accepted");
  return parsed.error;
}

describe("parseProviders", () => {
  it("fills the defaults in", () => {
    expect(parseProviders(JSON.stringify([PROVIDER]))).toEqual({
      ok: true,
      value: [
        {
          name: "local",
          baseUrl: "http://127.0.0.1:8790/v1",
          apiKey: null,
          headerTimeoutMs: 60_000,
          idleTimeoutMs: 60_000,
          models: [
            {
              id: "espalier/24",
              upstream: "espalier/24",
              description: null,
              capabilities: {
                n: "unknown",
                continuation: false,
                logprobs: false,
                instructions: true,
                stepSeparator: "\n\n",
                stepTokens: null,
              },
              price: { promptMicrodollarsPerMillion: 0, completionMicrodollarsPerMillion: 0 },
              prompts: {},
            },
          ],
        },
      ],
    });
  });

  it("keeps what is given", () => {
    const capabilities = {
      n: "honoured",
      continuation: true,
      logprobs: true,
      instructions: true,
      stepSeparator: "\n",
      stepTokens: null,
    };
    const price = { promptMicrodollarsPerMillion: 150_000, completionMicrodollarsPerMillion: 600_000 };
    const model = {
      ...MODEL,
      upstream: "espalier-24",
      description: "24",
      capabilities,
      price,
      prompts: { judge: { template: "Good?" } },
    };
    const provider = { ...PROVIDER, apiKey: "sk-1", headerTimeoutMs: 5, idleTimeoutMs: 6, models: [model] };
    const parsed = parseProviders(JSON.stringify([provider]));
    expect(parsed).toMatchObject({ ok: true, value: [{ ...provider, baseUrl: "http://127.0.0.1:8790/v1" }] });
  });

  it("tells where a fault is", () => {
    expect(messageFor({})).toContain("PROVIDERS");
    expect(messageFor([{ ...PROVIDER, baseURL: "x" }])).toContain("baseURL");
    expect(messageFor([{ ...PROVIDER, models: [] }])).toContain("PROVIDERS.0.models");
    expect(
      messageFor([{ ...PROVIDER, models: [{ ...MODEL, price: { promptMicrodollarsPerMillion: 0.5 } }] }]),
    ).toContain("PROVIDERS.0.models.0.price.promptMicrodollarsPerMillion");
    expect(messageFor([{ ...PROVIDER, headerTimeoutMs: 0 }])).toContain("headerTimeoutMs");
    expect(messageFor([PROVIDER, PROVIDER])).toContain("provider name twice");
    expect(messageFor([{ ...PROVIDER, models: [MODEL, MODEL] }])).toContain("model id twice");
    expect(parseProviders("[")).toEqual({ ok: false, error: "PROVIDERS is not valid JSON" });
  });

  it("refuses a base URL that could leak or mislead", () => {
    for (const baseUrl of ["ftp://x/v1", "http://user:pw@x/v1", "x/v1", "https://x/v1?key=1", "https://x/v1#a"]) {
      expect(messageFor([{ ...PROVIDER, baseUrl }])).toContain("PROVIDERS.0.baseUrl");
    }
  });

  it("T4: refuses a key that cannot stand in a header", () => {
    for (const apiKey of ["sk-canary\n", "sk canary", "sk-\u0000canary", "sk-cänary", ""]) {
      const provider = { name: "a", baseUrl: "https://a.example/v1", apiKey, models: [{ id: "a/b" }] };
      const parsed = parseProviders(JSON.stringify([provider]));
      if (parsed.ok) throw new Error(`${JSON.stringify(apiKey)} was taken`);
      expect(parsed.error).toContain("PROVIDERS.0.apiKey");
      expect(parsed.error).not.toContain("canary");
    }
  });

  it("never repeats a value, which may be a key", () => {
    expect(messageFor([{ ...PROVIDER, apiKey: ["sk-canary"], extra: "sk-canary" }])).not.toContain("sk-canary");
  });
});

describe("findModel", () => {
  it("takes the first provider that serves the id", () => {
    const second = { ...PROVIDER, name: "second", models: [MODEL, { id: "other" }] };
    const parsed = parseProviders(JSON.stringify([PROVIDER, second]));
    if (!parsed.ok) throw new Error(parsed.error);
    expect(findModel(parsed.value, "espalier/24")?.provider.name).toBe("local");
    expect(findModel(parsed.value, "other")?.provider.name).toBe("second");
    expect(findModel(parsed.value, "none")).toBeNull();
  });
});
