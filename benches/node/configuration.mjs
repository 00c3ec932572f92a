// The environment, read once. A value `secretsmanager:NAME:KEY` names a secret, and all of them are asked for at once.

const NAMED = /^secretsmanager:([^:]+):([^:]+)$/;

const named = Object.entries(process.env)
  .map(([name, value]) => ({ name, match: NAMED.exec(value) }))
  .filter(({ match }) => match);

async function secrets() {
  if (named.length === 0) return {};
  // Loaded only where it is needed: it takes its time.
  const { SecretsManagerClient, GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
  const client = new SecretsManagerClient({});
  const names = [...new Set(named.map(({ match }) => match[1]))];
  const values = await Promise.all(
    names.map(async (SecretId) => JSON.parse((await client.send(new GetSecretValueCommand({ SecretId }))).SecretString)),
  );
  const byName = Object.fromEntries(names.map((name, index) => [name, values[index]]));
  return Object.fromEntries(named.map(({ name, match }) => [name, byName[match[1]][match[2]]]));
}

const environment = { ...process.env, ...(await secrets()) };

export function text(name) {
  const value = environment[name]?.trim();
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

export function number(name) {
  const value = Number(text(name));
  if (!Number.isInteger(value)) throw new Error(`${name} must be a whole number`);
  return value;
}

export const mebibytes = (name) => number(name) * 2 ** 20;
