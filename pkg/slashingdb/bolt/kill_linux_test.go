package bolt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
	"github.com/ethkey/ethkey/pkg/slashingdb/bolt"
	"github.com/ethkey/ethkey/pkg/slashingdb/storetest"
)

// childEnv turns the test binary into a process that works on a store: what it
// does, a seed, the file.
const childEnv = "ETHKEY_BOLT_CHILD"

func TestMain(m *testing.M) {
	if order := os.Getenv(childEnv); order != "" {
		err := child(order)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(int(fault.KindOf(err)))
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child(order string) error {
	fields := strings.SplitN(order, " ", 3)
	seed, err := strconv.ParseUint(fields[1], 10, 64)
	if err != nil {
		return err
	}
	o := options(fields[2])
	if fields[0] == "create" {
		return bolt.Create(context.Background(), o, chain)
	}
	o.ReadOnly = fields[0] == "look"
	s, err := bolt.Open(o)
	if err != nil {
		return err
	}
	defer s.Close()
	switch fields[0] {
	case "sign":
		err = signAtRandom(s, seed, 4)
	case "sign-alone":
		err = signAtRandom(s, seed, 1)
	case "import":
		err = inSteps(func(n int) error {
			_, err := s.Import(context.Background(), bytes.NewReader(numbered(n)), slashingdb.ImportOptions{})
			return err
		})
	case "raise":
		err = inSteps(func(n int) error {
			_, err := s.Raise(context.Background(), nil, level(n))
			return err
		})
	}
	if errors.Is(err, slashingdb.ErrFatal) {
		return afterDeath(s, err)
	}
	return err
}

// afterDeath shows that a store that died stays dead.
func afterDeath(s *bolt.Store, err error) error {
	for range 3 {
		if v, again := s.Decide(context.Background(), []slashingdb.Duty{{Key: killKeys()[0], Block: &slashingdb.Block{Slot: 1 << 60}}}); !errors.Is(again, slashingdb.ErrFatal) {
			return fault.New(fault.Integrity, "a dead store answers %v, %v", v, again)
		}
	}
	return err
}

// answer is a line of the child's output: a duty that may be signed.
type answer struct{ Duty slashingdb.Duty }

// signAtRandom asks for messages that contradict each other and says which of
// them it may sign, in one write for each answer.
func signAtRandom(s *bolt.Store, seed uint64, signers int) error {
	var all sync.WaitGroup
	failures := make([]error, signers)
	for i := range signers {
		all.Go(func() {
			random := storetest.NewRandom(seed + uint64(i))
			for round := range 25 {
				d := random.Duty(killKeys(), uint64(round))
				v, err := s.Decide(context.Background(), []slashingdb.Duty{d})
				if err != nil {
					failures[i] = err
					return
				}
				if !v[0].Allowed() {
					continue
				}
				if failures[i] = say(answer{d}); failures[i] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	return errors.Join(failures...)
}

func say(what any) error {
	line, err := json.Marshal(what)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(append(line, '\n'))
	return err
}

const steps = 12

func inSteps(do func(n int) error) error {
	for n := 1; n <= steps; n++ {
		if err := do(n); err != nil {
			return err
		}
		if err := say(n); err != nil {
			return err
		}
	}
	return nil
}

// level is what the n-th import or raise raises all keys to.
func level(n int) slashingdb.LastSigned {
	return slashingdb.LastSigned{
		HasBlock: true, Slot: beacon.Slot(32 * n), HasAttestation: true, Source: beacon.Epoch(n), Target: beacon.Epoch(n + 1),
	}
}

func numbered(n int) []byte {
	table := slashingdb.NewTable(&chain.GenesisValidatorsRoot)
	for _, key := range killKeys() {
		table.Raise(key, level(n))
	}
	var file bytes.Buffer
	_ = table.Write(&file)
	return file.Bytes()
}

var killKeys = sync.OnceValue(func() []slashingdb.PublicKey { return storetest.Keys(keyMaker{}, 60) })

// keyMaker lets keys be made where there is no test.
type keyMaker struct{ testing.TB }

func (keyMaker) Helper() {}

// prepared makes a store in dir that knows the keys, before the child starts.
func prepared(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "store")
	o := options(path)
	create(t, o)
	s, err := bolt.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Admit(context.Background(), killKeys(), slashingdb.Fresh); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func childCommand(what string, seed uint64, path string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %s", childEnv, what, seed, path))
	return cmd
}

// answers are the whole lines of a child's output: the last may be cut off.
func answers[T any](out []byte) ([]T, error) {
	var all []T
	for line := range bytes.Lines(out) {
		if !bytes.HasSuffix(line, []byte("\n")) || !bytes.HasPrefix(line, []byte("{")) && !bytes.ContainsAny(line[:1], "0123456789") {
			continue
		}
		var a T
		if err := json.Unmarshal(line, &a); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		all = append(all, a)
	}
	return all, nil
}

// judgeRecords sees every answer of the child, opens what it left, and wants
// each of them recorded.
func judgeRecords(dir string, out []byte) error {
	return withAnswers(dir, out, func(*bolt.Store, *storetest.Referee) error { return nil })
}

// judgeSigning goes on to ask for the same kind of messages: no two that were
// allowed, before or after, contradict each other.
func judgeSigning(dir string, seed uint64, out []byte) error {
	return withAnswers(dir, out, func(s *bolt.Store, referee *storetest.Referee) error {
		random := storetest.NewRandom(seed ^ 0xffff)
		for range 40 {
			d := random.Duty(killKeys(), random.Below(25))
			v, err := s.Decide(context.Background(), []slashingdb.Duty{d})
			if err != nil {
				return err
			}
			if !v[0].Allowed() {
				continue
			}
			if found := referee.Saw(d); found != slashingdb.Sign {
				return fmt.Errorf("%+v was allowed afterwards: %s", d, found)
			}
		}
		return nil
	})
}

func withAnswers(dir string, out []byte, next func(*bolt.Store, *storetest.Referee) error) error {
	given, err := answers[answer](out)
	if err != nil {
		return err
	}
	s, err := bolt.Open(options(filepath.Join(dir, "store")))
	if err != nil {
		return err
	}
	defer s.Close()
	referee := &storetest.Referee{}
	for _, a := range given {
		if found := referee.Saw(a.Duty); found != slashingdb.Sign {
			return fmt.Errorf("%+v was allowed: %s", a.Duty, found)
		}
	}
	records, err := s.Records(context.Background(), nil)
	if err != nil || len(records) != len(killKeys()) {
		return fmt.Errorf("%d records: %w", len(records), err)
	}
	for _, r := range records {
		if signed := referee.LastSigned(r.Key); !r.Covers(signed) {
			return fmt.Errorf("key %s: %+v is recorded, and %+v was answered", r.Key, r.LastSigned, signed)
		}
	}
	return next(s, referee)
}

// judgeSteps wants all keys at the same level, which is that of the last answer
// or one more: a file is imported whole or not at all.
func judgeSteps(dir string, out []byte) error {
	given, err := answers[int](out)
	if err != nil {
		return err
	}
	done := 0
	if len(given) > 0 {
		done = given[len(given)-1]
	}
	records, err := recordsAt(filepath.Join(dir, "store"))
	if err != nil || len(records) != len(killKeys()) {
		return fmt.Errorf("%d records: %w", len(records), err)
	}
	reached := int(records[0].Source)
	if reached != done && reached != done+1 {
		return fmt.Errorf("step %d was answered, and %d is recorded", done, reached)
	}
	for _, r := range records {
		if int(r.Source) != reached || reached > 0 && r.LastSigned != level(reached) {
			return fmt.Errorf("key %s stands at %+v, others at step %d", r.Key, r.LastSigned, reached)
		}
	}
	return nil
}

func recordsAt(path string) ([]slashingdb.Record, error) {
	s, err := bolt.Open(options(path))
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return s.Records(context.Background(), nil)
}

func killLoop(t *testing.T, what string, judge func(dir string, seed uint64, out []byte) error) {
	t.Helper()
	seed := rand.Uint64() >> 1
	t.Logf("seed of the messages %d", seed)
	testkit.KillLoop{
		Command: func(dir string) *exec.Cmd {
			seed++
			return childCommand(what, seed, prepared(t, dir))
		},
		Referee: func(dir string, out []byte, _ bool) error { return judge(dir, seed, out) },
	}.Run(t)
}

func TestKilledWhileSigning(t *testing.T) { killLoop(t, "sign", judgeSigning) }

func TestKilledWhileImporting(t *testing.T) {
	killLoop(t, "import", func(dir string, _ uint64, out []byte) error { return judgeSteps(dir, out) })
}

func TestKilledWhileRaising(t *testing.T) {
	killLoop(t, "raise", func(dir string, _ uint64, out []byte) error { return judgeSteps(dir, out) })
}

func TestKilledWhileCreating(t *testing.T) {
	testkit.KillLoop{
		Command: func(dir string) *exec.Cmd { return childCommand("create", 0, filepath.Join(dir, "store")) },
		Referee: func(dir string, _ []byte, finished bool) error { return wholeOrAbsent(dir, finished) },
	}.Run(t)
}

// wholeOrAbsent wants a store, or none and that one can be made.
func wholeOrAbsent(dir string, finished bool) error {
	path := filepath.Join(dir, "store")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !finished {
		if err := bolt.Create(context.Background(), options(path), chain); err != nil {
			return err
		}
	}
	_, err := recordsAt(path)
	return err
}

// Every system call that makes something durable fails, once each: the store
// dies, or does not open, and what was answered stands.
func TestFailingWritesEndTheStore(t *testing.T) {
	seed := rand.Uint64() >> 1
	for _, inject := range []string{"error=EIO", "error=ENOSPC"} {
		ended := 0
		fired := testkit.InjectWalk{
			Command:  func(dir string) *exec.Cmd { return childCommand("sign-alone", seed, prepared(t, dir)) },
			Syscalls: []string{"fdatasync", "fsync", "pwrite64"},
			Inject:   inject,
			Most:     10,
			Referee: func(dir string, out []byte, o testkit.InjectOutcome) error {
				if o.Exit != 0 && o.Exit != int(fault.Environment) {
					return fmt.Errorf("exit code %d", o.Exit)
				}
				if o.Exit != 0 {
					ended++
				}
				return judgeSigning(dir, seed, out)
			},
		}.Run(t)
		if fired != ended || fired < 10 && !testing.Short() {
			t.Errorf("%s: %d calls failed, %d processes ended by it", inject, fired, ended)
		}
	}
}

// A process that is killed at each of those calls.
func TestKilledAtEveryWrite(t *testing.T) {
	seed := rand.Uint64() >> 1
	testkit.InjectWalk{
		Command:  func(dir string) *exec.Cmd { return childCommand("sign-alone", seed, prepared(t, dir)) },
		Syscalls: []string{"fdatasync", "pwrite64"},
		Inject:   "signal=SIGKILL",
		Most:     8,
		Referee: func(dir string, out []byte, _ testkit.InjectOutcome) error {
			return judgeSigning(dir, seed, out)
		},
	}.Run(t)
}

// An answer leaves the process only after everything that was written for it
// has been synced.
func TestAnswersComeAfterTheSync(t *testing.T) {
	path := prepared(t, testkit.TempDir(t))
	cmd := childCommand("sign-alone", 7, path)
	calls, err := testkit.Trace(t, cmd)
	if err != nil {
		t.Fatal(err)
	}
	written, said := false, 0
	for _, c := range calls {
		switch {
		case c.Name == "pwrite64":
			written = true
		case c.Name == "fdatasync" && c.Result == "0":
			written = false
		case c.Name == "write" && strings.HasPrefix(c.Args, "1, \"{"):
			if said++; written {
				t.Errorf("answer %d was given before the sync", said)
			}
		}
	}
	if said < 5 {
		t.Errorf("only %d answers were seen", said)
	}
}
