// For programs under test: the names of UNSPRAWL_TEST_NAMES lead to this machine. Loaded with NODE_OPTIONS=--require.
const dns = require("node:dns");
const names = new Set((process.env.UNSPRAWL_TEST_NAMES || "").split(",").filter(Boolean));
const asked = dns.lookup;
dns.lookup = function lookup(name, ...rest) {
  return asked.call(dns, names.has(name) ? "127.0.0.1" : name, ...rest);
};
const promised = dns.promises.lookup;
dns.promises.lookup = (name, ...rest) => promised.call(dns.promises, names.has(name) ? "127.0.0.1" : name, ...rest);
