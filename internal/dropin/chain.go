package dropin

import (
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/network"
)

// chain gathers the network, by name or as a custom one.
type chain struct {
	Network network.Network
	session *Session
	custom  bool
}

// custom networks are settled before all else: with one, the name is not
// asked for.
func (c *chain) chainOptions() []Option {
	return []Option{
		{Flag: "devnet-chain-setting", Eager: true, Take: func(v string) error { return c.takeCustom([]byte(v)) }},
		{Flag: "chain-file", Eager: true, Take: c.takeChainFile},
		{
			Flag: "chain", Prompt: "network: " + strings.Join(names(), ", "), Default: "mainnet",
			Take: c.takeName, Unless: func() bool { return c.custom },
		},
	}
}

func (c *chain) takeCustom(text []byte) (err error) {
	c.Network, err = network.ParseDevnet(text)
	c.custom = err == nil
	return err
}

func (c *chain) takeChainFile(name string) error {
	text, err := c.session.file(name)
	if err != nil {
		return err
	}
	defer text.Close()
	return c.takeCustom(text.Bytes())
}

func (c *chain) takeName(v string) error {
	if c.custom {
		return nil // onlyOneChain refuses the pair
	}
	n, err := network.Lookup(strings.TrimSpace(v))
	if err == nil {
		c.Network = n
	}
	return err
}

// onlyOneChain refuses a network that was given twice.
func (c *chain) onlyOneChain() error {
	flags := c.session.Flags
	if c.custom && flags.Changed("chain") {
		return fault.New(fault.Usage, "--chain and a custom network were both given; expected one")
	}
	if flags.Changed("devnet-chain-setting") && flags.Changed("chain-file") {
		return fault.New(fault.Usage, "--devnet_chain_setting and --chain-file were both given; expected one")
	}
	return nil
}

func names() []string {
	var out []string
	for _, n := range network.Builtin() {
		out = append(out, n.Name)
	}
	return out
}
