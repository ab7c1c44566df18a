package backup

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

// sampleRecord has something in every member.
func sampleRecord(t testing.TB) *Record {
	t.Helper()
	restores, err := restoresOf(phrase(t), nil, []uint32{0, 7})
	if err != nil {
		t.Fatal(err)
	}
	restores.Network = "hoodi"
	return &Record{
		Version: RecordVersion, Set: "7QK42", Mode: ModeReal, Made: "2026-11-20", Label: "fleet A", Kind: KindMnemonic,
		Phrase: &Phrase{Language: "english", Words: 24},
		Scheme: Scheme{GroupThreshold: 2, Groups: []Group{{1, 1}, {2, 2}}},
		Sheets: []Sheet{
			{1, 1, 9, strings.Repeat("01", 16), false}, {2, 1, 200, strings.Repeat("23", 16), true}, {2, 2, 17, strings.Repeat("45", 16), false},
		},
		Restores: restores, Replaces: "M2C4X",
	}
}

// goldenFile compares with a frozen file, which UPDATE_GOLDEN=1 writes.
func goldenFile(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join(testkit.ModuleRoot(t), "pkg/backup/testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := read(t, path); !bytes.Equal(got, want) {
		t.Errorf("%s:\n%s\nexpected\n%s", name, got, want)
	}
}

func TestRecordGolden(t *testing.T) {
	file, err := sampleRecord(t).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	goldenFile(t, "record.golden.json", file)
	if _, err := ParseRecord(file); err != nil {
		t.Error(err)
	}
}

// TestRecordIsReadToTheByte changes every byte of a record: none of the
// outcomes is the same record.
func TestRecordIsReadToTheByte(t *testing.T) {
	file, err := sampleRecord(t).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(file); i += 3 {
		changed := bytes.Clone(file)
		changed[i] ^= 1
		if r, err := ParseRecord(changed); err == nil {
			if again, _ := r.Marshal(); bytes.Equal(again, file) || HashRecord(changed) == HashRecord(file) {
				t.Fatalf("byte %d does not count", i)
			}
		}
	}
	for name, changed := range map[string][]byte{
		"a line end more": append(bytes.Clone(file), '\n'),
		"a line end less": file[:len(file)-1],
		"one line":        compact(t, file),
	} {
		if _, err := ParseRecord(changed); fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func compact(t *testing.T, data []byte) []byte {
	var out bytes.Buffer
	if err := json.Compact(&out, data); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRecordsThatAreNone(t *testing.T) {
	base := func(change func(*Record)) []byte {
		r := sampleRecord(t)
		change(r)
		file, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	other := strings.Repeat("8", 96)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"a byte order mark":  {append([]byte("\ufeff"), base(func(*Record) {})...), "not as a record"},
		"empty":              {nil, "not JSON"},
		"another file":       {[]byte(`{"crypto":{}}`), "ethkey_backup_record: missing"},
		"a newer one":        {[]byte(`{"ethkey_backup_record":2}`), "version 2"},
		"a member twice":     {bytes.Replace(base(func(*Record) {}), []byte(`"mode": "real"`), []byte(`"mode": "real", "mode": "real"`), 1), "stands twice"},
		"a member unknown":   {bytes.Replace(base(func(*Record) {}), []byte(`"mode": "real"`), []byte(`"mode": "real", "hint": "x"`), 1), "unknown member"},
		"another spelling":   {bytes.Replace(base(func(*Record) {}), []byte(`"mode"`), []byte(`"Mode"`), 1), "not written as ethkey writes"},
		"a type":             {bytes.Replace(base(func(*Record) {}), []byte(`"mode": "real"`), []byte(`"mode": 7`), 1), "mode: expected another type"},
		"a set":              {base(func(r *Record) { r.Set = "7qk42" }), "set:"},
		"no mode":            {base(func(r *Record) { r.Mode = "" }), "mode:"},
		"no such day":        {base(func(r *Record) { r.Made = "2026-02-30" }), "made:"},
		"a label":            {base(func(r *Record) { r.Label = "\u202eevil" }), "label"},
		"a kind":             {base(func(r *Record) { r.Kind = "seed" }), "kind:"},
		"no phrase":          {base(func(r *Record) { r.Phrase = nil }), "phrase:"},
		"a language":         {base(func(r *Record) { r.Phrase.Language = "klingon" }), "language"},
		"words":              {base(func(r *Record) { r.Phrase.Words = 13 }), "words"},
		"a scheme":           {base(func(r *Record) { r.Scheme.GroupThreshold = 3 }), "scheme:"},
		"a sheet less":       {base(func(r *Record) { r.Sheets = r.Sheets[:2] }), "fewer"},
		"a sheet more":       {base(func(r *Record) { r.Sheets = append(r.Sheets, r.Sheets[0]) }), "more than"},
		"sheets exchanged":   {base(func(r *Record) { r.Sheets[1], r.Sheets[2] = r.Sheets[2], r.Sheets[1] }), "sheets[1]"},
		"two at one place":   {base(func(r *Record) { r.Sheets[2].X = 200 }), "sheets[2].x"},
		"at the secret":      {base(func(r *Record) { r.Sheets[0].X = 0 }), "sheets[0].x"},
		"a fingerprint":      {base(func(r *Record) { r.Sheets[0].Fingerprint = "01" }), "fingerprint"},
		"no key":             {base(func(r *Record) { r.Restores.Validators = nil }), "restores:"},
		"a key of another":   {base(func(r *Record) { r.Restores.Recipient = "age1" }), "restores:"},
		"no point":           {base(func(r *Record) { r.Restores.Validators[0].PublicKey = "0x" + other }), "public_key"},
		"credentials":        {base(func(r *Record) { r.Restores.Validators[0].BLSCredentials = "0x00" }), "withdrawal_credentials"},
		"a path":             {base(func(r *Record) { r.Restores.Validators[0].Path = "m/12381/3600/0/0" }), "path"},
		"replaced by itself": {base(func(r *Record) { r.Replaces = r.Set }), "replaces"},
	} {
		_, err := ParseRecord(c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, expected %q", name, err, c.want)
		}
	}
}

// FuzzRecord: what is read as a record is written as the same bytes.
func FuzzRecord(f *testing.F) {
	file, err := sampleRecord(f).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add([]byte(`{"ethkey_backup_record":1}`))
	f.Add(bytes.Replace(file, []byte("real"), []byte("practice"), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseRecord(data)
		if err != nil {
			return
		}
		again, err := r.Marshal()
		if err != nil || !bytes.Equal(again, data) {
			t.Fatal("another text is the same record", err)
		}
		if r.Scheme.Shamir().Sheets() != len(r.Sheets) {
			t.Fatal("sheets that the scheme does not have")
		}
	})
}
