package network

import "github.com/ethkey/ethkey/pkg/beacon"

// rehearsalVersion stands on the rehearsal chain alone, as genesis and as exit
// fork version, and is refused in every file.
var rehearsalVersion = beacon.Version{0xee, 0xee, 0xee, 0xee}

// Builtin returns the chains that ethkey knows, the main ones first. The
// genesis time is that of the genesis state: MIN_GENESIS_TIME + GENESIS_DELAY
// of the chain's configuration, except on mainnet and gnosis, whose genesis
// waited for deposits.
func Builtin() []Network {
	return []Network{
		ethereum("mainnet", 0x00000000, 0x03000000, "4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95", 1606824023),
		ethereum("sepolia", 0x90000069, 0x90000072, "d8ea171f3c94aea21ebc42a1ed61052acf3f9209c00e4efbaaddac09ed9b8078", 1655733600),
		ethereum("hoodi", 0x10000910, 0x40000910, "212f13fc4df078b6cb7db228f1c8307566dcecf900867401a92023d7ba99cb5f", 1742213400),
		ethereum("holesky", 0x01017000, 0x04017000, "9143aa7c615a7f7115e2b6aac319c03529df8242ae705fba9df39b79c59fa8b1", 1695902400),
		ethereum("ephemery", 0x1000101b, 0x4000101b, "", 0),
		gnosis("gnosis", 0x00000064, 0x03000064, "f5dcb5564e829aab27264b9becd5dfaa017085611224cb3036f573368dbb9d47", 1638993340),
		gnosis("chiado", 0x0000006f, 0x0300006f, "9d642dac73058fbf39c0ae41ab1e34e4d889043cb199851ded7095bc99eb4c1e", 1665396300),
		rehearsal(),
	}
}

// rehearsal has Ethereum's amounts and slots, a root of 32 bytes EE, and
// 2025-01-01 00:00:00 UTC as its genesis time.
func rehearsal() Network {
	n := ethereum(Rehearsal, 0xeeeeeeee, 0xeeeeeeee, "", 1735689600)
	n.GenesisValidatorsRoot = &beacon.Root{}
	for i := range n.GenesisValidatorsRoot {
		n.GenesisValidatorsRoot[i] = 0xee
	}
	return n
}

// ended are chains whose names old guides and files carry.
var ended = []string{
	"witti", "altona", "medalla", "spadina", "zinken", "pyrmont", "prater", "goerli", "kintsugi", "kiln", "ropsten",
	"zhejiang", "mekong", "plataberget",
}

// alias are words that people type for a chain. They are suggested only.
var alias = map[string]string{
	"eth": "mainnet", "ethereum": "mainnet", "main": "mainnet", "gno": "gnosis", "xdai": "gnosis",
	"rehearse": Rehearsal, "test": Rehearsal,
}
