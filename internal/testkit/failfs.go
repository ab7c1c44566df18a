package testkit

import (
	"errors"
	"io"
	"io/fs"
	"sync"

	"github.com/ethkey/ethkey/internal/atomicfile"
)

// ErrKilled is what every operation answers after a simulated kill.
var ErrKilled = errors.New("the process was killed")

// Failure is what goes wrong at a failpoint. Exactly one of its kinds is set.
type Failure struct {
	Name  string // for messages
	Err   error  // the operation fails with it and has no effect
	Short bool   // a write takes half of its bytes and reports no error
	Lie   bool   // a write stores other bytes than it was given
	Kill  bool   // the process ends before the operation
	Late  bool   // with Kill: it ends after the operation
	// Lasting makes Err the answer to every later operation too, as when the
	// medium is pulled out.
	Lasting bool
}

// FailFS is an atomicfile.FS that fails at its At-th operation, counting from
// one. Every call of a method of the FS or of one of its files is an
// operation, except Name and the release of a lock.
type FailFS struct {
	FS      atomicfile.FS
	At      int
	Failure Failure

	mu     sync.Mutex
	count  int
	fired  bool
	killed bool
	locks  []io.Closer
}

var _ atomicfile.FS = (*FailFS)(nil)

// Fired reports whether the failpoint was reached and had an effect.
func (f *FailFS) Fired() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fired
}

// Count returns the number of operations so far.
func (f *FailFS) Count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// step counts an operation. It returns the error to answer with, or whether
// the write at hand is the one to spoil, or what to do after the operation.
func (f *FailFS) step(isWrite bool) (spoil bool, after func(), err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	after = func() {}
	if f.killed {
		return false, after, ErrKilled
	}
	f.count++
	if f.count < f.At || (f.count > f.At && !f.Failure.Lasting) {
		return false, after, nil
	}
	switch {
	case f.Failure.Err != nil:
		f.fired = true
		return false, after, f.Failure.Err
	case f.Failure.Kill && f.Failure.Late:
		f.fired = true
		return false, f.kill, nil
	case f.Failure.Kill:
		f.fired = true
		f.die()
		return false, after, ErrKilled
	case isWrite && (f.Failure.Short || f.Failure.Lie):
		f.fired = true
		return true, after, nil
	}
	return false, after, nil
}

func (f *FailFS) kill() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.die()
}

// die ends the simulated process: its locks go with it.
func (f *FailFS) die() {
	f.killed = true
	for _, l := range f.locks {
		_ = l.Close()
	}
}

func (f *FailFS) do(op func() error) error {
	_, after, err := f.step(false)
	if err != nil {
		return err
	}
	err = op()
	after()
	return err
}

func call[T any](f *FailFS, op func() (T, error)) (result T, err error) {
	err = f.do(func() error {
		result, err = op()
		return err
	})
	return result, err
}

// Name implements atomicfile.FS.
func (f *FailFS) Name() string { return f.FS.Name() }

// Create implements atomicfile.FS.
func (f *FailFS) Create(name string, perm fs.FileMode) (atomicfile.File, error) {
	return f.file(func() (atomicfile.File, error) { return f.FS.Create(name, perm) })
}

// Open implements atomicfile.FS.
func (f *FailFS) Open(name string) (atomicfile.File, error) {
	return f.file(func() (atomicfile.File, error) { return f.FS.Open(name) })
}

func (f *FailFS) file(op func() (atomicfile.File, error)) (atomicfile.File, error) {
	file, err := call(f, op)
	if err != nil {
		return nil, err
	}
	return &failFile{file: file, fs: f}, nil
}

// Mkdir implements atomicfile.FS.
func (f *FailFS) Mkdir(name string, perm fs.FileMode) error {
	return f.do(func() error { return f.FS.Mkdir(name, perm) })
}

// RenameNoReplace implements atomicfile.FS.
func (f *FailFS) RenameNoReplace(from, to string) error {
	return f.do(func() error { return f.FS.RenameNoReplace(from, to) })
}

// Rename implements atomicfile.FS.
func (f *FailFS) Rename(from, to string) error {
	return f.do(func() error { return f.FS.Rename(from, to) })
}

// Link implements atomicfile.FS.
func (f *FailFS) Link(from, to string) error {
	return f.do(func() error { return f.FS.Link(from, to) })
}

// Remove implements atomicfile.FS.
func (f *FailFS) Remove(name string) error {
	return f.do(func() error { return f.FS.Remove(name) })
}

// ReadDir implements atomicfile.FS.
func (f *FailFS) ReadDir(name string) ([]fs.DirEntry, error) {
	return call(f, func() ([]fs.DirEntry, error) { return f.FS.ReadDir(name) })
}

// Lstat implements atomicfile.FS.
func (f *FailFS) Lstat(name string) (fs.FileInfo, error) {
	return call(f, func() (fs.FileInfo, error) { return f.FS.Lstat(name) })
}

// SyncDir implements atomicfile.FS.
func (f *FailFS) SyncDir(name string) error {
	return f.do(func() error { return f.FS.SyncDir(name) })
}

// SyncFS implements atomicfile.FS.
func (f *FailFS) SyncFS(name string) error {
	return f.do(func() error { return f.FS.SyncFS(name) })
}

// Lock implements atomicfile.FS.
func (f *FailFS) Lock(name string) (io.Closer, error) {
	return call(f, func() (io.Closer, error) {
		l, err := f.FS.Lock(name)
		if err == nil {
			f.mu.Lock()
			f.locks = append(f.locks, l)
			f.mu.Unlock()
		}
		return l, err
	})
}

// Room implements atomicfile.FS.
func (f *FailFS) Room(name string) (uint64, error) {
	return call(f, func() (uint64, error) { return f.FS.Room(name) })
}

type failFile struct {
	file atomicfile.File
	fs   *FailFS
}

func (f *failFile) Read(p []byte) (int, error) {
	return call(f.fs, func() (int, error) { return f.file.Read(p) })
}

func (f *failFile) Write(p []byte) (int, error) {
	spoil, after, err := f.fs.step(true)
	if err != nil {
		return 0, err
	}
	defer after()
	switch {
	case spoil && f.fs.Failure.Short:
		return f.file.Write(p[:len(p)/2])
	case spoil:
		other := append([]byte(nil), p...)
		for i := range other {
			other[i] ^= 0x20
		}
		return f.file.Write(other)
	}
	return f.file.Write(p)
}

func (f *failFile) Seek(offset int64, whence int) (int64, error) {
	return call(f.fs, func() (int64, error) { return f.file.Seek(offset, whence) })
}

func (f *failFile) Sync() error { return f.fs.do(f.file.Sync) }

func (f *failFile) Stat() (fs.FileInfo, error) { return call(f.fs, f.file.Stat) }

// Close closes the file whatever the failpoint says, as the system does.
func (f *failFile) Close() error {
	_, after, err := f.fs.step(false)
	defer after()
	return errors.Join(err, f.file.Close())
}
