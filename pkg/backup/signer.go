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
