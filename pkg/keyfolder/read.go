package keyfolder

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/jsontext"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
)

const (
	definitionsFile    = "validators/validator_definitions.yml"
	lighthouseKeystore = "voting-keystore.json"
	lodestarKeystore   = "voting-keystore.json"
	nimbusKeystore     = "keystore.json"
	maxDepth           = 8 // of folders below Teku's keys/
)

var (
	depositName = regexp.MustCompile(`^deposit_data-\d+\.json$`)
	importName  = regexp.MustCompile(`^keystore-m_12381_3600_\d+_0_0-\d+\.json$`)
)

// keyed returns the sub-folders of folder that are called by a public key and
// hold the named file.
func (f *Folder) keyed(folder, file string) (names []string) {
	for _, e := range f.list(folder) {
		if _, ok := publicKey(e.Name()); ok && e.IsDir() && f.isThere(path.Join(folder, e.Name(), file)) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

// readKeyed reads the layout of a folder for each key, and a password of the
// same name in secrets/.
func (f *Folder) readKeyed(folder, file string) {
	for _, name := range f.keyed(folder, file) {
		it := Item{File: path.Join(folder, name, file)}
		if secretFile := path.Join("secrets", name); f.isFile(secretFile) {
			it.passwordFile = secretFile
		}
		f.add(it, name)
	}
}

func readNimbus(f *Folder) error {
	f.readKeyed("validators", nimbusKeystore)
	return nil
}

func readLodestar(f *Folder) error {
	f.readKeyed("keystores", lodestarKeystore)
	return nil
}

// plainKeystores returns the JSON files of the folder that look like
// keystores: by their name, or by their members.
func (f *Folder) plainKeystores() (names []string) {
	for _, e := range f.list(".") {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".json") || depositName.MatchString(name) {
			continue
		}
		if strings.HasPrefix(name, "keystore") || f.looksLike(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// looksLike tells whether a file has the members of a keystore.
func (f *Folder) looksLike(name string) bool {
	data, err := f.read(name, keystore.MaxFile)
	return err == nil && bytes.Contains(data, []byte(`"crypto"`)) && bytes.Contains(data, []byte(`"cipher"`))
}

func readPlain(f *Folder) error {
	for _, name := range f.plainKeystores() {
		f.add(Item{File: name}, "")
	}
	for _, e := range f.list(".") {
		if !depositName.MatchString(e.Name()) {
			continue
		}
		data, err := f.read(e.Name(), maxDeposits)
		if err != nil {
			return err
		}
		f.Deposits[e.Name()] = data
	}
	return nil
}

// maxDeposits bounds a file of deposit data.
const maxDeposits = 64 << 20

// tekuRoots returns the folder of keystores and that of passwords: keys/ and
// passwords/, or one folder for both.
func (f *Folder) tekuRoots() []string {
	for _, roots := range [][]string{{"keys", "passwords"}, {".", "."}} {
		for _, name := range f.jsonBelow(roots[0], maxDepth) {
			if f.isFile(tekuPassword(roots, name)) {
				return roots
			}
		}
	}
	return nil
}

// tekuPassword is the file with the password of a keystore.
func tekuPassword(roots []string, name string) string {
	rel := strings.TrimPrefix(name, roots[0]+"/")
	return path.Join(roots[1], strings.TrimSuffix(rel, ".json")+".txt")
}

// jsonBelow lists the JSON files in folder and below it.
func (f *Folder) jsonBelow(folder string, depth int) (names []string) {
	for _, e := range f.list(folder) {
		name := path.Join(folder, e.Name())
		switch {
		case e.IsDir() && depth > 0:
			names = append(names, f.jsonBelow(name, depth-1)...)
		case !e.IsDir() && strings.HasSuffix(name, ".json") && !depositName.MatchString(e.Name()):
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func readTeku(f *Folder) error {
	roots := f.tekuRoots()
	if roots == nil {
		roots = []string{"keys", "passwords"}
	}
	for _, name := range f.jsonBelow(roots[0], maxDepth) {
		it := Item{File: name}
		if password := tekuPassword(roots, name); f.isFile(password) {
			it.passwordFile = password
		}
		f.add(it, "")
	}
	return nil
}

// readLighthouse reads what the definitions name, then what Lighthouse would
// find by itself.
func readLighthouse(f *Folder) error {
	d := defined{files: map[string]bool{}, keys: map[string]bool{}}
	if f.isFile(definitionsFile) {
		if err := f.readDefinitions(d); err != nil {
			return err
		}
	}
	for _, e := range f.list("validators") {
		if !e.IsDir() {
			continue
		}
		for _, k := range f.list(path.Join("validators", e.Name())) {
			name := path.Join("validators", e.Name(), k.Name())
			if d.files[name] || k.Name() != lighthouseKeystore && !importName.MatchString(k.Name()) {
				continue
			}
			f.addFound(name, d)
		}
	}
	slices.SortFunc(f.Items, func(a, b Item) int { return strings.Compare(a.File, b.File) })
	return nil
}

// defined is what Lighthouse's definitions name: files, and public keys.
type defined struct{ files, keys map[string]bool }

// addFound adds a keystore with the password that secrets/ has for its key. One
// whose key is defined in another way, by a remote signer or another file, is
// not in use: Lighthouse passes over it too.
func (f *Folder) addFound(name string, d defined) {
	f.add(Item{File: name}, "")
	it := &f.Items[len(f.Items)-1]
	if it.Err != nil || it.Keystore.PublicKey == nil {
		return
	}
	it.Disabled = d.keys[string(it.Keystore.PublicKey)]
	if file := path.Join("secrets", hexKey(it.Keystore.PublicKey)); f.isFile(file) {
		it.passwordFile = file
	}
}

func (f *Folder) readDefinitions(into defined) error {
	data, err := f.read(definitionsFile, maxYAML)
	if err != nil {
		return err
	}
	defer clear(data)
	definitions, err := parseYAML(data)
	if err != nil {
		return fault.New(fault.Refused, "%s: %w", f.shown(definitionsFile), err)
	}
	defer forget(definitions)
	for _, d := range definitions {
		if err := f.define(d, into); err != nil {
			return fault.New(fault.KindOf(err), "%s: line %d: %w", f.shown(definitionsFile), d.line, err).WithHint("%s", fault.HintOf(err))
		}
	}
	return nil
}

// define adds the keystore of one definition.
func (f *Folder) define(d mapping, into defined) error {
	if key, ok := publicKey(d.text("voting_public_key")); ok {
		into.keys[string(key)] = true
	}
	if kind := d.text("type"); kind != "local_keystore" {
		f.Warnings = append(f.Warnings, "a validator that a remote signer signs for is left out: "+jsontext.Show(d.text("voting_public_key")))
		return nil
	}
	name, err := f.inside(d.text("voting_keystore_path"), "validators")
	if err != nil {
		return err
	}
	if into.files[name] {
		return fault.New(fault.Refused, "%s is defined twice", name)
	}
	into.files[name] = true
	it := Item{File: name, Disabled: d.text("enabled") != "true"}
	switch {
	case d.has("voting_keystore_password"):
		if it.inline, err = secret.From(d.values["voting_keystore_password"]); err != nil {
			return err
		}
	case d.has("voting_keystore_password_path"):
		if it.passwordFile, err = f.inside(d.text("voting_keystore_password_path"), "secrets"); err != nil {
			return err
		}
	default:
		if file := path.Join("secrets", d.text("voting_public_key")); f.isFile(file) {
			it.passwordFile = file
		}
	}
	f.add(it, d.text("voting_public_key"))
	return nil
}

// inside maps a path as a client on its own machine knows it to one in this
// folder: what follows the folder's own path, or the last folder called by
// name.
func (f *Folder) inside(full, name string) (string, error) {
	clean := path.Clean(strings.ReplaceAll(full, `\`, "/"))
	candidates := []string{}
	if rest, ok := strings.CutPrefix(clean, path.Clean(f.fsys.Name())+"/"); ok {
		candidates = append(candidates, rest)
	}
	if at := strings.LastIndex("/"+clean, "/"+name+"/"); at >= 0 {
		candidates = append(candidates, ("/" + clean)[at+1:])
	}
	if !path.IsAbs(clean) {
		candidates = append(candidates, clean)
	}
	for _, c := range candidates {
		if f.isFile(c) {
			return c, nil
		}
	}
	return "", fault.New(fault.Refused, "names the file %q, which is not in this folder", full).
		WithHint("copy the whole folder, with %s/ in it", name)
}
