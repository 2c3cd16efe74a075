// A real OpenID provider on loopback: node provider.mjs PORT RETURN_URL.
// Whoever signs in is who they say; «unproven» in front of an address makes it one that was never verified.
// Prints one line when it listens.
import { Provider } from "oidc-provider";

const [port, returning] = process.argv.slice(2);

const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    {
      client_id: "countersign",
      client_secret: "secret-of-the-test-provider",
      redirect_uris: [returning],
      token_endpoint_auth_method: "client_secret_basic",
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  cookies: { keys: ["a key of the tests"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id.replace("unproven ", ""), email_verified: !id.startsWith("unproven ") }),
  }),
});

provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
