package kdf

import (
	"crypto/sha256"
	"crypto/sha512"
	"testing"

	"golang.org/x/crypto/pbkdf2"
	"golang.org/x/crypto/scrypt"

	"github.com/ethkey/ethkey/internal/testkit"
)

var (
	benchPassword = []byte("a password of a person")
	benchSalt     = make([]byte, 32)
)

func BenchmarkScrypt(b *testing.B) {
	testkit.Compare(b, func() {
		dk, err := Scrypt(background, benchPassword, benchSalt, 1<<18, 8, 1, 32)
		reveal(b, dk, err)
	}, func() {
		if _, err := scrypt.Key(benchPassword, benchSalt, 1<<18, 8, 1, 32); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkPBKDF2(b *testing.B) {
	testkit.Compare(b, func() {
		dk, err := PBKDF2(background, SHA256, benchPassword, benchSalt, 1<<18, 32)
		reveal(b, dk, err)
	}, func() { pbkdf2.Key(benchPassword, benchSalt, 1<<18, 32, sha256.New) })
}

func BenchmarkSeed(b *testing.B) {
	testkit.Compare(b, func() {
		dk, err := PBKDF2(background, SHA512, benchPassword, benchSalt, 2048, 64)
		reveal(b, dk, err)
	}, func() { pbkdf2.Key(benchPassword, benchSalt, 2048, 64, sha512.New) })
}
