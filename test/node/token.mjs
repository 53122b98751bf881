// Verifies JSON Web Tokens as a relying party does. Standard input: { keys, issuer, audience, cases: [{ token, at }] }; standard output: for each case its
// subject, or the code of the refusal.
import { readFileSync } from "node:fs";
import { createLocalJWKSet, jwtVerify } from "jose";

const { keys, issuer, audience, cases } = JSON.parse(readFileSync(0, "utf8"));
const keySet = createLocalJWKSet(JSON.parse(keys));

const judge = async ({ token, at }) => {
  try {
    const options = { issuer, audience, algorithms: ["RS256"], currentDate: new Date(at * 1000) };
    return (await jwtVerify(token, keySet, options)).payload.sub;
  } catch (error) {
    return error.code;
  }
};
console.log(JSON.stringify(await Promise.all(cases.map(judge))));
