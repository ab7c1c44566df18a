package main

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/scrypt"
	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
)

// passphrase is the BIP-39 passphrase of whole runs.
const passphrase = "a passphrase of this test"

// fullPipe is the end of a pipe that takes no byte more: who writes the report
// to it waits there with the run behind him.
func fullPipe(t *testing.T) *os.File {
	t.Helper()
	_, write := fullPipeEnds(t)
	return write
}

func fullPipeEnds(t *testing.T) (read, write *os.File) {
	t.Helper()
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		t.Fatal(err)
	}
	room := make([]byte, 4096)
	for {
		if _, err := unix.Write(ends[1], room); err == unix.EAGAIN {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.SetNonblock(ends[1], false); err != nil {
		t.Fatal(err)
	}
	read, write = os.NewFile(uintptr(ends[0]), "pipe"), os.NewFile(uintptr(ends[1]), "pipe")
	t.Cleanup(func() { _, _ = read.Close(), write.Close() })
	return read, write
}

// untilWriting waits until a thread of the process writes to standard output.
func untilWriting(t *testing.T, pid int) {
	t.Helper()
	untilIn(t, pid, fmt.Sprintf("%d 0x1 ", unix.SYS_WRITE))
}

// untilIn waits until a thread of the process waits in a system call, as the
// proc tree spells it. Only root may look.
func untilIn(t *testing.T, pid int, spelled string) {
	t.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for deadline := time.After(2 * time.Minute); ; {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid))
		if err != nil || len(tasks) == 0 {
			t.Fatalf("process %d is gone", pid)
		}
		for _, task := range tasks {
			call, _ := os.ReadFile(task)
			if strings.HasPrefix(string(call), spelled) {
				return
			}
		}
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("process %d is never in %s", pid, spelled)
		}
	}
}

// excepted is the copy of a secret that a library leaves in readable memory, as
// docs/assurance.md lists it: by secret and form.
var excepted = []string{"AES key (raw)"}

// After a whole run, while its report waits for a reader, readable memory holds
// the named exceptions and no other secret.
func TestMemoryAfterAWholeRun(t *testing.T) {
	if os.Getuid() != 0 {
		t.Log("not root: nobody but the process itself could look, which is what TestAnotherProcessOfTheUserIsKeptOut proves")
		return
	}
	t.Run("asked, scrypt", func(t *testing.T) {
		p, dir := wholeRun(t, "--validator_start_index", "0")
		p.Expect("repeat the index")
		p.SendLine("0")
		onAlt(p, "your mnemonic phrase")
		p.Send(phrase + " ")
		finish(p)
		p.ExpectHidden("password for the keystores")
		p.SendLine(password)
		p.ExpectHidden("repeat the password")
		p.SendLine(password)
		p.Expect("withdrawal address")
		p.SendLine("")
		p.Expect("press any key")
		p.Send(" ")
		checkMemory(t, p, dir, "")
	})
	t.Run("given, pbkdf2", func(t *testing.T) {
		p, dir := wholeRun(t, "--pbkdf2", "--non_interactive", "--validator_start_index", "0", "--withdrawal_address", "",
			"--mnemonic", phrase, "--mnemonic_password", passphrase, "--keystore-password-file", "password")
		checkMemory(t, p, dir, passphrase)
	})
}

// wholeRun starts a run for two validators whose report nobody reads.
func wholeRun(t *testing.T, args ...string) (p *testkit.PTY, dir string) {
	t.Helper()
	dir = withSecrets(t)
	// Not the test binary, in which the phrase is a constant.
	cmd := &exec.Cmd{Path: testkit.Binary(t), Dir: dir, Env: os.Environ(), Stdout: fullPipe(t)}
	cmd.Args = append([]string{"ethkey", "existing-mnemonic", "--language", "english", "--num_validators", "2", "--chain", "mainnet"}, args...)
	testkit.Unprivileged(t, cmd)
	return atTerminal(t, cmd), dir
}

func checkMemory(t *testing.T, p *testkit.PTY, dir, passphrase string) {
	t.Helper()
	untilWriting(t, p.Pid())
	c := testkit.NewCanary()
	c.Add("control", []byte("--num_validators")) // which is no secret, and is there
	c.AddText("phrase", phrase)
	c.Add("password", []byte(password))
	if passphrase != "" {
		c.Add("passphrase", []byte(passphrase))
	}
	signing := addKeys(t, c, passphrase)
	names := keystores(dir)
	if len(names) != len(signing) {
		t.Fatalf("made %v", names)
	}
	for i, name := range names {
		dk, stream := opened(t, name, signing[i])
		c.Add("AES key", dk[:16])
		c.Add("checksum key", dk[16:])
		c.Add("key stream", stream)
	}
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
}

func keystores(dir string) []string {
	names, _ := filepath.Glob(filepath.Join(dir, "validator_keys", "keystore-*"))
	return names
}

// addKeys registers all that is derived from the phrase on the way to two
// validators, and returns their signing keys.
func addKeys(t *testing.T, c *testkit.Canary, passphrase string) (signing [][]byte) {
	t.Helper()
	entropy, err := hex.DecodeString(entropyHex)
	if err != nil {
		t.Fatal(err)
	}
	c.Add("entropy", entropy)
	seed, err := pbkdf2.Key(sha512.New, phrase, []byte("mnemonic"+passphrase), 2048, 64)
	if err != nil {
		t.Fatal(err)
	}
	if passphrase == "" && hex.EncodeToString(seed) != seedHex {
		t.Fatal("the seed of the test is wrong")
	}
	c.Add("seed", seed)
	path := derive.Path{12381, 3600}
	for depth := range len(path) + 1 {
		c.Add(fmt.Sprintf("secret key at depth %d", depth), keyAt(t, slices.Clone(seed), path[:depth]))
	}
	for i := range uint32(2) {
		full := append(slices.Clone(path), i, 0, 0)
		for depth := 3; depth <= len(full); depth++ {
			c.Add(fmt.Sprintf("secret key %d at depth %d", i, depth), keyAt(t, slices.Clone(seed), full[:depth]))
		}
		signing = append(signing, keyAt(t, slices.Clone(seed), full))
	}
	return signing
}

func keyAt(t *testing.T, seed []byte, path derive.Path) []byte {
	t.Helper()
	buf, err := secret.From(seed)
	if err != nil {
		t.Fatal(err)
	}
	defer buf.Close()
	sk, err := derive.Derive(buf, path)
	if err != nil {
		t.Fatal(err)
	}
	defer sk.Close()
	b, err := sk.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	return slices.Clone(b.Bytes())
}

// opened derives from the password what encrypts the keystore that name holds:
// the decryption key, and the key stream over its secret.
func opened(t *testing.T, name string, sk []byte) (dk, stream []byte) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	ks, _, err := keystore.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if ks.KDF.Function == keystore.Scrypt {
		dk, err = scrypt.Key([]byte(password), ks.KDF.Salt, ks.KDF.N, ks.KDF.R, ks.KDF.P, 32)
	} else {
		dk, err = pbkdf2.Key(sha256.New, password, ks.KDF.Salt, ks.KDF.C, 32)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range ks.Ciphertext {
		stream = append(stream, b^sk[i])
	}
	return dk, stream
}
