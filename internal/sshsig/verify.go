package sshsig

import (
	"bytes"
	"io"
	"slices"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ethkey/ethkey/internal/fault"
)

// Signature is one that holds for its message and namespace. Who made it is
// not said by that.
type Signature struct {
	Key  ssh.PublicKey
	Hash string // of the message: sha512 or sha256
}

// Check checks that a signature holds for this message and namespace by the
// key that comes with it, as `ssh-keygen -Y check-novalidate` does. Whose key
// it is remains to be asked.
func Check(message, armored []byte, namespace string) (*Signature, error) {
	return check(bytes.NewReader(message), armored, namespace)
}

func check(message io.Reader, armored []byte, namespace string) (*Signature, error) {
	data, err := unarmor(armored)
	if err != nil {
		return nil, err
	}
	b, key, sig, err := parseBlob(data)
	if err != nil {
		return nil, err
	}
	if b.Namespace != namespace {
		return nil, bad("it was made for the namespace %q, expected %q", cut(b.Namespace), namespace)
	}
	if !slices.Contains(formats[key.Type()], sig.Format) {
		return nil, bad("a %s key signed in the format %q, expected %s", key.Type(), cut(sig.Format), formats[key.Type()][0])
	}
	if err := checkToken(key, sig); err != nil {
		return nil, err
	}
	h, err := hashNamed(b.Hash)
	if err != nil {
		return nil, err
	}
	sum, err := sumOf(h, message)
	if err != nil {
		return nil, err
	}
	if err := key.Verify(toSign(namespace, b.Hash, sum), sig); err != nil {
		return nil, bad("it was made over other bytes, or by another key than %s", Fingerprint(key))
	}
	return &Signature{Key: key, Hash: b.Hash}, nil
}

// checkToken wants the flag of a FIDO signature that says that somebody
// touched the token, and nothing after the counter.
func checkToken(key ssh.PublicKey, sig *ssh.Signature) error {
	const present = 1
	switch key.Type() {
	case ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256:
		if len(sig.Rest) != 5 {
			return notSignature("the flags and counter of its token cannot be read")
		}
		if sig.Rest[0]&present == 0 {
			return bad("nobody touched the token %s", Fingerprint(key))
		}
	default:
		if len(sig.Rest) != 0 {
			return notSignature("bytes follow the signature inside")
		}
	}
	return nil
}

// Verify checks that a signature holds for this message and namespace, and
// that an allowed signer made it, whose principals it returns. Limits in time
// are compared with at; those that the file gives without a Z are taken in
// the time zone of at.
func Verify(message, armored []byte, namespace string, allowed *AllowedSigners, at time.Time) (principal string, err error) {
	return VerifyReader(bytes.NewReader(message), armored, namespace, allowed, at)
}

// VerifyReader is Verify of a message that is too large to be held.
func VerifyReader(message io.Reader, armored []byte, namespace string, allowed *AllowedSigners, at time.Time) (principal string, err error) {
	sig, err := check(message, armored, namespace)
	if err != nil {
		return "", err
	}
	return allowed.find(sig.Key, namespace, at)
}

func notAllowed(key ssh.PublicKey, format string, args ...any) error {
	return fault.New(fault.Integrity, "the signature is by the key %s: "+format, append([]any{Fingerprint(key)}, args...)...)
}
