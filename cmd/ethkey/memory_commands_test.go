package main

import (
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// While the report of a command waits for a reader, readable memory holds the
// named exceptions and no other secret of what was opened, signed or encrypted.
func TestMemoryAfterOtherCommands(t *testing.T) {
	if os.Getuid() != 0 {
		t.Log("not root: nobody but the process itself could look, which is what TestAnotherProcessOfTheUserIsKeptOut proves")
		return
	}
	dir, _ := aKeystore(t)
	writeFile(t, dir, "other", otherPassword)
	keystores := []string{"--keystores", "validator_keys", "--keystore-password-file", "password"}
	for name, args := range map[string][]string{
		"passwd":        append([]string{"keystore", "passwd", "--new-password-file", "other", "--folder", "anew", "--yes"}, keystores...),
		"wallet":        append([]string{"keystore", "export", "--for", "prysm", "--folder", "wallet", "--yes"}, keystores...),
		"verify":        append([]string{"keystore", "verify", "--mnemonic-file", "phrase"}, keystores...),
		"exit":          {"exit", "sign", "--chain", "hoodi", "--mnemonic-file", "phrase", "--validator-indices", "7,8", "--yes"},
		"derive":        {"derive", "--mnemonic-file", "phrase", "--count", "2"},
		"mnemonicCheck": {"mnemonic", "check", "--mnemonic-file", "phrase", "--count", "2"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := &exec.Cmd{Path: testkit.Binary(t), Dir: dir, Env: os.Environ(), Stdout: fullPipe(t), Args: append([]string{"ethkey"}, args...)}
			testkit.Unprivileged(t, cmd)
			p := testkit.StartPTY(t, cmd)
			untilWriting(t, p.Pid())
			c := canary(t)
			c.Add("new password", []byte(otherPassword))
			c.Add("control", []byte(args[0]+"\x00"+args[1])) // which is no secret, and is there
			found, err := c.ScanProcess(p.Pid())
			if err != nil {
				t.Fatal(err)
			}
			seen := false
			for _, f := range found {
				if f.Secret == "control" {
					seen = true
				} else if !slices.Contains(excepted, f.What()) {
					t.Error(f)
				}
			}
			if !seen {
				t.Error("the scan does not find what is there")
			}
		})
	}
}
