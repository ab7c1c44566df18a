package keyfolder

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
)

// Layout says how a client keeps keystores in a folder.
type Layout string

// The layouts.
const (
	DepositCLI  Layout = "deposit-cli"  // a plain folder of keystores
	Lighthouse  Layout = "lighthouse"   // validators/, secrets/, validator_definitions.yml
	Prysm       Layout = "prysm"        // a wallet: one file holds all keys
	PrysmImport Layout = "prysm-import" // a plain folder, for "validator accounts import"
	Teku        Layout = "teku"         // keys/ and passwords/ with equal names
	Nimbus      Layout = "nimbus"       // validators/ and secrets/
	Lodestar    Layout = "lodestar"     // keystores/ and secrets/
	Web3Signer  Layout = "web3signer"   // a YAML file for each key
	Vero        Layout = "vero"         // Web3Signer's, for Vero keeps no keys itself
)

// Need says whether a layout keeps passwords in clear text beside the
// keystores.
type Need int

// The needs.
const (
	NoPasswords   Need = iota // the client asks, or keeps them itself
	SomePasswords             // the client asks when there is none
	AllPasswords              // the client does not start without
)

// style is what the layouts differ in beside their names.
type style struct {
	need Need
	perm fs.FileMode // of keystores and definitions
}

// styles: clients open some of their files to write them, or to lock them.
var styles = map[Layout]style{
	DepositCLI:  {NoPasswords, 0o400},
	PrysmImport: {NoPasswords, 0o400},
	Prysm:       {NoPasswords, secretPerm},
	Lighthouse:  {AllPasswords, secretPerm},
	Teku:        {AllPasswords, secretPerm},
	Nimbus:      {SomePasswords, secretPerm},
	Lodestar:    {AllPasswords, secretPerm},
	Web3Signer:  {AllPasswords, secretPerm},
	Vero:        {AllPasswords, secretPerm},
}

// secretPerm is the mode that Lighthouse, Nimbus, Lodestar and Prysm give
// their secrets, and that Nimbus and Prysm insist on.
const secretPerm fs.FileMode = 0o600

// Layouts lists all of them.
func Layouts() []Layout {
	return []Layout{DepositCLI, Lighthouse, Prysm, PrysmImport, Teku, Nimbus, Lodestar, Web3Signer, Vero}
}

// ParseLayout returns the layout of that exact name.
func ParseLayout(name string) (Layout, error) {
	if slices.Contains(Layouts(), Layout(name)) {
		return Layout(name), nil
	}
	var names []string
	for _, l := range Layouts() {
		names = append(names, string(l))
		if strings.EqualFold(string(l), name) {
			return "", fault.New(fault.Refused, "no client is called %q", name).WithHint("did you mean %s?", l)
		}
	}
	return "", fault.New(fault.Refused, "no client is called %q", name).WithHint("expected one of: %s", strings.Join(names, ", "))
}

// Passwords says whether the layout keeps passwords.
func (l Layout) Passwords() Need { return styles[l].need }

// Wallet says whether the layout keeps all keys in one encrypted file.
func (l Layout) Wallet() bool { return l == Prysm }
