package slashingdb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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

func benchmarkValidators() string { return strconv.Itoa(1000) }

func BenchmarkReadTable(b *testing.B) {
	against(b, generated(b, "--validators", benchmarkValidators()), func(r io.Reader) error {
		_, _, err := slashingdb.ReadTable(context.Background(), r, slashingdb.ReadOptions{})
		return err
	})
}

func BenchmarkInspect(b *testing.B) {
	against(b, generated(b, "--validators", benchmarkValidators()), func(r io.Reader) error {
		_, err := slashingdb.Inspect(context.Background(), r, slashingdb.InspectOptions{})
		return err
	})
}

func BenchmarkCheck(b *testing.B) {
	against(b, generated(b, "--validators", benchmarkValidators()), func(r io.Reader) error {
		_, err := slashingdb.Check(context.Background(), r, slashingdb.ReadOptions{})
		return err
	})
}

func BenchmarkMinify(b *testing.B) {
	against(b, generated(b, "--validators", benchmarkValidators()), func(r io.Reader) error {
		_, _, err := slashingdb.Minify(context.Background(), r, io.Discard, slashingdb.ReadOptions{})
		return err
	})
}
