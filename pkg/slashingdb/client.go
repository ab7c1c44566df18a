package slashingdb

import (
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
)

// Client is a program that keeps a slashing history of its own and reads
// interchange files into it, each in its own way.
type Client string

// The clients that a file can be shaped for.
const (
	Lighthouse   Client = "lighthouse"
	Prysm        Client = "prysm"         // its complete database, the default
	PrysmMinimal Client = "prysm-minimal" // --enable-minimal-slashing-protection
	Teku         Client = "teku"
	Nimbus       Client = "nimbus"
	Lodestar     Client = "lodestar"
	Web3Signer   Client = "web3signer"
	Dirk         Client = "dirk"
)

// Clients lists all of them.
func Clients() []Client {
	return []Client{Lighthouse, Prysm, PrysmMinimal, Teku, Nimbus, Lodestar, Web3Signer, Dirk}
}

// ClientNames lists their names, with commas between.
func ClientNames() string {
	var names []string
	for _, c := range Clients() {
		names = append(names, string(c))
	}
	return strings.Join(names, ", ")
}

// ParseClient returns the client of exactly that name.
func ParseClient(name string) (Client, error) {
	if slices.Contains(Clients(), Client(name)) {
		return Client(name), nil
	}
	f := fault.New(fault.Usage, "unknown client; expected one of %s", ClientNames())
	if folded := Client(strings.ToLower(strings.TrimSpace(name))); slices.Contains(Clients(), folded) {
		return "", f.WithHint("did you mean %s?", folded)
	}
	if strings.HasPrefix(name, "ethkey") {
		return "", f.WithHint("ethkey's own signer takes any file that 'ethkey slashing check' finds valid: 'ethkey signer store import'")
	}
	return "", f
}

// Label is the client's name as its makers write it.
func (c Client) Label() string {
	switch c {
	case Prysm:
		return "Prysm"
	case PrysmMinimal:
		return "Prysm with the minimal database"
	case Web3Signer:
		return "Web3Signer"
	}
	return strings.ToUpper(string(c[:1])) + string(c[1:])
}

// keepsMessages says whether the client stores every message of a file rather
// than the greatest values, so that the state before an import matters.
func (c Client) keepsMessages() bool { return c == Prysm || c == Lodestar }

// greatest is the greatest slot or epoch that the client can hold.
func (c Client) greatest() uint64 {
	switch c {
	case Lodestar:
		return 1<<53 - 1 // numbers of JavaScript
	case Nimbus, Dirk, Web3Signer:
		return 1<<63 - 1 // signed 64-bit numbers
	}
	return 1<<64 - 2 // Teku and Lodestar say "never signed" with 2^64-1
}
