package slashingdb

import (
	"time"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/network"
)

// Chains are those networks that a genesis validators root tells apart.
func Chains(networks []network.Network) []Chain {
	var chains []Chain
	for _, n := range networks {
		if n.GenesisValidatorsRoot != nil {
			c, _ := ChainOf(n) // its times may be unknown: the name is worth something too
			chains = append(chains, c)
		}
	}
	return chains
}

// FindChain finds the chain of a file. It is zero for one that is not known.
func FindChain(chains []Chain, root *beacon.Root) Chain {
	for _, c := range chains {
		if root != nil && c.GenesisValidatorsRoot == *root {
			return c
		}
	}
	return Chain{}
}

// Believe are ReadOptions.Limits: no message lies more than a day ahead of the
// clock. Where the times of the chain are not known, everything is believed.
func Believe(chains []Chain, now time.Time) func(Metadata) (beacon.Epoch, beacon.Slot) {
	return func(m Metadata) (beacon.Epoch, beacon.Slot) {
		c := FindChain(chains, m.GenesisValidatorsRoot)
		if c.Check() != nil {
			return greatest, greatest
		}
		then := now.Add(futureSlack)
		return c.EpochAt(then), c.SlotAt(then)
	}
}
