package selftest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/testvectors"
)

func TestRun(t *testing.T) {
	last, calls := 0, 0
	results, err := Run(context.Background(), func(done, total int) {
		calls++
		if done != last+1 || done > total {
			t.Fatalf("progress went from %d to %d of %d", last, done, total)
		}
		last = done
	})
	if err != nil {
		t.Error(err)
	}
	cases := 0
	for _, r := range results {
		if r.Err != nil || r.Cases == 0 || r.Source == "" || r.Licence == "" {
			t.Errorf("%+v", r)
		}
		cases += r.Cases
	}
	if len(results) != len(suites()) || cases != calls {
		t.Errorf("%d results with %d cases, progress told of %d", len(results), cases, calls)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := 0
	_, err := run(ctx, testvectors.Files(), func(int, int) { done++; cancel() })
	if !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Interrupted || done != 1 {
		t.Errorf("after %d cases: %v", done, err)
	}
}

// copied returns the embedded files for a test to spoil.
func copied(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	entries, err := fs.ReadDir(testvectors.Files(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := fs.ReadFile(testvectors.Files(), e.Name())
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = &fstest.MapFile{Data: slices.Clone(text)}
	}
	return files
}

// seal writes SHA256SUMS anew, so that a test gets past it.
func seal(files fstest.MapFS) {
	var list bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if name != sums {
			sum := sha256.Sum256(files[name].Data)
			fmt.Fprintf(&list, "%s  %s\n", hex.EncodeToString(sum[:]), name)
		}
	}
	files[sums] = &fstest.MapFile{Data: list.Bytes()}
}

// TestEveryByteCounts flips bytes all over each file; that it is not each one
// is for speed, SHA-256 does not care which.
func TestEveryByteCounts(t *testing.T) {
	files := copied(t)
	for name, file := range files {
		for i := 0; i < len(file.Data); i += 13 {
			file.Data[i] ^= 1
			if _, _, err := load(files); err == nil {
				t.Errorf("%s: byte %d flipped, and nothing is wrong", name, i)
			}
			file.Data[i] ^= 1
		}
	}
	if _, _, err := load(files); err != nil {
		t.Error(err)
	}
}

// onlyNames are the keys whose values no computation can find wrong; the
// hash of the file does.
var onlyNames = []string{"section", "keystore"}

// TestEveryFigureCounts flips a character of each figure of the cases that
// come out true, and runs the case: the computation itself must object.
func TestEveryFigureCounts(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.file, func(t *testing.T) {
			j, err := s.load(testvectors.Files())
			if err != nil {
				t.Fatal(err)
			}
			flipped := 0
			for _, b := range j.cases {
				if b.values["output"] == "false" || strings.Contains(b.values["keystore"], `"scrypt"`) {
					continue // the PBKDF2 keystore takes the same way, much faster
				}
				for _, key := range b.keys {
					if slices.Contains(onlyNames, key) {
						continue
					}
					flipped++
					if err := s.check(flip(b, key)); err == nil {
						t.Errorf("%s: %s is flipped, and the case comes out", b.where, key)
					}
				}
			}
			if flipped == 0 {
				t.Error("no figure was flipped")
			}
		})
	}
}

// flip returns a fresh case whose value differs in its last character.
func flip(b *block, key string) *block {
	out := &block{where: b.where, keys: b.keys, values: maps.Clone(b.values), read: map[string]bool{}}
	value := []byte(out.values[key])
	value[len(value)-1] ^= 1
	out.values[key] = string(value)
	return out
}

func TestRunReportsFailure(t *testing.T) {
	files := copied(t)
	text := string(files["eip2333.txt"].Data)
	files["eip2333.txt"].Data = []byte(strings.Replace(text, "child_index: 42", "child_index: 43", 1))
	seal(files)
	results, err := run(context.Background(), files, nil)
	if fault.KindOf(err) != fault.Refused || fault.HintOf(err) == "" {
		t.Errorf("error %v", err)
	}
	for _, r := range results {
		if (r.Err != nil) != (r.Name == "EIP-2333") {
			t.Errorf("%s: %v", r.Name, r.Err)
		}
		text, err := json.Marshal(r)
		if err != nil || bytes.Contains(text, []byte(`"error":`)) != (r.Err != nil) {
			t.Errorf("%s, %v", text, err)
		}
	}
}

// TestNothingPassesEmpty spoils the files in ways that leave less to check.
func TestNothingPassesEmpty(t *testing.T) {
	for name, spoil := range map[string]func(fstest.MapFS){
		"no cases":      func(f fstest.MapFS) { f["bls.txt"].Data = []byte("title: a\nsource: b\nlicence: c\n") },
		"no file":       func(f fstest.MapFS) { delete(f, "bls.txt") },
		"empty file":    func(f fstest.MapFS) { f["bls.txt"].Data = nil },
		"one file more": func(f fstest.MapFS) { f["more.txt"] = &fstest.MapFile{Data: []byte("title: a\n")} },
		"cut short":     func(f fstest.MapFS) { d := f["bls.txt"].Data; f["bls.txt"].Data = d[:len(d)-1] },
		"head unknown":  func(f fstest.MapFS) { f["bls.txt"].Data = append([]byte("more: x\n"), f["bls.txt"].Data...) },
		"key twice":     func(f fstest.MapFS) { f["bls.txt"].Data = append([]byte("title: x\n"), f["bls.txt"].Data...) },
		"no colon":      func(f fstest.MapFS) { f["bls.txt"].Data = append([]byte("title x\n"), f["bls.txt"].Data...) },
	} {
		files := copied(t)
		spoil(files)
		seal(files)
		if _, _, err := load(files); fault.KindOf(err) != fault.Integrity || err == nil {
			t.Errorf("%s: error %v", name, err)
		}
	}
	files := copied(t)
	delete(files, sums)
	if _, _, err := load(files); err == nil {
		t.Error("no SHA256SUMS: no error")
	}
}

// TestCaseIsStrict shows that a case with a key less, a key more or an unknown
// kind fails.
func TestCaseIsStrict(t *testing.T) {
	j, err := suites()[0].load(testvectors.Files())
	if err != nil {
		t.Fatal(err)
	}
	fresh := func() *block {
		b := j.cases[0]
		return &block{where: b.where, keys: slices.Clone(b.keys), values: maps.Clone(b.values), read: map[string]bool{}}
	}
	if err := j.check(fresh()); err != nil {
		t.Fatal(err)
	}
	less := fresh()
	delete(less.values, "digest")
	more := fresh()
	more.keys, more.values["more"] = append(more.keys, "more"), "x"
	other := fresh()
	other.values["kind"] = "md5"
	upper := fresh()
	upper.values["digest"] = strings.ToUpper(upper.values["digest"])
	for name, b := range map[string]*block{"a key less": less, "a key more": more, "unknown kind": other, "upper case": upper} {
		if err := j.check(b); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
