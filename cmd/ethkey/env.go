package main

import (
	"crypto/rand"
	"io"
	"io/fs"
	"os"
	"runtime"
	"time"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/sandbox"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/validator"
)

// env is all that a command gets from the machine.
type env struct {
	stdin, stdout, stderr *os.File
	// piped reads all of stdin, until the run is interrupted.
	piped func() (io.ReadCloser, error)

	tty        func() (*os.File, error) // the controlling terminal
	now        func() time.Time
	rand       io.Reader
	open       func(folder string) (atomicfile.FS, error)
	read       func(name string) (fs.File, error) // what is public: waits for nobody
	readSecret func(name string) (fs.File, error)
	kdf        func(pbkdf2 bool, salt []byte) keystore.Params // nil: full cost
	walls      sandbox.State
	// network: this command line needs one, and stands without the wall.
	network bool
	plain   bool // the terminal understands no control sequences

	term *term.Terminal
}

func systemEnv(state sandbox.State) *env {
	return &env{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		tty:  func() (*os.File, error) { return os.OpenFile("/dev/tty", os.O_RDWR, 0) },
		now:  time.Now,
		rand: rand.Reader,
		open: func(folder string) (atomicfile.FS, error) { return atomicfile.OpenRoot(folder) },
		read: func(name string) (fs.File, error) { return openFile(name) },
		// A pipe may be made before the program that writes the secret to it.
		readSecret: func(name string) (fs.File, error) { return os.Open(name) },
		walls:      state,
		plain:      os.Getenv("TERM") == "dumb",
	}
}

func openFile(name string) (fs.File, error) {
	f, err := atomicfile.OpenFile(name)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// machine is the part of e that an operation gets.
func (e *env) machine() validator.Machine {
	return validator.Machine{
		Open: e.open, Rand: e.rand, Now: e.now, KDF: e.kdf,
		Workers:      runtime.GOMAXPROCS(0),
		Memory:       memoryForKDFs(),
		WallsMissing: e.walls.Missing(),
	}
}
