package chain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

// childEnv turns the test binary into a process that appends to a chain.
const childEnv = "ETHKEY_CHAIN_CHILD"

const (
	fileName = "history.jsonl"
	rounds   = 40
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if err := grow(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// grow appends lines, and says each one that it was told is durable.
func grow(dir string) error {
	fsys, err := atomicfile.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer fsys.Close()
	for range rounds {
		c, err := Load(fsys, fileName, root)
		if err != nil {
			return err
		}
		if c, err = appendOne(fsys, c); err != nil {
			return err
		}
		fmt.Println(c.Head())
	}
	return nil
}

func appendOne(fsys atomicfile.FS, c *Chain) (*Chain, error) {
	entry, err := c.Next(noon, "drill", fact{fmt.Sprint(c.Len())})
	if err != nil {
		return nil, err
	}
	return Append(context.Background(), fsys, fileName, c, entry, nil)
}

func prepare(t testing.TB) func(dir string) error {
	text := three(t).Bytes()
	return func(dir string) error { return os.WriteFile(filepath.Join(dir, fileName), text, Mode) }
}

// TestKillWhileAppending: the file is whole at every moment, and has every line that was said to be
// durable.
func TestKillWhileAppending(t *testing.T) {
	put := prepare(t)
	testkit.KillLoop{
		Command: func(dir string) *exec.Cmd {
			if err := put(dir); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childEnv+"="+dir)
			return cmd
		},
		Referee: func(dir string, out []byte, finished bool) error {
			text, err := os.ReadFile(filepath.Join(dir, fileName))
			if err != nil {
				return err
			}
			c, err := Parse(text, root)
			if err != nil {
				return err
			}
			said := strings.Fields(string(out))
			if n := c.Len() - 3; n != len(said) && n != len(said)+1 || finished && n != rounds {
				return fmt.Errorf("%d lines are there, %d were said to be", n, len(said))
			}
			for i, head := range said {
				if c.Lines()[3+i].Hash.String() != head {
					return fmt.Errorf("line %d is not the one that was said to be there", 4+i)
				}
			}
			return nil
		},
	}.Run(t)
}

// TestFaultsWhileAppending: whatever fails, the file is the old chain or the
// new one, and an error that does not say otherwise means the old one.
func TestFaultsWhileAppending(t *testing.T) {
	before := three(t).Bytes()
	for _, failure := range testkit.Failures() {
		t.Run(failure.Name, func(t *testing.T) {
			testkit.Sweep{
				Whole: true, Failure: failure, Prepare: prepare(t),
				Run: func(fsys atomicfile.FS) error {
					c, err := Load(fsys, fileName, root)
					if err == nil {
						_, err = appendOne(fsys, c)
					}
					return err
				},
				Referee: func(dir string, outcome testkit.Outcome) error {
					text, err := os.ReadFile(filepath.Join(dir, fileName))
					if err != nil {
						return err
					}
					c, err := Parse(text, root)
					if err != nil {
						return err
					}
					switch {
					case outcome.Killed || outcome.Err != nil && strings.Contains(outcome.Err.Error(), "has its new line"):
						if c.Len() != 3 && c.Len() != 4 {
							return fmt.Errorf("%d lines", c.Len())
						}
					case outcome.Err != nil && !bytes.Equal(text, before):
						return errors.New("the append failed, and the file has changed")
					case outcome.Err == nil && c.Len() != 4:
						return errors.New("the append was told to be done, and is not")
					}
					return nil
				},
			}.Test(t)
		})
	}
}

func TestAppendRefusesAChainThatChanged(t *testing.T) {
	dir := t.TempDir()
	if err := prepare(t)(dir); err != nil {
		t.Fatal(err)
	}
	fsys, err := atomicfile.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer fsys.Close()
	old, err := Load(fsys, fileName, root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := appendOne(fsys, old); err != nil {
		t.Fatal(err)
	}
	if _, err := appendOne(fsys, old); fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), "has changed") {
		t.Error(err)
	}
	lock, err := fsys.Lock(".")
	if err != nil {
		t.Fatal(err)
	}
	now, err := Load(fsys, fileName, root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := appendOne(fsys, now); fault.KindOf(err) != fault.Environment {
		t.Error("another run has the folder:", err)
	}
	lock.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Append(ctx, fsys, fileName, now, nil, nil); err == nil {
		t.Error("interrupted, and an empty entry was written")
	}
	if _, err := Load(fsys, "none.jsonl", root); fault.KindOf(err) != fault.Refused {
		t.Error(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Error("something else lies in the folder:", entries)
	}
}
