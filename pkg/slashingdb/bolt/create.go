package bolt

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// Create makes an empty store for a chain. The file is whole or absent, and
// none is ever replaced.
func Create(ctx context.Context, o Options, c slashingdb.Chain) error {
	if err := c.Check(); err != nil {
		return err
	}
	s := state{Version: stateVersion, Chain: c, Seen: o.Now().Unix()}
	if _, err := io.ReadFull(o.Rand, s.ID[:]); err != nil {
		return fault.New(fault.Environment, "reading randomness: %w", err)
	}
	s.Machine = machineOf(s.ID, o.Machine)
	folder, name := filepath.Split(o.Path)
	fsys, err := o.OpenFolder(filepath.Clean(folder))
	if err != nil {
		return err
	}
	if c, ok := fsys.(io.Closer); ok {
		defer c.Close()
	}
	// A leftover beside it is a dead run's once the folder is ours.
	held, err := fsys.Lock(".")
	if errors.Is(err, atomicfile.ErrLocked) {
		return fault.New(fault.Environment, "folder %s: another run of ethkey writes there", fsys.Name()).WithHint("wait for it to end")
	}
	if err == nil {
		defer held.Close()
	} else if !errors.Is(err, errors.ErrUnsupported) {
		return notCreated(o.Path, err)
	}
	if _, err := fsys.Lstat(name); err == nil {
		return exists(o.Path)
	}
	staged := "." + name + ".new"
	if err := fsys.Remove(staged); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return notCreated(o.Path, err)
	}
	err = ctx.Err()
	if err == nil {
		err = write(o, filepath.Join(folder, staged), s)
	}
	if err == nil {
		err = place(fsys, staged, name)
	}
	if errors.Is(err, fs.ErrExist) {
		err = exists(o.Path)
	}
	if err != nil {
		return errors.Join(notCreated(o.Path, err), dropped(fsys.Remove(staged)))
	}
	return nil
}

// write writes a store of one commit, and makes it durable.
func write(o Options, path string, s state) error {
	db, err := bbolt.Open(path, filePerm, settings(func(string, int, os.FileMode) (*os.File, error) {
		return o.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, filePerm)
	}))
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{storeBucket, keysBucket} {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		return putState(tx, s)
	})
	return errors.Join(err, db.Close())
}

// place gives the file its name, and makes that durable.
func place(fsys atomicfile.FS, from, to string) error {
	err := fsys.RenameNoReplace(from, to)
	if errors.Is(err, errors.ErrUnsupported) {
		if err = fsys.Link(from, to); err == nil {
			err = fsys.Remove(from)
		}
	}
	if err != nil {
		return err
	}
	return fsys.SyncDir(".")
}

func exists(path string) error {
	return fault.New(fault.Refused, "%s exists; nothing is overwritten", path).
		WithHint("'ethkey signer store status' says what it is; import into it, or name another file")
}

func notCreated(path string, err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	return fault.New(fault.Environment, "store %s cannot be made: %w", path, err)
}

// dropped is the outcome of removing what may be gone already.
func dropped(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// settings are how bbolt is used: a list of free pages is not kept in the file,
// where damage to it would make bbolt write over pages in use.
func settings(open func(string, int, os.FileMode) (*os.File, error)) *bbolt.Options {
	return &bbolt.Options{
		Timeout:  1, // do not wait for a lock
		PageSize: pageSize, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType, NoStatistics: true,
		OpenFile: open,
	}
}

func putState(tx *bbolt.Tx, s state) error {
	text, err := s.encode()
	if err != nil {
		return err
	}
	return tx.Bucket(storeBucket).Put(stateKey, text)
}
