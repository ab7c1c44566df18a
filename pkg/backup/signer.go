package backup

import (
	"context"
	"path/filepath"

	"golang.org/x/crypto/ssh"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/sshsig"
)

// Namespace is that of the signatures in histories.
const Namespace = "backup.ethkey"

// Signer signs a message in Namespace; name is a file name for it.
type Signer func(ctx context.Context, name string, message []byte) (armored []byte, err error)

// KeySigner signs with a key in memory.
func KeySigner(key ssh.Signer) Signer {
	return func(_ context.Context, _ string, message []byte) ([]byte, error) {
		return sshsig.Sign(key, Namespace, message)
	}
}

// DetachedSigner writes the message to a file in folder and takes the
// signature from wait, which gets the file's path: what
// `ssh-keygen -Y sign -n backup.ethkey` made of it. The file is removed again.
func DetachedSigner(m Machine, folder string, wait func(ctx context.Context, path string) ([]byte, error)) Signer {
	return func(ctx context.Context, name string, message []byte) ([]byte, error) {
		fsys, err := m.Open(folder)
		if err != nil {
			return nil, err
		}
		name = "to-sign-" + name
		if _, err := atomicfile.WriteFile(ctx, fsys, name, message); err != nil {
			return nil, err
		}
		defer func() { _ = fsys.Remove(name) }()
		return wait(ctx, filepath.Join(folder, name))
	}
}

// sign asks the signer, if there is one, and checks what it answers.
func (sign Signer) sign(ctx context.Context, name string, entry []byte) (signature []byte, by string, err error) {
	if sign == nil {
		return nil, "", nil
	}
	if signature, err = sign(ctx, name, entry); err != nil {
		return nil, "", err
	}
	s, err := sshsig.Check(entry, signature, Namespace)
	if err != nil {
		return nil, "", err
	}
	signature, err = sshsig.Rearmor(signature)
	return signature, sshsig.Fingerprint(s.Key), err
}

// signed is an entry, and the signature that came or why none did.
type signed struct {
	entry     []byte
	signature []byte // nil: none
	by        string // the fingerprint of the key
	missing   string // why no signature came; empty too where none was asked for
}

// signAnyway is sign for an entry about sheets that are on paper, read back and
// removed. They are not lost for want of a signature: where none comes, for
// whatever reason, the entry is made again and says that it is unsigned.
func (sign Signer) signAnyway(ctx context.Context, name string, entry func(unsigned bool) ([]byte, error)) (out signed, err error) {
	if out.entry, err = entry(false); err != nil {
		return out, err
	}
	if out.signature, out.by, err = sign.sign(ctx, name, out.entry); err == nil {
		return out, nil
	}
	out = signed{missing: err.Error()}
	out.entry, err = entry(true)
	return out, err
}

// context is that in which the entry is written: who stopped at the signature
// stopped the signature.
func (s signed) context(ctx context.Context) context.Context {
	if s.missing != "" {
		return context.WithoutCancel(ctx)
	}
	return ctx
}
