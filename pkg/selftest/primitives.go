package selftest

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"

	"github.com/ethkey/ethkey/internal/kdf"
	"github.com/ethkey/ethkey/pkg/secret"
)

func checkSHA256(b *block) {
	sum := sha256.Sum256(b.hex("message"))
	b.same("digest", sum[:])
}

func checkAES(b *block) {
	c, err := aes.NewCipher(b.hex("key"))
	counter := b.hex("counter")
	if !b.noError("key", err) || len(counter) != c.BlockSize() {
		b.fail("counter: expected one block")
		return
	}
	text := b.hex("plaintext")
	cipher.NewCTR(c, counter).XORKeyStream(text, text)
	b.same("ciphertext", text)
}

func checkHKDF(b *block) {
	okm, err := hkdf.Key(sha256.New, b.hex("ikm"), b.hex("salt"), string(b.hex("info")), len(b.hex("okm")))
	b.noError("HKDF", err)
	b.same("okm", okm)
}

func checkPBKDF2(b *block) {
	c := b.number("c")
	if c < 1 || c > 80000 {
		b.fail("c is not a published one")
		return
	}
	key, err := kdf.PBKDF2(context.Background(), kdf.SHA256, b.hex("password"), b.hex("salt"), int(c), len(b.hex("key")))
	b.sameSecret("key", key, err)
}

func checkScrypt(b *block) {
	n, r, p := b.number("n"), b.number("r"), b.number("p")
	if n > 1<<14 || r > 8 || p > 16 {
		b.fail("n, r or p is not a published one")
		return
	}
	key, err := kdf.Scrypt(context.Background(), b.hex("password"), b.hex("salt"), int(n), int(r), int(p), len(b.hex("key")))
	b.sameSecret("key", key, err)
}

func (b *block) sameSecret(name string, got *secret.Buffer, err error) {
	b.noError(name, err)
	b.same(name, got.Bytes())
	got.Close()
}
