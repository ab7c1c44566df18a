package atomicfile

import (
	"context"
	"crypto/sha256"
	"hash"
	"io"
	"path"

	"github.com/ethkey/ethkey/internal/fault"
)

// WriteStream writes one file, mode 0400, whole or not at all, into a folder
// that exists. Its data is what write writes, of any length, and not secret.
func WriteStream(ctx context.Context, fsys FS, name string, write func(io.Writer) error) (Report, error) {
	folder := path.Dir(name)
	if err := checkName(path.Base(name)); err != nil {
		return Report{}, err
	}
	if err := mustExist(fsys, folder); err != nil {
		return Report{}, err
	}
	s, err := Begin(fsys, folder)
	if err != nil {
		return Report{}, err
	}
	if err := s.AddStream(path.Base(name), write); err != nil {
		return Report{}, err
	}
	return s.Commit(ctx, nil)
}

// AddStream is Add for data too long to be held, and not secret. It is read
// back and compared piece by piece, so that ReadBack and the verify of Commit
// do not apply to it. An error of write ends the set and is returned as it is.
func (s *Set) AddStream(name string, write func(io.Writer) error) error {
	if s.ended != nil {
		return s.ended
	}
	if err := checkName(name); err != nil {
		return s.fail(err)
	}
	if s.byName[name] != nil {
		return s.fail(fault.New(fault.Refused, "file %s was added twice", name))
	}
	if s.existing {
		if err := absent(s.fsys, path.Join(s.folder, name)); err != nil {
			return s.added(name, err)
		}
	}
	f, err := s.fsys.Create(path.Join(s.staging, name), filePerm)
	if err != nil {
		return s.added(name, err)
	}
	e := &entry{name: name, perm: filePerm, long: true}
	s.entries = append(s.entries, e)
	s.byName[name] = e
	w := &counter{to: f, sum: sha256.New()}
	err = write(w)
	closing := f.Close()
	if w.err != nil {
		return s.added(name, w.err)
	}
	if err != nil {
		return s.fail(err)
	}
	e.size = w.n
	e.sum = [sha256.Size]byte(w.sum.Sum(nil))
	return s.added(name, closing)
}

// counter counts and sums what it passes on, and keeps the fault of the
// medium apart from those of whoever writes.
type counter struct {
	to  io.Writer
	n   int
	sum hash.Hash
	err error
}

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	c.sum.Write(p[:n])
	c.n += n
	if err != nil {
		c.err = err
	}
	return n, err
}

// compare reads a long file back from the medium.
func (s *Set) compare(e *entry) error {
	if err := s.sync(); err != nil {
		return explain(s.fsys, err, s.folder)
	}
	name := path.Join(s.folder, e.name)
	f, err := s.fsys.Open(path.Join(s.staging, e.name))
	if err != nil {
		return explain(s.fsys, err, name)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return explain(s.fsys, err, name)
	}
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return explain(s.fsys, err, name)
	}
	if n != int64(e.size) || [sha256.Size]byte(sum.Sum(nil)) != e.sum {
		return differs(shown(s.fsys, name))
	}
	e.checked, e.modeOff = true, info.Mode().Perm() != e.perm
	return nil
}
