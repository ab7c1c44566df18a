package chain

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
)

// Mode is that of a chain's file.
const Mode fs.FileMode = 0o400

// Load reads the chain in a file.
func Load(fsys atomicfile.FS, name string, root Hash) (*Chain, error) {
	data, err := readFile(fsys, name)
	if err != nil {
		return nil, err
	}
	c, err := Parse(data, root)
	if err != nil {
		return nil, fault.New(fault.KindOf(err), "%s: %w", path.Join(fsys.Name(), name), err).WithHint("%s", fault.HintOf(err))
	}
	return c, nil
}

func readFile(fsys atomicfile.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, inFile(fsys, name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err != nil {
		return nil, inFile(fsys, name, err)
	}
	return data, nil
}

func inFile(fsys atomicfile.FS, name string, err error) error {
	if known := (*fault.Error)(nil); errors.As(err, &known) {
		return err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Refused, "%s is not there: %w", path.Join(fsys.Name(), name), fs.ErrNotExist)
	}
	return fault.New(fault.Environment, "%s: %w", path.Join(fsys.Name(), name), err)
}

// Append adds a line to the chain old in a file, and returns the longer chain.
// The file must still be old. When Append returns, the line is durable. When it
// fails, the file is as it was, unless the error says that the line is there
// and may not outlast a loss of power.
func Append(ctx context.Context, fsys atomicfile.FS, name string, old *Chain, entry, signature []byte) (*Chain, error) {
	next, err := old.With(entry, signature)
	if err != nil {
		return nil, err
	}
	lock, err := fsys.Lock(path.Dir(name))
	switch {
	case err == nil:
		defer lock.Close()
	case errors.Is(err, atomicfile.ErrLocked):
		return nil, fault.New(fault.Environment, "%s is being written by another run", path.Join(fsys.Name(), name)).
			WithHint("wait until it has ended")
	case !errors.Is(err, errors.ErrUnsupported):
		return nil, inFile(fsys, name, err)
	}
	if err := unchanged(fsys, name, old.text); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, fault.New(fault.Interrupted, "interrupted")
	}
	return next, replace(fsys, name, next.text)
}

func unchanged(fsys atomicfile.FS, name string, want []byte) error {
	data, err := readFile(fsys, name)
	if err == nil && !bytes.Equal(data, want) {
		err = fault.New(fault.Integrity, "%s has changed since it was read", path.Join(fsys.Name(), name)).
			WithHint("does another run write to it? Try again")
	}
	return err
}

// replace puts a longer file in the place of a shorter one.
func replace(fsys atomicfile.FS, name string, text []byte) error {
	aside := path.Join(path.Dir(name), "."+path.Base(name)+".partial")
	// What a killed run left is of no use: it was never in place.
	if err := fsys.Remove(aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return inFile(fsys, aside, err)
	}
	err := write(fsys, aside, text)
	if err == nil {
		err = unchanged(fsys, aside, text)
	}
	if err == nil {
		err = fsys.Rename(aside, name)
	}
	if err != nil {
		_ = fsys.Remove(aside)
		return inFile(fsys, name, err)
	}
	if err := fsys.SyncDir(path.Dir(name)); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return fault.New(fault.Environment, "%s has its new line, which may not outlast a loss of power: %w", path.Join(fsys.Name(), name), err).
			WithHint("look whether the line is there before you try again")
	}
	return nil
}

func write(fsys atomicfile.FS, name string, text []byte) error {
	f, err := fsys.Create(name, Mode)
	if err != nil {
		return err
	}
	n, err := f.Write(text)
	if err == nil && n < len(text) {
		err = io.ErrShortWrite
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
