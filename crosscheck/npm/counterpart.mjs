// The counterpart of ethkey's keystores and keys: @chainsafe/bls-keystore and
// @chainsafe/bls-keygen, with @scure/bip39 for phrases and @noble/curves for
// public keys.
//
//	node counterpart.mjs open | create | derive
//
// reads a JSON object a line and answers each with a JSON object on a line of
// its own: what was asked, or {"error": "..."}. For tests: it prints secrets.
import { createInterface } from "node:readline";
import { Keystore, defaultPbkdfModule, defaultScryptModule } from "@chainsafe/bls-keystore";
import { deriveEth2ValidatorKeys, deriveKeyFromEntropy, deriveKeyFromMnemonic } from "@chainsafe/bls-keygen";
import { bls12_381 } from "@noble/curves/bls12-381";
import { mnemonicToSeedSync, validateMnemonic } from "@scure/bip39";

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const unhex = (digits) => Uint8Array.from(Buffer.from(digits, "hex"));

// {keystore: text of the file, password} -> {secret}
async function open({ keystore, password }) {
  return { secret: hex(await Keystore.parse(keystore).decrypt(password)) };
}

// {secret, pubkey, path, description, password, kdf: "scrypt", "pbkdf2" or a
// module with its parameters} -> {keystore}
async function create({ secret, pubkey, path, description, password, kdf }) {
  const usual = { scrypt: defaultScryptModule, pbkdf2: defaultPbkdfModule };
  const module = typeof kdf === "string" ? usual[kdf]() : kdf;
  const keystore = await Keystore.create(password, unhex(secret), unhex(pubkey), path, description, module);
  return { keystore: keystore.stringify() };
}

// {mnemonic, wordlist: name of a module of @scure/bip39, passphrase, indices}
// -> {seed, master, keys: [{signing, withdrawal, and their public keys}]}
async function derive({ mnemonic, wordlist, passphrase, indices }) {
  const list = await import(`@scure/bip39/wordlists/${wordlist}`);
  if (!validateMnemonic(mnemonic, list.wordlist)) {
    throw new Error("invalid mnemonic");
  }
  const seed = mnemonicToSeedSync(mnemonic, passphrase);
  const master = deriveKeyFromEntropy(seed);
  if (wordlist === "english" && passphrase === "" && hex(deriveKeyFromMnemonic(mnemonic)) !== hex(master)) {
    throw new Error("bls-keygen disagrees with itself");
  }
  const keys = indices.map((index) => {
    const { signing, withdrawal } = deriveEth2ValidatorKeys(master, index);
    return {
      signing: hex(signing),
      signing_pubkey: hex(bls12_381.getPublicKey(signing)),
      withdrawal: hex(withdrawal),
      withdrawal_pubkey: hex(bls12_381.getPublicKey(withdrawal)),
    };
  });
  return { seed: hex(seed), master: hex(master), keys };
}

const commands = { open, create, derive };
const command = commands[process.argv[2]];
if (command === undefined) {
  console.error(`usage: node counterpart.mjs ${Object.keys(commands).join(" | ")}`);
  process.exit(2);
}
for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify(await command(JSON.parse(line))));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
}
