package slashingdb

import (
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

// Records is a format of a client's own records, besides interchange files.
type Records string

// The records that are read. Each is one YAML file for a key; docs/slashing.md
// names the sources of their shapes.
const (
	TekuRecords  Records = "teku"          // slashprotection/<key>.yml
	PrysmRecords Records = "prysm-minimal" // validatorClientData/slashing-protection/0x<key>.yaml
)

// layouts say where records lie below the folders that a person may name, and
// how their files are called.
var layouts = map[Records]struct {
	folders        []string
	prefix, suffix string
}{
	TekuRecords:  {[]string{".", "slashprotection", "validator/slashprotection"}, "", ".yml"},
	PrysmRecords: {[]string{".", "slashing-protection", "validatorClientData/slashing-protection"}, "0x", ".yaml"},
}

// Converted says what was read.
type Converted struct {
	Folder string `json:"folder"` // where the records lie
	Keys   int    `json:"keys"`
	Empty  int    `json:"empty"`   // keys that signed nothing yet
	NoRoot int    `json:"no_root"` // records that name no chain
	// Ignored are the files that are no records of this client.
	Ignored []string `json:"ignored,omitempty"`
}

// Convert reads a folder of a client's records, at or above the folder that
// holds them. One record that is no use fails all: a key that is silently left
// out is a key without protection. Where the records name no chain, as Teku's
// do after its repair command, it is root; where both are known they must
// agree.
func Convert(fsys atomicfile.FS, from Records, root *beacon.Root) (*Table, *Converted, error) {
	folder, names, did, err := findRecords(fsys, from)
	if err != nil {
		return nil, nil, err
	}
	t := NewTable(root)
	if err := chainOfFolder(fsys, from, folder, t); err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		file := path.Join(folder, name)
		key, err := recordKey(name, from)
		if err == nil {
			err = readRecord(fsys, from, file, key, t, did)
		}
		if err != nil {
			return nil, nil, fault.New(fault.Refused, "%s: %w", file, err)
		}
	}
	did.Keys = len(t.Keys)
	return t, did, nil
}

// findRecords lists the records of the first folder that holds any.
func findRecords(fsys atomicfile.FS, from Records) (folder string, names []string, did *Converted, err error) {
	l, ok := layouts[from]
	if !ok {
		return "", nil, nil, fault.New(fault.Usage, "no records of that name; expected %s or %s", TekuRecords, PrysmRecords)
	}
	for _, folder = range l.folders {
		entries, err := fsys.ReadDir(folder)
		if err != nil {
			continue
		}
		did = &Converted{Folder: folder}
		for _, e := range entries {
			bare := strings.TrimSuffix(strings.TrimPrefix(e.Name(), l.prefix), l.suffix)
			if e.IsDir() || len(bare) < 64 || !strings.HasSuffix(e.Name(), l.suffix) {
				did.Ignored = append(did.Ignored, e.Name())
				continue
			}
			names = append(names, e.Name())
		}
		if len(names) > 0 {
			slices.Sort(names)
			return folder, names, did, nil
		}
	}
	return "", nil, nil, fault.New(fault.Refused, "%s: no records as %s keeps them", fsys.Name(), from).
		WithHint("expected files <public key>%s there, or below %s", l.suffix, strings.Join(l.folders[1:], " or "))
}

func recordKey(name string, from Records) (PublicKey, error) {
	l := layouts[from]
	text := strings.TrimPrefix(strings.TrimSuffix(name, l.suffix), "0x")
	raw, err := hex.DecodeString(text)
	if err != nil {
		return PublicKey{}, fault.New(fault.Refused, "the name is not a public key in hexadecimal digits")
	}
	return bls.PublicKeyFromBytes(raw)
}

func readRecord(fsys atomicfile.FS, from Records, file string, key PublicKey, t *Table, did *Converted) error {
	data, err := readSmall(fsys, file)
	if err != nil {
		return err
	}
	var l LastSigned
	var root *beacon.Root
	if from == TekuRecords {
		l, root, err = ParseTeku(data)
		did.NoRoot += count(err == nil && root == nil)
	} else {
		l, err = ParsePrysmMinimal(data)
	}
	if err != nil {
		return fault.New(fault.Refused, "%w", err).
			WithHint("what this key signed is lost with its record: move that away, convert the others, and then 'ethkey slashing raise --to now+2 --public-keys KEY FILE'")
	}
	if err := sameChain(t, NewTable(root)); err != nil {
		return err
	}
	if t.GenesisValidatorsRoot == nil {
		t.GenesisValidatorsRoot = root
	}
	if _, twice := t.Keys[key]; twice {
		return fault.New(fault.Refused, "a second record of one key")
	}
	did.Empty += count(!l.HasBlock && !l.HasAttestation)
	t.Keys[key] = l
	return nil
}

func readSmall(fsys atomicfile.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fault.New(fault.Environment, "cannot be read: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfiguration+1))
	if err != nil {
		return nil, fault.New(fault.Environment, "cannot be read: %w", err)
	}
	if len(data) > maxConfiguration {
		return nil, fault.New(fault.Refused, "more than %d bytes", maxConfiguration)
	}
	return data, nil
}

// maxConfiguration is room for the settings of many proposers.
const maxConfiguration = 16 << 20

// chainOfFolder takes the chain from Prysm's configuration.yaml, which lies
// one folder above its records.
func chainOfFolder(fsys atomicfile.FS, from Records, folder string, t *Table) error {
	if from != PrysmRecords || folder == "." {
		return nil
	}
	file := path.Join(path.Dir(folder), "configuration.yaml")
	if _, err := fsys.Lstat(file); err != nil {
		return nil
	}
	data, err := readSmall(fsys, file)
	if err == nil {
		var root *beacon.Root
		if root, err = ParsePrysmConfiguration(data); err == nil {
			err = t.Merge(NewTable(root))
		}
	}
	if err != nil {
		return fault.New(fault.Refused, "%s: %w", file, err)
	}
	return nil
}

// Names of the fields of both clients' records.
const (
	fieldRoot      = "genesisValidatorsRoot"
	fieldTekuSlot  = "lastSignedBlockSlot"
	fieldPrysmSlot = "latestSignedBlockSlot"
	fieldSource    = "lastSignedAttestationSourceEpoch"
	fieldTarget    = "lastSignedAttestationTargetEpoch"
)

// neverSigned is how Teku says in a number that there is none.
const neverSigned = 1<<64 - 1

// ParseTeku reads one record of Teku's. The chain is nil where the record
// names none. A value of null, and 2^64-1, says that nothing was signed.
func ParseTeku(data []byte) (LastSigned, *beacon.Root, error) {
	values, err := flatYAML(data, fieldRoot, fieldTekuSlot, fieldSource, fieldTarget)
	if err != nil {
		return LastSigned{}, nil, err
	}
	for _, name := range []string{fieldTekuSlot, fieldSource, fieldTarget} {
		if _, there := values[name]; !there {
			return LastSigned{}, nil, fault.New(fault.Refused, "%s is missing", name)
		}
		if values[name].text == fmt.Sprint(uint64(neverSigned)) {
			values[name] = yamlValue{line: values[name].line}
		}
	}
	root, err := yamlRoot(values)
	if err != nil {
		return LastSigned{}, nil, err
	}
	l, source, err := yamlLast(values, fieldTekuSlot)
	if err == nil && source != l.HasAttestation {
		err = fault.New(fault.Refused, "one of %s and %s is there without the other", fieldSource, fieldTarget)
	}
	return l, root, err
}

// ParsePrysmMinimal reads one record of Prysm's minimal database. Its source
// is written in any case, as 0 where no target is.
func ParsePrysmMinimal(data []byte) (LastSigned, error) {
	values, err := flatYAML(data, fieldPrysmSlot, fieldSource, fieldTarget)
	if err != nil {
		return LastSigned{}, err
	}
	l, source, err := yamlLast(values, fieldPrysmSlot)
	switch {
	case err != nil:
	case !source:
		err = fault.New(fault.Refused, "%s is missing", fieldSource)
	case !l.HasAttestation && values[fieldSource].text != "0":
		err = fault.New(fault.Refused, "%s is there without %s", fieldSource, fieldTarget)
	}
	return l, err
}

// yamlLast reads the three numbers that both records have; there is an
// attestation where there is a target.
func yamlLast(values map[string]yamlValue, slotName string) (l LastSigned, source bool, err error) {
	slot, hasSlot, err := yamlNumber(values, slotName)
	if err != nil {
		return l, false, err
	}
	from, source, err := yamlNumber(values, fieldSource)
	if err != nil {
		return l, false, err
	}
	target, hasTarget, err := yamlNumber(values, fieldTarget)
	if err != nil {
		return l, false, err
	}
	l.HasBlock, l.Slot = hasSlot, beacon.Slot(slot)
	if hasTarget {
		l.HasAttestation, l.Source, l.Target = true, beacon.Epoch(from), beacon.Epoch(target)
	}
	return l, source, nil
}

func yamlRoot(values map[string]yamlValue) (*beacon.Root, error) {
	v, there := values[fieldRoot]
	if !there || v.null() {
		return nil, nil
	}
	root, err := beacon.ParseRoot(v.text)
	if err != nil {
		return nil, fault.New(fault.Refused, "line %d: %s: %w", v.line, fieldRoot, err)
	}
	return &root, nil
}

// ParsePrysmConfiguration takes the chain from Prysm's configuration.yaml,
// whose other parts do not matter here; nil where it names none.
func ParsePrysmConfiguration(data []byte) (*beacon.Root, error) {
	v, there, err := topLine(data, fieldRoot)
	if err != nil || !there {
		return nil, err
	}
	return yamlRoot(map[string]yamlValue{fieldRoot: v})
}
