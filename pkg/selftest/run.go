package selftest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/testvectors"
)

// sums is the file with the hash of every other.
const sums = "SHA256SUMS"

// Result is how one file of figures came out.
type Result struct {
	Name    string // the standard
	Source  string // where the figures were published
	Licence string
	Cases   int
	Err     error // nil: every case came out
}

// MarshalJSON writes the error as its text.
func (r Result) MarshalJSON() ([]byte, error) {
	out := struct {
		Name    string `json:"name"`
		Source  string `json:"source"`
		Licence string `json:"licence"`
		Cases   int    `json:"cases"`
		Error   string `json:"error,omitempty"`
	}{Name: r.Name, Source: r.Source, Licence: r.Licence, Cases: r.Cases}
	if r.Err != nil {
		out.Error = r.Err.Error()
	}
	return json.Marshal(out)
}

// suite is one file of figures and what to do with each kind of case.
type suite struct {
	file  string
	kinds map[string]func(*block)
}

func suites() []suite {
	return []suite{
		{"primitives.txt", map[string]func(*block){
			"sha256": checkSHA256, "aes-128-ctr": checkAES, "hkdf-sha256": checkHKDF,
			"pbkdf2-hmac-sha256": checkPBKDF2, "scrypt": checkScrypt,
		}},
		{"bip39.txt", map[string]func(*block){"vector": checkMnemonic}},
		{"eip2333.txt", map[string]func(*block){"tree": checkTree}},
		{"eip2335.txt", map[string]func(*block){"keystore": checkKeystore}},
		{"bls.txt", map[string]func(*block){
			"sign": checkSign, "verify": checkVerify, "aggregate": checkAggregate,
			"deserialization_G1": checkG1, "deserialization_G2": checkG2,
			"aggregate_verify": checkAggregateVerify, "fast_aggregate_verify": checkFastAggregateVerify,
			"batch_verify": checkBatchVerify,
		}},
		{"deposit.txt", map[string]func(*block){"deposit": checkDeposit}},
		{"ek1.txt", map[string]func(*block){"set": checkSet, "protected": checkProtected, "damaged": checkDamaged}},
	}
}

// Run runs all figures, always the same and in the same order. It returns a
// result for each file; the error says that one or more have failed, or that
// ctx ended. Progress may be nil.
func Run(ctx context.Context, progress func(done, total int)) ([]Result, error) {
	return run(ctx, testvectors.Files(), progress)
}

// job is a suite with its cases read.
type job struct {
	suite
	result Result
	cases  []*block
}

func run(ctx context.Context, files fs.FS, progress func(done, total int)) ([]Result, error) {
	jobs, total, err := load(files)
	if err != nil {
		return nil, err
	}
	var results []Result
	failed, done := 0, 0
	for _, j := range jobs {
		for _, b := range j.cases {
			if err := ctx.Err(); err != nil {
				return results, fault.New(fault.Interrupted, "self-test: %w", err)
			}
			if err := j.check(b); err != nil && j.result.Err == nil {
				j.result.Err = err
				failed++
			}
			done++
			if progress != nil {
				progress(done, total)
			}
		}
		results = append(results, j.result)
	}
	if failed > 0 {
		return results, fault.New(fault.Refused, "self-test: %d of %d sets of published figures do not come out", failed, len(jobs)).
			WithHint("make no keys with this binary on this machine")
	}
	return results, nil
}

// load reads and hashes every file and counts the cases.
func load(files fs.FS) ([]job, int, error) {
	all := suites()
	if err := checkSums(files, all); err != nil {
		return nil, 0, err
	}
	var jobs []job
	total := 0
	for _, s := range all {
		j, err := s.load(files)
		if err != nil {
			return nil, 0, err
		}
		jobs = append(jobs, j)
		total += len(j.cases)
	}
	return jobs, total, nil
}

// checkSums compares each file with its published hash. The list must name
// the files of the suites and no other.
func checkSums(files fs.FS, all []suite) error {
	list, err := fs.ReadFile(files, sums)
	if err != nil {
		return malformed(sums, "missing")
	}
	published := map[string]string{}
	for line := range strings.Lines(string(list)) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		published[name] = sum
	}
	for _, s := range all {
		text, err := fs.ReadFile(files, s.file)
		if err != nil {
			return malformed(s.file, "missing")
		}
		if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != published[s.file] {
			return malformed(s.file, "not the file whose hash "+sums+" has")
		}
	}
	if len(published) != len(all) {
		return malformed(sums, "expected one line for each file")
	}
	return nil
}

// load reads the suite's file: what it is, then at least one case.
func (s suite) load(files fs.FS) (job, error) {
	text, err := fs.ReadFile(files, s.file)
	if err != nil {
		return job{}, malformed(s.file, "missing")
	}
	blocks, err := parse(s.file, text)
	if err != nil {
		return job{}, err
	}
	if len(blocks) < 2 {
		return job{}, malformed(s.file, "no case")
	}
	head := blocks[0]
	j := job{suite: s, cases: blocks[1:], result: Result{
		Name: head.text("title"), Source: head.text("source"), Licence: head.text("licence"), Cases: len(blocks) - 1,
	}}
	if err := head.end(); err != nil {
		return job{}, fault.New(fault.Integrity, "%w", err)
	}
	return j, nil
}

// check runs one case.
func (s suite) check(b *block) error {
	kind := b.text("kind")
	b.text("section")
	check := s.kinds[kind]
	if check == nil {
		b.fail("kind %q is unknown", kind)
		return b.err
	}
	check(b)
	return b.end()
}
