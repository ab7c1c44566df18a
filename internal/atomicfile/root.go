package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/ethkey/ethkey/internal/fault"
)

// Root is an FS over a folder of this machine, by os.Root: no name, nor any
// symbolic link beneath it, leads out.
type Root struct {
	root *os.Root
	path string
}

var _ FS = (*Root)(nil)

// OpenRoot opens the folder path.
func OpenRoot(path string) (*Root, error) {
	root, err := os.OpenRoot(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, because(fault.Environment, err, "folder %s does not exist", path).
			WithHint("make it first, or name another folder")
	case err != nil && isFile(path):
		return nil, because(fault.Refused, err, "%s is not a folder", path).WithHint("name a folder")
	case err != nil:
		return nil, explainPath(err, path)
	}
	return &Root{root: root, path: path}, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// Close lets go of the folder.
func (r *Root) Close() error { return r.root.Close() }

// Name implements FS.
func (r *Root) Name() string { return r.path }

// Create implements FS.
func (r *Root) Create(name string, perm fs.FileMode) (File, error) {
	f, err := r.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL|noFollow, perm)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Open implements FS. A pipe of that name is opened at once, for its reader to
// refuse, instead of waiting for somebody to write to it.
func (r *Root) Open(name string) (File, error) {
	f, err := r.root.OpenFile(name, os.O_RDONLY|noWait, 0)
	if err != nil {
		return nil, err
	}
	dropCache(f)
	return f, nil
}

// OpenFile opens a file by its name. Like Root.Open it does not wait at a pipe
// until somebody writes to it: where nobody does, the pipe is at its end.
func OpenFile(name string) (*os.File, error) { return os.OpenFile(name, os.O_RDONLY|noWait, 0) }

// Mkdir implements FS.
func (r *Root) Mkdir(name string, perm fs.FileMode) error { return r.root.Mkdir(name, perm) }

// Rename implements FS.
func (r *Root) Rename(from, to string) error { return r.root.Rename(from, to) }

// Link implements FS.
func (r *Root) Link(from, to string) error {
	err := r.root.Link(from, to)
	// Linux answers EPERM where the file system has no hard links.
	if errors.Is(err, syscall.EPERM) {
		return errors.ErrUnsupported
	}
	return err
}

// Remove implements FS.
func (r *Root) Remove(name string) error { return r.root.Remove(name) }

// ReadDir implements FS.
func (r *Root) ReadDir(name string) ([]fs.DirEntry, error) {
	d, err := r.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.ReadDir(-1)
}

// Lstat implements FS.
func (r *Root) Lstat(name string) (fs.FileInfo, error) { return r.root.Lstat(name) }

// Lock implements FS.
func (r *Root) Lock(name string) (io.Closer, error) {
	d, err := r.root.OpenFile(name, os.O_RDONLY|noFollow, 0)
	if err != nil {
		return nil, err
	}
	if err := flock(d); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	// Between open and flock the folder may have been removed by a run that
	// took it for a dead one's: a lock on what is gone guards nothing.
	if err := r.same(d, name); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (r *Root) same(f *os.File, name string) error {
	opened, err := f.Stat()
	if err != nil {
		return err
	}
	named, err := r.root.Lstat(name)
	if err != nil {
		return err
	}
	if !os.SameFile(opened, named) {
		return fs.ErrNotExist
	}
	return nil
}
