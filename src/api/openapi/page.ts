import type { DocumentedOperation, OpenApiDocument } from "./document.ts";

/** The document as a page to read: plain HTML without scripts, nothing loaded from anywhere. */
export function documentToPage(document: OpenApiDocument): string {
  const { info, servers, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ heading: `${method.toUpperCase()} ${path}`, operation })),
  );
  const schemas = Object.entries(components.schemas);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(info.title)} API</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(info.title)} API <small>${escapeHtml(info.version)}</small></h1>
<p>${prose(info.description)}</p>
${servers.map(({ url, description }) => `<p>Base path <code>${escapeHtml(url)}</code>. ${prose(description)}</p>`).join("\n")}
<p>The same for machines: <a href="openapi.json">openapi.json</a>.</p>
<h2>Operations</h2>
<ul>${operations.map(({ heading, operation }) => `<li>${link(operation.operationId, heading)} ${escapeHtml(operation.summary)}</li>`).join("\n")}</ul>
${operations.map(({ heading, operation }) => operationToHtml(heading, operation)).join("\n")}
<h2>Schemas</h2>
${schemas.map(([name, schema]) => `<h3 id="${escapeHtml(name)}">${escapeHtml(name)}</h3>${jsonToHtml(schema)}`).join("\n")}
</body></html>
`;
}

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}" +
  "pre{overflow:auto;padding:.75rem;border:1px solid #8884;font-size:13px}h3{margin-top:2.5rem}" +
  "td{padding:.1rem 1rem .1rem 0;vertical-align:top}";

function operationToHtml(heading: string, operation: DocumentedOperation): string {
  const { operationId, summary, description, parameters, requestBody, responses, security } = operation;
  const key = security.length === 0 ? "<p>Needs no key.</p>" : "";
  const rows = parameters.map(
    (one) =>
      `<tr><td><code>${escapeHtml(one.name)}</code></td><td>${one.in}</td><td>${prose(one.description ?? "")}</td></tr>`,
  );
  const answers = Object.entries(responses).map(([status, answer]) => {
    const label = `<summary><b>${status}</b> ${prose(answer.description)}</summary>`;
    return `<details>${label}${jsonToHtml(answer)}</details>`;
  });
  return `<h3 id="${operationId}">${escapeHtml(heading)}</h3>
<p>${escapeHtml(summary)}. ${prose(description ?? "")}</p>${key}
${rows.length === 0 ? "" : `<table>${rows.join("")}</table>`}
${requestBody === undefined ? "" : `<details open><summary>Body</summary>${jsonToHtml(requestBody)}</details>`}
${answers.join("\n")}`;
}

/** References become links within the page. */
function jsonToHtml(value: object): string {
  const json = escapeHtml(JSON.stringify(value, null, 2));
  const linked = json.replace(/#\/components\/schemas\/(\w+)/g, (whole, name) => link(name, whole));
  return `<pre>${linked}</pre>`;
}

function link(id: string, text: string): string {
  return `<a href="#${id}">${text}</a>`;
}

function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]*)`/g, "<code>$1</code>");
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
