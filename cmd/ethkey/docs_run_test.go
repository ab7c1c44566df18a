package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// movedKey is the first key of the phrase that is all "abandon".
const movedKey = "0xb3e445d43871965d890a398f719348a1405ac72e35b92727cc570026f54471af7ea7b2040622a8fd0b5bfb2a209b5911"

// TestCommandsOnMovingRunAsPrinted runs the commands of each section of the
// pages on moves and stores in order, on a machine where the paths of the pages
// are. Clients are played by a copy of what they are told to import. What needs
// a database has TestStoreInPostgres.
func TestCommandsOnMovingRunAsPrinted(t *testing.T) {
	ran, machine := 0, machineOfThePages(t)
	for _, page := range []string{"migrate.md", "signer-store.md"} {
		text, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		for _, section := range regexp.MustCompile(`(?m)^##+ `).Split(string(text), -1) {
			title, _, _ := strings.Cut(section, "\n")
			var lines []string
			for _, m := range regexp.MustCompile("(?s)```\n(.*?)```").FindAllStringSubmatch(section, -1) {
				lines = append(lines, strings.Split(strings.ReplaceAll(m[1], "\\\n", " "), "\n")...)
			}
			if all := strings.Join(lines, "\n"); !strings.Contains(all, "ethkey ") || strings.Contains(all, "--postgres") {
				continue
			}
			t.Run(title, func(t *testing.T) {
				dir := testkit.TempDir(t)
				if out, err := exec.Command("cp", "-a", machine+"/.", dir).CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				ran += runAsPrinted(t, dir, lines)
			})
		}
	}
	if ran < 35 {
		t.Errorf("%d commands were run; expected more", ran)
	}
}

// runAsPrinted runs the commands of one section, and returns how many.
func runAsPrinted(t *testing.T, dir string, lines []string) (ran int) {
	imported := regexp.MustCompile(`import\b.*\b(for-\w+\.json)`)
	for _, line := range lines {
		if m := imported.FindStringSubmatch(line); m != nil && !strings.HasPrefix(line, "ethkey ") {
			copyFile(t, dir, m[1], "export.json")
			copyFile(t, dir, m[1], "after/slashing_protection.json")
		}
		if !strings.HasPrefix(line, "ethkey ") {
			continue
		}
		here := strings.NewReplacer("/var/lib/", dir+"/var/lib/", "~/.ssh/operator", "operator", "/root/after/", "after/").Replace(line)
		here, _, _ = strings.Cut(here, " | ")
		args := strings.Fields(here)[1:]
		if strings.Contains(line, "signer store") {
			args = append(args, "--machine-id-file", "machine")
		}
		if strings.Contains(line, "store raise") || strings.Contains(line, "high-watermark") {
			args = append(args, "--yes")
		}
		if strings.Contains(line, "store export") && !strings.Contains(strings.Join(lines, "\n"), "store init") {
			for _, step := range []string{"init --chain mainnet", "import history.json"} {
				step := append([]string{"signer", "store"}, strings.Fields(step)...)
				_ = ethkey(t, dir, append(step, "--store", dir+"/var/lib/ethkey/history", "--machine-id-file", "machine")...).Run()
			}
		}
		if strings.Contains(line, "--out history.json") { // which the page makes
			_ = os.Remove(filepath.Join(dir, "history.json"))
		}
		if out, err := ethkey(t, dir, args...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
		ran++
	}
	return ran
}

// machineOfThePages makes a folder with the files that the pages name.
func machineOfThePages(t *testing.T) string {
	dir := testkit.TempDir(t)
	n, err := network.Lookup("mainnet")
	if err != nil {
		t.Fatal(err)
	}
	chain, err := slashingdb.ChainOf(n)
	if err != nil {
		t.Fatal(err)
	}
	epoch := chain.EpochAt(time.Now()) - 1
	history := fmt.Sprintf(`{"metadata":{"interchange_format_version":"5","genesis_validators_root":"%s"},"data":[{"pubkey":"%s",`+
		`"signed_blocks":[],"signed_attestations":[{"source_epoch":"%d","target_epoch":"%d"}]}]}`, chain.GenesisValidatorsRoot, movedKey, epoch-1, epoch)
	for name, text := range map[string]string{
		"history.json": history, "dirk.json": history, "before.json": history, "old.json": history, "newest-export.json": history,
		"keys.json": `["` + movedKey + `"]`, "machine": machineID, "password": "correct horse battery staple",
		"phrase": strings.Repeat("abandon ", 11) + "about",
		"var/lib/prysm/validator/validatorClientData/slashing-protection/" + movedKey + ".yaml": "lastSignedAttestationSourceEpoch: 3\nlastSignedAttestationTargetEpoch: 4\n",
	} {
		putFile(t, dir, name, text)
	}
	run := func(cmd *exec.Cmd) {
		t.Helper()
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	run(ethkey(t, dir, "existing-mnemonic", "--non_interactive", "--mnemonic-file", "phrase", "--keystore-password-file", "password",
		"--validator_start_index", "0", "--num_validators", "1", "--chain", "mainnet", "--withdrawal_address", "", "--pbkdf2"))
	run(exec.Command("mkdir", "-p", "var/lib/ethkey", "after"))
	for _, folder := range []string{"lighthouse/mainnet", "teku/keys", "nimbus", "lodestar"} {
		run(exec.Command("mkdir", "-p", filepath.Dir("var/lib/"+folder)))
		run(exec.Command("cp", "-r", "validator_keys", "var/lib/"+folder))
	}
	run(exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "operator"))
	run(exec.Command("sh", "-c", `echo "op@example.org $(cut -d' ' -f1,2 operator.pub)" > signers`))
	run(exec.Command("chown", "-R", "--reference=.", "."))
	return dir
}

// putFile writes a file, and the folders above it.
func putFile(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Dir(path), filepath.Base(path), text)
}

func copyFile(t *testing.T, dir, from, to string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, from))
	if err != nil {
		t.Fatal(err)
	}
	putFile(t, dir, to, string(data))
	if err := os.Chmod(filepath.Join(dir, to), 0o644); err != nil {
		t.Fatal(err)
	}
}
