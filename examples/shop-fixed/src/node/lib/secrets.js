const { GetSecretValueCommand, SecretsManagerClient } = require("@aws-sdk/client-secrets-manager");

const client = new SecretsManagerClient({});
const kept = new Map();
const MINUTES = 5 * 60 * 1000;

// Read at run time and kept for five minutes, so that a rotated secret is picked up.
exports.secret = async (SecretId) => {
  const known = kept.get(SecretId);
  if (known && known.until > Date.now()) return known.value;
  const { SecretString: value } = await client.send(new GetSecretValueCommand({ SecretId }));
  kept.set(SecretId, { value, until: Date.now() + MINUTES });
  return value;
};
