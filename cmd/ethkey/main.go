// Command ethkey is one static binary for the whole life of an Ethereum
// validator key, made for machines that never see a network.
package main

import (
	"os"

	"github.com/ethkey/ethkey/internal/sandbox"
)

func main() {
	state := sandbox.Harden() // before anything is read
	os.Exit(run(systemEnv(state), os.Args[1:]))
}
