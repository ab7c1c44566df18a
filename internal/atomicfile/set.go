package atomicfile

import (
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"syscall"

	"github.com/ethkey/ethkey/internal/fault"
)

const (
	filePerm   fs.FileMode = 0o400
	folderPerm fs.FileMode = 0o700
)

// Set is a group of files that appear together or not at all. Begin makes it,
// Add fills it, and Commit or Abort ends it. After any error it has ended
// already and all it made is gone. Only ReadBack may be called concurrently.
type Set struct {
	fsys     FS
	folder   string
	existing bool   // the target folder was there before
	staging  string // where files lie that are not in place
	lock     io.Closer
	zero     bool // overwrite what is abandoned
	entries  []*entry
	tree     bool     // files may lie in folders
	folders  []string // of a tree, inside the staging folder, parents first
	made     map[string]bool
	byName   map[string]*entry
	report   Report
	notes    []string

	mu     sync.Mutex // guards what ReadBack changes
	synced bool
	ended  error // why the set takes no more, or nil
}

// entry is what is kept of a file: its bytes are on the medium.
type entry struct {
	name    string
	perm    fs.FileMode
	size    int
	sum     [sha256.Size]byte
	file    File // kept open only where it may have to be overwritten
	checked bool
	placed  bool
	modeOff bool
	long    bool // written by AddStream
}

// Report says what a run did.
type Report struct {
	Folder    string   // the path of the folder
	Files     []string // names in it, in the order they were added
	ModesKept bool     // false on media without modes, where every user may read the files
	Fallback  string   // what the medium could not do and what was done instead, or ""
	Removed   []string // paths of unfinished work of dead runs that were removed
}

// errEnded is what a set that was committed or aborted answers.
var errEnded = errors.New("the set of files has ended")

// Begin makes the staging folder of a set for folder, which may exist or not;
// its parent must. What dead runs left for the same folder is removed.
func Begin(fsys FS, folder string) (*Set, error) {
	return begin(&Set{fsys: fsys, folder: folder, byName: make(map[string]*entry)})
}

func begin(s *Set) (*Set, error) {
	fsys, folder := s.fsys, s.folder
	var err error
	if s.existing, err = inspect(fsys, folder); err != nil {
		return nil, err
	}
	if s.existing && s.tree {
		return nil, exists(shown(fsys, folder))
	}
	s.report = Report{Folder: shown(fsys, folder), ModesKept: true}
	if s.report.Removed, err = removeLeftovers(fsys, folder); err != nil {
		return nil, explain(fsys, err, folder)
	}
	if err := s.stage(); err != nil {
		return nil, explain(fsys, err, folder)
	}
	return s, nil
}

// inspect reports whether folder exists, and refuses what is not a folder.
func inspect(fsys FS, folder string) (existing bool, err error) {
	if err := checkFolderName(folder); err != nil {
		return false, err
	}
	info, err := fsys.Lstat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, mustExist(fsys, path.Dir(folder))
	case err != nil:
		return false, explain(fsys, err, folder)
	case info.Mode()&fs.ModeSymlink != 0:
		return false, fault.New(fault.Refused, "%s is a symbolic link", shown(fsys, folder)).
			WithHint("name the folder that it points to")
	case !info.IsDir():
		return false, fault.New(fault.Refused, "%s is not a folder", shown(fsys, folder)).
			WithHint("name another folder")
	}
	return true, nil
}

// stage makes the staging folder and locks it. Another run may take it for a
// dead one's before it is locked; then there is a next name.
func (s *Set) stage() error {
	for range 16 {
		name := stagingName(s.folder, s.existing, s.tree)
		err := s.fsys.Mkdir(name, folderPerm)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		s.lock, err = s.fsys.Lock(name)
		switch {
		case err == nil:
		case errors.Is(err, errors.ErrUnsupported):
			s.note("the medium has no locks, so unfinished work of killed runs stays there")
		default:
			if left := s.remove(nil, name); len(left) > 0 || !lostToOther(err) {
				return withLeft(explain(s.fsys, err, s.folder), left)
			}
			continue
		}
		s.staging = name
		return nil
	}
	return fault.New(fault.Environment, "%s: no staging folder could be kept", shown(s.fsys, s.folder)).
		WithHint("does another run keep removing it?")
}

func lostToOther(err error) bool {
	return errors.Is(err, ErrLocked) || errors.Is(err, fs.ErrNotExist)
}

func (s *Set) note(text string) {
	if !strings.Contains(strings.Join(s.notes, ";"), text) {
		s.notes = append(s.notes, text)
	}
}

// Add writes a file aside, mode 0400. It keeps the name, size and SHA-256 of
// the data, not the data. A name that exists in the target folder is refused.
func (s *Set) Add(name string, data []byte) error {
	if s.ended != nil {
		return s.ended
	}
	if err := checkName(name); err != nil {
		return s.fail(err)
	}
	return s.added(name, s.add(name, data, filePerm))
}

// added ends the set when adding name failed, and says why.
func (s *Set) added(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return s.fail(explain(s.fsys, err, path.Join(s.folder, name)))
	}
	return s.fail(explain(s.fsys, err, s.folder))
}

func (s *Set) add(name string, data []byte, perm fs.FileMode) error {
	if s.byName[name] != nil {
		return fault.New(fault.Refused, "file %s was added twice", name)
	}
	if s.existing {
		if err := absent(s.fsys, path.Join(s.folder, name)); err != nil {
			return err
		}
	}
	e := &entry{name: name, perm: perm, size: len(data), sum: sha256.Sum256(data)}
	f, err := s.fsys.Create(path.Join(s.staging, name), perm)
	if err != nil {
		return err
	}
	s.entries = append(s.entries, e)
	s.byName[name] = e
	if s.zero {
		e.file = f
	}
	if err := write(f, data); err != nil {
		return errors.Join(err, s.unlessKept(f))
	}
	return s.unlessKept(f)
}

func (s *Set) unlessKept(f File) error {
	if s.zero {
		return nil
	}
	return f.Close()
}

// write goes through an ordinary slice, for the kernel refuses to read from
// the pages that secrets live in.
func write(f File, data []byte) error {
	scratch := make([]byte, len(data))
	copy(scratch, data)
	defer clear(scratch)
	n, err := f.Write(scratch)
	if err == nil && n < len(data) {
		return io.ErrShortWrite
	}
	return err
}

func absent(fsys FS, name string) error {
	_, err := fsys.Lstat(name)
	if err == nil {
		return exists(shown(fsys, name))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Abort removes everything the set made. After Commit, or a second time, it
// does nothing, so that it can be deferred.
func (s *Set) Abort() error {
	if s.ended != nil {
		return nil
	}
	left := s.end()
	if len(left) == 0 {
		return nil
	}
	return fault.New(fault.Environment, "could not remove %s", strings.Join(left, ", ")).
		WithHint("remove it by hand")
}

// fail ends the set because of err.
func (s *Set) fail(err error) error {
	err = withLeft(err, s.end())
	s.ended = err
	return err
}

// end removes all that the set made, and returns the paths of what it could not.
func (s *Set) end() (left []string) {
	s.ended = errEnded
	for i := len(s.entries) - 1; i >= 0; i-- {
		e := s.entries[i]
		if e.placed && s.existing {
			left = s.remove(left, path.Join(s.folder, e.name))
		}
		if e.file != nil {
			overwrite(e.file, e.size)
			e.file = nil
		}
	}
	left = append(left, s.removeAll(s.staging)...)
	s.unlock()
	return left
}

func (s *Set) unlock() {
	if s.lock != nil {
		_ = s.lock.Close()
		s.lock = nil
	}
}

// removeAll removes the folder dir and the files of the set in it.
func (s *Set) removeAll(dir string) (left []string) {
	for _, e := range s.entries {
		if !e.placed || !s.existing {
			left = s.remove(left, path.Join(dir, e.name))
		}
	}
	for i := len(s.folders) - 1; i >= 0; i-- {
		left = s.remove(left, path.Join(dir, s.folders[i]))
	}
	return s.remove(left, dir)
}

func (s *Set) remove(left []string, name string) []string {
	err := s.fsys.Remove(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !is(err, syscall.ESTALE) {
		return append(left, shown(s.fsys, name))
	}
	return left
}

// overwrite puts zeros where a secret was. What a flash medium or a journal
// keeps of it is beyond reach.
func overwrite(f File, size int) {
	if _, err := f.Seek(0, io.SeekStart); err == nil {
		_, _ = f.Write(make([]byte, size))
		_ = f.Sync()
	}
	_ = f.Close()
}
