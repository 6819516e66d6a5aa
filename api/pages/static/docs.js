/* Swagger UI with main parameters first, examples of the store, charts as pictures, and files as links. */

const MAIN = new Set(["by", "measures", "since", "dyad", "actor", "target", "involves", "action",
  "date_from", "date_to", "dataset", "quad_class", "place_country", "sort", "limit"]);
/** An operation with no more parameters than this shows all of them. */
const FEW = 12;

function fitted() {
  const wrapComponents = { parameters, parameterRow, JsonSchemaForm, responseBody, liveResponse };
  return { wrapComponents, fn: { resolveSubtree } };
}

/**
 * Replace the references in a part of the document, which all lead to its components.
 * Swagger UI's own function reads the whole document anew for each part, which takes a second.
 */
async function resolveSubtree(whole, path) {
  const at = (keys) => keys.reduce((found, key) => found?.[key], whole);
  const resolved = (part, open) => {
    if (Array.isArray(part)) return part.map((one) => resolved(one, open));
    if (part === null || typeof part !== "object") return part;
    const name = part.$ref;
    if (typeof name !== "string") {
      return Object.fromEntries(Object.entries(part).map(([key, one]) => [key, resolved(one, open)]));
    }
    if (open.includes(name)) return { type: "object" };
    return { ...resolved(at(name.slice(2).split("/")), [...open, name]), $$ref: name };
  };
  const spec = resolved(at(path), []);
  /* The parameters of a path belong to each of its operations. */
  const ofPath = path[0] === "paths" && path.length === 3 ? resolved(at(path.slice(0, 2)).parameters ?? [], []) : [];
  if (ofPath.length) spec.parameters = [...ofPath, ...(spec.parameters ?? [])];
  return { spec, errors: [] };
}

const shared = {};

/** Tell React components below whether the parameters of their operation are folded. */
function folding(React) {
  shared.folding ??= React.createContext(false);
  return shared.folding;
}

/** Show the main parameters of an operation, and the others on demand. */
function parameters(Original, { React }) {
  return function Parameters(props) {
    const [all, setAll] = React.useState(false);
    const others = props.parameters.filter((one) => !isMain(one)).size;
    const folded = !all && props.parameters.size > FEW;
    const label = all ? "Show the main parameters only" : `Show ${others} more parameters`;
    const attributes = { type: "button", className: "btn more", "aria-expanded": all, onClick: () => setAll(!all) };
    const button = props.parameters.size > FEW ? React.createElement("button", attributes, label) : null;
    const rows = React.createElement(Original, props);
    return React.createElement(folding(React).Provider, { value: folded }, rows, button);
  };
}

/** Leave out the row of a folded parameter, unless it has a value: that narrows the answer. */
function parameterRow(Original, { React, specSelectors }) {
  return function ParameterRow(props) {
    const folded = React.useContext(folding(React));
    const known = specSelectors.parameterWithMetaByIdentity(props.pathMethod, props.rawParam);
    const shown = !folded || isMain(props.rawParam) || Boolean(known?.get("value"));
    return shown ? React.createElement(Original, props) : null;
  };
}

function isMain(parameter) {
  return MAIN.has(parameter.get("name")) || parameter.get("required") === true;
}

/** Show the example of a parameter in its empty field, without filling it in. */
function JsonSchemaForm(Original, { React }) {
  return function Field(props) {
    const example = props.schema?.getIn?.(["examples", 0]);
    const description = example === undefined ? "" : `for example ${example}`;
    return React.createElement(Original, { ...props, description });
  };
}

/** Show a chart as a picture: an image runs no scripts. */
function responseBody(Original, { React }) {
  return function ResponseBody(props) {
    if (!props.contentType?.startsWith("image/svg+xml") || typeof props.content !== "string") {
      return React.createElement(Original, props);
    }
    const source = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(props.content)}`;
    return React.createElement("img", { className: "chart", src: source, alt: "The chart of this answer" });
  };
}

/** Tell whether an address answers with a file: one that is no page and no picture. */
function isFile(url) {
  return /\.(csv|ndjson|geojson|arrow|parquet)$/.test(url.split("?")[0]);
}

/** Ask for the headers of a file only: it may be large, and need not be text. A problem is asked for whole. */
function requestInterceptor(request) {
  if (isFile(request.url)) request.userFetch = fetchHeaders;
  return request;
}

async function fetchHeaders(url, request) {
  const answer = await fetch(url, { ...request, method: "HEAD" });
  return answer.ok ? answer : fetch(url, request);
}

/** Make the link that saves a file, or nothing for other answers. */
function fileLink(React, response, url) {
  if (response.get("error") || !isFile(url)) return null;
  const name = url.split("?")[0].split("/").pop();
  return React.createElement("a", { className: "file", href: url, download: name }, `Download ${name}`);
}

/** Scroll to an answer when it comes, and lead to the file that it is. */
function liveResponse(Original, { React, specSelectors }) {
  return function LiveResponse(props) {
    const place = React.useRef(null);
    React.useEffect(() => {
      place.current?.scrollIntoView({ block: "nearest" });
    }, [props.response]);
    const url = specSelectors.mutatedRequestFor(props.path, props.method)?.get("url") ?? "";
    const link = fileLink(React, props.response, url);
    return React.createElement("div", { ref: place, className: "answer" }, link, React.createElement(Original, props));
  };
}

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  displayOperationId: true,
  displayRequestDuration: true,
  filter: true,
  plugins: [fitted],
  requestInterceptor,
  tryItOutEnabled: true,
  validatorUrl: null,
});
