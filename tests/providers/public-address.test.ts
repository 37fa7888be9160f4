import fc from "fast-check";
import { expect, test } from "vitest";
import { egress } from "../../src/providers/egress.ts";
import { addressRefusal } from "../../src/providers/public-address.ts";
import { createJsonServer } from "../upstream/json-server.ts";

const STRICT = { allowedOrigins: [] };

test.each([
  "https://scorer.example.com/verify",
  "https://scorer.example.com:443/verify?tenant=7",
  "https://scorer.example.com:8443/",
  "https://xn--bcher-kva.de/",
  "https://10.example.com/",
  "https://a-b.c-d.example.org/x/%20y",
])("T1: %s may be called", (address) => expect(addressRefusal(address, STRICT)).toBeNull());

/** Hosts that are the loopback, a private or a link-local network, a cloud's metadata service, or no public name. */
const HOSTS = [
  "127.0.0.1",
  "127.1",
  "127.0.1",
  "2130706433",
  "0x7f000001",
  "0x7f.1",
  "0177.0.0.1",
  "017700000001",
  "0",
  "0.0.0.0",
  "10.0.0.1",
  "10.1",
  "172.16.0.1",
  "192.168.1.1",
  "192.168.257",
  "169.254.169.254",
  "2852039166",
  "0xa9fea9fe",
  "0251.0376.0251.0376",
  "100.64.0.1",
  "100.100.100.200",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "8.8.8.8",
  "%31%32%37.0.0.1",
  "127.0.0.1.",
  "[::1]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[::ffff:a9fe:a9fe]",
  "[::127.0.0.1]",
  "[64:ff9b::7f00:1]",
  "[2002:7f00:1::]",
  "[fe80::1]",
  "[fc00::1]",
  "[fd00:ec2::254]",
  "[2001:db8::1]",
  "[2606:4700::1111]",
  "localhost",
  "LOCALHOST",
  "localhost.",
  "a.localhost",
  "localhost.localdomain",
  "printer.local",
  "metadata.google.internal",
  "metadata",
  "kubernetes.default.svc.cluster.local",
  "router.lan",
  "nas.home",
  "box.home.arpa",
  "intranet.corp",
  "1.0.0.127.in-addr.arpa",
  "hidden.onion",
  "127.0.0.1.nip.io",
  "10.0.0.1.sslip.io",
  "localtest.me",
  "app.lvh.me",
  "scorer.example.com.",
  "a_b.example.com",
];

const PLACES = [
  "/verify",
  ":443/",
  ":8443/?a=https://scorer.example.com/",
  "/@scorer.example.com",
  "//scorer.example.com",
];

test.each(HOSTS)("T1: https://%s is refused", (host) => {
  for (const place of PLACES) expect(addressRefusal(`https://${host}${place}`, STRICT), place).not.toBeNull();
});

test.each([
  "http://scorer.example.com/",
  "ftp://scorer.example.com/",
  "file:///etc/passwd",
  "data:application/json,{}",
  "javascript:alert(1)",
  "gopher://scorer.example.com/",
  "//scorer.example.com/",
  "scorer.example.com",
  "",
  "https://",
  "https://user@scorer.example.com/",
  "https://user:password@scorer.example.com/",
  "https://scorer.example.com@127.0.0.1/",
  "https://127.0.0.1#@scorer.example.com/",
  "https://scorer.example.com\\@127.0.0.1/",
  "https:\\\\127.0.0.1/",
  "https://scorer.example.com:22/",
  "https://scorer.example.com:80/",
  "https://scorer.example.com:25/",
  "https://scorer.example.com/#fragment",
  " https://scorer.example.com/",
  "https://scorer.example.com/\r\nHost: internal",
  "https://scorer.exa\tmple.com/",
  "https://127。0。0。1/",
  "https://①②⑦.⓪.⓪.①/",
  "https://loc\u00adalhost/",
  "https://bücher.de/",
  "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
  "https://[::1",
  "https://a..b/",
  "https://scorer.example.com:99999/",
  `https://scorer.example.com/${"a".repeat(2048)}`,
])("T1: %j is refused", (address) => expect(addressRefusal(address, STRICT)).not.toBeNull());

test("an allowed origin may be called as it is and no other", () => {
  const rules = { allowedOrigins: ["http://127.0.0.1:9000"] };
  expect(addressRefusal("http://127.0.0.1:9000/verify", rules)).toBeNull();
  for (const other of ["http://127.0.0.1:9001/", "https://127.0.0.1:9000/", "http://localhost:9000/"]) {
    expect(addressRefusal(other, rules)).not.toBeNull();
  }
  expect(addressRefusal("http://a@127.0.0.1:9000/", rules)).not.toBeNull();
});

test("every number, however it is written as an address, is refused", () => {
  const part = fc
    .nat(255)
    .chain((byte) => fc.constantFrom(String(byte), `0x${byte.toString(16)}`, `0${byte.toString(8)}`));
  const dotted = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));
  const whole = fc
    .nat(0xffffffff)
    .chain((word) => fc.constantFrom(String(word), `0x${word.toString(16)}`, `0${word.toString(8)}`));
  const host = fc.oneof(
    dotted,
    whole,
    fc.ipV4(),
    fc.ipV6().map((address) => `[${address}]`),
  );
  fc.assert(
    fc.property(host, fc.constantFrom("", ".", ":443"), (name, ending) => {
      expect(addressRefusal(`https://${name}${ending}/`, STRICT)).not.toBeNull();
    }),
  );
});

test("no text makes it throw, and what passes is https to a public name", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webUrl(),
        fc.string(),
        fc.webUrl().map((url) => url.replace("http:", "https:")),
      ),
      (text) => {
        if (addressRefusal(text, STRICT) !== null) return;
        const url = new URL(text);
        expect(url.protocol).toBe("https:");
        expect(url.hostname).toMatch(/^[a-z\d-]+(\.[a-z\d-]+)*\.[a-z\d-]*[a-z][a-z\d-]*$/);
      },
    ),
  );
});

test("a server on the loopback sees nothing of what is refused", async () => {
  const canary = await createJsonServer(() => ({ json: {} }));
  const port = new URL(canary.url).port;
  for (const host of ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "127.0.0.1.nip.io"]) {
    const left = await egress(fetch, `http://${host}:${port}/`, { method: "POST" }, { rules: STRICT });
    expect(left).toMatchObject({ ok: false, error: { type: "not-sent" } });
  }
  expect(canary.calls).toEqual([]);
  const allowed = await egress(
    fetch,
    `${canary.url}/`,
    { method: "POST" },
    { rules: { allowedOrigins: [canary.url] } },
  );
  expect(allowed.ok).toBe(true);
  expect(canary.calls).toHaveLength(1);
  await canary.close();
});
