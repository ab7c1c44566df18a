package sshsig

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

var (
	noon    = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	message = []byte("the head of a chain\n")
)

const namespace = "drill.ethkey"

func newSigner(t testing.TB, key any) ssh.Signer {
	t.Helper()
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// signers are one of each type, made from fixed bytes where the type allows.
func signers(t testing.TB) map[string]ssh.Signer {
	t.Helper()
	out := map[string]ssh.Signer{"ed25519": newSigner(t, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)))}
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		out[curve.Params().Name] = newSigner(t, key)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	out["rsa"] = newSigner(t, key)
	out["sk-ed25519"] = newToken(1)
	return out
}

// token signs as a FIDO key does.
type token struct {
	key   ed25519.PrivateKey
	flags byte
}

func newToken(flags byte) *token {
	return &token{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, 32)), flags}
}

func (k *token) PublicKey() ssh.PublicKey {
	key, err := ssh.ParsePublicKey(ssh.Marshal(struct {
		Name        string
		Key         []byte
		Application string
	}{ssh.KeyAlgoSKED25519, k.key.Public().(ed25519.PublicKey), "ssh:"}))
	if err != nil {
		panic(err)
	}
	return key
}

func (k *token) Sign(_ io.Reader, data []byte) (*ssh.Signature, error) {
	application, sum := sha256.Sum256([]byte("ssh:")), sha256.Sum256(data)
	tail := []byte{k.flags, 0, 0, 0, 5}
	covered := append(append(application[:], tail...), sum[:]...)
	return &ssh.Signature{Format: ssh.KeyAlgoSKED25519, Blob: ed25519.Sign(k.key, covered), Rest: tail}, nil
}

func line(key ssh.PublicKey) string { return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))) }

func allow(t testing.TB, format string, args ...any) *AllowedSigners {
	t.Helper()
	a, err := ParseAllowedSigners(fmt.Appendf(nil, format, args...))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func sign(t testing.TB, signer ssh.Signer, namespace string) []byte {
	t.Helper()
	sig, err := Sign(signer, namespace, message)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

func TestEveryKeySigns(t *testing.T) {
	for name, signer := range signers(t) {
		t.Run(name, func(t *testing.T) {
			sig := sign(t, signer, namespace)
			who, err := Verify(message, sig, namespace, allow(t, "ann@example.org %s\n", line(signer.PublicKey())), noon)
			if err != nil || who != "ann@example.org" {
				t.Fatal(who, err)
			}
		})
	}
}

// TestEveryByteCounts flips each bit of what is in the armor.
func TestEveryByteCounts(t *testing.T) {
	for name, signer := range signers(t) {
		t.Run(name, func(t *testing.T) {
			allowed := allow(t, "ann %s", line(signer.PublicKey()))
			data, err := unarmor(sign(t, signer, namespace))
			if err != nil {
				t.Fatal(err)
			}
			for i := range data {
				changed := bytes.Clone(data)
				changed[i] ^= 1 << (i % 8)
				if _, err := Verify(message, armor(changed), namespace, allowed, noon); err == nil {
					t.Fatalf("byte %d changed, and the signature holds", i)
				}
			}
			for _, changed := range [][]byte{data[:len(data)-1], append(bytes.Clone(data), 0)} {
				if _, err := Verify(message, armor(changed), namespace, allowed, noon); err == nil {
					t.Error("a byte more or less, and the signature holds")
				}
			}
		})
	}
}

func TestWhatASignatureDoesNotCover(t *testing.T) {
	signer := signers(t)["ed25519"]
	sig, allowed := sign(t, signer, namespace), allow(t, "ann %s", line(signer.PublicKey()))
	for name, verify := range map[string]func() (string, error){
		"another message": func() (string, error) {
			return Verify([]byte("the head of another chain\n"), sig, namespace, allowed, noon)
		},
		"another namespace": func() (string, error) { return Verify(message, sig, "file", allowed, noon) },
		"another key": func() (string, error) {
			other := newSigner(t, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32)))
			return Verify(message, sig, namespace, allow(t, "ann %s", line(other.PublicKey())), noon)
		},
		"nobody touched the token": func() (string, error) {
			k := newToken(0)
			return Verify(message, sign(t, k, namespace), namespace, allow(t, "ann %s", line(k.PublicKey())), noon)
		},
	} {
		if who, err := verify(); err == nil || who != "" || fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %q, %v", name, who, err)
		}
	}
}

// sha1Signer makes the signatures that are refused.
type sha1Signer struct{ ssh.Signer }

func TestRSAWithSHA1IsRefused(t *testing.T) {
	signer := signers(t)["rsa"]
	sum := sha512.Sum512(message)
	data := toSign(namespace, sha512Name, sum[:])
	sig, err := signer.(ssh.AlgorithmSigner).SignWithAlgorithm(rand.Reader, data, ssh.KeyAlgoRSA)
	if err != nil {
		t.Fatal(err)
	}
	armored := armor(append([]byte(magic), ssh.Marshal(blob{
		Version: version, PublicKey: signer.PublicKey().Marshal(), Namespace: namespace, Hash: sha512Name, Signature: ssh.Marshal(sig),
	})...))
	if _, err := Check(message, armored, namespace); err == nil || !strings.Contains(err.Error(), "rsa-sha2-512") {
		t.Error(err)
	}
	if _, err := Sign(sha1Signer{signer}, namespace, message); err == nil {
		t.Error("a signer that knows SHA-1 alone was used")
	}
}

func TestKeysThatDoNotCount(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	authority := signers(t)["ed25519"]
	cert := &ssh.Certificate{Key: authority.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	if err := cert.SignCert(rand.Reader, authority); err != nil {
		t.Fatal(err)
	}
	certSigner, err := ssh.NewCertSigner(cert, authority)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		signer ssh.Signer
		text   string
	}{
		"short RSA":   {newSigner(t, small), "1024 bits"},
		"certificate": {certSigner, "certificates"},
	} {
		if _, err := Sign(c.signer, namespace, message); err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: sign: %v", name, err)
		}
		if _, err := ParseAllowedSigners([]byte("ann " + line(c.signer.PublicKey()))); err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: allowed: %v", name, err)
		}
	}
	dsa, err := ssh.ParsePublicKey(ssh.Marshal(struct {
		Name       string
		P, Q, G, Y *big.Int
	}{"ssh-dss", new(big.Int).Lsh(big.NewInt(1), 1023), new(big.Int).Lsh(big.NewInt(1), 159), big.NewInt(2), big.NewInt(4)}))
	if err != nil {
		t.Fatal(err)
	}
	if err := checkKey(dsa); err == nil || !strings.Contains(err.Error(), "ssh-dss") {
		t.Error(err)
	}
}

func TestPrivateKeys(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := ssh.MarshalPrivateKey(key, "ann")
	if err != nil {
		t.Fatal(err)
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(key, "ann", []byte("open sesame"))
	if err != nil {
		t.Fatal(err)
	}
	buffer := func(b []byte) *secret.Buffer {
		s, err := secret.From(b)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	answer := func(s string) func() (*secret.Buffer, error) {
		return func() (*secret.Buffer, error) { return buffer([]byte(s)), nil }
	}
	for name, c := range map[string]struct {
		data []byte
		ask  func() (*secret.Buffer, error)
		want string
	}{
		"plain":            {pem.EncodeToMemory(plain), nil, ""},
		"encrypted":        {pem.EncodeToMemory(locked), answer("open sesame"), ""},
		"wrong passphrase": {pem.EncodeToMemory(locked), answer("open says me"), "does not open"},
		"no passphrase":    {pem.EncodeToMemory(locked), nil, "encrypted"},
		"a public key":     {[]byte(line(newSigner(t, key).PublicKey())), nil, "not a private key"},
		"nothing":          {nil, nil, "not a private key"},
	} {
		t.Run(name, func(t *testing.T) {
			b := buffer(bytes.Clone(c.data))
			defer b.Close()
			signer, err := ParsePrivateKey(b, c.ask)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "says me") {
					t.Fatal(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Check(message, sign(t, signer, namespace), namespace); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestNotSignatures(t *testing.T) {
	good := string(sign(t, newToken(1), namespace))
	for name, text := range map[string]string{
		"empty":        "",
		"another file": "-----BEGIN PGP SIGNATURE-----\nAAAA\n-----END PGP SIGNATURE-----\n",
		"no end":       strings.TrimSuffix(good, end+"\n"),
		"not base64":   begin + "\n!!!!\n" + end,
		"other bytes":  begin + "\n" + base64.StdEncoding.EncodeToString([]byte("SSHKEY")) + "\n" + end,
		"large":        begin + "\n" + strings.Repeat("A", limit) + "\n" + end,
	} {
		if _, err := Check(message, []byte(text), namespace); err == nil || !strings.HasPrefix(err.Error(), "not an SSH signature") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, text := range map[string]string{"as Windows ends lines": strings.ReplaceAll(good, "\n", "\r\n"), "blank lines around": "\n\n" + good + "\n"} {
		if _, err := Check(message, []byte(text), namespace); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A message of any size is read as a stream, and never held.
func TestLongMessageIsStreamed(t *testing.T) {
	signer := newToken(1)
	allowed := allow(t, "ann %s", line(signer.PublicKey()))
	const size = 64 << 20
	long := func() io.Reader { return io.LimitReader(zeros{}, size) }
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	digest, err := ReadDigest(long())
	if err != nil {
		t.Fatal(err)
	}
	sig, err := SignDigest(signer, namespace, digest)
	if err != nil {
		t.Fatal(err)
	}
	if who, err := VerifyReader(long(), sig, namespace, allowed, noon); err != nil || who != "ann" {
		t.Errorf("%q, %v", who, err)
	}
	if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > size/8 {
		t.Errorf("%d bytes were allocated for a message of %d", after.TotalAlloc-before.TotalAlloc, size)
	}
	if _, err := VerifyReader(io.LimitReader(zeros{}, size+1), sig, namespace, allowed, noon); fault.KindOf(err) != fault.Integrity {
		t.Errorf("another message: %v", err)
	}
	if _, err := ReadDigest(iotest.ErrReader(io.ErrUnexpectedEOF)); fault.KindOf(err) != fault.Environment {
		t.Errorf("a message that cannot be read: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
