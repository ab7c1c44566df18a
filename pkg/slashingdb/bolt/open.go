package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// errLocked: another process has the file.
var errLocked = errors.New("locked by another process")

// Store is a store in one file.
type Store struct {
	path    string
	now     func() time.Time
	machine string // the id of this machine
	file    *os.File
	fileID  fileID
	db      *bbolt.DB // nil when the store is only read

	queue   sync.Mutex
	waiting []*request
	turn    chan struct{} // holds one: who has put it there writes
	closing chan struct{}
	once    sync.Once

	// What is durable, and how the store died. Who has the turn changes them,
	// under mu.
	mu      sync.RWMutex
	records map[slashingdb.PublicKey]slashingdb.Record
	state   state
	dead    error
}

var _ slashingdb.Store = (*Store)(nil)

// Open opens a store that Create made. One that another machine used, or that
// is a copy, opens too, and refuses most until Adopt.
func Open(o Options) (*Store, error) {
	s := &Store{path: o.Path, now: o.Now, turn: make(chan struct{}, 1), closing: make(chan struct{})}
	if err := s.open(o); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Store) open(o Options) error {
	flag := os.O_RDWR
	if o.ReadOnly {
		flag = os.O_RDONLY
	}
	var err error
	if s.file, err = o.OpenFile(o.Path, flag|noWait, 0); err != nil {
		return notOpened(o.Path, err)
	}
	if err := isFile(s.file, o.Path); err != nil {
		return errors.Join(err, s.file.Close())
	}
	if err := lock(s.file, o.ReadOnly); err != nil {
		return errors.Join(notOpened(o.Path, err), s.file.Close())
	}
	if err := s.read(o); err != nil {
		return errors.Join(err, s.file.Close())
	}
	if o.ReadOnly {
		return nil
	}
	// bbolt closes the file when it fails, and when it is closed.
	s.db, err = guarded(func() (*bbolt.DB, error) {
		return bbolt.Open(o.Path, filePerm, settings(func(string, int, os.FileMode) (*os.File, error) { return s.file, nil }))
	})
	if err != nil {
		return notOpened(o.Path, err)
	}
	return nil
}

func isFile(f *os.File, path string) error {
	info, err := f.Stat()
	if err != nil {
		return notOpened(path, err)
	}
	if !info.Mode().IsRegular() {
		return fault.New(fault.Refused, "%s is not a file", path)
	}
	return nil
}

// read proves the file whole, and takes it into memory.
func (s *Store) read(o Options) error {
	// What an earlier process wrote may be in memory alone, even after a sync
	// that failed: what is trusted is what the medium gives back.
	if !o.ReadOnly {
		if err := s.file.Sync(); err != nil {
			return notOpened(o.Path, err)
		}
	}
	dropCache(s.file)
	info, err := s.file.Stat()
	if err != nil {
		return notOpened(o.Path, err)
	}
	s.fileID = identify(s.file)
	if err := otherFile(s.file, o.Path); err != nil {
		return err
	}
	s.records, s.state, err = load(s.file, info.Size())
	var found problem
	if errors.As(err, &found) {
		return damaged(o.Path, string(found))
	}
	if err != nil {
		return notOpened(o.Path, err)
	}
	if s.state.Version != stateVersion {
		return fault.New(fault.Refused, "store %s is of version %d; this ethkey knows version %d", o.Path, s.state.Version, stateVersion).
			WithHint("use the ethkey that made it, or a newer one")
	}
	s.machine = machineOf(s.state.ID, o.Machine)
	return nil
}

// load reads all records and the state, and checks each by itself and all of
// them together.
func load(r io.ReaderAt, size int64) (map[slashingdb.PublicKey]slashingdb.Record, state, error) {
	var text []byte
	type entry struct{ key, value []byte }
	var entries []entry
	err := walk(r, size, func(bucket string, key, value []byte) error {
		switch {
		case bucket == string(storeBucket) && string(key) == string(stateKey):
			text = value
		case bucket == string(keysBucket):
			entries = append(entries, entry{key, value})
		default:
			return wrong("it has an entry that no store has")
		}
		return nil
	})
	if err != nil {
		return nil, state{}, err
	}
	s, bad := decodeState(text)
	if bad != "" {
		return nil, s, problem(bad)
	}
	if s.Version != stateVersion {
		return nil, s, nil
	}
	var sum digest
	records := make(map[slashingdb.PublicKey]slashingdb.Record, len(entries))
	for _, e := range entries {
		record, bad := decode(s.ID, e.key, e.value)
		if bad != "" {
			return nil, s, problem(bad)
		}
		sum.add(e.value)
		records[record.Key] = record
	}
	if len(records) != s.Keys || sum != s.Digest {
		return nil, s, wrong("its records are not those of its last commit: one of them is older, or missing")
	}
	return records, s, nil
}

// wasThere is for who has copied a file over a store.
const wasThere = "If a store stood here it is lost, and the file may be older: after the import also 'ethkey signer store raise --to now+2'"

// otherFile refuses what is taken for a store: damage makes no store begin so.
func otherFile(r io.ReaderAt, path string) error {
	begin := make([]byte, 512)
	n, _ := r.ReadAt(begin, 0)
	text, _ := bytes.CutPrefix(begin[:n], []byte("\xef\xbb\xbf"))
	text, object := bytes.CutPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{"))
	switch {
	case object && len(bytes.TrimLeft(text, " \t\r\n\"}")) < len(text):
		return fault.New(fault.Refused, "%s is JSON, such as an exported history, and no store", path).
			WithHint("make a store with 'ethkey signer store init', and import the file into it: 'ethkey signer store import --store STORE %s'. %s", path, wasThere)
	case bytes.HasPrefix(begin, []byte("SQLite format 3\x00")):
		return fault.New(fault.Refused, "%s is an SQLite database, such as a client's own, and no store", path).
			WithHint("export its history with the client that it belongs to, and import that: docs/migrate.md. %s", wasThere)
	}
	return nil
}

// guarded turns a panic of bbolt, or a fault of the memory that it maps, into
// an error.
func guarded[T any](f func() (T, error)) (result T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return f()
}

func damaged(path, what string) error {
	f := fault.New(fault.Integrity, "store %s is damaged: %s", path, what).
		WithHint("sign nothing with it. Keep the file aside; make a new store with 'ethkey signer store init', import the newest export of every key " +
			"with 'ethkey signer store import', then raise all keys past anything that was signed since with 'ethkey signer store raise --to now+2'")
	f.Err = slashingdb.ErrDamaged
	return f
}

func notOpened(path string, err error) error {
	switch {
	case errors.Is(err, errLocked) || errors.Is(err, berrors.ErrTimeout):
		f := fault.New(fault.Environment, "store %s is in use by another process", path).
			WithHint("a store has one user at a time: stop the signer first, or ask it")
		f.Err = slashingdb.ErrInUse
		return f
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.Refused, "there is no store %s", path).
			WithHint("'ethkey signer store init' makes one; a signer that had one must get that back, or import its history")
	}
	return fault.New(fault.Environment, "store %s cannot be opened: %w", path, err)
}
