//go:build !linux

package atomicfile

import (
	"errors"
	"math"
	"os"
)

const (
	noFollow = 0
	noWait   = 0
)

// RenameNoReplace implements FS.
func (r *Root) RenameNoReplace(string, string) error { return errors.ErrUnsupported }

// SyncDir implements FS. Not every system can sync a folder; where it cannot,
// the rename itself is all there is.
func (r *Root) SyncDir(name string) error {
	d, err := r.root.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}

// SyncFS implements FS.
func (r *Root) SyncFS(string) error { return errors.ErrUnsupported }

// Room implements FS. What is free is not known here, and nothing is refused.
func (r *Root) Room(string) (uint64, error) { return math.MaxUint64, nil }

func flock(*os.File) error { return errors.ErrUnsupported }

func dropCache(*os.File) {}
