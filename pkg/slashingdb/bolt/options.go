package bolt

import (
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/ethkey/ethkey/internal/atomicfile"
)

// Options say which store, and lend what a store needs of the machine.
type Options struct {
	Path string
	// Machine is an id of this machine that no other has, such as the text of
	// /etc/machine-id.
	Machine string
	Now     func() time.Time
	// Rand is read by Create.
	Rand io.Reader
	// OpenFile is os.OpenFile.
	OpenFile func(name string, flag int, perm fs.FileMode) (*os.File, error)
	// OpenFolder opens the folder of a new store, for Create.
	OpenFolder func(name string) (atomicfile.FS, error)
	// ReadOnly opens the store to look at it: nothing is written, and every
	// method that would is refused.
	ReadOnly bool
}

// fileID tells a file from its copies; zero where the system cannot.
type fileID struct {
	Inode uint64
	Born  int64 // nanoseconds
}

// copyOf tells whether a file is another than the one that the store was
// written to. What one of them does not know does not count.
func (f fileID) copyOf(written fileID) bool {
	if f.Inode == 0 || written.Inode == 0 {
		return false
	}
	born := f.Born != 0 && written.Born != 0 && f.Born != written.Born
	return f.Inode != written.Inode || born
}

// filePerm is the mode of the file. Its content is no secret, but who may write
// to it can have keys slashed.
const filePerm fs.FileMode = 0o600

// Names in the file.
var (
	storeBucket = []byte("store")
	stateKey    = []byte("state")
	keysBucket  = []byte("keys")
)
