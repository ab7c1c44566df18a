package validator

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
)

// File is a file as it was read, with the name it goes by in messages.
type File struct {
	Name string
	Data []byte
}

// KeystoreFile is the file of a keystore.
type KeystoreFile = File

// OpenedKeystores are keystores whose passwords have been tried. It keeps the
// decryption keys and decrypts a validator key when it is asked for, so that
// of a thousand only those at work are in memory. Close it.
type OpenedKeystores struct {
	entries []openedEntry
	groups  []*passwordGroup
}

// openedEntry is one keystore.
type openedEntry struct {
	name     string
	ks       *keystore.Keystore
	warnings []string
	group    *passwordGroup
	pubkey   bls.PublicKey
}

// passwordGroup is the keystores that one decryption key opens.
type passwordGroup struct {
	typed  *secret.Buffer // the caller's
	params keystore.Params
	first  int // an entry of the group
	key    *keystore.Key
}

// OpenKeystores opens every file with the password, as typed, that the function
// returns for its name, and compares the public key of what is inside with the
// one that the file names. Each distinct salt, cost and password is derived
// once. The passwords stay the caller's, who keeps them until OpenKeystores has
// returned. One keystore that does not open fails all.
func OpenKeystores(ctx context.Context, m Machine, files []KeystoreFile, password func(name string) (*secret.Buffer, error), progress Progress) (*OpenedKeystores, error) {
	o := &OpenedKeystores{entries: make([]openedEntry, len(files))}
	err := o.group(files, password)
	if err == nil {
		err = o.derive(ctx, m, progress)
	}
	if err == nil {
		err = o.openAll(ctx, m, progress)
	}
	for _, g := range o.groups {
		g.typed = nil
	}
	if err != nil {
		o.Close()
		return nil, interrupted(ctx, err)
	}
	return o, nil
}

// group parses the files and finds which share a decryption key.
func (o *OpenedKeystores) group(files []KeystoreFile, password func(name string) (*secret.Buffer, error)) error {
	if len(files) == 0 {
		return fault.New(fault.Refused, "want at least one keystore, found none")
	}
	bySalt := map[string][]*passwordGroup{}
	for i, f := range files {
		ks, warnings, err := keystore.Parse(f.Data)
		if err != nil {
			return inFile(f.Name, err)
		}
		typed, err := password(f.Name)
		if err != nil {
			return err
		}
		id := fmt.Sprintf("%+v", ks.Params())
		g := find(bySalt[id], typed)
		if g == nil {
			g = &passwordGroup{typed: typed, params: ks.Params(), first: i}
			bySalt[id] = append(bySalt[id], g)
			o.groups = append(o.groups, g)
		}
		o.entries[i] = openedEntry{name: f.Name, ks: ks, warnings: warnings, group: g}
	}
	return nil
}

func find(groups []*passwordGroup, typed *secret.Buffer) *passwordGroup {
	for _, g := range groups {
		if g.typed.Equal(typed) {
			return g
		}
	}
	return nil
}

// derive runs the KDF of every group and tries it on one keystore, so that a
// wrong password is known before the next is derived.
func (o *OpenedKeystores) derive(ctx context.Context, m Machine, progress Progress) error {
	step := progress.counter(0, len(o.groups)+len(o.entries))
	return parallel(ctx, o.kdfWorkers(m), len(o.groups), func(i int) error {
		g := o.groups[i]
		processed, err := keystore.ProcessPassword(g.typed.Bytes())
		if err != nil {
			return inFile(o.entries[g.first].name, err)
		}
		defer processed.Close()
		if g.key, err = keystore.DeriveContext(ctx, processed, g.params); err != nil {
			return inFile(o.entries[g.first].name, err)
		}
		step()
		if len(o.groups) == 1 {
			return nil // openAll names every keystore that this one password does not open
		}
		return o.open(g.first)
	})
}

// kdfWorkers is how many of the dearest derivation fit in memory at a time.
func (o *OpenedKeystores) kdfWorkers(m Machine) int {
	workers := m.Workers
	for _, g := range o.groups {
		workers = min(workers, m.kdfWorkers(g.params))
	}
	return workers
}

// openAll opens what derive has not, and names those that fail.
func (o *OpenedKeystores) openAll(ctx context.Context, m Machine, progress Progress) error {
	step := progress.counter(len(o.groups), len(o.groups)+len(o.entries))
	wrong := make([]error, len(o.entries))
	err := parallel(ctx, m.Workers, len(o.entries), func(i int) error {
		if o.entries[i].pubkey == (bls.PublicKey{}) {
			wrong[i] = o.open(i)
		}
		step()
		return nil
	})
	if err != nil {
		return err
	}
	return o.summarise(wrong)
}

// summarise makes one error of those of the keystores.
func (o *OpenedKeystores) summarise(wrong []error) error {
	var first error
	var names []string
	for i, err := range wrong {
		if err == nil {
			continue
		}
		if first == nil {
			first = err
		}
		names = append(names, o.entries[i].name)
	}
	if len(names) < 2 {
		return first
	}
	return fault.New(fault.KindOf(first), "%d of %d keystores do not open, %s: %w", len(names), len(wrong), some(names), errors.Unwrap(first)).
		WithHint("%s", fault.HintOf(first))
}

// open decrypts keystore i and keeps its public key.
func (o *OpenedKeystores) open(i int) error {
	e := &o.entries[i]
	pubkey, err := openKey(e.ks, e.group.key)
	if err != nil {
		return inFile(e.name, err)
	}
	if e.ks.PublicKey == nil {
		e.warnings = append(e.warnings, "the file names no public key to compare with")
	} else if !bytes.Equal(e.ks.PublicKey, pubkey.Bytes()) {
		return inFile(e.name, errOtherKey)
	}
	e.pubkey = pubkey
	return nil
}

var errOtherKey error = fault.New(fault.Integrity, "pubkey: the secret key inside belongs to another public key").
	WithHint("the file was edited or mixed up; find the keystore that its name belongs to")

// Len implements KeySource.
func (o *OpenedKeystores) Len() int { return len(o.entries) }

// Key implements KeySource.
func (o *OpenedKeystores) Key(i int) (*bls.SecretKey, error) {
	plain, err := o.entries[i].ks.Open(o.entries[i].group.key)
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	return bls.SecretKeyFromBytes(plain)
}

// Label implements KeySource: it is the name of the file.
func (o *OpenedKeystores) Label(i int) string { return o.entries[i].name }

// PublicKey is that of the secret key inside keystore i.
func (o *OpenedKeystores) PublicKey(i int) bls.PublicKey { return o.entries[i].pubkey }

// Path is the one that keystore i names; it may be empty.
func (o *OpenedKeystores) Path(i int) string { return o.entries[i].ks.Path }

// Warnings is what is unusual about keystore i.
func (o *OpenedKeystores) Warnings(i int) []string { return o.entries[i].warnings }

// Derivations is how many times a KDF was run.
func (o *OpenedKeystores) Derivations() int { return len(o.groups) }

// Close wipes the decryption keys.
func (o *OpenedKeystores) Close() {
	for _, g := range o.groups {
		if g.key != nil {
			g.key.Close()
		}
	}
}

// inFile says in which file err was found, and keeps its kind and hint.
func inFile(name string, err error) error {
	return fault.New(fault.KindOf(err), "%s: %w", name, err).WithHint("%s", fault.HintOf(err))
}
