package validator_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/validator"
)

// What the plans refuse, the faults of other tools among it, and that nothing
// is left then.
func TestSigningPlansRefuse(t *testing.T) {
	gwei := func(n beacon.Gwei) *beacon.Gwei { return &n }
	ephemery, none := chain(t, "ephemery"), beacon.ExecutionAddress{}
	for _, c := range []struct {
		name, want string
		run        func(dir string) error
	}{
		{"exit twice for one validator", "stands twice", exiting(t, func(r *validator.ExitRequest) { r.ValidatorIndices[1] = 10 })},
		{"fewer indices than keys", "2 keys and 1 validator indices", exiting(t, func(r *validator.ExitRequest) { r.ValidatorIndices = r.ValidatorIndices[:1] })},
		{"no validators", "at least one", exiting(t, func(r *validator.ExitRequest) { r.ValidatorIndices = nil })},
		{"index past the end", "below 2^32", exiting(t, func(r *validator.ExitRequest) { r.ValidatorIndices[1] = 1 << 32 })},
		{"exit without a root", "genesis validators root", exiting(t, func(r *validator.ExitRequest) { r.Network = ephemery })},
		{"no such folder", "missing", exiting(t, func(r *validator.ExitRequest) { r.Folder = filepath.Join(r.Folder, "missing") })},
		{"change twice for one validator", "stands twice", changing(t, func(r *validator.ChangeRequest) { r.ValidatorIndices[1] = 10 })},
		{"change to nobody", "zero address", changing(t, func(r *validator.ChangeRequest) { r.Address = none })},
		{"credentials of another index", "validator 11", changing(t, func(r *validator.ChangeRequest) { r.OldCredentials[1] = oldCredentials(t, 7) })},
		{"credentials of another mnemonic", "validator 10", changing(t, func(r *validator.ChangeRequest) { r.Mnemonic = phrase(t, strings.Repeat("zoo ", 11)+"wrong") })},
		{"credentials already changed", "want 0x00", changing(t, func(r *validator.ChangeRequest) { r.OldCredentials[0] = [32]byte{1} })},
		{"too few credentials", "1 withdrawal credentials", changing(t, func(r *validator.ChangeRequest) { r.OldCredentials = r.OldCredentials[:1] })},
		{"change without a root", "genesis validators root", changing(t, func(r *validator.ChangeRequest) { r.Network = ephemery })},
		{"keys past the end", "past the last key index", changing(t, func(r *validator.ChangeRequest) { r.StartIndex = 1<<32 - 1 })},
		{"nothing found", "no key of this mnemonic", changing(t, func(r *validator.ChangeRequest) { r.StartIndex, r.ScanLimit = 5, 3 })},
		{"change by keystore to nobody", "zero address", keystoreChanging(t, func(r *validator.KeystoreChangeRequest) { r.Address = none })},
		{"change by keystore twice", "stands twice", keystoreChanging(t, func(r *validator.KeystoreChangeRequest) { r.ValidatorIndices[1] = 10 })},
		{"3200 on gnosis", "takes from", topping(t, func(r *validator.TopUpRequest) { r.Amount = gwei(3200 * 32e9) })},
		{"just over the maximum", "takes from", topping(t, func(r *validator.TopUpRequest) { r.Amount = gwei(2048e9 + 1) })},
		{"just under the minimum", "takes from", topping(t, func(r *validator.TopUpRequest) { r.Amount = gwei(1e9 - 1) })},
		{"top up to nobody", "zero address", topping(t, func(r *validator.TopUpRequest) { r.Address = &none })},
		{"top up without credentials", "withdrawal address", topping(t, func(r *validator.TopUpRequest) { r.Address = nil })},
		{"top up with both", "both given", topping(t, func(r *validator.TopUpRequest) { r.Credentials = make([][32]byte, 1) })},
		{"credentials of no form", "starts with 03", topping(t, func(r *validator.TopUpRequest) { r.Address, r.Credentials = nil, [][32]byte{{3}} })},
		{"no keys", "at least one key", topping(t, func(r *validator.TopUpRequest) { r.Keys = mnemonicKeys(t, abandon, derive.Template{}) })},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			err := c.run(dir)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want an error with %q", err, c.want)
			}
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func exiting(t testing.TB, edit func(*validator.ExitRequest)) func(string) error {
	return func(dir string) error {
		r := exitRequest(t, dir)
		edit(&r)
		_, err := exit(machine(), r)
		return err
	}
}

func changing(t testing.TB, edit func(*validator.ChangeRequest)) func(string) error {
	return func(dir string) error {
		r := changeRequest(t, dir)
		edit(&r)
		_, err := change(t, machine(), r)
		return err
	}
}

func keystoreChanging(t testing.TB, edit func(*validator.KeystoreChangeRequest)) func(string) error {
	return func(dir string) error {
		r := keystoreChangeRequest(t, dir)
		edit(&r)
		_, err := keystoreChange(machine(), r)
		return err
	}
}

func topping(t testing.TB, edit func(*validator.TopUpRequest)) func(string) error {
	return func(dir string) error {
		r := topUpRequest(t, dir)
		edit(&r)
		_, err := topUp(machine(), r)
		return err
	}
}

// Who gives the credentials of another key is told which key they belong to.
func TestWrongKeyIndexIsNamed(t *testing.T) {
	r := changeRequest(t, t.TempDir())
	r.OldCredentials[1] = oldCredentials(t, 7)
	_, err := change(t, machine(), r)
	if hint := fault.HintOf(err); hint != "these credentials are those of key index 7" {
		t.Errorf("hint: %q", hint)
	}
	r.KeyIndices = []uint32{0, 7}
	if _, err := change(t, machine(), r); err != nil {
		t.Error(err)
	}
}

// Keys that are one, in two places, do not exit two validators.
func TestOneKeyInTwoPlacesIsRefused(t *testing.T) {
	if _, err := validator.NewMnemonicKeys(phrase(t, abandon), nil, derive.Template{}, []uint32{3, 3}); err == nil {
		t.Error("one index was taken twice")
	}
	files := keystoreFiles(t, 1, 1)
	copied := validator.File{Name: "copy.json", Data: files[0].Data}
	dir := t.TempDir()
	r := exitRequest(t, dir)
	r.Keys = opened(t, hidden(t, password), files[0], copied)
	_, err := exit(machine(), r)
	if err == nil || !strings.Contains(err.Error(), "copy.json holds the same key as "+files[0].Name) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A key of another program's path signs for its own validator.
func TestExitWithAnotherPath(t *testing.T) {
	at, err := derive.ParseTemplate("m/12381/3600/i/0")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := exitRequest(t, dir)
	r.Keys = mnemonicKeys(t, abandon, at, 4, 2)
	result, err := exit(machine(), r)
	if err != nil {
		t.Fatal(err)
	}
	var files []validator.File
	for _, name := range result.Files {
		data, err := os.ReadFile(filepath.Join(result.Folder, name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, validator.File{Name: name, Data: data})
	}
	owners := map[beacon.ValidatorIndex]bls.PublicKey{10: publicKey(t, at, 4), 11: publicKey(t, at, 2)}
	report, err := validator.VerifyExits(t.Context(), machine(), r.Network, files, validator.ExitWants{Owners: owners})
	if err != nil || report.Good != 2 || report.Err() != nil {
		t.Errorf("%+v, %v", report, err)
	}
}

// An epoch to come is said, with its day; epoch 0 and the past are not.
func TestEpochToComeIsSaid(t *testing.T) {
	for epoch, want := range map[beacon.Epoch]bool{0: false, 242_000: false, 300_000: true, 1<<64 - 1: true} {
		r := exitRequest(t, t.TempDir())
		r.Epoch = epoch
		_, warnings, err := validator.PlanExit(machine(), r)
		if err != nil {
			t.Fatal(err)
		}
		if said(warnings, "refuse the exit until then") != want {
			t.Errorf("epoch %d: %v", epoch, warnings)
		}
	}
}

// A second exit of a validator is said, and stands beside the first.
func TestSecondExitIsSaid(t *testing.T) {
	dir := t.TempDir()
	if _, err := exit(machine(), exitRequest(t, dir)); err != nil {
		t.Fatal(err)
	}
	if _, err := exit(machine(), exitRequest(t, dir)); err == nil || fault.KindOf(err) != fault.Refused {
		t.Errorf("within one second: %v", err)
	}
	later := machine()
	later.Now = func() time.Time { return time.Unix(unix+1, 0) }
	plan, warnings, err := validator.PlanExit(later, exitRequest(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if !said(warnings, validator.ExitName(10, unix)) {
		t.Errorf("not said: %v", warnings)
	}
	if _, err := plan.Run(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(filepath.Join(dir, validator.ExitFolder)); len(files) != 4 {
		t.Errorf("%d files", len(files))
	}
}

// A rehearsal says so in every file, or in its name where the content has no
// place for it, and its signatures are good nowhere else.
func TestSigningRehearsalIsMarked(t *testing.T) {
	dir := t.TempDir()
	rehearsal := chain(t, "rehearsal")
	for _, err := range []error{
		exiting(t, func(r *validator.ExitRequest) { r.Network = rehearsal })(dir),
		changing(t, func(r *validator.ChangeRequest) { r.Network = rehearsal })(dir),
		keystoreChanging(t, func(r *validator.KeystoreChangeRequest) { r.Network = rehearsal })(dir),
		topping(t, func(r *validator.TopUpRequest) { r.Network = rehearsal })(dir),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	found := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		found++
		data, err := os.ReadFile(path)
		if !strings.Contains(strings.ToLower(d.Name()+string(data)), "rehearsal") {
			t.Errorf("%s does not say so", d.Name())
		}
		return err
	})
	if err != nil || found != 6 {
		t.Errorf("%d files, %v", found, err)
	}
}

// A run that ends in the middle leaves nothing, and says that it was ended.
func TestCancelledSigningLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	plan, _, err := validator.PlanExit(machine(), exitRequest(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := plan.Run(ctx, nil); fault.KindOf(err) != fault.Interrupted {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
