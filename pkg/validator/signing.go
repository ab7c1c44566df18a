package validator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/network"
)

// rehearsalPrefix marks the files whose content names no network.
const rehearsalPrefix = "REHEARSAL-"

// bytesPerMessage is the room that a signed message takes on the disk.
const bytesPerMessage = 4 << 10

// SignResult reports messages that were signed, written and proven. It holds no
// secrets.
type SignResult struct {
	Network   string   `json:"network"`
	Rehearsal bool     `json:"rehearsal"`
	Folder    string   `json:"folder"`
	Files     []string `json:"files"`
	Signed    int      `json:"signed"`
	Verified  []string `json:"verified"`
	Notes     []string `json:"notes,omitempty"` // about the medium, and remains of earlier runs

	WallsMissing []string `json:"walls_missing,omitempty"`
}

// Chain is what a summary says of the network.
type Chain struct {
	Network     string `json:"network"`
	ForkVersion string `json:"fork_version"` // the one signed under
	GenesisRoot string `json:"genesis_validators_root,omitempty"`
	Rehearsal   bool   `json:"rehearsal"`
}

// SignedKey is what a summary says of one signature to be made.
type SignedKey struct {
	ValidatorIndex *beacon.ValidatorIndex `json:"validator_index,omitempty"`
	Key            string                 `json:"key"` // its path, or its keystore
	PublicKey      string                 `json:"public_key"`
}

// genesisRoot returns what every message but a deposit is bound to.
func genesisRoot(n network.Network) (beacon.Root, error) {
	if n.GenesisValidatorsRoot == nil {
		return beacon.Root{}, fault.New(fault.Refused, "network %s: its genesis validators root is not known, and only deposits can be signed without", n.Name).
			WithHint("describe the network in a custom network file that has genesis_validators_root; a beacon node tells it at /eth/v1/beacon/genesis")
	}
	return *n.GenesisValidatorsRoot, nil
}

// checkAddress refuses the address that nobody controls.
func checkAddress(a beacon.ExecutionAddress) error {
	if a == (beacon.ExecutionAddress{}) {
		return fault.New(fault.Refused, "withdrawal address: %w", beacon.ErrZeroAddress).WithHint("give an address whose key you hold")
	}
	return nil
}

// checkPairs refuses lists that do not go together.
func checkPairs(keys KeySource, indices []beacon.ValidatorIndex) error {
	if err := checkValidators(indices); err != nil {
		return err
	}
	if keys.Len() != len(indices) {
		return fault.New(fault.Refused, "%d keys and %d validator indices: want one index for each key, in the same order", keys.Len(), len(indices))
	}
	return nil
}

// shownPairs are the keys that a summary shows: all, or the first and the last.
func shownPairs(keys KeySource, indices []beacon.ValidatorIndex) (shown []SignedKey, omitted int, err error) {
	n := keys.Len()
	for i := 0; i < n; i++ {
		if n > shownKeys && i == shownKeys/2 {
			omitted = n - shownKeys
			i += omitted
		}
		pk, err := publicKeyOf(keys, i)
		if err != nil {
			return nil, 0, inKey(keys, i, err)
		}
		k := SignedKey{Key: keys.Label(i), PublicKey: pk.String()}
		if indices != nil {
			k.ValidatorIndex = &indices[i]
		}
		shown = append(shown, k)
	}
	return shown, omitted, nil
}

// inspectOutput asks whether n messages could be written to folder below
// parent, and returns the names that are there already.
func inspectOutput(m Machine, parent, folder string, n int) ([]string, error) {
	fsys, err := m.Open(parent)
	if err != nil {
		return nil, err
	}
	if err := atomicfile.Writable(fsys, folder, uint64(n)*bytesPerMessage); err != nil {
		return nil, err
	}
	entries, err := fsys.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

// signedBefore warns of files for the same validators, by the index in names
// of this form.
func signedBefore(names []string, form *regexp.Regexp, indices []beacon.ValidatorIndex) []Warning {
	wanted := make(map[beacon.ValidatorIndex]bool, len(indices))
	for _, index := range indices {
		wanted[index] = true
	}
	var again []string
	for _, name := range names {
		match := form.FindStringSubmatch(name)
		if match == nil {
			continue
		}
		if n, err := strconv.ParseUint(match[1], 10, 64); err == nil && wanted[beacon.ValidatorIndex(n)] {
			again = append(again, name)
		}
	}
	if again == nil {
		return nil
	}
	return []Warning{{What: "already in this folder for the same validators: " + some(again), Hint: "they stay as they are; the new files stand beside them"}}
}

// output is a set of signed files in the making.
type output struct {
	machine  Machine
	unix     int64
	prefix   string // of names
	set      *atomicfile.Set
	files    []string
	progress Progress
	steps    int // of progress
}

// write opens folder below parent, has do fill and prove the set of files, and
// puts it in place. When anything fails nothing is left.
func (m Machine) write(ctx context.Context, parent, folder string, n network.Network, progress Progress, do func(*output) error) (*SignResult, error) {
	fsys, err := m.Open(parent)
	if err != nil {
		return nil, err
	}
	set, err := atomicfile.Begin(fsys, folder)
	if err != nil {
		return nil, err
	}
	o := &output{machine: m, unix: m.Now().Unix(), set: set, progress: progress}
	if n.IsRehearsal() {
		o.prefix = rehearsalPrefix
	}
	var report atomicfile.Report
	if err = do(o); err == nil {
		report, err = set.Commit(ctx, nil)
	}
	if err = ended(ctx, set, err); err != nil {
		return nil, err
	}
	return &SignResult{
		Network: n.Name, Rehearsal: n.IsRehearsal(), Folder: report.Folder, Files: o.files,
		Notes: mediumNotes(report), WallsMissing: m.WallsMissing,
	}, nil
}

// mediumNotes is what a person should hear of the medium.
func mediumNotes(report atomicfile.Report) []string {
	var notes []string
	if !report.ModesKept {
		notes = append(notes, "this medium keeps no file modes: whoever holds it can read the files")
	}
	if report.Fallback != "" {
		notes = append(notes, report.Fallback)
	}
	if len(report.Removed) > 0 {
		notes = append(notes, "removed what a run that was cut short had left: "+strings.Join(report.Removed, ", "))
	}
	return notes
}

// each calls do for every message on all workers.
func (o *output) each(ctx context.Context, n int, do func(i int) error) error {
	err := o.eachOf(ctx, 0, n, n, do)
	o.steps += n
	return err
}

// eachOf is each for the messages from first to end of n.
func (o *output) eachOf(ctx context.Context, first, end, n int, do func(i int) error) error {
	err := parallel(ctx, o.machine.Workers, end-first, func(i int) error { return do(first + i) })
	if err == nil {
		o.progress.step(o.steps+end, 2*n)
	}
	return err
}

// eachThen is each, with then called for every message in order, a batch
// behind: files are written while the next messages are signed.
func (o *output) eachThen(ctx context.Context, n int, do, then func(i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	ends := make(chan int, n/batch+1)
	go func() {
		defer close(ends)
		for first := 0; first < n; first += batch {
			end := min(first+batch, n)
			if err := o.eachOf(ctx, first, end, n, do); err != nil {
				cancel(err)
				return
			}
			ends <- end
		}
	}()
	next := 0
	for end := range ends {
		for ; next < end && ctx.Err() == nil; next++ {
			if err := then(next); err != nil {
				cancel(err)
			}
		}
	}
	err := context.Cause(ctx)
	cancel(nil)
	o.steps += n
	return err
}

// add writes a file aside.
func (o *output) add(name string, data []byte) error {
	o.files = append(o.files, name)
	return o.set.Add(name, data)
}

// single is a kind of message that has a file for each key.
type single[T comparable] struct {
	sign    func(i int, sk *bls.SecretKey) T
	name    func(i int) string
	marshal func(T) []byte
	parse   func([]byte) (T, []string, error)
	verify  func(all []T, pks []bls.PublicKey) error
}

// write signs a message with each key, writes the files, reads them back and
// verifies them.
func (s single[T]) write(ctx context.Context, o *output, keys KeySource) error {
	n := keys.Len()
	all, pks := make([]T, n), make([]bls.PublicKey, n)
	err := o.eachThen(ctx, n, func(i int) error {
		sk, pk, err := keyAndPublic(keys, i)
		if err != nil {
			return inKey(keys, i, err)
		}
		defer sk.Close()
		all[i], pks[i] = s.sign(i, sk), pk
		return nil
	}, func(i int) error { return o.add(o.prefix+s.name(i), s.marshal(all[i])) })
	if err != nil {
		return err
	}
	if err := checkDistinct(keys, pks); err != nil {
		return err
	}
	if err := o.each(ctx, n, func(i int) error { return same(o, o.files[i], all[i], s.parse) }); err != nil {
		return err
	}
	return s.verify(all, pks)
}

// same reads a file back and has parse make of it what was written.
func same[T comparable](o *output, name string, want T, parse func([]byte) (T, []string, error)) error {
	data, err := o.set.ReadBack(name)
	if err != nil {
		return err
	}
	got, warnings, err := parse(data)
	if err == nil && (got != want || len(warnings) > 0) {
		err = errors.New("it is not what was signed")
	}
	if err != nil {
		return fault.New(fault.Integrity, "%s, as read back: %w", name, err)
	}
	return nil
}

// sameAll is same for a file of many.
func sameAll[T comparable](o *output, name string, want []T, parse func([]byte) ([]T, []string, error)) error {
	data, err := o.set.ReadBack(name)
	if err != nil {
		return err
	}
	got, warnings, err := parse(data)
	if err == nil && (!slices.Equal(got, want) || len(warnings) > 0) {
		err = errors.New("it is not what was signed")
	}
	if err != nil {
		return fault.New(fault.Integrity, "%s, as read back: %w", name, err)
	}
	return nil
}

// target is the folder that files go to.
func target(parent, folder string) string { return filepath.Join(parent, folder) }

// plural is "1 exit" or "2 exits".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
