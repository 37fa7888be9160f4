import { createServer } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTooDeep } from "../../src/core/json-depth.ts";
import { egress, type Fetch, type Leave } from "../../src/providers/egress.ts";
import { HOPS_HEADER, hopsOf, MOST_HOPS } from "../../src/providers/hops.ts";
import { createJsonServer } from "../upstream/json-server.ts";

/** What a request would have been, without sending it. */
async function sentWith(init: RequestInit, leave: Leave = {}, input: string | Request = "https://a.example.com/v1") {
  const sent: { readonly url: string; readonly headers: Headers }[] = [];
  const keep: Fetch = async (target, given) => {
    sent.push({ url: target instanceof Request ? target.url : String(target), headers: new Headers(given?.headers) });
    return new Response(null, { status: 204 });
  };
  const left = await egress(keep, input, init, leave);
  return { left, sent };
}

describe("T3: redirects", () => {
  test.each([300, 301, 302, 303, 305, 307, 308])(
    "a %i is not followed, and nobody else gets the credential",
    async (status) => {
      const elsewhere = await createJsonServer(() => ({ json: {} }));
      const provider = await createJsonServer(() => ({
        text: "",
        status,
        headers: { location: `${elsewhere.url}/stolen` },
      }));
      const init = { method: "POST", body: "{}", headers: { authorization: "Bearer sk-canary" } };
      const left = await egress(fetch, `${provider.url}/v1`, init);
      expect(left).toMatchObject({
        ok: false,
        error: { type: "redirect", message: expect.stringContaining(`${status}`) },
      });
      expect(provider.calls[0]?.headers.authorization).toBe("Bearer sk-canary");
      expect(elsewhere.calls).toEqual([]);
      await Promise.all([provider.close(), elsewhere.close()]);
    },
  );
});

describe("T4: headers", () => {
  test("only those of the list leave", async () => {
    const { sent } = await sentWith({
      headers: {
        Authorization: "Bearer x",
        "Content-Type": "application/json",
        "X-Stainless-OS": "Linux",
        Host: "internal",
        Cookie: "a=b",
        "CF-Connecting-IP": "127.0.0.1",
        Connection: "close",
        "Transfer-Encoding": "chunked",
        "X-Forwarded-For": "127.0.0.1",
      },
    });
    expect([...(sent[0]?.headers ?? [])].map(([name]) => name)).toEqual(["authorization", "content-type", HOPS_HEADER]);
  });

  test("a value with a CR, LF or NUL is never sent, wherever it stands", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.constantFrom("\r", "\n", "\0", "\r\n", "\r\nHost: internal"),
        fc.string(),
        async (before, evil, after) => {
          const { left, sent } = await sentWith({ headers: { authorization: `x${before}${evil}${after}x` } });
          expect(left).toMatchObject({ ok: false, error: { type: "not-sent" } });
          expect(sent).toEqual([]);
        },
      ),
    );
  });

  test("no text of a header makes it throw, and what is sent is what was given", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (value) => {
        const { left, sent } = await sentWith({ headers: { authorization: value } });
        if (left.ok) expect(sent[0]?.headers.get("authorization")).toBe(value.replace(/^[\t ]+|[\t ]+$/g, ""));
      }),
    );
  });
});

describe("T1: addresses", () => {
  test("the parsed address is sent, and not its text", async () => {
    const { sent } = await sentWith({}, {}, "HTTPS://A.example.com:443/x/../v1?q=a b");
    expect(sent[0]?.url).toBe("https://a.example.com/v1?q=a%20b");
  });

  test.each(["ftp://a.example.com/", "file:///etc/passwd", "https://u:p@a.example.com/", "not a url", ""])(
    "%s is refused for the operator, too",
    async (address) => {
      const { left, sent } = await sentWith({}, {}, address);
      expect(left).toMatchObject({ ok: false, error: { type: "not-sent" } });
      expect(sent).toEqual([]);
    },
  );

  test("nothing on the loopback hears of a tenant's address, whatever its notation; the operator's does", async () => {
    let connections = 0;
    const canary = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => canary.listen(8443, resolve));
    const notations = [
      "127.0.0.1",
      "127.1",
      "2130706433",
      "0x7f000001",
      "0177.0.0.1",
      "0",
      "[::1]",
      "[::ffff:127.0.0.1]",
    ];
    const names = [
      "localhost",
      "localhost.",
      "a.localhost",
      "%6c%6fcalhost",
      "127.0.0.1.nip.io",
      "lvh.me",
      "①②⑦.0.0.1",
    ];
    for (const host of [...notations, ...names]) {
      const left = await egress(fetch, `https://${host}:8443/`, {}, { rules: { allowedOrigins: [] } });
      expect(left).toMatchObject({ ok: false, error: { type: "not-sent" } });
    }
    expect(connections).toBe(0);
    await expect(egress(fetch, "https://127.0.0.1:8443/", {})).rejects.toThrow();
    expect(connections).toBe(1);
    await new Promise((resolve) => canary.close(resolve));
  });
});

describe("T15: loops", () => {
  test("every call says how many searches lie behind it", async () => {
    const hopsOfSent = async (leave: Leave) => (await sentWith({}, leave)).sent[0]?.headers.get(HOPS_HEADER);
    expect(await hopsOfSent({})).toBe("1");
    expect(await hopsOfSent({ hops: 1 })).toBe("2");
    // An outlet passes on what the search has said.
    const request = new Request("https://a.example.com/", { headers: { [HOPS_HEADER]: "2" } });
    expect((await sentWith({}, {}, request)).sent[0]?.headers.get(HOPS_HEADER)).toBe("2");
  });

  test("one deployment may stand behind another, and none behind itself", () => {
    expect(hopsOf(null)).toBe(0);
    expect(hopsOf("0")).toBe(0);
    expect(hopsOf(String(MOST_HOPS))).toBe(MOST_HOPS);
    for (const header of [String(MOST_HOPS + 1), "999", "-1", "1.5", "", " ", "one", "1,1"])
      expect(hopsOf(header)).toBeNull();
  });
});

describe("T11: depth", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  test("is counted before anything is parsed, and brackets in strings are none", () => {
    expect(isTooDeep(nested(64))).toBe(false);
    expect(isTooDeep(nested(65))).toBe(true);
    expect(isTooDeep('{"a":'.repeat(100_000))).toBe(true);
    expect(isTooDeep(JSON.stringify(nested(1000)))).toBe(false);
    expect(isTooDeep(JSON.stringify({ text: '"\\"[[[['.repeat(100) }))).toBe(false);
    expect(isTooDeep("[],".repeat(1000))).toBe(false);
  });

  test("agrees with what is there, for any value", () => {
    const depthOf = (value: unknown): number =>
      typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        for (const most of [0, 1, 3, 6]) expect(isTooDeep(JSON.stringify(value), most)).toBe(depthOf(value) > most);
      }),
    );
  });
});
