// Package keystore reads and writes EIP-2335 keystores, version 4: a secret
// encrypted under a password. Bytes in, bytes out; it opens no file, reads no
// clock, and takes randomness as an argument.
//
// The words are the standard's. Decryption key = KDF(password, salt), of 32
// bytes; the first 16 are the AES-128-CTR key, the second 16 go into the
// checksum SHA-256(decryption key[16:32] || cipher message).
//
//	password, err := keystore.ProcessPassword(raw)       // "Password requirements"
//	key, err := keystore.Derive(password, keystore.DefaultScrypt(salt))
//	ks, err := keystore.Encrypt(key, secretKey, iv, publicKey, path, "", uuid)
//	file := ks.Marshal()
//
//	ks, warnings, err := keystore.Parse(file)
//	secretKey, err := ks.Decrypt(password)
//
// One Key may encrypt many secrets, each under an iv of its own, so that a run
// pays for one key derivation; a second use of an iv is refused.
//
// Marshal writes exactly the bytes of ethstaker-deposit-cli 1.3.0. Parse is
// lenient about what other programs leave out or add, and strict about what
// decides whether the secret comes out right: functions, lengths, cost.
//
// What leaves a copy on the Go heap: the AES key schedule, which the library
// that holds it does not wipe.
package keystore
