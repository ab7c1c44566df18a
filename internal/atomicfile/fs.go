package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
)

// ErrLocked is returned by FS.Lock for a folder that a live run has locked.
var ErrLocked = errors.New("locked by another run")

// FS is what the package needs of a file system. Names are slash-separated
// and relative to a root folder that they cannot leave. A method that the
// system or the medium lacks returns an error that is errors.ErrUnsupported.
type FS interface {
	// Name is the path of the root folder, for messages.
	Name() string
	// Create makes a file that did not exist and opens it to read and write.
	Create(name string, perm fs.FileMode) (File, error)
	// Open opens a file to read it from the medium: pages that the system has
	// cached of it are dropped where that can be asked for.
	Open(name string) (File, error)
	Mkdir(name string, perm fs.FileMode) error
	// RenameNoReplace fails with fs.ErrExist when to exists.
	RenameNoReplace(from, to string) error
	// Rename is rename(2).
	Rename(from, to string) error
	Link(from, to string) error
	Remove(name string) error
	ReadDir(name string) ([]fs.DirEntry, error)
	Lstat(name string) (fs.FileInfo, error)
	// SyncDir makes the entries of a folder durable.
	SyncDir(name string) error
	// SyncFS makes all of the file system that holds name durable.
	SyncFS(name string) error
	// Lock takes the lock of a folder without waiting; ErrLocked when another
	// has it. The lock goes with the Closer, or with the process.
	Lock(name string) (io.Closer, error)
	// Room returns the bytes that are free to this user, and fails when a
	// file could not be made in the folder name.
	Room(name string) (uint64, error)
}

// File is an open file of an FS.
type File interface {
	io.Reader
	io.Writer
	io.Seeker
	io.Closer
	Sync() error
	Stat() (fs.FileInfo, error)
}

// shown is how name is called in messages.
func shown(fsys FS, name string) string {
	return filepath.Join(fsys.Name(), filepath.FromSlash(name))
}
