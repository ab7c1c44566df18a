package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/mnemonic"
)

// parityCase is what ethstaker-deposit-cli 1.3.0 makes of a command line, by a
// program that shares nothing with this one: testdata/parity.json says which.
type parityCase struct {
	Name        string
	Args        []string
	Phrase      string
	Passphrase  string
	Password    string
	First       uint64   // index of the first key
	Secrets     []string // signing keys
	DepositData string   `json:"deposit_data"` // the bytes of the file
}

// Ten languages, five lengths, six ways to type a phrase, all networks and
// kinds of credentials, amounts at their bounds, custom networks, passphrases
// and passwords of many scripts: every file is the one of
// ethstaker-deposit-cli.
func TestFilesAreTheAnchors(t *testing.T) {
	text, err := os.ReadFile("testdata/parity.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []parityCase }
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) { c.check(t) })
	}
}

func (c *parityCase) check(t *testing.T) {
	dir := testkit.TempDir(t)
	args := []string{"existing-mnemonic", "--non_interactive"}
	for name, text := range map[string]string{"mnemonic": c.Phrase, "mnemonic-password": c.Passphrase, "keystore-password": c.Password} {
		if text != "" {
			writeFile(t, dir, name, text+"\n")
			args = append(args, "--"+name+"-file", name)
		}
	}
	if out, err := ethkey(t, dir, append(args, c.Args...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	stamp := oneStamp(t, filepath.Join(dir, "validator_keys"), len(c.Secrets)+1)
	if got := readFile(t, dir, "validator_keys", "deposit_data-"+stamp+".json"); got != c.DepositData {
		t.Errorf("deposit data\n%s\nwant\n%s", got, c.DepositData)
	}
	for i, want := range c.Secrets {
		name := fmt.Sprintf("keystore-m_12381_3600_%d_0_0-%s.json", c.First+uint64(i), stamp)
		checkKeystore(t, readFile(t, dir, "validator_keys", name), c.Password, want)
	}
}

var stamped = regexp.MustCompile(`-(\d{10})\.json$`)

// oneStamp returns the time in the names of the count files of a run.
func oneStamp(t *testing.T, dir string, count int) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != count {
		t.Fatalf("%d files, want %d; %v", len(entries), count, err)
	}
	stamp := ""
	for _, e := range entries {
		m := stamped.FindStringSubmatch(e.Name())
		if m == nil || stamp != "" && m[1] != stamp {
			t.Fatalf("%s has not the time of the run, %s", e.Name(), stamp)
		}
		stamp = m[1]
	}
	return stamp
}

func readFile(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkKeystore opens a keystore and looks at its bytes: only salt, iv, uuid
// and what follows from them may vary.
func checkKeystore(t *testing.T, text, password, want string) {
	t.Helper()
	ks, _, err := keystore.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(ks.Marshal()); got != text {
		t.Errorf("keystore\n%s\nwant\n%s", text, got)
	}
	processed, err := keystore.ProcessPassword([]byte(password))
	if err != nil {
		t.Fatal(err)
	}
	defer processed.Close()
	opened, err := ks.Decrypt(processed)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if got := hex.EncodeToString(opened.Bytes()); got != want {
		t.Errorf("secret key %s, want %s", got, want)
	}
}

// valid is a phrase that the rules below are tried with.
const valid = "source affair canal father network omit south over assist common trend draw"

// usual are the flags of a run that is taken, each of which a row replaces.
var usual = [][]string{
	{"--mnemonic", valid}, {"--keystore_password", "MyPasswordIs1"}, {"--validator_start_index", "0"}, {"--num_validators", "1"},
	{"--chain", "hoodi"}, {"--withdrawal_address", address}, {"--regular-withdrawal"},
}

// displaces names the usual flag that another one rules out.
var displaces = map[string]string{
	"--compounding": "--regular-withdrawal", "--devnet_chain_setting": "--chain",
	"--mnemonic-file": "--mnemonic", "--keystore-password-file": "--keystore_password",
}

// instead returns the usual flags with those of a row in place of theirs.
func instead(flags ...string) []string {
	args := []string{"existing-mnemonic", "--non_interactive", "--pbkdf2"}
	for _, u := range usual {
		if !slices.ContainsFunc(flags, func(f string) bool { return f == u[0] || displaces[f] == u[0] }) {
			args = append(args, u...)
		}
	}
	return append(args, flags...)
}

// taken runs the command and returns its deposit, or nil when it was refused
// as it should be: an error, exit code 1 or 2, nothing left behind.
func taken(t *testing.T, args []string) (*message.DepositEntry, string) {
	t.Helper()
	dir := testkit.TempDir(t)
	out, err := ethkey(t, dir, args...).CombinedOutput()
	if err == nil {
		stamp := oneStamp(t, filepath.Join(dir, "validator_keys"), 2)
		entries, _, err := message.ParseDepositData([]byte(readFile(t, dir, "validator_keys", "deposit_data-"+stamp+".json")))
		if err != nil {
			t.Fatal(err)
		}
		return &entries[0], string(out)
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 && exit.ExitCode() != 2 {
		t.Errorf("%v, want exit code 1 or 2\n%s", err, out)
	}
	if !strings.Contains(string(out), "ethkey: error: ") {
		t.Errorf("no error is told:\n%s", out)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	return nil, string(out)
}

// Verdicts on a value: the anchor's and ours, with the reason where we differ.
type rule struct {
	value  string
	anchor bool
	ours   bool
	why    string
}

func both(verdict bool, values ...string) (rules []rule) {
	for _, v := range values {
		rules = append(rules, rule{v, verdict, verdict, ""})
	}
	return rules
}

const (
	space    = "white space never matters"
	accents  = "accents may be left out"
	digits10 = "a number is written in decimal digits"
	exact    = "a network is named exactly; near misses are suggested"
	counted  = "a password has twelve characters after processing too"
	network1 = "a custom network passes for no other one"
)

// Every value of the anchor's rules, taken or refused as it does, or otherwise
// for a reason that the table gives.
func TestValuesAreTakenAndRefusedAsByTheAnchor(t *testing.T) {
	for _, group := range []struct {
		flags []string // the last one takes the value
		rules []rule
	}{
		{[]string{"--validator_start_index"}, indexRules()},
		{[]string{"--num_validators"}, append(both(true, "01", "1 "), both(false, "0", "-1", "1.0", "1e0", "", "ten", "4294967296")...)},
		{[]string{"--withdrawal_address"}, addressRules()},
		{[]string{"--chain"}, chainRules()},
		{[]string{"--mnemonic"}, phraseRules()},
		{[]string{"--mnemonic_language"}, languageRules()},
		{[]string{"--keystore_password"}, passwordRules()},
		{[]string{"--compounding", "--amount"}, amountRules()},
		{[]string{"--compounding", "--chain", "gnosis", "--amount"}, append(both(true, "0.03125", "64", "3125e-5", "0.031250001"),
			both(false, "0.031249999", "64.000000001", "2048")...)},
		{[]string{"--devnet_chain_setting"}, devnetRules()},
	} {
		for _, r := range group.rules {
			t.Run(fmt.Sprintf("%s/%.40q", group.flags[len(group.flags)-1], r.value), func(t *testing.T) {
				if (r.why == "") != (r.anchor == r.ours) {
					t.Fatal("a reason is given where, and only where, verdicts differ")
				}
				entry, out := taken(t, instead(append(slices.Clone(group.flags), r.value)...))
				if (entry != nil) != r.ours {
					t.Errorf("taken: %v, want %v\n%s", entry != nil, r.ours, out)
				}
			})
		}
	}
}

func indexRules() []rule {
	return append(append(both(true, "0", "4294967295", " 1 ", "01", "1\n"),
		both(false, "-1", "4294967296", "1.0", "1e0", "0x1", "", "1,0", "99999999999999999999999")...),
		rule{"0_1", true, false, digits10}, rule{"+1", true, false, digits10}, rule{"１", true, false, digits10})
}

func addressRules() []rule {
	return append(append(both(true, address, "0x1111111111111111111111111111111111111111", ""),
		both(false, strings.ToLower(address), "0x"+strings.ToUpper(address[2:]), "0X"+address[2:], address[2:], address+"0",
			address[:41], "vitalik.eth", address[:41]+"A")...),
		rule{" " + address, false, true, space}, rule{"0x0000000000000000000000000000000000000000", true, false, "nobody holds its key"})
}

func chainRules() []rule {
	rules := append(both(true, "mainnet", "sepolia", "hoodi", "ephemery", "gnosis", "chiado"), both(false, "MAINNET", "eth", "", "goerli")...)
	for _, near := range []string{"hood", "hodi", "hoody", "gno", "mianet", "ephemeral", "Hoodi"} {
		rules = append(rules, rule{near, true, false, exact})
	}
	return append(rules, rule{"holesky", false, true, "old validators still need it"}, rule{"rehearsal", false, true, "ours"})
}

func phraseRules() []rule {
	const (
		spanish = "ábaco ábaco ábaco ábaco ábaco ábaco ábaco ábaco ábaco ábaco ábaco abierto"
		bare    = "abaco abaco abaco abaco abaco abaco abaco abaco abaco abaco abaco abierto"
	)
	words := strings.Fields(valid)
	each := func(edit func(string) string) string {
		out := make([]string, len(words))
		for i, w := range words {
			out[i] = edit(w)
		}
		return strings.Join(out, " ")
	}
	rules := append(both(true, valid, strings.ToUpper(valid), each(func(w string) string { return w[:4] }), each(func(w string) string { return w + "zz" }),
		each(func(w string) string { return w[:1] + strings.ToUpper(w[1:]) }), spanish, norm.NFD.String(spanish)),
		both(false, each(func(w string) string { return w[:3] }), strings.ReplaceAll(valid, " ", ","), strings.Join(words[:11], " "), valid+" "+valid,
			strings.Join(words[:11], " ")+" abandon", "", "1. "+valid, strings.Replace(valid, "affair", "afair", 1), strings.ReplaceAll(valid, " ", ""))...)
	for _, v := range []string{" " + valid, valid + " ", strings.Replace(valid, " ", "  ", 1), strings.Replace(valid, " ", "\t", 1),
		strings.Replace(valid, " ", "\n", 1), strings.ReplaceAll(valid, " ", "\u00a0"), strings.ReplaceAll(valid, " ", "\u3000")} {
		rules = append(rules, rule{v, false, true, space})
	}
	return append(rules, rule{bare, false, true, accents})
}

func languageRules() []rule {
	return append(both(true, "english", "English", "4", "4. English", "en", ""), append(both(false, "klingon", "spanish", "Español", "1"),
		rule{"Englsh", true, false, "a language is named exactly"})...)
}

func passwordRules() []rule {
	return append(both(true, "MyPasswordIs1", "twelve chars", strings.Repeat("é", 12), strings.Repeat(" ", 12), strings.Repeat("🔑", 12)),
		append(both(false, "", "elevenchars", strings.Repeat("é", 6), "한국어비밀번", strings.Repeat("ﬃ", 4), "ﷺ"),
			rule{"abc" + strings.Repeat("\b", 9), true, false, counted}, rule{strings.Repeat("\t", 12), true, false, counted})...)
}

func amountRules() []rule {
	return append(append(both(true, "1", "2048", "1e1", " 33 ", "+32", "5.", "1E+1", "32.0000000000", "1e3", "20480e-1", "33\n", "32.000000001"),
		both(false, "0.999999999", "2048.000000001", "1,5", "0x20", ".5", "-32", "32.0000000001", "NaN", "Infinity", "1e-9", "1e99", "1e999999999", "0", "32 ETH", "")...),
		rule{"1_0", true, false, digits10}, rule{"３３", true, false, digits10})
}

func devnetRules() []rule {
	with := func(members string) string {
		return `{"network_name": "devnetx", "genesis_fork_version": "0x10abcdef", "exit_fork_version": "0x40abcdef"` + members + `}`
	}
	but := func(old, new string) string { return strings.Replace(with(""), old, new, 1) }
	root := strings.Repeat("5a", 32)
	rules := append(both(true, with(""), but("0x10abcdef", "10ABCDEF"), with(`, "genesis_validator_root": "0x`+root+`"`), with(`, "genesis_validator_root": "`+root+`"`),
		with(`, "multiplier": 32`), with(`, "multiplier": 64`), with(`, "min_activation_amount": 16`), with(`, "min_deposit_amount": 0.03125`), " "+with("")+"\n"),
		both(false, but("0x10abcdef", "0x10abcd"), but(`"0x10abcdef"`, `1`), but(`, "exit_fork_version": "0x40abcdef"`, ``), but(`"network_name": "devnetx", `, ``),
			but("devnetx", ""), but("0x10abcdef", "0x00000000"), but("0x10abcdef", "0x10000910"), with(`, "genesis_validator_root": "0x5a"`), with(`, "multiplier": 0`),
			with(`, "multiplier": 1.5`), with(`, "multiplier": true`), with(`, "min_activation_amount": 0`), with(`, "extra": 1`), "[]", "{}", "", "not JSON", with("")+" x")...)
	return append(rules,
		rule{with(strings.Repeat(" ", 400)), false, true, "the anchor cuts the text at 400 characters"},
		rule{with(`, "genesis_validators_root": "0x` + root + `"`), false, true, "the spelling of the specification"},
		rule{with(`, "genesis_time": 1700000000`), false, true, "the fuller form"},
		rule{but("devnetx", "mainnet"), true, false, network1},
		rule{but("0x10abcdef", "0x01017000"), true, false, network1},
		rule{but("0x10abcdef", "0xeeeeeeee"), true, false, "kept for rehearsals"},
		rule{but("devnetx", "a/b"), true, false, "a name may stand in a file name"},
		rule{with(`, "min_activation_amount": 4096`), true, false, "no deposit is as large"},
		rule{with(`, "network_name": "again"`), true, false, "a member stands once"})
}

// The faults of ethstaker-deposit-cli 1.3.0, by their numbers in the list that
// was drawn up from running it; 2 and 3 are of other commands.
func TestFaultsThatWeDoNotHave(t *testing.T) {
	for _, f := range []struct {
		name  string
		flags []string
		gwei  uint64 // 0: refused
		says  string
	}{
		{"1 order of flags: below mainnet's minimum", []string{"--compounding", "--amount", "0.5", "--chain", "gnosis"}, 16e9, "0.5 GNO"},
		{"1 order of flags: above gnosis' maximum", []string{"--compounding", "--amount", "100", "--chain", "gnosis"}, 0, "at most 64 GNO"},
		{"4 silent: amount without compounding", []string{"--amount", "100"}, 0, "without compounding"},
		{"4 silent: compounding without address", []string{"--compounding", "--withdrawal_address", ""}, 0, "without a withdrawal address"},
		{"4 silent: 0x00 credentials", []string{"--withdrawal_address", ""}, 32e9, "0x00 credentials"},
		{"5 near names of networks", []string{"--chain", "hood"}, 0, `did you mean "hoodi"`},
		{"6 traceback: past the last index", []string{"--validator_start_index", "4294967295", "--num_validators", "2"}, 0, "past the last key index"},
		{"6 traceback: fractions in a custom network", []string{"--devnet_chain_setting", `{"network_name": "d", "genesis_fork_version": "0x10abcdef",
			"exit_fork_version": "0x40abcdef", "min_activation_amount": 16.5}`}, 165e8, "16.5 ETH"},
		{"7 no word is named", []string{"--mnemonic", strings.Replace(valid, "canal", "cnaal", 1)}, 0, "word 3 "},
		{"7 stray white space", []string{"--mnemonic", "  " + valid + "\t"}, 32e9, "12 words, english"},
		{"8 files stay: an amount that no deposit has", []string{"--compounding", "--amount", "3200"}, 0, "at most 2048 ETH"},
		{"9 stripped characters count", []string{"--keystore_password", "abc" + strings.Repeat("\b", 9)}, 0, "at least 12 characters"},
		{"10 zero address", []string{"--withdrawal_address", "0x0000000000000000000000000000000000000000"}, 0, "zero address"},
		{"13 no summary", nil, 32e9, "address "},
	} {
		t.Run(f.name, func(t *testing.T) {
			entry, out := taken(t, instead(f.flags...))
			switch {
			case entry == nil && f.gwei != 0:
				t.Errorf("refused:\n%s", out)
			case entry != nil && uint64(entry.Amount) != f.gwei:
				t.Errorf("amount %d, want %d", entry.Amount, f.gwei)
			}
			if !strings.Contains(out, f.says) {
				t.Errorf("%q is not said:\n%s", f.says, out)
			}
			if entry != nil && !strings.Contains(out, entry.PublicKey.Hex()) {
				t.Error("the public key is not shown")
			}
		})
	}
}

// answer runs a command whose questions a pipe answers.
func answer(t *testing.T, dir string, answers []string, args ...string) (string, int) {
	t.Helper()
	cmd := ethkey(t, dir, args...)
	cmd.Stdin = strings.NewReader(strings.Join(answers, "\n") + "\n")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// Values on the command line are repeated in its order; what is missing is
// asked for after them, in the anchor's order. Each answer below fits its own
// question only.
func TestQuestionsFromAPipe(t *testing.T) {
	for name, c := range map[string]struct {
		answers, args []string
	}{
		"existing-mnemonic, nothing given": {
			[]string{"English", valid, "1", "1", "2", "gnosis", "correct horse", "correct horse", address, address, "yes", "0.5"}, nil},
		"existing-mnemonic, defaults": {
			[]string{"", valid, "", "0", "2", "", "correct horse", "correct horse", address, address, "", ""}, nil},
		"existing-mnemonic, given in one order": {
			[]string{address, "1", "correct horse"},
			[]string{"--language", "English", "--withdrawal_address", address, "--validator_start_index", "1", "--keystore_password", "correct horse",
				"--mnemonic", valid, "--num_validators", "2", "--chain", "hoodi", "--compounding", "--amount", "33"}},
		"existing-mnemonic, given in another": {
			[]string{"correct horse", address, "1", "more words"},
			[]string{"--keystore_password", "correct horse", "--num_validators", "2", "--chain", "hoodi", "--withdrawal_address", address, "--mnemonic", valid,
				"--regular-withdrawal", "--validator_start_index", "1", "--mnemonic_password", "more words", "--language", "English"}},
		"existing-mnemonic, some given": {
			[]string{"English", address, valid, "1", "1", "2", "correct horse", "correct horse", "no"},
			[]string{"--chain", "hoodi", "--withdrawal_address", address}},
		"existing-mnemonic, a custom network": {
			[]string{"English", valid, "1", "1", "2", "correct horse", "correct horse", ""},
			[]string{"--devnet_chain_setting", `{"network_name": "d", "genesis_fork_version": "0x10abcdef", "exit_fork_version": "0x40abcdef"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := testkit.TempDir(t)
			out, code := answer(t, dir, c.answers, append([]string{"existing-mnemonic", "--pbkdf2"}, c.args...)...)
			if made := keys(t, dir); code != 0 || len(made) != 3 {
				t.Errorf("exit code %d, made %v\n%s", code, made, out)
			}
			if strings.Contains(out, "differ") {
				t.Errorf("an answer went to another question:\n%s", out)
			}
		})
	}
}

// new-mnemonic asks everything before it finds no terminal for the phrase.
func TestNewMnemonicNeedsATerminal(t *testing.T) {
	dir := testkit.TempDir(t)
	out, code := answer(t, dir, []string{"English", "korean", "2", "gnosis", "correct horse", "correct horse", address, address, "yes", "0.5"}, "new-mnemonic")
	left, _ := os.ReadDir(dir)
	if code != 3 || !strings.Contains(out, "no terminal") || len(left) != 0 {
		t.Errorf("exit code %d, left %v\n%s", code, left, out)
	}
}

// The words that yes-or-no questions take.
func TestYesAndNo(t *testing.T) {
	for word, prefix := range map[string]byte{
		"1": 2, "true": 2, "t": 2, "yes": 2, "y": 2, "on": 2, "YES": 2, "0": 1, "false": 1, "f": 1, "no": 1, "n": 1, "off": 1, "": 1, "ja": 0, "2": 0,
	} {
		dir := testkit.TempDir(t)
		args := slices.DeleteFunc(instead(), func(s string) bool { return s == "--regular-withdrawal" || s == "--non_interactive" })
		answers := []string{"MyPasswordIs1", "0", address, word}
		if prefix == 2 {
			answers = append(answers, "") // the amount
		}
		out, code := answer(t, dir, answers, append(args, "--language", "English")...)
		if prefix == 0 {
			if code == 0 || len(keys(t, dir)) != 0 {
				t.Errorf("%q is taken:\n%s", word, out)
			}
			continue
		}
		if code != 0 || !strings.Contains(out, fmt.Sprintf("0x0%d", prefix)) {
			t.Errorf("%q: exit code %d\n%s", word, code, out)
		}
	}
}

// With --non_interactive and every value there is no question, on a terminal
// either.
func TestNothingIsAskedOnATerminal(t *testing.T) {
	p, dir := person(t, instead()...)
	p.ExpectExit(0)
	if made := keys(t, dir); len(made) != 2 {
		t.Errorf("made %v", made)
	}
}

// generate-mnemonic writes the words, single blanks between them, NFKD, and
// nothing after them; never over a file.
func TestGenerateMnemonicFile(t *testing.T) {
	for _, language := range mnemonic.Languages() {
		dir := testkit.TempDir(t)
		args := []string{"generate-mnemonic", "--non_interactive", "--mnemonic_language", string(language), "--output_file", "phrase"}
		if out, err := ethkey(t, dir, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		text := readFile(t, dir, "phrase")
		words := strings.Fields(text)
		if len(words) != 24 || strings.Join(words, " ") != text || !norm.NFKD.IsNormalString(text) {
			t.Errorf("%s: %q", language, text)
		}
		if m, err := mnemonic.Parse([]byte(text), language); err != nil {
			t.Errorf("%s: %v", language, err)
		} else {
			m.Close()
		}
		if info, err := os.Stat(filepath.Join(dir, "phrase")); err != nil || info.Mode() != 0o400 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		if out, err := ethkey(t, dir, args...).CombinedOutput(); err == nil || readFile(t, dir, "phrase") != text {
			t.Errorf("written over:\n%s", out)
		}
	}
}

// A password that is given before the file is asked for is tried on that file.
func TestPasswordBeforeKeystore(t *testing.T) {
	dir, name := oneKeystore(t)
	for password, want := range map[string]int{"MyPasswordIs1": 0, "MyPasswordIs2": 1} {
		writeFile(t, dir, "password", password)
		for _, args := range [][]string{{"--keystore_password", password}, {"--keystore-password-file", "password"}} {
			out, code := answer(t, dir, []string{"English", name}, append([]string{"test-keystore"}, args...)...)
			if code != want {
				t.Errorf("%v: exit code %d, want %d\n%s", args, code, want, out)
			}
		}
	}
}

// oneKeystore makes a keystore whose password is MyPasswordIs1.
func oneKeystore(t *testing.T) (dir, name string) {
	t.Helper()
	dir = testkit.TempDir(t)
	if out, err := ethkey(t, dir, instead()...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	names, err := filepath.Glob(filepath.Join(dir, "validator_keys", "keystore-*"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	return dir, names[0]
}

var (
	hexString = regexp.MustCompile(`"[0-9a-f]{32,}"`)
	pubkeyHex = regexp.MustCompile(`"pubkey": "([0-9a-f]{96})", `)
)

// Keystores as other programs write them, which the anchor partly refuses
// (upper-case digits, an empty path) and we open.
func TestKeystoresOfOtherClients(t *testing.T) {
	dir, name := oneKeystore(t)
	file := readFile(t, name)
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(file), &members); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.MarshalIndent(members, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Repeat("0", 96)
	for what, c := range map[string]struct {
		text string
		code int
	}{
		"as written":                        {file, 0},
		"sorted and indented (ethdo)":       {string(sorted) + "\n", 0},
		"upper-case digits (fault 6)":       {hexString.ReplaceAllStringFunc(file, strings.ToUpper), 0},
		"0x before the public key (Teku)":   {strings.Replace(file, `"pubkey": "`, `"pubkey": "0x`, 1), 0},
		"empty path (fault 11, Prysm)":      {strings.Replace(file, `"path": "m/12381/3600/0/0/0"`, `"path": ""`, 1), 0},
		"no path, no description":           {strings.Replace(strings.Replace(file, `"path": "m/12381/3600/0/0/0", `, ``, 1), `"description": "", `, ``, 1), 0},
		"a name (ethdo, Prysm)":             {strings.Replace(file, `"description": ""`, `"name": "keystore", "encryptor": "keystore"`, 1), 0},
		"nulls (Lighthouse)":                {strings.Replace(file, `"description": ""`, `"description": null, "name": null`, 1), 0},
		"no public key":                     {pubkeyHex.ReplaceAllString(file, ""), 0},
		"the public key of another":         {strings.Replace(file, pubkeyHex.FindStringSubmatch(file)[1], other, 1), 4},
		"version 3, an execution account":   {strings.Replace(file, `"version": 4`, `"version": 3`, 1), 1},
		"another cipher":                    {strings.Replace(file, "aes-128-ctr", "aes-256-ctr", 1), 1},
		"a cost that no machine can pay":    {strings.Replace(file, `"c": `, `"c": 99999999`, 1), 1},
		"deposit data in place of keystore": {"[]", 1},
	} {
		writeFile(t, dir, "other.json", c.text)
		out, code := answer(t, dir, nil, "test-keystore", "--non_interactive", "--keystore", "other.json", "--keystore_password", "MyPasswordIs1")
		if code != c.code {
			t.Errorf("%s: exit code %d, want %d\n%s", what, code, c.code, out)
		}
	}
}
