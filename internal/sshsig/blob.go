package sshsig

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"io"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/ethkey/ethkey/internal/fault"
)

const (
	magic   = "SSHSIG" // MAGIC_PREAMBLE
	version = 1        // SIG_VERSION

	begin = "-----BEGIN SSH SIGNATURE-----"
	end   = "-----END SSH SIGNATURE-----"

	// limit is more than an armored signature by an RSA key of 16384 bits.
	limit = 16 << 10
	// column is where ssh-keygen breaks its lines.
	column = 70

	sha256Name = "sha256"
	sha512Name = "sha512"

	// smallestRSA is the shortest modulus of an RSA key that counts, in bits.
	smallestRSA = 2048
)

// blob is the signature after the armor, in the order of the format.
type blob struct {
	Version   uint32
	PublicKey []byte
	Namespace string
	Reserved  string
	Hash      string
	Signature []byte
}

// signed is what is signed after the magic.
type signed struct {
	Namespace string
	Reserved  string
	Hash      string
	Sum       []byte
}

// toSign returns the bytes that the key signs.
func toSign(namespace, hash string, sum []byte) []byte {
	return append([]byte(magic), ssh.Marshal(signed{Namespace: namespace, Hash: hash, Sum: sum})...)
}

// hashNamed returns the hash that a signature names.
func hashNamed(name string) (hash.Hash, error) {
	switch name {
	case sha512Name:
		return sha512.New(), nil
	case sha256Name:
		return sha256.New(), nil
	}
	return nil, bad("it names the hash %q, expected sha512 or sha256", cut(name))
}

func sumOf(h hash.Hash, message io.Reader) ([]byte, error) {
	if _, err := io.Copy(h, message); err != nil {
		return nil, fault.New(fault.Environment, "reading: %w", err)
	}
	return h.Sum(nil), nil
}

func bad(format string, args ...any) *fault.Error {
	return fault.New(fault.Integrity, "the signature does not hold: "+format, args...)
}

// cut keeps a text from outside short.
func cut(s string) string {
	if len(s) > 40 {
		return s[:40] + "..."
	}
	return s
}

// armor wraps a blob as ssh-keygen does.
func armor(data []byte) []byte {
	text := base64.StdEncoding.EncodeToString(data)
	var out bytes.Buffer
	out.WriteString(begin + "\n")
	for chunk := range slices.Chunk([]byte(text), column) {
		out.Write(chunk)
		out.WriteByte('\n')
	}
	out.WriteString(end + "\n")
	return out.Bytes()
}

// unarmor is strict about what a signature file is, and lenient about line
// ends and blanks around it, which mail and editors change.
func unarmor(text []byte) ([]byte, error) {
	if len(text) > limit {
		return nil, notSignature("it is larger than %d bytes", limit)
	}
	s := strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n"))
	s, ok := strings.CutPrefix(s, begin+"\n")
	if !ok {
		return nil, notSignature("it does not begin with the line %s", begin)
	}
	s, ok = strings.CutSuffix(s, "\n"+end)
	if !ok {
		return nil, notSignature("it does not end with the line %s", end)
	}
	data, err := base64.StdEncoding.Strict().DecodeString(strings.ReplaceAll(s, "\n", ""))
	if err != nil {
		return nil, notSignature("what lies between its first and last line is not base64")
	}
	return data, nil
}

// Rearmor returns a signature as ssh-keygen wraps it: of all the ways to break
// and indent the same bytes there is one that counts where every byte does.
func Rearmor(armored []byte) ([]byte, error) {
	data, err := unarmor(armored)
	if err != nil {
		return nil, err
	}
	return armor(data), nil
}

func notSignature(format string, args ...any) error {
	return fault.New(fault.Integrity, "not an SSH signature: "+format, args...).
		WithHint("expected the file that ssh-keygen -Y sign writes, with the ending .sig")
}

// parseBlob reads what is in the armor. All of it counts: bytes that nobody
// reads would let a signature be changed.
func parseBlob(data []byte) (*blob, ssh.PublicKey, *ssh.Signature, error) {
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		return nil, nil, nil, notSignature("it does not begin with %s", magic)
	}
	b := new(blob)
	if err := ssh.Unmarshal(rest, b); err != nil {
		return nil, nil, nil, notSignature("its fields do not end where it ends")
	}
	if b.Version != version {
		return nil, nil, nil, notSignature("it has version %d, expected %d", b.Version, version)
	}
	if b.Reserved != "" {
		return nil, nil, nil, notSignature("its reserved field is in use, expected none")
	}
	key, err := ssh.ParsePublicKey(b.PublicKey)
	if err != nil || !bytes.Equal(key.Marshal(), b.PublicKey) {
		return nil, nil, nil, notSignature("its public key cannot be read")
	}
	sig := new(ssh.Signature)
	if err := ssh.Unmarshal(b.Signature, sig); err != nil {
		return nil, nil, nil, notSignature("the signature inside cannot be read")
	}
	return b, key, sig, checkKey(key)
}

// formats are the signature formats that each type of key may use.
var formats = map[string][]string{
	ssh.KeyAlgoED25519:    {ssh.KeyAlgoED25519},
	ssh.KeyAlgoECDSA256:   {ssh.KeyAlgoECDSA256},
	ssh.KeyAlgoECDSA384:   {ssh.KeyAlgoECDSA384},
	ssh.KeyAlgoECDSA521:   {ssh.KeyAlgoECDSA521},
	ssh.KeyAlgoRSA:        {ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256},
	ssh.KeyAlgoSKED25519:  {ssh.KeyAlgoSKED25519},
	ssh.KeyAlgoSKECDSA256: {ssh.KeyAlgoSKECDSA256},
}

// checkKey refuses keys that do not count.
func checkKey(key ssh.PublicKey) error {
	if strings.Contains(key.Type(), "-cert-v0") {
		return fault.New(fault.Refused, "%s: certificates are not accepted", key.Type()).
			WithHint("sign with the key itself, and list the key")
	}
	if formats[key.Type()] == nil {
		return fault.New(fault.Refused, "%s: keys of this type are not accepted", cut(key.Type())).
			WithHint("make one with ssh-keygen -t ed25519")
	}
	if bits := rsaBits(key); bits != 0 && bits < smallestRSA {
		return fault.New(fault.Refused, "an RSA key of %d bits: expected at least %d", bits, smallestRSA).
			WithHint("make a key with ssh-keygen -t ed25519")
	}
	return nil
}

func rsaBits(key ssh.PublicKey) int {
	crypto, ok := key.(ssh.CryptoPublicKey)
	if !ok {
		return 0
	}
	if rsa, ok := crypto.CryptoPublicKey().(*rsa.PublicKey); ok {
		return rsa.N.BitLen()
	}
	return 0
}
