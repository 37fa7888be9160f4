/** Goes into every search's first event, so that a log says which code grew it. Kept equal to package.json by a test. */
export const CODE_VERSION = "0.1.0";
