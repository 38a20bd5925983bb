// Sends what Node itself does not send through HTTPS_PROXY there. Loaded by NODE_OPTIONS=--require into every Node that a
// server starts, also into worker threads; prints nothing, needs nothing, and leaves alone what Node does by itself.
//
// Without it: Node before 22.21 (and 23, and https before 24.5) ignores NODE_USE_ENV_PROXY, and no Node sends through a
// proxy what uses an Agent of its own, as many vendors' libraries do. Our certificate is in NODE_EXTRA_CA_CERTS.
"use strict";
(() => {
  const env = process.env;
  const found = env.HTTPS_PROXY || env.https_proxy;
  let proxy;
  try {
    proxy = new URL(found);
  } catch {
    return;
  }
  if (proxy.protocol !== "http:") return;
  // npm hands the proxy of .npmrc to what it starts, and some clients (proxy-from-env 1, so axios) ask for that first.
  for (const name of ["npm_config_https_proxy", "npm_config_http_proxy", "npm_config_proxy"]) delete env[name];
  const net = require("net");
  const tls = require("tls");
  const [major, minor] = process.versions.node.split(".").map(Number);
  const nodeSends = env.NODE_USE_ENV_PROXY === "1" && (major >= 24 || (major === 22 && minor >= 21));
  const credential = Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`);
  const proxyHost = proxy.hostname.replace(/^\[|\]$/g, "");
  const proxyPort = Number(proxy.port || 80);
  const LONGEST_ANSWER = 16384;
  const WAIT_MS = 30000;

  const direct = (env.NO_PROXY || env.no_proxy || "")
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  function isDirect(host, port) {
    const name = String(host).toLowerCase().replace(/^\[|\]$/g, "").replace(/\.$/, "");
    return direct.some((entry) => {
      if (entry === "*") return true;
      let wanted = entry;
      const colon = entry.lastIndexOf(":");
      if (colon > 0 && entry.indexOf(":") === colon) {
        if (entry.slice(colon + 1) !== String(port)) return false;
        wanted = entry.slice(0, colon);
      }
      wanted = wanted.replace(/^\*?\./, "").replace(/^\[|\]$/g, "");
      return name === wanted || name.endsWith(`.${wanted}`);
    });
  }

  // A connection to host:port through the proxy: done(error) or done(null, socket).
  function tunnel(host, port, done) {
    const name = net.isIPv6(host) ? `[${host}]` : host;
    const socket = net.connect({ host: proxyHost, port: proxyPort, noDelay: true });
    let answer = Buffer.alloc(0);
    const finish = (error) => {
      socket.removeListener("error", finish);
      socket.removeListener("end", ended);
      socket.removeListener("timeout", late);
      socket.removeListener("data", read);
      socket.setTimeout(0);
      if (error) {
        socket.destroy();
        done(error);
      } else {
        done(null, socket);
      }
    };
    const ended = () => finish(new Error("the proxy closed the connection"));
    const late = () => finish(new Error("the proxy did not answer"));
    const read = (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      const end = answer.indexOf("\r\n\r\n");
      if (end < 0) {
        if (answer.length > LONGEST_ANSWER) finish(new Error("the proxy did not answer in HTTP"));
        return;
      }
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer.toString("latin1", 0, end));
      if (!status || status[1] !== "200") {
        finish(new Error(`the proxy answered ${status ? status[1] : "something else than HTTP"}`));
        return;
      }
      socket.pause();
      const rest = answer.subarray(end + 4);
      if (rest.length) socket.unshift(rest);
      finish(null);
    };
    socket.on("error", finish).on("end", ended).on("timeout", late).on("data", read);
    socket.setTimeout(WAIT_MS);
    socket.write(
      `CONNECT ${name}:${port} HTTP/1.1\r\nHost: ${name}:${port}\r\n` +
        `Proxy-Authorization: Basic ${credential.toString("base64")}\r\n\r\n`,
    );
  }

  // http and https: every Agent, since most libraries bring one. Agents that open connections in their own way
  // (https-proxy-agent and its like) do not come by here.
  function patch(Agent, port) {
    const original = Agent.prototype.createConnection;
    Agent.prototype.createConnection = function createConnection(...given) {
      const options = given.find((each) => each !== null && typeof each === "object");
      const done = given.find((each) => typeof each === "function");
      const host = options && (options.host || options.hostname);
      const target = options && Number(options.port || port);
      // With proxyEnv Node does it, where it knows how to.
      const node = this && this.options && this.options.proxyEnv && nodeSends;
      if (!options || !done || !host || options.socketPath || options.socket || node || isDirect(host, target)) {
        return original.apply(this, given);
      }
      tunnel(host, target, (error, socket) => {
        if (error) {
          done(error);
        } else if (port === 443) {
          let secured;
          try {
            secured = original.call(this, { ...options, socket });
          } catch (failed) {
            socket.destroy();
            done(failed);
            return;
          }
          done(null, secured);
        } else {
          done(null, socket);
        }
      });
      return undefined;
    };
  }
  patch(require("http").Agent, 80);
  patch(require("https").Agent, 443);

  // fetch: the dispatcher that it, and undici from npm, send everything by. Its class is within Node, and reached by the
  // one that Node makes when something of undici is first used: that costs, so it is done only then.
  const DISPATCHER = Symbol.for("undici.globalDispatcher.1");
  const LAZY = ["Response", "Request", "Headers", "FormData", "WebSocket", "EventSource", "MessageEvent", "CloseEvent"];
  if (nodeSends || typeof globalThis.fetch !== "function") return;

  function connect(options, done) {
    const secure = options.protocol === "https:";
    tunnel(options.hostname, Number(options.port || (secure ? 443 : 80)), (error, socket) => {
      if (error || !secure) {
        done(error, socket);
        return;
      }
      const servername = options.servername || (net.isIP(options.hostname) ? "" : options.hostname);
      const secured = tls.connect({ socket, servername, ALPNProtocols: ["http/1.1"] });
      const failed = (reason) => done(reason);
      secured.once("error", failed).once("secureConnect", () => {
        secured.removeListener("error", failed);
        done(null, secured);
      });
    });
  }

  let loading = false;
  let ours;
  const load = Object.getOwnPropertyDescriptor(globalThis, "Response")?.get;
  function dispatcher() {
    if (ours || loading) return ours;
    loading = true;
    if (load) load.call(globalThis);
    const plain = globalThis[DISPATCHER];
    if (!plain) return undefined;
    class ThroughProxy extends plain.constructor {
      dispatch(options, handler) {
        let origin;
        try {
          origin = new URL(options.origin);
        } catch {
          return super.dispatch(options, handler); // which says what is wrong with it
        }
        const port = Number(origin.port || (origin.protocol === "https:" ? 443 : 80));
        return isDirect(origin.hostname, port) ? plain.dispatch(options, handler) : super.dispatch(options, handler);
      }
    }
    ours = new ThroughProxy({ connect });
    globalThis[DISPATCHER] = ours;
    return ours;
  }
  if (DISPATCHER in globalThis) {
    dispatcher(); // something was preloaded that uses it
    return;
  }
  Object.defineProperty(globalThis, DISPATCHER, {
    configurable: true,
    enumerable: false,
    get: dispatcher,
    set(value) {
      Object.defineProperty(globalThis, DISPATCHER, { value, writable: true, configurable: true, enumerable: false });
    },
  });
  for (const name of LAZY) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    if (before && before.get && before.configurable) {
      const get = () => {
        dispatcher();
        return before.get.call(globalThis);
      };
      Object.defineProperty(globalThis, name, { ...before, get });
    }
  }
  const fetch = globalThis.fetch;
  globalThis.fetch = new Proxy(fetch, {
    apply(target, self, given) {
      dispatcher();
      return Reflect.apply(target, globalThis, given);
    },
  });
})();
