package sshsig

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/secret"
)

// keygen runs ssh-keygen, which must be there in CI.
func keygen(t *testing.T, stdin []byte, args ...string) error {
	t.Helper()
	cmd := exec.Command(testkit.Program(t, "ssh-keygen"), args...)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Logf("ssh-keygen %v: %v\n%s", args, err, out)
	}
	return err
}

// TestInterop has ssh-keygen make keys, verify what Sign makes, and make what
// Verify takes.
func TestInterop(t *testing.T) {
	for _, c := range []struct{ kind, bits, passphrase string }{
		{"ed25519", "0", ""}, {"ed25519", "0", "open sesame"}, {"ecdsa", "256", ""}, {"ecdsa", "384", ""}, {"ecdsa", "521", ""}, {"rsa", "2048", "open sesame"},
	} {
		t.Run(c.kind+c.bits+c.passphrase, func(t *testing.T) {
			dir := t.TempDir()
			keyFile, allowedFile, messageFile := filepath.Join(dir, "key"), filepath.Join(dir, "allowed"), filepath.Join(dir, "message")
			args := []string{"-q", "-t", c.kind, "-N", c.passphrase, "-f", keyFile, "-C", "ann"}
			if c.bits != "0" {
				args = append(args, "-b", c.bits)
			}
			if err := keygen(t, nil, args...); err != nil {
				t.Fatal(err)
			}
			public := must(t)(os.ReadFile(keyFile + ".pub"))
			write(t, allowedFile, append([]byte(`ann@example.org namespaces="`+namespace+`" `), public...))
			write(t, messageFile, message)
			data, err := secret.From(must(t)(os.ReadFile(keyFile)))
			if err != nil {
				t.Fatal(err)
			}
			defer data.Close()
			signer, err := ParsePrivateKey(data, func() (*secret.Buffer, error) { return secret.From([]byte(c.passphrase)) })
			if err != nil {
				t.Fatal(err)
			}
			write(t, messageFile+".ours", sign(t, signer, namespace))
			if err := keygen(t, message, "-Y", "verify", "-n", namespace, "-I", "ann@example.org", "-f", allowedFile, "-s", messageFile+".ours"); err != nil {
				t.Error("ssh-keygen refuses our signature")
			}
			if c.passphrase != "" {
				return // ssh-keygen would ask a person
			}
			for _, hash := range []string{sha256Name, sha512Name} {
				_ = os.Remove(messageFile + ".sig")
				if err := keygen(t, nil, "-Y", "sign", "-n", namespace, "-O", "hashalg="+hash, "-f", keyFile, messageFile); err != nil {
					t.Fatal(err)
				}
				allowed := must(t)(os.ReadFile(allowedFile))
				who, err := Verify(message, must(t)(os.ReadFile(messageFile+".sig")), namespace, allow(t, "%s", allowed), noon)
				if err != nil || who != "ann@example.org" {
					t.Errorf("%s: %q, %v", hash, who, err)
				}
			}
		})
	}
}

func must(t *testing.T) func([]byte, error) []byte {
	return func(data []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
