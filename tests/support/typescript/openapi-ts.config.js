// hey-api reads this: what to make a client of, for modules that name files in full.
export default {
  input: "openapi.json",
  output: { path: "hey", importFileExtension: ".js" },
};
