package main

import (
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

// A file that was named and is not there is a value that is refused; a folder
// that is not there is the machine's: docs/exit-codes.md.
func TestWhatIsNotThere(t *testing.T) {
	dir := testkit.TempDir(t)
	writeFile(t, dir, "machine", machineID)
	writeFile(t, dir, "history", `{"metadata":{"interchange_format_version":"5",`+
		`"genesis_validators_root":"0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95"},"data":[`+
		`{"pubkey":"0xb3e445d43871965d890a398f719348a1405ac72e35b92727cc570026f54471af7ea7b2040622a8fd0b5bfb2a209b5911","signed_blocks":[],"signed_attestations":[]}]}`)
	const store = "--machine-id-file machine --store "
	if out, err := ethkey(t, dir, strings.Fields("signer store init --chain mainnet "+store+"store")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for kind, lines := range map[fault.Kind][]string{
		fault.Refused: {
			"slashing inspect nowhere", "slashing check history nowhere", "slashing repair nowhere", "slashing audit nowhere",
			"slashing merge history nowhere", "slashing minify nowhere", "slashing minify folder/nowhere", "slashing minify --for dirk --over nowhere history",
			"slashing minify --chain-file nowhere history", "slashing filter --public-keys-file nowhere history", "slashing filter --deposit-data nowhere history",
			"slashing split --folder made nowhere", "slashing diff history nowhere", "slashing cover --public-keys-file nowhere history",
			"slashing raise --to 5 nowhere", "slashing convert --from v4 nowhere", "slashing explain --for dirk nowhere",
			"slashing explain --for dirk --over nowhere history", "slashing verify-import history nowhere", "slashing verify-import nowhere history",
			"slashing sign --sign-key nowhere history", "slashing sign --sign-key history nowhere", "slashing verify --allowed-signers nowhere history",
			"signer store status " + store + "nowhere", "signer store check " + store + "nowhere", "signer store export " + store + "folder/nowhere",
			"signer store import history " + store + "nowhere", "signer store import nowhere " + store + "store", "signer store adopt --yes " + store + "nowhere",
			"signer store raise --to 5 --yes " + store + "nowhere", "signer store raise --to 5 --yes --public-keys-file nowhere " + store + "store",
			"signer store high-watermark --lift --yes " + store + "nowhere", "signer store status --store store --machine-id-file nowhere",
			"signer store status --postgres postgres://localhost/x --postgres-password-file nowhere",
			"backup check --record nowhere", "backup check --sheet-file nowhere", "backup check --pictures nowhere", "backup drill --record nowhere",
			"backup restore --record nowhere", "backup reissue --record nowhere --sheet 1",
		},
		fault.Environment: {
			"slashing minify history --out nowhere/x", "slashing filter --keystores nowhere history", "slashing cover --keystores nowhere history",
			"slashing split --folder nowhere/x history", "slashing convert --from teku nowhere", "slashing convert --from prysm-minimal nowhere",
			"signer store init --chain mainnet " + store + "nowhere/x", "signer store export --out nowhere/x " + store + "store",
			"signer store raise --to 5 --yes --keystores nowhere " + store + "store",
		},
	} {
		for _, line := range lines {
			cmd := ethkey(t, dir, strings.Fields(line)...)
			out, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != int(kind) || !strings.Contains(string(out), "nowhere") {
				t.Errorf("%s: code %d, expected %d\n%s", line, code, kind, out)
			}
		}
	}
}
