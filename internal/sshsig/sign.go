package sshsig

import (
	"crypto/rand"
	"crypto/sha512"
	"io"
	"slices"

	"golang.org/x/crypto/ssh"

	"github.com/ethkey/ethkey/internal/fault"
)

// Sign signs a message for a namespace and returns the file that
// `ssh-keygen -Y sign -n namespace` would write. An RSA key signs with
// SHA-512.
func Sign(signer ssh.Signer, namespace string, message []byte) ([]byte, error) {
	return SignDigest(signer, namespace, sha512.Sum512(message))
}

// Digest is what a signature covers of a message: its SHA-512.
type Digest [sha512.Size]byte

// ReadDigest returns the digest of a message that is too large to be held.
func ReadDigest(message io.Reader) (Digest, error) {
	sum, err := sumOf(sha512.New(), message)
	if err != nil {
		return Digest{}, err
	}
	return Digest(sum), nil
}

// SignDigest is Sign of the message that has the digest.
func SignDigest(signer ssh.Signer, namespace string, digest Digest) ([]byte, error) {
	if namespace == "" {
		return nil, fault.New(fault.Usage, "a signature needs a namespace")
	}
	key := signer.PublicKey()
	if err := checkKey(key); err != nil {
		return nil, err
	}
	sig, err := signData(signer, toSign(namespace, sha512Name, digest[:]))
	if err != nil {
		return nil, fault.New(fault.Environment, "the key %s could not sign", Fingerprint(key))
	}
	if !slices.Contains(formats[key.Type()], sig.Format) {
		return nil, fault.New(fault.Refused, "the key %s signs in the format %s", Fingerprint(key), cut(sig.Format)).
			WithHint("expected %s", formats[key.Type()][0])
	}
	return armor(append([]byte(magic), ssh.Marshal(blob{
		Version: version, PublicKey: key.Marshal(), Namespace: namespace, Hash: sha512Name, Signature: ssh.Marshal(sig),
	})...)), nil
}

// signData chooses RSA with SHA-512, where a plain Sign means SHA-1.
func signData(signer ssh.Signer, data []byte) (*ssh.Signature, error) {
	if algorithms, ok := signer.(ssh.AlgorithmSigner); ok && signer.PublicKey().Type() == ssh.KeyAlgoRSA {
		return algorithms.SignWithAlgorithm(rand.Reader, data, ssh.KeyAlgoRSASHA512)
	}
	return signer.Sign(rand.Reader, data)
}

// Fingerprint is a key's name as ssh-keygen -l shows it: SHA256:...
func Fingerprint(key ssh.PublicKey) string { return ssh.FingerprintSHA256(key) }
