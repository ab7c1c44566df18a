package main

import (
	"errors"
	"os/exec"
	"testing"
)

// The examples of docs/exit-codes.md; 130 is TestInterruptAtEveryQuestion's.
func TestExitCodes(t *testing.T) {
	with := func(more ...string) []string { return append(append([]string{}, unattended...), more...) }
	test := func(keystore string) []string {
		return []string{"test-keystore", "--non_interactive", "--keystore", keystore, "--keystore-password-file", "eip2335-password"}
	}
	for _, c := range []struct {
		name string
		args []string
		want int
	}{
		{"done", []string{"version"}, 0},
		{"a keystore that opens", test("good"), 0},
		{"a misspelt word", with("--mnemonic-file", "misspelt"), 1},
		{"an address with a wrong checksum", with("--withdrawal_address", "0x00000000219ab540356cBB839Cbe05303d7705FA"), 1},
		{"an amount without compounding", with("--withdrawal_address", address, "--regular-withdrawal", "--amount", "64"), 1},
		{"a wrong password", []string{"test-keystore", "--non_interactive", "--keystore", "good", "--keystore-password-file", "password"}, 1},
		{"a file that is no keystore", test("phrase"), 1},
		{"an unknown flag", with("--no-such-flag"), 2},
		{"an unknown command", []string{"exsting-mnemonic"}, 2},
		{"flags that exclude each other", with("--withdrawal_address", address, "--regular-withdrawal", "--compounding"), 2},
		{"a value is missing", []string{"existing-mnemonic", "--non_interactive"}, 2},
		{"a folder that is not there", with("--folder", "nowhere"), 3},
		{"a keystore that names another public key", test("swapped"), 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := withSecrets(t)
			writeFile(t, dir, "misspelt", "sceme"+phrase[len("scheme"):])
			writeFile(t, dir, "good", keystoreOf("9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07"))
			writeFile(t, dir, "swapped", keystoreOf("b3e445d43871965d890a398f719348a1405ac72e35b92727cc570026f54471af7ea7b2040622a8fd0b5bfb2a209b5911"))
			writeFile(t, dir, "eip2335-password", "𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑")
			out, err := ethkey(t, dir, c.args...).CombinedOutput()
			got := 0
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
				got = exit.ExitCode()
			} else if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("exit code %d, want %d\n%s", got, c.want, out)
			}
			if c.want != 0 && len(keys(t, dir)) != 0 {
				t.Error("something was written")
			}
		})
	}
}

// keystoreOf is the PBKDF2 keystore of EIP-2335's test vectors, which may name
// another public key than its own.
func keystoreOf(pubkey string) string {
	return `{"crypto": {"kdf": {"function": "pbkdf2", "params": {"dklen": 32, "c": 262144, "prf": "hmac-sha256",
"salt": "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"}, "message": ""},
"checksum": {"function": "sha256", "params": {}, "message": "8a9f5d9912ed7e75ea794bc5a89bca5f193721d30868ade6f73043c6ea6febf1"},
"cipher": {"function": "aes-128-ctr", "params": {"iv": "264daa3f303d7259501c93d997d84fe6"},
"message": "cee03fde2af33149775b7223e7845e4fb2c8ae1792e5f99fe9ecf474cc8c16ad"}},
"pubkey": "` + pubkey + `", "path": "m/12381/60/0/0", "uuid": "64625def-3331-4eea-ab6f-782f3ed16a83", "version": 4}`
}
