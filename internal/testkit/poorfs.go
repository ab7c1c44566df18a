package testkit

import (
	"errors"
	"io"
	"io/fs"

	"github.com/ethkey/ethkey/internal/atomicfile"
)

// PoorFS takes abilities away from an atomicfile.FS, as a FAT stick, a FUSE
// driver or a network folder lacks them.
type PoorFS struct {
	atomicfile.FS
	NoReplace bool // has no rename that refuses to replace
	NoLink    bool
	NoLock    bool
	NoModes   bool // every file is 0755
	NoSyncFS  bool
}

// RenameNoReplace implements atomicfile.FS.
func (p PoorFS) RenameNoReplace(from, to string) error {
	if p.NoReplace {
		return errors.ErrUnsupported
	}
	return p.FS.RenameNoReplace(from, to)
}

// Link implements atomicfile.FS.
func (p PoorFS) Link(from, to string) error {
	if p.NoLink {
		return errors.ErrUnsupported
	}
	return p.FS.Link(from, to)
}

// Lock implements atomicfile.FS.
func (p PoorFS) Lock(name string) (io.Closer, error) {
	if p.NoLock {
		return nil, errors.ErrUnsupported
	}
	return p.FS.Lock(name)
}

// SyncFS implements atomicfile.FS.
func (p PoorFS) SyncFS(name string) error {
	if p.NoSyncFS {
		return errors.ErrUnsupported
	}
	return p.FS.SyncFS(name)
}

// Lstat implements atomicfile.FS.
func (p PoorFS) Lstat(name string) (fs.FileInfo, error) { return p.info(p.FS.Lstat(name)) }

// Open implements atomicfile.FS.
func (p PoorFS) Open(name string) (atomicfile.File, error) {
	f, err := p.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return poorFile{File: f, fs: p}, nil
}

func (p PoorFS) info(info fs.FileInfo, err error) (fs.FileInfo, error) {
	if err != nil || !p.NoModes {
		return info, err
	}
	return modeless{info}, nil
}

type poorFile struct {
	atomicfile.File
	fs PoorFS
}

func (f poorFile) Stat() (fs.FileInfo, error) { return f.fs.info(f.File.Stat()) }

type modeless struct{ fs.FileInfo }

func (m modeless) Mode() fs.FileMode { return m.FileInfo.Mode().Type() | 0o755 }
