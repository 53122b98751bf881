// A real OpenID provider (npm oidc-provider) on loopback. First argument: a JSON file { port, keys, clients, users }, where users names a JSON file
// that is read anew whenever somebody is looked up: a person disabled there is gone at once. Says "ready" on standard output; ends with its standard input.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const issuer = `http://127.0.0.1:${settings.port}`;
const defaultResource = "urn:bascule:api";

const users = () => JSON.parse(readFileSync(settings.users, "utf8"));
const person = (id) => {
  const found = users()[id];
  return found && !found.disabled ? found : undefined;
};
const claimsOf = (id) => {
  const { disabled, ...claims } = users()[id] ?? {};
  return { sub: id, ...claims };
};
const resourceServer = (audience) => ({
  scope: "api:read api:write",
  audience,
  accessTokenFormat: audience.endsWith(":opaque") ? "opaque" : "jwt",
  accessTokenTTL: 300,
  jwt: { sign: { alg: "RS256" } },
});

const provider = new Provider(issuer, {
  jwks: { keys: settings.keys },
  clients: settings.clients,
  cookies: { keys: ["cookies of a test"] },
  scopes: ["openid", "offline_access", "profile", "email", "groups"],
  claims: {
    openid: ["sub"],
    profile: ["name", "preferred_username"],
    email: ["email", "email_verified"],
    groups: ["groups"],
  },
  conformIdTokenClaims: false, // the claims of the scopes stand in the id token too
  findAccount: (_, id) => (person(id) ? { accountId: id, claims: () => claimsOf(id) } : undefined),
  issueRefreshToken: async (_, client) => client.grantTypeAllowed("refresh_token"),
  features: {
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    backchannelLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx) => (ctx.oidc.params.grant_type === "client_credentials" ? defaultResource : undefined),
      getResourceServerInfo: (_, resource) => resourceServer(resource),
    },
  },
  extraTokenClaims: (_, token) =>
    token.accountId ? { groups: users()[token.accountId]?.groups ?? [] } : { azp: token.clientId },
  // Logout tokens go to loopback here, which its guard against requests to the inside refuses.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  pkce: { required: () => true },
  ttl: { DeviceCode: 120, AccessToken: 300, IdToken: 300, RefreshToken: 3600, Session: 3600, Grant: 3600, Interaction: 600 },
});
provider.on("backchannel.error", (_, error) => console.error(error));
provider.on("server_error", (_, error) => console.error(error));

const server = createServer(provider.callback());
server.listen(settings.port, "127.0.0.1", () => console.log("ready"));
process.stdin.on("end", () => process.exit(0)).resume();
