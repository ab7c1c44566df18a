package validator

import (
	"context"
	"path/filepath"

	"github.com/ethkey/ethkey/internal/atomicfile"
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
