package slashingdb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// generated returns a file of gen_interchange.py with those arguments.
func generated(tb testing.TB, args ...string) []byte {
	tb.Helper()
	script := filepath.Join(filepath.Dir(testkit.ModuleRoot(tb)), "shared/tools/gen_interchange.py")
	if _, err := os.Stat(script); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatal(err)
		}
		tb.Skip("the generator of interchange files is not there: ", err)
	}
	out, err := exec.Command("python3", append([]string{script}, args...)...).Output()
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// unmarshal is what the benchmarks are measured by: encoding/json of the same
// file.
func unmarshal(tb testing.TB, data []byte) {
	tb.Helper()
	var file struct {
		Metadata struct {
			InterchangeFormatVersion string `json:"interchange_format_version"`
			GenesisValidatorsRoot    string `json:"genesis_validators_root"`
		} `json:"metadata"`
		Data []struct {
			Pubkey       string `json:"pubkey"`
			SignedBlocks []struct {
				Slot        string `json:"slot"`
				SigningRoot string `json:"signing_root"`
			} `json:"signed_blocks"`
			SignedAttestations []struct {
				SourceEpoch string `json:"source_epoch"`
				TargetEpoch string `json:"target_epoch"`
				SigningRoot string `json:"signing_root"`
			} `json:"signed_attestations"`
		} `json:"data"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		tb.Fatal(err)
	}
}

func against(b *testing.B, data []byte, ours func(r io.Reader) error) {
	b.Helper()
	b.SetBytes(int64(len(data)))
	testkit.Compare(b, func() {
		if err := ours(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}, func() { unmarshal(b, data) })
}

// The default file has 1,000 keys, 1,000 attestations each, and 140 MB.

func BenchmarkReadTable(b *testing.B) {
	against(b, generated(b), func(r io.Reader) error {
		_, _, err := slashingdb.ReadTable(context.Background(), r, slashingdb.ReadOptions{})
		return err
	})
}

func BenchmarkInspect(b *testing.B) {
	against(b, generated(b), func(r io.Reader) error {
		_, err := slashingdb.Inspect(context.Background(), r, slashingdb.InspectOptions{})
		return err
	})
}

func BenchmarkCheck(b *testing.B) {
	against(b, generated(b), func(r io.Reader) error {
		_, err := slashingdb.Check(context.Background(), r, slashingdb.ReadOptions{})
		return err
	})
}

func BenchmarkMinify(b *testing.B) {
	against(b, generated(b), func(r io.Reader) error {
		return minifyTo(r, io.Discard)
	})
}

func BenchmarkFilter(b *testing.B) {
	against(b, generated(b), func(r io.Reader) error {
		even := false
		_, _, err := slashingdb.Filter(context.Background(), r, io.Discard, slashingdb.ReadOptions{}, nil, func(slashingdb.PublicKey) bool {
			even = !even
			return even
		})
		return err
	})
}

func BenchmarkExplain(b *testing.B) {
	against(b, generated(b), func(r io.Reader) error {
		facts, err := slashingdb.ReadFacts(context.Background(), r, slashingdb.ReadOptions{})
		if err == nil {
			_, err = slashingdb.Explain(facts, slashingdb.Prysm, nil)
		}
		return err
	})
}

func BenchmarkAuditOneKey(b *testing.B) {
	for _, order := range [][]string{nil, {"--shuffle"}} {
		b.Run("order"+fmt.Sprint(order), func(b *testing.B) {
			args := append([]string{"--validators", "1", "--attestations", "100000", "--slashable", "surrounds"}, order...)
			against(b, generated(b, args...), func(r io.Reader) error {
				report, err := slashingdb.Audit(context.Background(), r, slashingdb.ReadOptions{})
				if err == nil && report.Slashable == 0 {
					err = errors.New("found nothing")
				}
				return err
			})
		})
	}
}

func BenchmarkAudit(b *testing.B) {
	against(b, generated(b), func(r io.Reader) error {
		_, err := slashingdb.Audit(context.Background(), r, slashingdb.ReadOptions{})
		return err
	})
}

func BenchmarkRepair(b *testing.B) {
	against(b, generated(b), func(r io.Reader) error {
		_, err := slashingdb.Repair(context.Background(), r.(io.ReadSeeker), io.Discard, slashingdb.RepairOptions{})
		return err
	})
}

// Two files are merged, and compared with the reading of one.
func BenchmarkMerge(b *testing.B) {
	for name, keep := range map[string]bool{"last": false, "messages": true} {
		b.Run(name, func(b *testing.B) {
			one, other := generated(b), generated(b, "--start-epoch", "300500")
			against(b, one, func(r io.Reader) error {
				files := []slashingdb.Input{{Name: "one", Reader: r}, {Name: "other", Reader: bytes.NewReader(other)}}
				_, err := slashingdb.Merge(context.Background(), files, io.Discard, slashingdb.MergeOptions{KeepMessages: keep})
				return err
			})
		})
	}
}

// What a distinct key costs: it is on the curve, and in the subgroup.
func BenchmarkDistinctKeys(b *testing.B) {
	data := generated(b, "--attestations", "0", "--blocks", "0")
	for b.Loop() {
		if _, _, err := slashingdb.ReadTable(context.Background(), bytes.NewReader(data), slashingdb.ReadOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "us/key")
}
