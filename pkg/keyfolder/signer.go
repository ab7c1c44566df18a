package keyfolder

import (
	"path"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/jsontext"
)

// signerConfigs lists the key configuration files of Web3Signer.
func (f *Folder) signerConfigs() (names []string) {
	for _, e := range f.list(".") {
		if !e.IsDir() && (strings.HasSuffix(e.Name(), ".yaml") || strings.HasSuffix(e.Name(), ".yml")) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

func readWeb3Signer(f *Folder) error {
	known := map[string]bool{}
	for _, name := range f.signerConfigs() {
		if err := f.readConfigs(name, known); err != nil {
			return err
		}
	}
	return nil
}

// readConfigs adds the keystores that a file of key configurations names.
func (f *Folder) readConfigs(name string, known map[string]bool) error {
	data, err := f.read(name, maxYAML)
	if err != nil {
		return err
	}
	configs, err := parseYAML(data)
	clear(data) // a raw key may stand there
	if err != nil {
		return fault.New(fault.Refused, "%s: %w", f.shown(name), err)
	}
	defer forget(configs)
	for _, c := range configs {
		if err := f.configure(name, c, known); err != nil {
			return fault.New(fault.KindOf(err), "%s: line %d: %w", f.shown(name), c.line, err).WithHint("%s", fault.HintOf(err))
		}
	}
	return nil
}

// configure adds the keystore that a key configuration names.
func (f *Folder) configure(name string, c mapping, known map[string]bool) error {
	if kind := c.text("type"); kind != "file-keystore" {
		f.Warnings = append(f.Warnings, name+": a key of type "+jsontext.Show(kind)+" is no keystore and is left out")
		return nil
	}
	if kind := c.text("keyType"); kind != "" && kind != "BLS" {
		f.Warnings = append(f.Warnings, name+": a key of another curve is left out")
		return nil
	}
	file, err := f.beside(c.text("keystoreFile"))
	if err != nil {
		return err
	}
	if known[file] {
		return fault.New(fault.Refused, "%s is configured twice", file)
	}
	known[file] = true
	password, err := f.beside(c.text("keystorePasswordFile"))
	if err != nil {
		return err
	}
	f.add(Item{File: file, passwordFile: password}, "")
	return nil
}

// beside maps a path of a key configuration to one in this folder: relative
// ones begin here, absolute ones may be those of another machine.
func (f *Folder) beside(full string) (string, error) {
	clean := path.Clean(full)
	candidates := []string{clean}
	if path.IsAbs(clean) {
		candidates = []string{strings.TrimPrefix(clean, path.Clean(f.fsys.Name())+"/")}
		parts := strings.Split(strings.TrimPrefix(clean, "/"), "/")
		for depth := min(len(parts), 3); depth >= 1; depth-- {
			candidates = append(candidates, path.Join(parts[len(parts)-depth:]...))
		}
	}
	for _, c := range candidates {
		if !path.IsAbs(c) && f.isFile(c) {
			return c, nil
		}
	}
	return "", fault.New(fault.Refused, "names the file %q, which is not in this folder", full).
		WithHint("copy the keystores and the passwords along with the configuration")
}
