// Package message is what a validator key signs: the SSZ containers, their
// roots, the domains, the signing roots (consensus-specs, specs/phase0/
// beacon-chain.md), and the files that carry the result to other programs.
//
//	domain       = ComputeDomain(DomainDeposit, genesis fork version, zero root)
//	signing root = ComputeSigningRoot(message.HashTreeRoot(), domain)
//	signature    = SecretKey.Sign(signing root)
//
// A deposit's domain has the genesis fork version and no genesis validators
// root, so that it is valid before genesis and in every fork. An exit's has
// Capella's fork version for ever (EIP-7044), and a change of credentials that
// of genesis; both have the genesis validators root, and so are bound to one
// chain.
//
// The files are those of ethstaker-deposit-cli 1.3.0 byte for byte, and are
// read strictly: every member once, of its exact length, every point valid.
package message
