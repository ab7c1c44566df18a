package backup

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/sshsig"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
	"github.com/ethkey/ethkey/pkg/validator"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// room is a machine, its folders, and the person at its desk. The person
// prints by reading the codes of the pages, and keeps the sheets.
type room struct {
	t       testing.TB
	m       Machine
	now     time.Time
	sheets  string // the folder of a tmpfs
	records string

	paper   map[string]string // the texts of printed sheets, by name
	hand    []string          // texts that are given at the desk, one by one
	batch   bool              // all of hand at once, as pictures
	secrets map[QuestionID][]string
	answers map[QuestionID]bool // to Confirm; yes where it is not here
	accepts bool                // agrees to proposals
	ask     func(Ask) error     // may be nil

	said    []Notice
	asked   []QuestionID
	shown   []string // secrets that were shown
	offered int      // proposals
}

func newRoom(t testing.TB) *room {
	dir := t.TempDir()
	r := &room{
		t: t, now: noon, sheets: filepath.Join(dir, "tmpfs"), records: filepath.Join(dir, "records"), paper: map[string]string{},
		secrets: map[QuestionID][]string{}, answers: map[QuestionID]bool{}, accepts: true,
	}
	for _, d := range []string{r.sheets, r.records} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r.m = Machine{
		Machine: validator.Machine{
			Open:    func(folder string) (atomicfile.FS, error) { return atomicfile.OpenRoot(folder) },
			Rand:    rand.NewChaCha8([32]byte{1}),
			Now:     func() time.Time { return r.now },
			Workers: 2,
		},
		InMemory: func(folder string) (bool, error) { return folder == r.sheets, nil },
	}
	return r
}

// Read implements Desk.
func (r *room) Read(_ context.Context, ask Ask) ([]Reading, error) {
	if r.ask != nil {
		if err := r.ask(ask); err != nil {
			return nil, err
		}
	}
	if len(r.hand) == 0 {
		return nil, io.EOF
	}
	n := 1
	if r.batch {
		n = len(r.hand)
	}
	var out []Reading
	for _, text := range r.hand[:n] {
		b, err := secret.From([]byte(text))
		if err != nil {
			return nil, err
		}
		out = append(out, Reading{Text: b, Picture: r.batch})
	}
	r.hand = r.hand[n:]
	return out, nil
}

// Propose implements Desk.
func (r *room) Propose(context.Context, Reading, *shamir.DamageError) (bool, error) {
	r.offered++
	return r.accepts, nil
}

// Confirm implements Desk: the person prints when asked to.
func (r *room) Confirm(_ context.Context, q Question) (bool, error) {
	r.asked = append(r.asked, q.ID)
	yes, known := r.answers[q.ID]
	if !known {
		yes = true
	}
	if q.ID == AskPrinted && yes {
		r.print()
	}
	return yes, nil
}

// Hidden implements Desk.
func (r *room) Hidden(_ context.Context, q Question) (*secret.Buffer, error) {
	r.asked = append(r.asked, q.ID)
	text := ""
	if all := r.secrets[q.ID]; len(all) > 0 {
		text, r.secrets[q.ID] = all[0], all[1:]
	}
	return secret.From([]byte(text))
}

// Show implements Desk: the person writes it down.
func (r *room) Show(_ context.Context, p Page) error {
	r.shown = append(r.shown, string(p.Secret.Bytes()))
	r.secrets[AskSheetPassphrase] = append(r.secrets[AskSheetPassphrase], string(p.Secret.Bytes()))
	return nil
}

// Say implements Desk.
func (r *room) Say(n Notice) { r.said = append(r.said, n) }

// heard tells whether a text was said.
func (r *room) heard(text string) bool {
	return slices.ContainsFunc(r.said, func(n Notice) bool { return strings.Contains(n.What+" "+n.Hint, text) })
}

// print reads the codes of every page in the folder, and puts the sheets into
// the hand, to be read back.
func (r *room) print() {
	names, err := filepath.Glob(filepath.Join(r.sheets, "*sheet-*"))
	if err != nil || len(names) == 0 {
		r.t.Fatal("nothing to print", err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			r.t.Fatal(err)
		}
		text := scan(r.t, name, data)
		r.paper[filepath.Base(name)] = text
		r.hand = append(r.hand, text)
	}
}

// scan reads a page that was printed without damage.
func scan(t testing.TB, name string, data []byte) string {
	if strings.HasSuffix(name, ".txt") {
		text := "EK1"
		for _, row := range numbered.FindAllStringSubmatch(string(data), -1) {
			text += strings.ReplaceAll(row[1], " ", "")
		}
		return text
	}
	pages, err := paper.Rasterise(data, 100)
	if err != nil {
		t.Fatal(err)
	}
	found := paper.FindCodes(pages[0])
	if len(found) == 0 || slices.ContainsFunc(found, func(p paper.Placed) bool { return p.Text != found[0].Text }) {
		t.Fatalf("%s: %d codes, expected the same one twice", name, len(found))
	}
	return found[0].Text
}

// numbered are the lines of a text that are to be typed.
var numbered = regexp.MustCompile(`(?m)^ +\d+\. +([0-9A-Z ]+)$`)

// names are the files of a folder.
func names(t testing.TB, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// texts are the printed sheets in order of their names.
func (r *room) texts() []string {
	var out []string
	for _, name := range slices.Sorted(mapsKeys(r.paper)) {
		out = append(out, r.paper[name])
	}
	return out
}

func mapsKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

const phraseText = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon " +
	"abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art"

func phrase(t testing.TB) *shamir.Secret {
	t.Helper()
	m, err := mnemonic.Parse([]byte(phraseText), mnemonic.English)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s, err := MnemonicSecret(m, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func hoodi(t testing.TB) network.Network { return lookup(t, "hoodi") }

func lookup(t testing.TB, name string) network.Network {
	t.Helper()
	n, err := network.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// request is a 2-of-3 split of the phrase.
func (r *room) request() SplitRequest {
	return SplitRequest{
		Secret: phrase(r.t), Count: 2, Network: hoodi(r.t), Scheme: shamir.Single(2, 3), Label: "fleet A", Sheets: r.sheets, Records: r.records,
	}
}

func (r *room) split(req SplitRequest) *SplitResult {
	r.t.Helper()
	result, err := r.trySplit(req)
	if err != nil {
		r.t.Fatal(err)
	}
	return result
}

func (r *room) trySplit(req SplitRequest) (*SplitResult, error) {
	plan, _, err := PlanSplit(r.m, req)
	if err != nil {
		return nil, err
	}
	return plan.Run(context.Background(), r, nil)
}

func (r *room) restore(record string, texts ...string) (*Restored, error) {
	plan, _, err := PlanRestore(r.m, RestoreRequest{Record: record})
	if err != nil {
		return nil, err
	}
	r.hand = texts
	restored, err := plan.Run(context.Background(), r)
	if err == nil {
		r.t.Cleanup(restored.Close)
	}
	return restored, err
}

// signer is a person's SSH key and the file that allows it.
func signer(t testing.TB, seed byte) (ssh.Signer, *sshsig.AllowedSigners) {
	t.Helper()
	key, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	allowed, err := sshsig.ParseAllowedSigners(fmt.Appendf(nil, "person%d@example.org %s", seed, ssh.MarshalAuthorizedKey(key.PublicKey())))
	if err != nil {
		t.Fatal(err)
	}
	return key, allowed
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// overwrite puts data in the place of a file that nobody may write.
func overwrite(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

const testPassword = "correct horse battery staple"

func noonClock() time.Time { return noon }

// quick is a quick split of a secret, without reading back.
func (r *room) quick(s *shamir.Secret) SplitRequest {
	return SplitRequest{Secret: s, Scheme: shamir.Single(2, 3), Text: true, NoCheck: true, Sheets: r.sheets, Records: r.records}
}
