package validator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/message"
)

// maxNamed is how many files a warning names before it counts the rest.
const maxNamed = 3

var (
	keystoreName = regexp.MustCompile(`^keystore-m(?:_\d+)+-(\d+)\.json$`)
	depositName  = regexp.MustCompile(`^deposit_data-(\d+)\.json$`)
)

// KeystoreName is the name of the keystore of the key at p, made at unix seconds.
func KeystoreName(p derive.Path, unix int64) string {
	return fmt.Sprintf("keystore-%s-%d.json", strings.ReplaceAll(p.String(), "/", "_"), unix)
}

// DepositDataName is the name of the deposit data made at unix seconds.
func DepositDataName(unix int64) string { return fmt.Sprintf("deposit_data-%d.json", unix) }

// inspectFolder looks at what the target holds already, and whether it can be
// written to.
func (p *CreatePlan) inspectFolder() ([]Warning, error) {
	fsys, err := p.machine.Open(p.req.Folder)
	if err != nil {
		return nil, err
	}
	need := (p.req.Count + 1) * bytesPerKey
	if err := atomicfile.Writable(fsys, KeysFolder, need); err != nil {
		return nil, err
	}
	entries, err := fsys.ReadDir(KeysFolder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	again, err := p.reused(fsys, names)
	return append(incomplete(names), again...), err
}

// incomplete names keystores of a run that ended before its deposit data, the
// commit mark, was in place.
func incomplete(names []string) []Warning {
	deposits := map[string]bool{}
	for _, name := range names {
		if m := depositName.FindStringSubmatch(name); m != nil {
			deposits[m[1]] = true
		}
	}
	var orphans []string
	for _, name := range names {
		if m := keystoreName.FindStringSubmatch(name); m != nil && !deposits[m[1]] {
			orphans = append(orphans, name)
		}
	}
	if orphans == nil {
		return nil
	}
	return []Warning{{
		What: "keystores without deposit data, from a run that was cut short: " + some(orphans),
		Hint: "they are whole, but nothing was deposited for them; move them away if you do not need them",
	}}
}

// reused names validators of this plan that the folder has keystores or
// deposits of.
func (p *CreatePlan) reused(fsys atomicfile.FS, names []string) ([]Warning, error) {
	stored := map[bls.PublicKey]string{} // file name
	for _, name := range names {
		for _, pubkey := range publicKeysIn(fsys, name) {
			stored[pubkey] = name
		}
	}
	if len(stored) == 0 {
		return nil, nil
	}
	// All keys are derived for this, not only those that the summary shows.
	again := make([]string, p.req.Count)
	err := parallel(context.Background(), p.machine.Workers, len(again), func(i int) error {
		index := p.req.StartIndex + uint64(i)
		key, err := p.publicKey(index)
		if name, ok := stored[key]; ok {
			again[i] = fmt.Sprintf("index %d (%s)", index, name)
		}
		return err
	})
	again = slices.DeleteFunc(again, func(s string) bool { return s == "" })
	if err != nil || len(again) == 0 {
		return nil, err
	}
	return []Warning{{
		What: "already in this folder: " + some(again),
		Hint: "never deposit twice for one key, and never run one key on two machines",
	}}, nil
}

// publicKeysIn reads the public keys of a keystore or of deposit data. What
// cannot be read holds none: it is not this run's business.
func publicKeysIn(fsys atomicfile.FS, name string) []bls.PublicKey {
	if !keystoreName.MatchString(name) && !depositName.MatchString(name) {
		return nil
	}
	name = path.Join(KeysFolder, name)
	if info, err := fsys.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return nil // opening a pipe would wait for its writer
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 64<<20))
	if err != nil {
		return nil
	}
	if keystoreName.MatchString(path.Base(name)) {
		ks, _, err := keystore.Parse(data)
		if err != nil || ks.PublicKey == nil {
			return nil
		}
		return []bls.PublicKey{bls.PublicKey(ks.PublicKey)}
	}
	entries, _, err := message.ParseDepositData(data)
	if err != nil {
		return nil
	}
	var keys []bls.PublicKey
	for _, e := range entries {
		keys = append(keys, e.PublicKey)
	}
	return keys
}

// some lists the first names and counts the rest.
func some(names []string) string {
	if len(names) <= maxNamed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), len(names)-maxNamed)
}
