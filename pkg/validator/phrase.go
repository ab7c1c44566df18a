package validator

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/mnemonic"
)

// WritePhrase writes the sentence of m in clear text to a new file, mode 0400,
// without a line end, as ethstaker-deposit-cli does. It is the one way a phrase reaches a
// disk, and only where its owner says.
func WritePhrase(ctx context.Context, m Machine, phrase *mnemonic.Mnemonic, path string) error {
	fsys, err := m.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	sentence, err := phrase.Sentence()
	if err != nil {
		return err
	}
	defer sentence.Close()
	_, err = atomicfile.WriteFile(ctx, fsys, filepath.Base(path), sentence.Bytes())
	return err
}

// CheckNewFile refuses a file that WritePhrase could not make, before anything
// secret is asked for.
func CheckNewFile(m Machine, path string) error {
	fsys, err := m.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	_, err = fsys.Lstat(filepath.Base(path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fault.New(fault.Environment, "%s: %w", path, err)
	}
	return fault.New(fault.Refused, "%s exists already, and nothing is overwritten", path).WithHint("name another file")
}
