package slashingdb_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

const tekuRecord = `---
genesisValidatorsRoot: "0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95"
lastSignedBlockSlot: 71090
lastSignedAttestationSourceEpoch: 2290
lastSignedAttestationTargetEpoch: 3247
`

func TestTekuRecord(t *testing.T) {
	l, root, err := slashingdb.ParseTeku([]byte(tekuRecord))
	if err != nil || l != last(71090, 2290, 3247) || root == nil || *root != mainnetRoot {
		t.Errorf("%+v, %v, %v", l, root, err)
	}
	const numbers = "lastSignedBlockSlot: 5\nlastSignedAttestationSourceEpoch: 1\nlastSignedAttestationTargetEpoch: 2\n"
	for text, want := range map[string]slashingdb.LastSigned{
		numbers: last(5, 1, 2),
		strings.ReplaceAll(numbers, "\n", "\r\n"):                                         last(5, 1, 2),
		strings.Replace(numbers, ": 5", ": null", 1):                                      last(-1, 1, 2),
		strings.Replace(numbers, ": 5", ": 18446744073709551615", 1):                      last(-1, 1, 2),
		strings.Replace(strings.Replace(numbers, ": 1", ": null", 1), ": 2", ": null", 1): last(5, 0, -1),
		strings.Replace(numbers, ": 5", ": 0", 1):                                         last(0, 1, 2),
		"# written by hand\n" + numbers:                                                   last(5, 1, 2),
		"genesisValidatorsRoot: null\n" + numbers:                                         last(5, 1, 2),
	} {
		got, root, err := slashingdb.ParseTeku([]byte(text))
		if err != nil || got != want || root != nil {
			t.Errorf("%q: %+v, %v, %v", text, got, root, err)
		}
	}
}

func TestRecordsAreReadStrictly(t *testing.T) {
	const good = "lastSignedBlockSlot: 5\nlastSignedAttestationSourceEpoch: 1\nlastSignedAttestationTargetEpoch: 2\n"
	for name, text := range map[string]string{
		"empty":             "",
		"half a file":       "lastSignedBlockSlot: 5\n",
		"a name twice":      good + "lastSignedBlockSlot: 4\n",
		"unknown name":      good + "lastSignedBlock: 4\n",
		"indented":          strings.Replace(good, "lastSignedBlockSlot", "  lastSignedBlockSlot", 1),
		"negative":          strings.Replace(good, ": 5", ": -5", 1),
		"octal":             strings.Replace(good, ": 5", ": 0o17", 1),
		"leading zero":      strings.Replace(good, ": 5", ": 05", 1),
		"hexadecimal":       strings.Replace(good, ": 5", ": 0x5", 1),
		"underscores":       strings.Replace(good, ": 5", ": 5_000", 1),
		"float":             strings.Replace(good, ": 5", ": 5.0", 1),
		"text":              strings.Replace(good, ": 5", `: "5"`, 1),
		"beyond 64 bits":    strings.Replace(good, ": 5", ": 18446744073709551616", 1),
		"beyond 63 bits":    strings.Replace(good, ": 5", ": 9223372036854775808", 1),
		"source alone":      strings.Replace(good, ": 2", ": null", 1),
		"target alone":      strings.Replace(good, ": 1", ": null", 1),
		"second document":   good + "---\n" + good,
		"anchor":            strings.Replace(good, ": 5", ": &a 5", 1),
		"not UTF-8":         good + "# \xff\n",
		"short root":        "genesisValidatorsRoot: \"0x12\"\n" + good,
		"no blank":          strings.Replace(good, ": 5", ":5", 1),
		"comment behind":    strings.Replace(good, ": 5", ": 5 # last", 1),
		"very long":         good + "# " + strings.Repeat("x", 70000),
		"quote not closed":  strings.Replace(good, ": 5", `: "5`, 1),
		"byte order mark":   "\ufeff" + good,
		"NUL behind a name": strings.Replace(good, ": 5", ": 5\x00", 1),
	} {
		if l, _, err := slashingdb.ParseTeku([]byte(text)); err == nil {
			t.Errorf("%s: read as %+v", name, l)
		}
	}
}

func TestPrysmMinimalRecord(t *testing.T) {
	for text, want := range map[string]slashingdb.LastSigned{
		"lastSignedAttestationSourceEpoch: 0\n":                                                                            last(-1, 0, -1),
		"latestSignedBlockSlot: 9\nlastSignedAttestationSourceEpoch: 0\n":                                                  last(9, 0, -1),
		"lastSignedAttestationSourceEpoch: 3\nlastSignedAttestationTargetEpoch: 4\n":                                       last(-1, 3, 4),
		"latestSignedBlockSlot: 0\nlastSignedAttestationSourceEpoch: 0\nlastSignedAttestationTargetEpoch: 0\n":             last(0, 0, 0),
		"latestSignedBlockSlot: 123\nlastSignedAttestationSourceEpoch: 300000\nlastSignedAttestationTargetEpoch: 300001\n": last(123, 300000, 300001),
	} {
		if got, err := slashingdb.ParsePrysmMinimal([]byte(text)); err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "latestSignedBlockSlot: 9\n", "lastSignedAttestationSourceEpoch: 3\n", "lastSignedAttestationTargetEpoch: 3\n", tekuRecord} {
		if got, err := slashingdb.ParsePrysmMinimal([]byte(text)); err == nil {
			t.Errorf("%q: read as %+v", text, got)
		}
	}
	const configuration = "genesisValidatorsRoot: \"0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95\"\n" +
		"proposerSettings:\n  proposerConfig:\n    0xabc:\n      feeRecipient: 0x00\ngraffiti:\n  orderedindex: 1\n"
	root, err := slashingdb.ParsePrysmConfiguration([]byte(configuration))
	if err != nil || root == nil || *root != mainnetRoot {
		t.Errorf("%v, %v", root, err)
	}
	if _, err := slashingdb.ParsePrysmConfiguration([]byte(configuration + configuration)); err == nil {
		t.Error("two roots were taken")
	}
}

// folder writes files below a new folder and opens it.
func folder(t *testing.T, files map[string]string) atomicfile.FS {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := atomicfile.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

func TestConvertFolders(t *testing.T) {
	keys := someKeys(t, 2)
	const prysm = "latestSignedBlockSlot: 71090\nlastSignedAttestationSourceEpoch: 2290\nlastSignedAttestationTargetEpoch: 3247\n"
	const configuration = "genesisValidatorsRoot: \"0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95\"\n"
	for _, c := range []struct {
		name  string
		from  slashingdb.Records
		files map[string]string
	}{
		{"Teku's own folder", slashingdb.TekuRecords, map[string]string{keys[0].Hex() + ".yml": tekuRecord, keys[1].Hex() + ".yml": tekuRecord}},
		{"Teku's data folder", slashingdb.TekuRecords, map[string]string{
			"validator/slashprotection/" + keys[0].Hex() + ".yml": tekuRecord, "validator/slashprotection/" + keys[1].Hex() + ".yml": tekuRecord,
		}},
		{"Prysm's data folder", slashingdb.PrysmRecords, map[string]string{
			"validatorClientData/configuration.yaml":                                configuration,
			"validatorClientData/slashing-protection/" + keys[0].String() + ".yaml": prysm,
			"validatorClientData/slashing-protection/" + keys[1].String() + ".yaml": prysm,
		}},
	} {
		table, did, err := slashingdb.Convert(folder(t, c.files), c.from, nil)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if writeTable(t, table) != writeTable(t, tableOf(t, last(71090, 2290, 3247), last(71090, 2290, 3247))) || did.Keys != 2 {
			t.Errorf("%s: %s", c.name, writeTable(t, table))
		}
	}
}

func TestConvertLeavesNoKeyOut(t *testing.T) {
	keys := someKeys(t, 2)
	other := mainnetRoot
	other[0]++
	for name, files := range map[string]map[string]string{
		"no record":       {"readme.txt": ""},
		"a damaged one":   {keys[0].Hex() + ".yml": tekuRecord, keys[1].Hex() + ".yml": "lastSignedBlockSlot: 1\n"},
		"a name cut off":  {keys[0].Hex() + ".yml": tekuRecord, keys[1].Hex()[:94] + ".yml": tekuRecord},
		"no point":        {strings.Repeat("0", 96) + ".yml": tekuRecord},
		"a key twice":     {keys[0].Hex() + ".yml": tekuRecord, "0x" + keys[0].Hex() + ".yml": tekuRecord},
		"two chains":      {keys[0].Hex() + ".yml": tekuRecord, keys[1].Hex() + ".yml": strings.Replace(tekuRecord, mainnetRoot.String(), other.String(), 1)},
		"an empty record": {keys[0].Hex() + ".yml": ""},
	} {
		if table, _, err := slashingdb.Convert(folder(t, files), slashingdb.TekuRecords, nil); err == nil {
			t.Errorf("%s: %d keys were taken", name, len(table.Keys))
		}
	}
	if _, _, err := slashingdb.Convert(folder(t, map[string]string{keys[0].Hex() + ".yml": tekuRecord}), slashingdb.TekuRecords, &other); err == nil {
		t.Error("records of another chain than the named one were taken")
	}
}

func FuzzTekuRecord(f *testing.F) {
	f.Add([]byte(tekuRecord))
	f.Add([]byte("lastSignedBlockSlot: null\nlastSignedAttestationSourceEpoch: 1\nlastSignedAttestationTargetEpoch: 2\n"))
	f.Add([]byte("---\n---\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, _, err := slashingdb.ParseTeku(data)
		if err == nil && l.HasBlock && l.Slot == 1<<64-1 {
			t.Error("never signed is taken for a slot")
		}
	})
}

func FuzzPrysmMinimalRecord(f *testing.F) {
	f.Add([]byte("latestSignedBlockSlot: 9\nlastSignedAttestationSourceEpoch: 3\nlastSignedAttestationTargetEpoch: 4\n"))
	f.Add([]byte("lastSignedAttestationSourceEpoch: 0\n"))
	f.Add([]byte("genesisValidatorsRoot: \"0x00\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = slashingdb.ParsePrysmConfiguration(data)
		if l, err := slashingdb.ParsePrysmMinimal(data); err == nil && !l.HasAttestation && (l.Source != 0 || l.Target != 0) {
			t.Errorf("numbers without an attestation: %+v", l)
		}
	})
}
